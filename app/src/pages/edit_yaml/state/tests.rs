//! The state as the page uses it.

use binnacle_model::{
    AppError, FieldPath, Lang, Text,
    diagnosis::TextRange,
    edit::{Conflict, Difference, EditReview, EditableObject, Gone, Side},
    object::ObjectRef,
    words::{edit as words, yaml},
};
use leptos::prelude::*;
use serde_json::{Value, json};

use super::{
    EditState, Kept,
    acts::{gone_text, saved_text, unwritten},
    decide::count_text,
    fixed::{differs, without},
};
use crate::ui::toast::{provide_toasts, use_toasts};

fn base(version: &str, replicas: u32) -> Value {
    json!({
        "metadata": {
            "name": "web",
            "uid": "u-1",
            "creationTimestamp": "2026-11-25T08:00:00Z",
            "resourceVersion": version,
        },
        "spec": {"replicas": replicas, "serviceName": "web"},
    })
}

fn opened(kind: &str) -> EditableObject {
    EditableObject {
        target: ObjectRef {
            cluster: "prod".into(),
            api_version: "apps/v1".into(),
            kind: kind.into(),
            namespace: Some("team".into()),
            name: "web".into(),
        },
        base: base("1", 1),
        text: "as opened".into(),
        keepers: Vec::new(),
        immutable: vec!["spec.serviceName".into()],
        refused: None,
    }
}

fn in_page(object: EditableObject, test: impl FnOnce(EditState)) {
    let owner = Owner::new();
    owner.with(|| {
        provide_toasts();
        let state = EditState::new(object);
        untrack(|| test(state));
    });
}

fn difference(place: &str) -> Difference {
    Difference { place: place.into(), before: None, after: Some(json!(1)) }
}

fn conflict(mine: u32) -> Conflict {
    Conflict {
        place: "spec.replicas".into(),
        base: Some(json!(1)),
        theirs: Some(json!(3)),
        mine: Some(json!(mine)),
    }
}

/// A review that says that one field changes.
fn review(text: &str) -> EditReview {
    EditReview {
        base: base("2", 3),
        text: text.into(),
        merged: Vec::new(),
        conflicts: Vec::new(),
        changes: vec![difference("metadata.labels.a")],
        lines: Vec::new(),
        refused: None,
        warnings: Vec::new(),
    }
}

fn said(text: Option<Text>) -> String {
    text.map(|text| text.render(Lang::En)).unwrap_or_default()
}

#[test]
fn it_is_saved_after_a_review_of_the_text_as_it_stands() {
    in_page(opened("StatefulSet"), |state| {
        assert_eq!(state.obstacle(), Some(words::UNCHANGED.into()));
        state.text.set(" ".into());
        assert_eq!(state.obstacle(), Some(yaml::NOTHING_YET.into()));
        state.text.set("mine".into());
        assert_eq!(state.obstacle(), None);
        assert_eq!(state.save_obstacle(), Some(words::REVIEW_OUTDATED.into()));
        state.take("mine", review("mine"));
        assert_eq!(state.save_obstacle(), None);
        state.text.set("mine, and more".into());
        assert_eq!(state.save_obstacle(), Some(words::REVIEW_OUTDATED.into()));

        state.take("mine, and more", EditReview { changes: Vec::new(), ..review("mine, and more") });
        assert_eq!(state.save_obstacle(), Some(words::NO_CHANGES.into()));
        assert!(!state.is_dirty(), "there is nothing to lose");

        state.text.set("bad".into());
        state.take("bad", EditReview { refused: Some(AppError::Unauthenticated), ..review("bad") });
        assert_eq!(state.save_obstacle(), Some(words::WOULD_REFUSE.into()));
    });
}

#[test]
fn who_may_not_save_learns_it_before_a_review() {
    let refused = Some(AppError::Unauthenticated);
    in_page(EditableObject { refused, ..opened("StatefulSet") }, |state| {
        state.text.set("mine".into());
        assert_eq!(state.obstacle(), Some(AppError::Unauthenticated.text()));
    });
}

#[test]
fn what_others_changed_is_in_the_text_and_undo_takes_it_out() {
    in_page(opened("StatefulSet"), |state| {
        state.text.set("mine".into());
        let merged = vec![difference("spec.replicas")];
        state.take("mine", EditReview { merged, ..review("mine, and theirs") });
        assert_eq!(state.text.get(), "mine, and theirs");
        assert_eq!(state.base.get(), base("2", 3));
        assert_eq!(state.merged.get(), [difference("spec.replicas")]);
        assert!(state.is_reviewed());

        // The editor's undo: the text is what it was, and so is what it was made from.
        state.text.set("mine".into());
        state.find_base();
        assert_eq!(state.base.get(), base("1", 1));
        state.text.set("mine, and theirs".into());
        state.find_base();
        assert_eq!(state.base.get(), base("2", 3));
    });
}

#[test]
fn what_was_typed_during_a_review_wins() {
    in_page(opened("StatefulSet"), |state| {
        state.text.set("typed since".into());
        state.take("mine", review("mine, and theirs"));
        assert_eq!((state.text.get(), state.is_reviewed()), ("typed since".into(), false));
        assert_eq!(state.base.get(), base("1", 1));
    });
}

#[test]
fn conflicts_are_decided_one_by_one_and_for_the_values_they_are_about() {
    let other = || Conflict { place: "spec.paused".into(), ..conflict(2) };
    in_page(opened("StatefulSet"), |state| {
        state.text.set("mine".into());
        let open = |conflicts| EditReview { conflicts, ..review("mine") };
        state.take("mine", open(vec![conflict(2), other()]));
        assert_eq!(state.base.get(), base("1", 1), "mine is no change of what is theirs");
        assert_eq!(said(state.save_obstacle()), "2 conflicts are left to decide");
        state.choose(&conflict(2), Side::Theirs);
        state.choose(&conflict(2), Side::Mine);
        assert_eq!(state.chosen(&conflict(2)), Some(Side::Mine));
        assert_eq!(said(state.save_obstacle()), "One conflict is left to decide");
        state.choose_all(Side::Theirs);
        assert_eq!((state.save_obstacle(), state.choices.get().len()), (None, 2));

        // One of them is about other values now.
        state.take("mine", open(vec![conflict(5), other()]));
        assert_eq!((state.chosen(&conflict(5)), state.chosen(&other())), (None, Some(Side::Theirs)));
        assert_eq!(state.undecided(), 1);
        state.choose_all(Side::Mine);
        state.take("mine", review("decided"));
        assert_eq!((state.choices.get().len(), state.base.get()), (0, base("2", 3)));
    });
}

#[test]
fn the_live_object_is_followed() {
    in_page(opened("StatefulSet"), |state| {
        let mut live = base("7", 1);
        live["status"] = json!({"readyReplicas": 1});
        state.follow(Some(&live));
        assert!(!state.is_behind.get(), "its status concerns nobody");
        state.follow(Some(&base("8", 2)));
        assert!(state.is_behind.get());
        assert_eq!(state.obstacle(), None, "there is something to merge");
        live["metadata"]["deletionTimestamp"] = json!("2026-11-25T16:00:00Z");
        for (object, gone) in [
            (Some(live.clone()), Some(Gone::Terminating)),
            (None, Some(Gone::Deleted)),
            (Some(json!({"metadata": {"uid": "u-2"}})), Some(Gone::Recreated { uid: "u-2".into() })),
            (Some(base("9", 1)), None),
        ] {
            state.follow(object.as_ref());
            assert_eq!(state.gone.get(), gone);
        }
    });
}

fn kept(uid: &str, text: &str) -> Kept {
    let mut base = base("0", 9);
    base["metadata"]["uid"] = json!(uid);
    base["metadata"]["creationTimestamp"] = json!("2026-11-24T08:00:00Z");
    let kept = json!({"uid": uid, "base": base, "text": text, "at": 7});
    serde_json::from_value(kept).unwrap()
}

#[test]
fn a_kept_text_goes_on_with_what_it_was_made_from() {
    in_page(opened("StatefulSet"), |state| {
        state.bring_back(Some(kept("u-1", "typed before")));
        assert_eq!(state.text.get(), "typed before");
        assert_eq!(state.base.get(), kept("u-1", "").base);
        assert_eq!((state.restored.get(), state.is_behind.get()), (Some(7), true));
        state.start_anew();
        assert_eq!((state.text.get(), state.base.get()), ("as opened".into(), base("1", 1)));
        assert_eq!((state.restored.get(), state.is_dirty()), (None, false));
        assert_eq!(use_toasts().undo_last(), Some(()));
        assert_eq!((state.text.get(), state.base.get()), ("typed before".into(), kept("u-1", "").base));
    });
}

#[test]
fn a_text_about_an_earlier_object_is_offered_and_not_taken() {
    in_page(opened("StatefulSet"), |state| {
        let text = "uid: u-0\ncreationTimestamp: \"2026-11-24T08:00:00Z\"";
        state.bring_back(Some(kept("u-0", text)));
        assert_eq!((state.text.get(), state.restored.get()), ("as opened".into(), None));
        assert_eq!(state.earlier.get(), Some(kept("u-0", text)));
        state.use_earlier();
        let expected = "uid: u-1\ncreationTimestamp: \"2026-11-25T08:00:00Z\"";
        assert_eq!((state.text.get(), state.base.get()), (expected.into(), base("1", 1)));
        assert_eq!(state.earlier.get(), None);
    });
}

#[test]
fn a_secret_is_not_brought_back() {
    in_page(opened("Secret"), |state| {
        state.bring_back(Some(kept("u-1", "typed before")));
        assert_eq!(state.text.get(), "as opened");
    });
}

#[test]
fn the_foot_counts_no_change_that_was_decided_away() {
    in_page(opened("StatefulSet"), |state| {
        state.text.set("mine".into());
        assert_eq!(state.summary(), None);
        state.take("mine", review("mine"));
        assert_eq!(state.summary(), Some(words::CHANGE_ONE.into()));
        state.take("mine", EditReview { conflicts: vec![conflict(2)], ..review("mine") });
        assert_eq!(state.summary(), Some(words::LEFT_ONE.into()));
        state.choose_all(Side::Theirs);
        assert_eq!(state.summary(), Some(words::ALL_DECIDED.into()));
    });
}

#[test]
fn what_is_gone_is_not_saved_before_another_review() {
    in_page(opened("StatefulSet"), |state| {
        state.text.set("mine".into());
        state.take("mine", review("mine"));
        assert_eq!(state.save_obstacle(), None);
        state.follow(None);
        assert_eq!(state.save_obstacle(), Some(gone_text(&Gone::Deleted, "StatefulSet web".into())));
        assert_eq!(state.summary(), None);
        state.take("mine", review("mine"));
        assert_eq!(state.save_obstacle(), None);
    });
}

#[test]
fn fixed_fields_that_were_changed_are_found() {
    let base = base("1", 1);
    for (path, object, changed) in [
        ("spec.serviceName", json!({"spec": {"serviceName": "web"}}), false),
        ("spec.serviceName", json!({"spec": {"serviceName": "other"}}), true),
        ("spec.serviceName", json!({"spec": {}}), true),
        ("metadata.uid", json!({"metadata": {}}), false),
        ("metadata.name", json!({"metadata": {"name": "other"}}), true),
        ("spec.selector", json!({}), false),
    ] {
        assert_eq!(differs(&FieldPath::from(path), &base, &object), changed, "{path} in {object}");
    }
}

#[test]
fn an_error_stands_at_its_place_once() {
    let mark = |said: &str| (TextRange { start: 1, end: 2, line: 1, column: 2 }, Text::raw(said));
    in_page(opened("StatefulSet"), |state| {
        let said = || state.marks(Lang::En).into_iter().map(|mark| mark.message).collect::<Vec<_>>();
        state.text.set("mine".into());
        state.misplaced.set(Some(("mine".into(), vec![mark("it is fixed")])));
        assert_eq!(said(), ["it is fixed"]);
        state.refusals.set(Some(("mine".into(), vec![mark("it is refused")])));
        assert_eq!(said(), ["it is refused"]);
        state.text.set("mended".into());
        assert_eq!(said(), [""; 0]);
    });
}

#[test]
fn what_the_server_keeps_within_a_fixed_field_is_no_change_of_it() {
    let claim = |status: bool| {
        let mut claim = json!({"metadata": {"name": "data"}, "spec": {}});
        if status {
            claim["status"] = json!({"phase": "Pending"});
        }
        json!({"spec": {"volumeClaimTemplates": [claim]}})
    };
    let path = FieldPath::from("spec.volumeClaimTemplates");
    let stripped = FieldPath::from("spec.volumeClaimTemplates[0].status");
    assert!(differs(&path, &claim(true), &claim(false)));
    assert!(!differs(&path, &without(&claim(true), &[&stripped]), &claim(false)));
}

#[test]
fn what_is_said_of_an_outcome() {
    let with = |conflicts, refused| EditReview { conflicts, refused, ..review("mine") };
    for (text, expected) in [
        (
            unwritten(&with(vec![conflict(2)], None)),
            "Nothing was written, because others changed the same fields.",
        ),
        (
            unwritten(&with(vec![], Some(AppError::Unauthenticated))),
            "Nothing was written, because the cluster would refuse it.",
        ),
        (saved_text("StatefulSet web", &[]), "StatefulSet web was saved"),
        (
            saved_text("StatefulSet web", &["a", "b", "c", "d", "e"]),
            "StatefulSet web was saved. Merged with what others changed: a, b, c and 2 more",
        ),
        (
            gone_text(&Gone::Deleted, "StatefulSet web".into()),
            "StatefulSet web was deleted meanwhile. Your text is kept.",
        ),
        (count_text(&review("mine")), "One field changes"),
    ] {
        assert_eq!(text.render(Lang::En), expected);
    }
}
