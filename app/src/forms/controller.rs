//! What the form holds, and how it is walked through.

mod around;
mod issues;
mod keeping;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use binnacle_model::{
    draft::{Control, Finding, Step, Surroundings, WorkloadDraft},
    object::WorkloadKind,
    yaml::to_yaml,
};
use leptos::prelude::*;

pub use self::keeping::DraftKey;
use crate::interop;

/// The form's state; in the context of its sections.
#[derive(Clone, Copy)]
pub struct FormController {
    /// Kind of the workload.
    pub kind: WorkloadKind,
    /// Name of the cluster it is created in.
    pub cluster: StoredValue<String>,
    /// All that was typed.
    pub draft: RwSignal<WorkloadDraft>,
    /// What is known around it.
    pub around: RwSignal<Surroundings>,
    /// The step in view.
    pub step: RwSignal<Step>,
    /// Steps that were in view.
    pub visited: RwSignal<BTreeSet<Step>>,
    /// Steps that were to be left: all their errors are shown.
    pub attempted: RwSignal<BTreeSet<Step>>,
    /// Counts the times a step was to be left: its summary is as of the last.
    pub attempts: RwSignal<u32>,
    /// Controls that were used: their errors are shown.
    touched: RwSignal<BTreeSet<Control>>,
    /// What the cluster refused, until its field is changed.
    pub refused: RwSignal<Vec<Finding>>,
    /// All that is wrong now: our findings, then the cluster's.
    pub findings: Memo<Vec<Finding>>,
    /// Whether nothing that we found, the cluster aside, stands in the way.
    pub can_be_asked: Memo<bool>,
    /// The object that will be sent, as text.
    pub yaml: Memo<String>,
    /// The create is under way.
    pub creating: RwSignal<bool>,
    /// It was created: there is nothing left to keep or to warn of.
    pub done: RwSignal<bool>,
    /// When the restored draft was stored, Unix milliseconds.
    pub restored: RwSignal<Option<i64>>,
    /// Whether this browser keeps drafts.
    pub keeps_drafts: RwSignal<bool>,
    /// Counts the new beginnings: what was removed before one cannot come back after it.
    beginning: StoredValue<u32>,
    start_namespace: StoredValue<String>,
    storage_key: StoredValue<String>,
}

impl FormController {
    /// A form for a new workload.
    pub fn new(kind: WorkloadKind, cluster: String, namespace: String, user: &str) -> Self {
        let draft = RwSignal::new(WorkloadDraft::new(kind, namespace.clone()));
        let around = RwSignal::new(Surroundings::default());
        let refused = RwSignal::new(Vec::<Finding>::new());
        let own = Memo::new(move |_| draft.with(|draft| around.with(|around| draft.validate(around))));
        let findings = Memo::new(move |_| {
            let mut all = own.get();
            all.extend(refused.get());
            all
        });
        FormController {
            kind,
            draft,
            around,
            step: RwSignal::new(Step::Basic),
            visited: RwSignal::new(BTreeSet::from([Step::Basic])),
            attempted: RwSignal::default(),
            attempts: RwSignal::default(),
            touched: RwSignal::default(),
            refused,
            findings,
            can_be_asked: Memo::new(move |_| own.with(|all| !all.iter().any(Finding::is_error))),
            yaml: Memo::new(move |_| draft.with(|draft| to_yaml(&draft.to_create()))),
            creating: RwSignal::new(false),
            done: RwSignal::new(false),
            restored: RwSignal::new(None),
            keeps_drafts: RwSignal::new(true),
            beginning: StoredValue::new(0),
            start_namespace: StoredValue::new(namespace),
            storage_key: StoredValue::new(format!("binnacle.draft/{user}/{cluster}/{}", kind.plural())),
            cluster: StoredValue::new(cluster),
        }
    }

    /// Changes the draft through one control: its refusals by the cluster are past.
    pub fn edit(self, control: Control, change: impl FnOnce(&mut WorkloadDraft)) {
        self.forget_refusal(control);
        self.draft.update(change);
    }

    /// From now on a control's errors are shown. Answers of the cluster call it too, and may come
    /// when the form is gone.
    pub fn touch(self, control: Control) {
        self.touched.maybe_update(|touched| touched.insert(control));
    }

    /// A change of the draft for a toast's button, which may be pressed when the form is gone or was
    /// started anew: then it does nothing, and tells so by `false`.
    pub fn for_undo(
        self,
        change: impl Fn(&mut WorkloadDraft) + Send + Sync + 'static,
    ) -> impl Fn() -> bool + Send + Sync + 'static {
        let beginning = self.beginning.get_value();
        move || self.beginning.try_get_value() == Some(beginning) && self.draft.try_update(&change).is_some()
    }

    /// Brings a step into view.
    pub fn go(self, step: Step) {
        // Whoever looks back from a later step has left the earlier ones: their errors count.
        self.attempted.update(|steps| steps.extend(Step::ALL.into_iter().filter(|one| *one < step)));
        self.visited.update(|steps| {
            steps.insert(step);
        });
        if self.step.get_untracked() != step {
            self.step.set(step);
            interop::focus_soon("wizard-step");
        }
    }

    /// Brings a control into view and moves the focus to it.
    pub fn go_to(self, control: Control) {
        self.touch(control);
        self.go(control.step());
        let id = control.id();
        // The step's own focus comes first.
        interop::next_frame(move || interop::focus_soon(id));
    }
}

/// The form around a section.
pub fn use_form() -> FormController {
    expect_context()
}
