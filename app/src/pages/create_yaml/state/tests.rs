//! The state as a page uses it.

use binnacle_model::{
    AppError, Lang, Text,
    diagnosis::{Diagnosis, Document, TextRange},
    object::ObjectRef,
    plan::{Plan, PlannedObject},
    words::yaml as words,
};
use leptos::prelude::*;

use super::{
    CurrentPlan, Outcome, YamlState,
    plan::{to_create, told, told_elsewhere, with_namespace},
};
use crate::ui::toast::{provide_toasts, use_toasts};

fn object(namespace: Option<&str>, name: &str) -> ObjectRef {
    ObjectRef {
        cluster: "prod".to_owned(),
        api_version: "v1".to_owned(),
        kind: "ConfigMap".to_owned(),
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
    }
}

fn document(index: u32, name: &str) -> Document {
    Document {
        index,
        range: TextRange::default(),
        api_version: "v1".to_owned(),
        kind: "ConfigMap".to_owned(),
        name: name.to_owned(),
        namespace: None,
        object: serde_json::json!({}),
    }
}

fn planned(index: u32, name: &str) -> PlannedObject {
    PlannedObject {
        index,
        target: object(Some("team"), name),
        namespace_defaulted: true,
        refused: None,
        warnings: Vec::new(),
        notes: Vec::new(),
        provided: Vec::new(),
        waits_for: None,
    }
}

/// A page whose text was checked: its documents, and the plan of them.
fn in_page(names: &[&str], test: impl FnOnce(YamlState)) {
    let owner = Owner::new();
    owner.with(|| {
        provide_toasts();
        let state = YamlState::new("prod".to_owned(), "team".to_owned());
        let numbers = 0..u32::try_from(names.len()).unwrap();
        state.text.set("checked".to_owned());
        state.plan.set(Some(CurrentPlan {
            text: "checked".to_owned(),
            namespace: "team".to_owned(),
            documents: numbers.clone().collect(),
            objects: names.iter().map(|_| serde_json::json!({})).collect(),
            plan: Plan { objects: numbers.zip(names).map(|(index, name)| planned(index, name)).collect() },
        }));
        untrack(|| test(state));
    });
}

#[test]
fn the_same_object_twice_has_two_fates() {
    in_page(&["a", "a"], |state| {
        state.note(0, Outcome::Created);
        assert_eq!(state.outcome(1), None);
        assert!(!state.finished());
        state.note(1, Outcome::Failed(AppError::Unauthenticated));
        assert_eq!(state.summary(), Some(told(1, 2)));
        assert_eq!(state.created(), [(0, object(Some("team"), "a"))]);
    });
}

#[test]
fn what_the_cluster_refused_is_not_sent_and_that_is_said() {
    let refuse = |state: YamlState, count: usize| {
        state.plan.update(|plan| {
            for object in plan.as_mut().unwrap().plan.objects.iter_mut().take(count) {
                object.refused = Some(AppError::Unauthenticated);
            }
        });
    };
    for (names, refused, obstacle, note) in [
        (&["a", "b", "c"][..], 0, None, None),
        (&["a", "b", "c"], 1, None, Some("1 of 3 was refused and will not be created")),
        (&["a", "b", "c"], 2, None, Some("2 of 3 were refused and will not be created")),
        (&["a", "b", "c"], 3, Some(words::REFUSED_ALL), None),
        (&["a"], 1, Some(words::REFUSED_ONE), None),
    ] {
        in_page(names, |state| {
            let complete =
                Diagnosis { documents: vec![document(0, "a")], complete: true, ..Diagnosis::default() };
            state.doctor.diagnosis.set(Some(("checked".to_owned(), complete)));
            refuse(state, refused);
            assert_eq!(state.obstacle(), None, "the text can be checked again");
            assert_eq!(state.create_obstacle(), obstacle.map(Text::from), "{refused}");
            assert_eq!(state.refused_note().map(|text| text.render(Lang::En)).as_deref(), note);
            assert_eq!(state.has_refusals(), refused > 0);
            if obstacle.is_some() {
                state.create();
                assert!(!state.busy.get());
            }
        });
    }
    in_page(&["a", "b"], |state| {
        let complete =
            Diagnosis { documents: vec![document(0, "a")], complete: true, ..Diagnosis::default() };
        state.doctor.diagnosis.set(Some(("checked".to_owned(), complete)));
        refuse(state, 1);
        state.note(1, Outcome::Created);
        assert_eq!(state.create_obstacle(), Some(words::REFUSED_ONE.into()), "what is left was refused");
        assert_eq!(state.refused_note(), None, "the summary says it");
    });
}

#[test]
fn the_plan_says_that_nothing_was_sent_until_it_was() {
    in_page(&["a"], |state| {
        assert_eq!(state.plan_help().map(|word| word.key), Some(words::PLAN_HELP.key));
        state.note(0, Outcome::Created);
        assert_eq!(state.plan_help().map(|word| word.key), None);
        state.text.set("changed".to_owned());
        assert_eq!(state.plan_help().map(|word| word.key), Some(words::PLAN_OUTDATED.key));
    });
}

#[test]
fn a_created_object_stands_for_one_document() {
    let left = |documents: &[(u32, &str)], created: &[(u32, &str)]| {
        let documents = documents.iter().map(|(index, name)| document(*index, name)).collect();
        let created: Vec<_> =
            created.iter().map(|(number, name)| (*number, object(Some("team"), name))).collect();
        to_create(documents, &created, "team").iter().map(|one| one.index).collect::<Vec<_>>()
    };
    let twice = [(0, "a"), (1, "a"), (2, "b")];
    assert_eq!(left(&twice, &[]), [0, 1, 2]);
    assert_eq!(left(&twice, &[(0, "a")]), [1, 2]);
    assert_eq!(left(&twice, &[(1, "a")]), [0, 2], "the one that had its number");
    assert_eq!(left(&twice, &[(2, "a"), (2, "b")]), [1], "numbers shift as the text changes");
    assert_eq!(to_create(vec![document(0, "a")], &[(0, object(Some("team"), "a"))], "other").len(), 1);
}

#[test]
fn what_was_created_earlier_counts_in_the_whole() {
    in_page(&["b", "c"], |state| {
        state.earlier.set(vec![(0, object(Some("team"), "a"))]);
        state.note(0, Outcome::Created);
        assert_eq!(state.summary(), Some(told(2, 3)));
        state.note(1, Outcome::Created);
        assert_eq!(state.summary().unwrap().render(Lang::En), "All 3 objects were created");
    });
}

#[test]
fn one_is_told_as_one() {
    for (text, expected) in [
        (told(1, 1), "The object was created"),
        (told(2, 2), "All 2 objects were created"),
        (
            told_elsewhere(2, &[&planned(0, "a")], true),
            "1 of 2 created. Not created: ConfigMap a. Your text is kept in Create from YAML.",
        ),
        (
            told_elsewhere(2, &[&planned(0, "a")], false),
            "1 of 2 created. Not created: ConfigMap a. The text held a Secret and was not kept.",
        ),
        (told_elsewhere(2, &[], true), "All 2 objects were created"),
    ] {
        assert_eq!(text.render(Lang::En), expected);
    }
}

#[test]
fn what_another_text_replaced_comes_back() {
    let owner = Owner::new();
    owner.with(|| {
        provide_toasts();
        let state = YamlState::new("prod".to_owned(), "team".to_owned());
        state.replace("opened".to_owned(), words::CLEARED.into());
        assert_eq!(state.toasts.undo_last(), None, "nothing was lost");
        state.replace("dropped".to_owned(), words::CLEARED.into());
        assert_eq!(state.toasts.undo_last(), Some(()));
        assert_eq!(state.text.get_untracked(), "opened");
        state.restored.set(Some(7));
        state.clear();
        assert_eq!(state.text.get_untracked(), "");
        assert_eq!(state.restored.get_untracked(), None, "nothing restored is in view");
        state.toasts.undo_last();
        assert_eq!(state.text.get_untracked(), "opened");
        assert_eq!(state.restored.get_untracked(), Some(7));
        assert_eq!(state.toasts.texts(), [""; 0], "nothing was typed meanwhile");
    });
}

#[test]
fn undo_loses_nothing_that_was_typed_since() {
    in_page(&[], |state| {
        state.text.set("an hour's work".to_owned());
        state.clear();
        state.text.set("typed since".to_owned());
        state.toasts.undo_last();
        assert_eq!(state.text.get_untracked(), "an hour's work");
        assert_eq!(state.toasts.undo_last(), Some(()), "what was typed can be had back");
        assert_eq!(state.text.get_untracked(), "typed since");
        assert_eq!(state.toasts.undo_last(), Some(()));
        assert_eq!(state.text.get_untracked(), "an hour's work");
    });
}

#[test]
fn what_was_let_go_comes_back_to_the_page_that_was_opened_since() {
    let root = Owner::new();
    root.with(|| {
        provide_toasts();
        let toasts = use_toasts();
        let open = |cluster: &str| {
            let page = root.child();
            let state = page.with(|| YamlState::new(cluster.to_owned(), "team".to_owned()));
            state.come_into_view();
            (page, state)
        };
        let let_go = || {
            let (page, state) = open("prod");
            state.text.set("an hour's work".to_owned());
            state.clear();
            page.cleanup();
        };

        let_go();
        let (again, state) = open("prod");
        state.text.set("typed since".to_owned());
        assert_eq!(toasts.undo_last(), Some(()));
        assert_eq!(state.text.get_untracked(), "an hour's work");
        assert_eq!(toasts.undo_last(), Some(()), "what was typed can be had back");
        assert_eq!(state.text.get_untracked(), "typed since");
        again.cleanup();

        let_go();
        let (_other, state) = open("other");
        toasts.undo_last();
        assert_eq!(state.text.get_untracked(), "", "another cluster's page is not its place");
    });
}

#[test]
fn a_text_that_could_not_be_read_says_why() {
    in_page(&["a"], |state| {
        state.text.set("changed".to_owned());
        assert_eq!(state.obstacle(), Some(words::CHECKING.into()));
        state.text.set("a: 1".to_owned());
        let reason = AppError::Unauthenticated.text();
        state.doctor.unread.set(Some(reason.clone()));
        assert_eq!(state.obstacle(), Some(Text::new(&words::NOT_READ, [reason])));
    });
}

#[test]
fn what_came_of_it_is_told_when_the_page_is_gone() {
    let root = Owner::new();
    root.with(|| {
        provide_toasts();
        let toasts = use_toasts();
        let page = root.child();
        let state = page.with(|| YamlState::new("prod".to_owned(), "team".to_owned()));
        page.cleanup();
        state.note(0, Outcome::Working);
        assert!(state.busy.try_set(false).is_some());
        state.tell_elsewhere(1, &[], true);
        assert_eq!(toasts.texts(), ["The object was created"]);
    });
}

#[test]
fn the_planned_namespace_is_what_is_sent() {
    let object = serde_json::json!({"metadata": {"name": "a"}});
    assert_eq!(with_namespace(&object, Some("team"))["metadata"]["namespace"], "team");
    assert_eq!(with_namespace(&object, None), object);
}
