//! The state of the page: one text, what is known about it, and what came of it.

mod plan;
#[cfg(test)]
mod tests;
mod text;

use binnacle_model::{
    AppError, Lang, Text, diagnosis::TextRange, object::ObjectRef, plan::Plan, words::yaml as words,
};
use leptos::prelude::*;

pub(super) use self::text::hand_over;
use crate::{
    components::doctor::{Doctor, refusal_marks},
    i18n::use_lang,
    interop::editor::EditorDiagnostic,
    request::use_request,
    ui::toast::{Toasts, use_toasts},
};

/// What came of one object.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    /// Being created now.
    Working,
    /// It exists.
    Created,
    /// The cluster refused it.
    Failed(AppError),
}

/// A plan, and the text and namespace it is about.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CurrentPlan {
    text: String,
    namespace: String,
    /// Document number of each object of the request.
    pub(super) documents: Vec<u32>,
    /// The objects as sent.
    objects: Vec<serde_json::Value>,
    /// The plan.
    pub(super) plan: Plan,
}

/// All of the page's state; a handle.
#[derive(Clone, Copy)]
pub(super) struct YamlState {
    cluster: StoredValue<String>,
    key: StoredValue<String>,
    pub(super) doctor: Doctor,
    /// The doctor's text.
    pub(super) text: RwSignal<String>,
    pub(super) namespace: RwSignal<String>,
    pub(super) plan: RwSignal<Option<CurrentPlan>>,
    /// Where refused fields stand in the plan's text, each with its object's place in the plan's request.
    refusals: RwSignal<Vec<(u32, TextRange, Text)>>,
    /// What came of the plan's objects, each by its [`binnacle_model::plan::PlannedObject::index`]: a text may name the
    /// same object twice, and each of the two has its own fate.
    outcomes: RwSignal<Vec<(u32, Outcome)>>,
    /// What earlier plans created, each with the number its document had then.
    earlier: RwSignal<Vec<(u32, ObjectRef)>>,
    pub(super) busy: RwSignal<bool>,
    pub(super) failed: RwSignal<Option<Text>>,
    /// When the text that came back was kept, milliseconds since the epoch.
    pub(super) restored: RwSignal<Option<i64>>,
    /// Whether this browser keeps the text.
    pub(super) is_kept: RwSignal<bool>,
    /// Whether the text holds a Secret, which no browser keeps.
    pub(super) is_secret: RwSignal<bool>,
    pub(super) reveal: RwSignal<Option<u32>>,
    toasts: Toasts,
    lang: RwSignal<Lang>,
}

impl YamlState {
    pub(super) fn new(cluster: String, namespace: String) -> Self {
        let key = format!("binnacle:yaml:{}:{cluster}", use_request().caller.user);
        let doctor = Doctor::new(cluster.clone());
        let state = YamlState {
            cluster: StoredValue::new(cluster),
            key: StoredValue::new(key),
            doctor,
            text: doctor.text,
            namespace: RwSignal::new(namespace),
            plan: RwSignal::new(None),
            refusals: RwSignal::new(Vec::new()),
            outcomes: RwSignal::new(Vec::new()),
            earlier: RwSignal::new(Vec::new()),
            busy: RwSignal::new(false),
            failed: doctor.failed,
            restored: RwSignal::new(None),
            is_kept: RwSignal::new(true),
            is_secret: RwSignal::new(false),
            reveal: doctor.reveal,
            toasts: use_toasts(),
            lang: use_lang(),
        };
        state.keep();
        doctor.read_while_typing();
        state
    }

    /// The doctor's findings as marks in the text, then the cluster's refusals.
    pub(super) fn marks(self, lang: Lang) -> Vec<EditorDiagnostic> {
        let mut marks = self.doctor.marks(lang);
        if self.plan_is_current() {
            let refusals = self.refusals.get();
            marks.extend(refusal_marks(refusals.iter().map(|(_, range, text)| (range, text)), lang));
        }
        marks
    }

    /// Why the next step cannot be taken.
    pub(super) fn obstacle(self) -> Option<Text> {
        if self.text.with(|text| text.trim().is_empty()) {
            return Some(words::NOTHING_YET.into());
        }
        if self.finished() {
            return self.summary();
        }
        match self.doctor.diagnosis() {
            None => Some(match self.doctor.unread.get() {
                Some(reason) => Text::new(&words::NOT_READ, [reason]),
                None => words::CHECKING.into(),
            }),
            Some(diagnosis) if !diagnosis.complete => Some(words::FIX_PROBLEMS_FIRST.into()),
            Some(diagnosis) if diagnosis.documents.is_empty() => Some(words::NOTHING_YET.into()),
            Some(_) => None,
        }
    }
}
