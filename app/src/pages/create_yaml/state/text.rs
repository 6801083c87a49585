//! The text itself: kept in the browser as it changes, brought back, replaced and given back.

use binnacle_model::{
    Text,
    words::{common, yaml as words},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::YamlState;
use crate::interop;

/// A text as kept in the browser.
#[derive(Serialize, Deserialize)]
struct Saved {
    text: String,
    at: i64,
}

impl YamlState {
    /// Brings back the text of an earlier visit, and keeps it as it changes.
    pub(super) fn keep(self) {
        Effect::new(move |before: Option<()>| {
            let text = self.text.get();
            let key = self.key.get_value();
            if before.is_none() && text.is_empty() {
                let saved =
                    interop::storage_get(&key).and_then(|saved| serde_json::from_str::<Saved>(&saved).ok());
                if let Some(saved) = saved.filter(|saved| !saved.text.trim().is_empty()) {
                    self.restored.set(Some(saved.at));
                    self.text.set(saved.text);
                }
                return;
            }
            if text.trim().is_empty() || self.finished() {
                interop::storage_remove(&key);
            } else if let Ok(saved) =
                serde_json::to_string(&Saved { text, at: interop::now_ms().unwrap_or_default() })
            {
                interop::storage_set(&key, &saved);
            }
        });
        Effect::new(move |_| {
            interop::guard_leaving(self.text.with(|text| !text.trim().is_empty()) && !self.finished());
        });
        on_cleanup(|| interop::guard_leaving(false));
    }

    /// Lets the restored text go.
    pub(in crate::pages::create_yaml) fn discard(self) {
        let restored = self.restored.get_untracked();
        self.restored.set(None);
        let text = self.text;
        let before = text.get_untracked();
        text.set(String::new());
        self.offer_back(words::CLEARED.into(), move || {
            if text.try_set(before.clone()).is_none() {
                self.restored.set(restored);
            }
        });
    }

    /// Puts another text in the place of the one that stands here, which a press of a button brings
    /// back: it may be an hour's work.
    pub(in crate::pages::create_yaml) fn replace(self, text: String, said: Text) {
        let before = self.text.get_untracked();
        let is_lost = !before.trim().is_empty() && before != text;
        self.text.set(text);
        if is_lost {
            self.offer_back(said, move || {
                // Nothing is to be done once the page is gone.
                self.text.try_set(before.clone());
            });
        }
    }

    fn offer_back(self, said: Text, undo: impl Fn() + Send + Sync + 'static) {
        let lang = self.lang.get_untracked();
        self.toasts.undo(said.render(lang), common::UNDO.text(lang), undo);
    }
}

/// Forgets the text kept in the browser, unless it is another by now: whoever left the page may be
/// back and writing.
pub(super) fn forget_saved(key: &str, text: &str) {
    let saved = interop::storage_get(key).and_then(|saved| serde_json::from_str::<Saved>(&saved).ok());
    if saved.is_some_and(|saved| saved.text == text) {
        interop::storage_remove(key);
    }
}
