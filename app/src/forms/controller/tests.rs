//! The form without a page around it.

use binnacle_model::{
    FieldPath, Issue, Lang, Text,
    cluster::NamespaceRow,
    draft::{ContainerField, Control, Finding, Holder, PairPart, Step},
    object::WorkloadKind,
};
use leptos::prelude::*;

use super::FormController;
use crate::ui::toast::{provide_toasts, use_toasts};

fn in_form(test: impl FnOnce(FormController)) {
    let owner = Owner::new();
    owner.with(|| {
        let form =
            FormController::new(WorkloadKind::StatefulSet, "prod".to_owned(), "default".to_owned(), "ann");
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
        let (container, label) =
            form.draft.try_update(|draft| (draft.add_container(), draft.add_pair(Holder::Labels))).unwrap();
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
        form.discard(use_toasts(), Lang::En);
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
        form.discard(use_toasts(), Lang::En);
        assert!(!form.is_dirty());
        assert_eq!(form.step.get(), Step::Basic);
        assert_eq!(form.draft.with(|draft| draft.namespace.clone()), "default");
    });
}

#[test]
fn what_was_discarded_comes_back_and_loses_nothing_typed_since() {
    in_form(|form| {
        let toasts = use_toasts();
        let name = move || form.draft.with(|draft| draft.name.clone());
        form.edit(Control::Name, |draft| draft.name = "web".to_owned());
        form.restored.set(Some(7));
        form.go(Step::Containers);
        form.discard(toasts, Lang::En);
        assert_eq!(toasts.undo_last(), Some(()));
        assert_eq!(
            (name().as_str(), form.step.get(), form.restored.get()),
            ("web", Step::Containers, Some(7))
        );
        assert_eq!(toasts.texts(), [""; 0], "nothing was typed meanwhile");

        form.discard(toasts, Lang::En);
        form.edit(Control::Name, |draft| draft.name = "db".to_owned());
        toasts.undo_last();
        assert_eq!(name(), "web");
        assert_eq!(toasts.undo_last(), Some(()), "what was typed can be had back");
        assert_eq!(name(), "db");
    });
}

#[test]
fn what_was_let_go_comes_back_to_the_form_that_was_opened_since() {
    let root = Owner::new();
    root.with(|| {
        provide_toasts();
        let toasts = use_toasts();
        let open = |cluster: &str| {
            let page = root.child();
            let form = page.with(|| {
                FormController::new(
                    WorkloadKind::StatefulSet,
                    cluster.to_owned(),
                    "default".to_owned(),
                    "ann",
                )
            });
            form.come_into_view();
            (page, form)
        };
        let name = |form: FormController| form.draft.with_untracked(|draft| draft.name.clone());
        let let_go = || {
            let (page, form) = open("prod");
            form.edit(Control::Name, |draft| draft.name = "web".to_owned());
            form.let_go(toasts, Lang::En);
            page.cleanup();
        };

        let_go();
        let (again, form) = open("prod");
        form.edit(Control::Name, |draft| draft.name = "since".to_owned());
        assert_eq!(toasts.undo_last(), Some(()));
        assert_eq!(name(form), "web");
        assert!(untrack(|| form.is_dirty()), "it is the form's own now");
        assert_eq!(toasts.undo_last(), Some(()), "what was typed can be had back");
        assert_eq!(name(form), "since");
        again.cleanup();

        let_go();
        let (_other, form) = open("other");
        toasts.undo_last();
        assert_eq!(name(form), "", "another cluster's form is not its place");
    });
}
