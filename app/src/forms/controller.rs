//! What the form holds, and when an issue is shown.

use std::collections::BTreeSet;

use binnacle_model::{
    Severity,
    cluster::NamespaceRow,
    draft::{Control, Finding, Holder, RowId, Saved, Step, Surroundings, WorkloadDraft},
    object::WorkloadKind,
    yaml::to_yaml,
};
use leptos::prelude::*;

use crate::{i18n::use_lang, interop};

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

    /// Ends the cluster's refusals of a control. Name and namespace are refused together: a name is
    /// taken in a namespace, and another of either is another object.
    pub fn forget_refusal(self, control: Control) {
        match control {
            Control::Name | Control::Namespace => {
                self.forget_refusals(|of| matches!(of, Control::Name | Control::Namespace));
            }
            control => self.forget_refusals(|of| of == control),
        }
    }

    /// Ends the cluster's refusals of a container that is gone, and of the containers as a whole.
    pub fn forget_container(self, row: RowId) {
        self.forget_refusals(|of| match of {
            Control::Container(of, _) => of == row,
            of => of == Control::Containers,
        });
    }

    /// Ends the cluster's refusals of a label or annotation that is gone, and of its set as a whole.
    pub fn forget_pair(self, holder: Holder, row: RowId) {
        self.forget_refusals(|of| match of {
            Control::Pair(_, of, _) => of == row,
            of => of == Control::Pairs(holder),
        });
    }

    fn forget_refusals(self, of: impl Fn(Control) -> bool) {
        let is_past = |finding: &Finding| finding.control.is_some_and(&of);
        self.refused.maybe_update(|all| {
            let before = all.len();
            all.retain(|finding| !is_past(finding));
            all.len() < before
        });
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

    /// Whether a namespace is on its way out.
    pub fn is_terminating(self, namespace: &str) -> bool {
        self.around.with(|around| {
            around.namespaces.iter().flatten().any(|row| row.name == namespace && row.terminating)
        })
    }

    /// Notes a namespace that is there to stay.
    pub fn add_namespace(self, name: String) {
        self.around.update(|around| {
            if let Some(rows) = around.namespaces.as_mut() {
                rows.retain(|row| row.name != name);
                rows.push(NamespaceRow { name, terminating: false });
                rows.sort_by(|one, other| one.name.cmp(&other.name));
            }
        });
    }

    /// Notes whether a name is taken in a namespace, as the cluster says now.
    pub fn note_taken(self, namespace: String, name: String, is_taken: bool) {
        self.around.maybe_update(|around| {
            let of = (namespace, name);
            let was_taken = around.taken.contains(&of);
            around.taken.retain(|taken| *taken != of);
            if is_taken {
                around.taken.push(of);
            }
            was_taken != is_taken
        });
    }

    /// Whether an issue is shown now. Warnings and what the cluster said always are; our own errors
    /// once their control was used or their step was to be left.
    fn is_shown(self, finding: &Finding) -> bool {
        let Some(control) = finding.control else { return true };
        !finding.is_error()
            || self.touched.with(|touched| touched.contains(&control))
            || self.attempted.with(|steps| steps.contains(&control.step()))
            || self.refused.with(|all| all.contains(finding))
    }

    fn text_of(self, control: Control, severity: Severity) -> Signal<Option<String>> {
        let lang = use_lang();
        let text = Memo::new(move |_| {
            self.findings.with(|all| {
                all.iter()
                    .find(|finding| {
                        finding.control == Some(control)
                            && finding.issue.severity == severity
                            && self.is_shown(finding)
                    })
                    .map(|finding| finding.issue.text.clone())
            })
        });
        Signal::derive(move || text.with(|text| text.as_ref().map(|text| text.render(lang.get()))))
    }

    /// The error to show at a control.
    pub fn error_of(self, control: Control) -> Signal<Option<String>> {
        self.text_of(control, Severity::Error)
    }

    /// The warning to show at a control.
    pub fn warning_of(self, control: Control) -> Signal<Option<String>> {
        self.text_of(control, Severity::Warning)
    }

    /// Errors of a step that are shown now.
    pub fn shown_errors(self, step: Step) -> Vec<Finding> {
        self.findings.with(|all| {
            all.iter()
                .filter(|finding| finding.is_error() && finding.step() == step && self.is_shown(finding))
                .cloned()
                .collect()
        })
    }

    /// Whether a step has errors, shown or not.
    pub fn has_errors(self, step: Step) -> bool {
        self.findings.with(|all| all.iter().any(|finding| finding.is_error() && finding.step() == step))
    }

    /// Whether anything stands in the way of creating.
    pub fn is_good(self) -> bool {
        self.findings.with(|all| !all.iter().any(Finding::is_error))
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

/// The form around a section.
pub fn use_form() -> FormController {
    expect_context()
}

#[cfg(test)]
mod tests {
    use binnacle_model::{
        FieldPath, Issue, Text,
        draft::{ContainerField, PairPart},
    };

    use super::*;

    fn in_form(test: impl FnOnce(FormController)) {
        let owner = Owner::new();
        owner.with(|| {
            let form = FormController::new(
                WorkloadKind::StatefulSet,
                "prod".to_owned(),
                "default".to_owned(),
                "ann",
            );
            untrack(|| test(form));
        });
    }

    #[test]
    fn an_error_is_shown_once_its_control_was_used_or_its_step_was_to_be_left() {
        in_form(|form| {
            let name = form.error_of(Control::Name);
            assert!(form.has_errors(Step::Basic));
            assert_eq!(name.get(), None, "an untouched form is quiet");
            form.touch(Control::Name);
            assert!(name.get().is_some());
            let image =
                Control::Container(form.draft.with(|draft| draft.containers[0].row), ContainerField::Image);
            let image = form.error_of(image);
            assert_eq!(image.get(), None);
            form.go(Step::Advanced);
            assert!(image.get().is_some(), "a step that was passed is judged");
        });
    }

    #[test]
    fn what_the_cluster_refused_stays_until_its_field_is_changed() {
        in_form(|form| {
            let issue = Issue::error(FieldPath::from("spec.replicas"), Text::raw("must be even"));
            form.refused.set(form.draft.with(|draft| draft.locate(&[issue])));
            let replicas = form.error_of(Control::Replicas);
            assert_eq!(replicas.get().as_deref(), Some("must be even"));
            form.edit(Control::Name, |draft| draft.name = "web".to_owned());
            assert!(replicas.get().is_some());
            form.edit(Control::Replicas, |draft| draft.replicas = "2".to_owned());
            assert_eq!(replicas.get(), None);
        });
    }

    #[test]
    fn a_name_refused_in_one_namespace_may_be_free_in_another() {
        in_form(|form| {
            let refuse = |path: &str| {
                let issue = Issue::error(FieldPath::from(path), Text::raw("refused"));
                form.refused.set(form.draft.with(|draft| draft.locate(&[issue])));
            };
            refuse("metadata.name");
            form.edit(Control::Namespace, |draft| draft.namespace = "team".to_owned());
            assert_eq!(form.refused.get(), []);
            refuse("metadata.namespace");
            form.edit(Control::Name, |draft| draft.name = "web".to_owned());
            assert_eq!(form.refused.get(), []);
        });
    }

    #[test]
    fn a_refusal_goes_with_its_row() {
        in_form(|form| {
            let (container, label) = form
                .draft
                .try_update(|draft| (draft.add_container(), draft.add_pair(Holder::Labels)))
                .unwrap();
            let at = |control| Finding {
                control: Some(control),
                issue: Issue::error(FieldPath::from("x"), Text::raw("refused")),
            };
            let stays = at(Control::Replicas);
            form.refused.set(vec![
                at(Control::Container(container, ContainerField::Image)),
                at(Control::Pair(Holder::Labels, label, PairPart::Value)),
                stays.clone(),
            ]);
            form.forget_container(container);
            assert_eq!(form.refused.with(Vec::len), 2);
            form.forget_pair(Holder::Labels, label);
            assert_eq!(form.refused.get(), [stays]);
        });
    }

    #[test]
    fn a_name_that_was_taken_is_free_once_the_cluster_says_so() {
        in_form(|form| {
            form.edit(Control::Name, |draft| draft.name = "web".to_owned());
            let note = |is_taken| form.note_taken("default".to_owned(), "web".to_owned(), is_taken);
            note(true);
            note(true);
            assert!(form.has_errors(Step::Basic));
            note(false);
            assert!(!form.has_errors(Step::Basic));
        });
    }

    #[test]
    fn a_namespace_on_its_way_out_is_known_as_such() {
        in_form(|form| {
            let row = |name: &str, terminating| NamespaceRow { name: name.to_owned(), terminating };
            form.around.update(|around| around.namespaces = Some(vec![row("old", true), row("team", false)]));
            assert!(form.is_terminating("old"));
            assert!(!form.is_terminating("team") && !form.is_terminating("new"));
            form.add_namespace("new".to_owned());
            let names = form.around.with(|around| {
                around.namespaces.iter().flatten().map(|row| row.name.clone()).collect::<Vec<_>>()
            });
            assert_eq!(names, ["new", "old", "team"]);
        });
    }

    #[test]
    fn the_cluster_is_asked_again_once_our_own_findings_are_gone() {
        in_form(|form| {
            form.edit(Control::Name, |draft| draft.name = "web".to_owned());
            let row = form.draft.with(|draft| draft.containers[0].row);
            form.draft.update(|draft| {
                if let Some(container) = draft.container_mut(row) {
                    container.image = "nginx:1.27".to_owned();
                }
            });
            form.note_taken("default".to_owned(), "web".to_owned(), true);
            assert!(!form.can_be_asked.get());
            form.note_taken("default".to_owned(), "web".to_owned(), false);
            let issue = Issue::error(FieldPath::from("spec.replicas"), Text::raw("must be even"));
            form.refused.set(form.draft.with(|draft| draft.locate(&[issue])));
            assert!(!form.is_good());
            assert!(form.can_be_asked.get(), "a refusal must not set off the question that it answers");
        });
    }

    #[test]
    fn what_was_removed_comes_back_only_to_the_form_it_was_removed_from() {
        in_form(|form| {
            let row = form.draft.with(|draft| draft.containers[0].row);
            let (place, container) =
                form.draft.try_update(|draft| draft.remove_container(row)).flatten().unwrap();
            let put_back = form.for_undo(move |draft| draft.put_container(place, container.clone()));
            assert!(put_back());
            assert_eq!(form.draft.with(|draft| draft.containers.len()), 1);
            form.discard();
            assert!(!put_back(), "its row would be another's");
            assert_eq!(form.draft.with(|draft| draft.containers.len()), 1);
        });
    }

    #[test]
    fn nothing_panics_once_the_form_is_gone() {
        let owner = Owner::new();
        let form = owner.with(|| {
            FormController::new(WorkloadKind::StatefulSet, "prod".to_owned(), "default".to_owned(), "ann")
        });
        let undo = form.for_undo(|draft| draft.name.clear());
        owner.cleanup();
        form.touch(Control::Namespace);
        form.forget_refusal(Control::Namespace);
        assert!(!undo());
    }

    #[test]
    fn the_yaml_follows_every_key() {
        in_form(|form| {
            form.edit(Control::Name, |draft| draft.name = "w".to_owned());
            assert!(form.yaml.get().contains("\n  name: w\n"));
            form.edit(Control::Name, |draft| draft.name = "web".to_owned());
            assert!(form.yaml.get().contains("\n      app: web\n"));
        });
    }

    #[test]
    fn discarding_starts_anew() {
        in_form(|form| {
            form.edit(Control::Name, |draft| draft.name = "web".to_owned());
            form.go(Step::Containers);
            assert!(form.is_dirty());
            form.discard();
            assert!(!form.is_dirty());
            assert_eq!(form.step.get(), Step::Basic);
            assert_eq!(form.draft.with(|draft| draft.namespace.clone()), "default");
        });
    }
}
