//! The draft as it is kept in the browser, brought back and let go.

use std::{cell::Cell, collections::BTreeSet};

use binnacle_model::{
    Lang, Word,
    draft::{Control, Saved, Step, WorkloadDraft},
    words::{common, form as words},
};
use leptos::prelude::*;

use super::FormController;
use crate::{interop, ui::toast::Toasts};

thread_local! {
    /// The form in view. It outlives the form, as a name that leads nowhere.
    static IN_VIEW: Cell<Option<FormController>> = const { Cell::new(None) };
}

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

    /// Keeps what a form held that is gone. It is put into the form that was opened since, which keeps it
    /// as its own; without one it is stored and said so, unless another draft is stored by now.
    fn keep(&self, held: &Held, toasts: Toasts, lang: Lang) {
        let opened = IN_VIEW.get().filter(|form| form.storage_key.try_get_value().as_ref() == Some(&self.0));
        if opened.and_then(|form| form.put(held.clone(), words::DRAFT_BACK, toasts, lang)).is_some() {
            return;
        }
        let saved = || Saved::new(held.draft.clone(), interop::now_ms().unwrap_or_default()).to_text();
        if interop::storage_get(&self.0).is_none() && interop::storage_set(&self.0, &saved()) {
            toasts.info(words::DRAFT_KEPT.text(lang));
        }
    }
}

/// What a form holds, and how far the person got in it.
#[derive(Clone)]
struct Held {
    draft: WorkloadDraft,
    restored: Option<i64>,
    step: Step,
    visited: BTreeSet<Step>,
    attempted: BTreeSet<Step>,
    touched: BTreeSet<Control>,
}

impl FormController {
    /// From here on this is the form in view: what was let go comes back to it. In the browser alone.
    pub fn come_into_view(self) {
        IN_VIEW.set(Some(self));
    }

    /// What the form holds; `None` once it is gone.
    fn held(self) -> Option<Held> {
        Some(Held {
            draft: self.draft.try_get_untracked()?,
            restored: self.restored.try_get_untracked()?,
            step: self.step.try_get_untracked()?,
            visited: self.visited.try_get_untracked()?,
            attempted: self.attempted.try_get_untracked()?,
            touched: self.touched.try_get_untracked()?,
        })
    }

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

    /// Starts anew. A press of a button brings the draft back.
    pub fn discard(self, toasts: Toasts, lang: Lang) {
        let held = Held {
            draft: WorkloadDraft::new(self.kind, self.start_namespace.get_value()),
            restored: None,
            step: Step::Basic,
            visited: BTreeSet::from([Step::Basic]),
            attempted: BTreeSet::new(),
            touched: BTreeSet::new(),
        };
        // A form that is gone has nothing to discard.
        let _ = self.put(held, words::DRAFT_DISCARDED, toasts, lang);
    }

    /// Lets the draft go, for whoever leaves the form. A press of a button keeps it after all.
    pub fn let_go(self, toasts: Toasts, lang: Lang) {
        let (key, Some(held)) = (self.draft_key(), self.held()) else { return };
        self.done.set(true);
        untrack(|| self.store());
        toasts.undo(words::DRAFT_DISCARDED.text(lang), common::UNDO.text(lang), move || {
            key.keep(&held, toasts, lang);
        });
    }

    /// Puts a draft in the place of another, which can be brought back in the same way: what was typed
    /// after a draft was discarded is no less worth. `None` once the form is gone.
    fn put(self, held: Held, said: Word, toasts: Toasts, lang: Lang) -> Option<()> {
        let before = self.held()?;
        self.beginning.update_value(|beginning| *beginning = beginning.wrapping_add(1));
        self.refused.set(Vec::new());
        self.touched.set(held.touched);
        self.attempted.set(held.attempted);
        self.attempts.update(|attempts| *attempts = attempts.wrapping_add(1));
        self.visited.set(held.visited);
        self.restored.set(held.restored);
        self.draft.set(held.draft);
        self.go(held.step);
        // The button that did it is gone, with the focus.
        interop::focus_soon("wizard-step");
        if !before.draft.is_pristine() {
            let key = self.draft_key();
            toasts.undo(said.text(lang), common::UNDO.text(lang), move || {
                if self.put(before.clone(), words::DRAFT_BACK, toasts, lang).is_none() {
                    key.keep(&before, toasts, lang);
                }
            });
        }
        Some(())
    }

    /// Whether leaving now would lose something that was typed.
    pub fn is_dirty(self) -> bool {
        !self.done.get() && !self.draft.with(WorkloadDraft::is_pristine)
    }
}
