//! The state of the page: one text, the object that it was made from, and what was said of it.

mod acts;
mod decide;
mod fixed;
mod keep;
#[cfg(test)]
mod tests;

use binnacle_model::{
    AppError, Issue, Lang, Text,
    diagnosis::TextRange,
    edit::{Choice, Difference, EditRequest, EditReview, EditableObject, Gone},
    merge,
    object::{ObjectRef, text as member},
};
use leptos::prelude::*;
use serde_json::Value;

pub(super) use self::{
    acts::{REVIEW_TITLE, gone_text},
    decide::count_text,
    keep::{Kept, Stranded},
};
use crate::{
    components::doctor::{Doctor, refusal_marks},
    i18n::use_lang,
    interop::editor::EditorDiagnostic,
    ui::toast::{Toasts, use_toasts},
};

/// Texts whose base is remembered, for those who undo that far.
const MOST_BASES: usize = 16;

/// A text, and what is said of places in it.
type Marked = (String, Vec<(TextRange, Text)>);

/// A review, and the text that it is about.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reviewed {
    text: String,
    pub(super) review: EditReview,
}

/// What the cluster is asked at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// What saving would do.
    Review,
    /// To save.
    Save,
}

/// All of the page's state; a handle.
#[derive(Clone, Copy)]
pub(super) struct EditState {
    pub(super) opened: StoredValue<EditableObject>,
    key: StoredValue<String>,
    pub(super) doctor: Doctor,
    /// The doctor's text.
    pub(super) text: RwSignal<String>,
    /// What the text was made from.
    base: RwSignal<Value>,
    /// The live object as it was seen last.
    seen: RwSignal<Value>,
    /// Texts as they stood when the base changed, each with its base: whoever undoes a merge in the editor
    /// has not merged.
    bases: StoredValue<Vec<(String, Value)>>,
    /// The text in which there is nothing to save.
    clean: RwSignal<String>,
    pub(super) reviewed: RwSignal<Option<Reviewed>>,
    /// What was merged into the text, by all reviews.
    pub(super) merged: RwSignal<Vec<Difference>>,
    choices: RwSignal<Vec<Choice>>,
    /// Where refused fields stand.
    refusals: RwSignal<Option<Marked>>,
    /// Where fixed fields stand that were changed.
    misplaced: RwSignal<Option<Marked>>,
    /// What is wrong with the text, as the last answer had it.
    pub(super) issues: RwSignal<Vec<Issue>>,
    /// Where fixed fields begin.
    locks: RwSignal<Vec<u32>>,
    /// Counts how often the text was replaced.
    placed: RwSignal<u32>,
    pub(super) gone: RwSignal<Option<Gone>>,
    pub(super) doing: RwSignal<Option<Doing>>,
    /// Why nothing was written though it was asked for.
    pub(super) unwritten: RwSignal<Option<Text>>,
    /// Why there was no answer.
    pub(super) failed: RwSignal<Option<AppError>>,
    /// Whether it is not known if the last save took effect.
    pub(super) is_unknown: RwSignal<bool>,
    /// Whether others changed the object since the base, or since it was seen last.
    pub(super) is_behind: RwSignal<bool>,
    /// When the text that came back was kept, milliseconds since the epoch.
    pub(super) restored: RwSignal<Option<i64>>,
    /// A text that was kept about an earlier object of this name.
    pub(super) earlier: RwSignal<Option<Kept>>,
    /// Whether this browser keeps the text.
    pub(super) is_kept: RwSignal<bool>,
    toasts: Toasts,
    lang: RwSignal<Lang>,
}

impl EditState {
    pub(super) fn new(object: EditableObject) -> Self {
        let key = keep::key_of(&object.target);
        let doctor = Doctor::new(object.target.cluster.clone());
        doctor.text.set(object.text.clone());
        let state = EditState {
            key: StoredValue::new(key),
            doctor,
            text: doctor.text,
            base: RwSignal::new(object.base.clone()),
            seen: RwSignal::new(object.base.clone()),
            bases: StoredValue::new(vec![(object.text.clone(), object.base.clone())]),
            clean: RwSignal::new(object.text.clone()),
            opened: StoredValue::new(object),
            reviewed: RwSignal::new(None),
            merged: RwSignal::new(Vec::new()),
            choices: RwSignal::new(Vec::new()),
            refusals: RwSignal::new(None),
            misplaced: RwSignal::new(None),
            issues: RwSignal::new(Vec::new()),
            locks: RwSignal::new(Vec::new()),
            placed: RwSignal::new(0),
            gone: RwSignal::new(None),
            doing: RwSignal::new(None),
            unwritten: RwSignal::new(None),
            failed: RwSignal::new(None),
            is_unknown: RwSignal::new(false),
            is_behind: RwSignal::new(false),
            restored: RwSignal::new(None),
            earlier: RwSignal::new(None),
            is_kept: RwSignal::new(true),
            toasts: use_toasts(),
            lang: use_lang(),
        };
        state.keep();
        doctor.read_while_typing();
        state
    }

    /// The object that is edited.
    pub(super) fn target(self) -> ObjectRef {
        self.opened.with_value(|object| object.target.clone())
    }

    /// `StatefulSet web`.
    pub(super) fn title(self) -> String {
        self.opened.with_value(|object| format!("{} {}", object.target.kind, object.target.name))
    }

    /// Secrets stay out of the browser's storage.
    pub(super) fn is_secret(self) -> bool {
        self.opened.with_value(|object| object.target.kind == "Secret")
    }

    /// The uid of the object that is edited.
    fn uid(self) -> String {
        self.opened.with_value(|object| member(&object.base, "/metadata/uid").to_owned())
    }

    /// Whether leaving now would leave something behind that is not saved.
    pub(super) fn is_dirty(self) -> bool {
        self.text.with(|text| self.clean.with(|clean| clean != text))
    }

    fn request(self) -> EditRequest {
        EditRequest {
            target: self.target(),
            base: self.base.get_untracked(),
            text: self.text.get_untracked(),
            choices: self.choices.get_untracked(),
        }
    }

    /// Puts a text that is made from `base` in the place of another, in one step.
    fn put(self, text: String, base: Value) {
        let before = (self.text.get_untracked(), self.base.get_untracked());
        self.bases.update_value(|bases| {
            for (text, base) in [before, (text.clone(), base.clone())] {
                bases.retain(|(of, _)| *of != text);
                bases.push((text, base));
            }
            let more = bases.len().saturating_sub(MOST_BASES);
            bases.drain(..more);
        });
        self.base.set(base);
        self.text.set(text);
        self.placed.update(|placed| *placed = placed.wrapping_add(1));
    }

    /// Follows the text back to the base that it stood on.
    fn find_base(self) {
        let known = self.text.with_untracked(|text| {
            self.bases
                .with_value(|bases| bases.iter().find(|(of, _)| of == text).map(|(_, base)| base.clone()))
        });
        if let Some(base) = known.filter(|base| self.base.with_untracked(|now| now != base)) {
            self.base.set(base);
        }
    }

    /// What the live object is now, as the socket says.
    pub(super) fn follow(self, live: Option<&Value>) {
        let Some(live) = live else {
            self.gone.set(Some(Gone::Deleted));
            return;
        };
        let uid = member(live, "/metadata/uid");
        let gone = if uid != self.uid() {
            Some(Gone::Recreated { uid: uid.to_owned() })
        } else if live.pointer("/metadata/deletionTimestamp").is_some() {
            Some(Gone::Terminating)
        } else {
            None
        };
        if self.gone.with_untracked(|now| *now != gone) {
            self.gone.set(gone);
        }
        // What the server itself writes at each change of the status concerns nobody.
        let live = merge::comparable(live);
        self.is_behind.set(self.seen.with_untracked(|seen| merge::comparable(seen) != live));
    }

    /// The doctor's findings as marks in the text, then what the cluster refused, or will.
    pub(super) fn marks(self, lang: Lang) -> Vec<EditorDiagnostic> {
        let mut marks = self.doctor.marks(lang);
        // A refusal says all that is known beforehand once more.
        let known = [self.refusals, self.misplaced].into_iter().find_map(|known| {
            known.get().filter(|(of, found)| !found.is_empty() && self.text.with(|text| text == of))
        });
        if let Some((_, found)) = known {
            marks.extend(refusal_marks(found.iter().map(|(range, text)| (range, text)), lang));
        }
        marks
    }
}
