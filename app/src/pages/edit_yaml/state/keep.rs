//! The text and its base, kept in the browser as they change and brought back.

use binnacle_model::{
    merge,
    object::{ObjectRef, text as member},
    rules::holds_secret,
    words::{common, edit as words, yaml},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::EditState;
use crate::{interop, request::use_request};

/// A text as kept in the browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::pages::edit_yaml) struct Kept {
    /// The object that it is about.
    uid: String,
    pub(super) base: Value,
    pub(in crate::pages::edit_yaml) text: String,
    /// When, milliseconds since the epoch.
    pub(in crate::pages::edit_yaml) at: i64,
    /// A text about an object that had the name before, until its user decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    earlier: Option<Box<Kept>>,
}

/// A text that is kept about an object which cannot be opened.
#[derive(Clone, Copy)]
pub(in crate::pages::edit_yaml) struct Stranded {
    key: StoredValue<String>,
    pub(in crate::pages::edit_yaml) kept: RwSignal<Option<Kept>>,
}

impl Stranded {
    /// Looks for it, in the browser alone.
    pub(in crate::pages::edit_yaml) fn new(target: &ObjectRef) -> Self {
        let stranded = Stranded { key: StoredValue::new(key_of(target)), kept: RwSignal::new(None) };
        Effect::new(move |_| stranded.kept.set(stranded.key.with_value(|key| saved(key))));
        stranded
    }

    /// Lets it go.
    pub(in crate::pages::edit_yaml) fn discard(self) {
        self.key.with_value(|key| interop::storage_remove(key));
        self.kept.set(None);
    }
}

impl EditState {
    /// Brings back the text of an earlier visit, and keeps it as it changes. In the browser alone.
    pub(super) fn keep(self) {
        Effect::new(move |before: Option<()>| {
            let text = self.text.get();
            let clean = self.clean.get();
            let earlier = self.earlier.get();
            let key = self.key.get_value();
            if before.is_none() {
                self.bring_back(saved(&key));
                return;
            }
            self.find_base();
            if self.is_secret() {
                interop::storage_remove(&key);
                self.is_kept.set(false);
                return;
            }
            let kept = if text == clean {
                earlier
            } else {
                let at = interop::now_ms().unwrap_or_default();
                let base = self.base.get_untracked();
                Some(Kept { uid: self.uid(), base, text, at, earlier: earlier.map(Box::new) })
            };
            match kept {
                Some(kept) => self.is_kept.set(save(&key, &kept)),
                None => interop::storage_remove(&key),
            }
        });
    }

    /// Takes up what was kept: a text about this object goes on, one about another is only offered.
    pub(super) fn bring_back(self, kept: Option<Kept>) {
        let Some(mut kept) = kept.filter(|_| !self.is_secret()) else { return };
        if kept.uid != self.uid() {
            kept.earlier = None;
            self.earlier.set(Some(kept));
            return;
        }
        self.earlier.set(kept.earlier.take().map(|earlier| *earlier));
        if self.clean.with_untracked(|clean| *clean != kept.text) {
            self.restored.set(Some(kept.at));
            let live = self.seen.with_untracked(merge::comparable);
            self.is_behind.set(merge::comparable(&kept.base) != live);
            self.put(kept.text, kept.base);
        }
    }

    /// Starts once more from the object as it was opened; a press of a button brings the text back.
    pub(in crate::pages::edit_yaml) fn start_anew(self) {
        let (text, base) = (self.text.get_untracked(), self.base.get_untracked());
        let restored = self.restored.get_untracked();
        self.opened.with_value(|object| self.put(object.text.clone(), object.base.clone()));
        self.restored.set(None);
        self.reviewed.set(None);
        let lang = self.lang.get_untracked();
        let (key, toasts, uid) = (self.key.get_value(), self.toasts, self.uid());
        // At once, for whoever leaves the page: its effects end with it.
        interop::storage_remove(&key);
        let keeps = !self.is_secret();
        toasts.undo(yaml::CLEARED.text(lang), common::UNDO.text(lang), move || {
            if !self.text.is_disposed() {
                self.put(text.clone(), base.clone());
                self.restored.set(restored);
                return;
            }
            let at = interop::now_ms().unwrap_or_default();
            let kept = Kept { uid: uid.clone(), base: base.clone(), text: text.clone(), at, earlier: None };
            // Whoever left the page finds the text there, unless another is kept by now.
            if keeps && saved(&key).is_none() && save(&key, &kept) {
                toasts.info(words::TEXT_BACK.text(lang));
            }
        });
    }

    /// Puts the text about an earlier object into the editor, as an edit of this one.
    pub(in crate::pages::edit_yaml) fn use_earlier(self) {
        let Some(kept) = self.earlier.get_untracked() else { return };
        // With these the text would be about the object that is gone; they are hardly found anywhere else.
        let now = self.base.get_untracked();
        let text = ["/metadata/uid", "/metadata/creationTimestamp"].iter().fold(kept.text, |text, place| {
            match (member(&kept.base, place), member(&now, place)) {
                ("", _) | (_, "") => text,
                (old, new) => text.replace(old, new),
            }
        });
        self.text.set(text);
        self.earlier.set(None);
    }

    /// Lets the text about an earlier object go.
    pub(in crate::pages::edit_yaml) fn drop_earlier(self) {
        self.earlier.set(None);
    }

    /// Forgets what is kept of a text that was saved, unless it is another by now.
    pub(super) fn forget(key: &str, text: &str) {
        if saved(key).is_some_and(|kept| kept.text == text) {
            interop::storage_remove(key);
        }
    }

    pub(super) fn key(self) -> String {
        self.key.get_value()
    }
}

/// Where the text of an object is kept.
pub(super) fn key_of(target: &ObjectRef) -> String {
    let ObjectRef { cluster, api_version, kind, namespace, name } = target;
    let user = use_request().caller.user;
    let namespace = namespace.as_deref().unwrap_or_default();
    format!("binnacle:edit:{user}:{cluster}:{api_version}:{kind}:{namespace}:{name}")
}

/// The text kept in the browser.
pub(super) fn saved(key: &str) -> Option<Kept> {
    interop::storage_get(key).and_then(|kept| serde_json::from_str(&kept).ok())
}

/// Keeps a text in the browser. Returns whether it is kept.
fn save(key: &str, kept: &Kept) -> bool {
    // Whatever object the page is about, a Secret may be pasted into it.
    if holds_secret(&kept.text) {
        interop::storage_remove(key);
        return false;
    }
    serde_json::to_string(kept).is_ok_and(|kept| interop::storage_set(key, &kept))
}
