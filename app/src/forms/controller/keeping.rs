//! The draft as it is kept in the browser, brought back and let go.

use std::collections::BTreeSet;

use binnacle_model::draft::{Saved, Step, WorkloadDraft};
use leptos::prelude::*;

use super::FormController;
use crate::interop;

/// Where the draft is stored, for what may outlive the form.
#[derive(Clone)]
pub struct DraftKey(String);

impl DraftKey {
    /// Forgets the draft, if it is still this one: whoever left may be back and writing another.
    pub fn forget(&self, draft: &WorkloadDraft) {
        let saved = interop::storage_get(&self.0).as_deref().and_then(Saved::from_text);
        if saved.is_some_and(|saved| saved.draft == *draft) {
            interop::storage_remove(&self.0);
        }
    }
}

impl FormController {
    /// Reads the stored draft, if there is one.
    pub fn restore(self) {
        let saved = self.storage_key.with_value(|key| interop::storage_get(key));
        let Some(saved) = saved.as_deref().and_then(Saved::from_text) else { return };
        if saved.draft.kind == self.kind && !saved.draft.is_pristine() {
            self.draft.set(saved.draft);
            self.restored.set(Some(saved.at));
        }
    }

    /// Stores the draft; one in which nothing was typed is forgotten.
    pub fn store(self) {
        let pristine = self.draft.with(WorkloadDraft::is_pristine);
        let done = self.done.get();
        self.storage_key.with_value(|key| {
            if pristine || done {
                interop::storage_remove(key);
                return;
            }
            let saved = Saved::new(self.draft.get_untracked(), interop::now_ms().unwrap_or_default());
            self.keeps_drafts.set(interop::storage_set(key, &saved.to_text()));
        });
    }

    /// Where the draft is stored.
    pub fn draft_key(self) -> DraftKey {
        DraftKey(self.storage_key.get_value())
    }

    /// Starts anew.
    pub fn discard(self) {
        let namespace = self.start_namespace.get_value();
        self.beginning.update_value(|beginning| *beginning = beginning.wrapping_add(1));
        self.refused.set(Vec::new());
        self.touched.set(BTreeSet::new());
        self.attempted.set(BTreeSet::new());
        self.visited.set(BTreeSet::from([Step::Basic]));
        self.restored.set(None);
        self.draft.set(WorkloadDraft::new(self.kind, namespace));
        self.go(Step::Basic);
    }

    /// Whether leaving now would lose something that was typed.
    pub fn is_dirty(self) -> bool {
        !self.done.get() && !self.draft.with(WorkloadDraft::is_pristine)
    }
}
