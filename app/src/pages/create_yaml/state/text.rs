//! The text itself: kept in the browser as it changes, brought back, replaced and given back. A text that holds a
//! Secret is kept nowhere: what the browser keeps lies there in the clear.

use std::cell::{Cell, RefCell};

use binnacle_model::{
    Text, Word,
    rules::holds_secret,
    words::{common, edit, yaml as words},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::YamlState;
use crate::interop;

thread_local! {
    /// The page in view. It outlives the page, as a name that leads nowhere.
    static IN_VIEW: Cell<Option<YamlState>> = const { Cell::new(None) };
    /// A text that another page handed over, and what it is the text of.
    static HANDED: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
}

/// Hands a text over to the next page that opens.
pub(in crate::pages::create_yaml) fn hand_over(text: String, title: String) {
    HANDED.set(Some((text, title)));
}

/// The page in view, if its text is kept under a key.
fn in_view(key: &str) -> Option<YamlState> {
    IN_VIEW.get().filter(|page| page.key.try_get_value().is_some_and(|its| its == key))
}

/// A text as kept in the browser.
#[derive(Serialize, Deserialize)]
struct Saved {
    text: String,
    at: i64,
}

impl YamlState {
    /// From here on this is the page in view: what was let go comes back to it. In the browser alone.
    pub(super) fn come_into_view(self) {
        IN_VIEW.set(Some(self));
    }

    /// Brings back the text of an earlier visit, and keeps it as it changes.
    pub(super) fn keep(self) {
        Effect::new(move |before: Option<()>| {
            let text = self.text.get();
            let key = self.key.get_value();
            if before.is_none() {
                self.come_into_view();
            }
            if before.is_none() && text.is_empty() {
                if let Some(saved) = saved(&key).filter(|saved| !saved.text.trim().is_empty()) {
                    self.restored.set(Some(saved.at));
                    self.text.set(saved.text);
                }
                if let Some((text, title)) = HANDED.take() {
                    self.replace(text, Text::new(&edit::TEXT_HANDED, [title]));
                }
                return;
            }
            let is_secret = holds_secret(&text);
            self.is_secret.set(is_secret);
            if text.trim().is_empty() || self.finished() || is_secret {
                // What was kept before it became a Secret may hold its values already.
                interop::storage_remove(&key);
            } else {
                self.is_kept.set(save(&key, text));
            }
        });
    }

    /// What becomes of the text when the page is left.
    pub(in crate::pages::create_yaml) fn fate(self) -> Word {
        match (self.is_secret.get(), self.is_kept.get()) {
            (true, _) => words::SECRET_NOT_KEPT,
            (false, true) => words::LEAVE_TEXT,
            (false, false) => words::LEAVE_TEXT_LOST,
        }
    }

    /// Whether leaving now would leave something behind that is not done.
    pub(in crate::pages::create_yaml) fn is_dirty(self) -> bool {
        self.text.with(|text| !text.trim().is_empty()) && !self.finished()
    }

    /// Lets the text go; a press of a button brings it back.
    pub(in crate::pages::create_yaml) fn clear(self) {
        self.replace(String::new(), words::CLEARED.into());
        // At once, for whoever leaves the page: its effects end with it.
        self.key.with_value(|key| interop::storage_remove(key));
    }

    /// Puts another text in the place of the one that stands here, which a press of a button brings
    /// back: it may be an hour's work.
    pub(in crate::pages::create_yaml) fn replace(self, text: String, said: Text) {
        // A page that is gone opens no file.
        if let Some(Some(before)) = self.put(text.clone(), None, "") {
            self.offer_back(before, text, said);
        }
    }

    /// Puts a text in the place of another, with the time from which it was restored. Returns the other
    /// one, if it would be lost; it would not be when it is as `opened`. `None` once the page is gone.
    fn put(self, text: String, restored: Option<i64>, opened: &str) -> Option<Option<Before>> {
        let before = (self.text.try_get_untracked()?, self.restored.try_get_untracked()?);
        let is_lost = !before.0.trim().is_empty() && before.0 != text && before.0 != opened;
        self.restored.set(restored);
        self.text.set(text);
        Some(is_lost.then_some(before))
    }

    /// Offers to bring a text back in the place of the one that was `opened`. What was typed by then is
    /// offered in its turn.
    fn offer_back(self, (text, restored): Before, opened: String, said: Text) {
        let lang = self.lang.get_untracked();
        let (key, toasts) = (self.key.get_value(), self.toasts);
        toasts.undo(said.render(lang), common::UNDO.text(lang), move || {
            // A page that was opened since takes the text as its own.
            let (page, opened) = match in_view(&key).filter(|_| self.text.is_disposed()) {
                Some(page) => (page, ""),
                None => (self, opened.as_str()),
            };
            match page.put(text.clone(), restored, opened) {
                Some(Some(before)) => page.offer_back(before, String::new(), words::TEXT_BACK.into()),
                Some(None) => {}
                // Whoever left the page finds the text there, unless another is kept by now.
                None if saved(&key).is_none() && save(&key, text.clone()) => {
                    toasts.info(words::TEXT_KEPT.text(lang));
                }
                None => {}
            }
        });
    }
}

/// A text, and when it was kept if it was restored.
type Before = (String, Option<i64>);

/// The text kept in the browser.
fn saved(key: &str) -> Option<Saved> {
    let saved: Saved = serde_json::from_str(&interop::storage_get(key)?).ok()?;
    if holds_secret(&saved.text) {
        interop::storage_remove(key);
        return None;
    }
    Some(saved)
}

/// Keeps a text in the browser. Returns whether it is kept.
fn save(key: &str, text: String) -> bool {
    if holds_secret(&text) {
        return false;
    }
    let at = interop::now_ms().unwrap_or_default();
    serde_json::to_string(&Saved { text, at }).is_ok_and(|saved| interop::storage_set(key, &saved))
}

/// Forgets the text kept in the browser, unless it is another by now: whoever left the page may be
/// back and writing.
pub(super) fn forget_saved(key: &str, text: &str) {
    if saved(key).is_some_and(|saved| saved.text == text) {
        interop::storage_remove(key);
    }
}
