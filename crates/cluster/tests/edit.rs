//! Editing live objects, on the sandbox and, where `BINNACLE_KUBECONFIGS` names some, on real API servers.

#![cfg(test)]

use binnacle_model::{
    AppError, FieldPath, Lang,
    edit::{Choice, DiffLine, EditAnswer, EditOutcome, EditRequest, Gone, Side},
    object::text,
};
use serde_json::json;

#[path = "edit/race.rs"]
mod race;
#[path = "edit/refused.rs"]
mod refused;
#[path = "edit/secrets.rs"]
mod secrets;
#[path = "edit/world.rs"]
mod world;

use world::{World, ann, edit, kept, worlds};

/// The places of an invalid object.
pub(crate) fn places(error: &AppError) -> Vec<(String, String)> {
    let AppError::Invalid { issues } = error else { panic!("{error:?}") };
    issues.iter().map(|issue| (issue.path.to_string(), issue.text.render(Lang::En))).collect()
}

fn saved(outcome: EditOutcome) -> (binnacle_model::edit::EditableObject, String, Vec<String>) {
    match outcome {
        EditOutcome::Saved { object, text, merged, .. } => {
            (*object, text, merged.into_iter().map(|one| one.place).collect())
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_object_opens_without_what_is_not_edited() {
    for world in worlds().await {
        let target = world.stateful_set("web").await;
        let opened = world.open(&target).await;
        for absent in ["managedFields", "resourceVersion", "generation", "status:"] {
            assert!(!opened.text.contains(absent), "{absent}:\n{}", opened.text);
        }
        assert!(!text(&opened.base, "/metadata/resourceVersion").is_empty());
        assert!(opened.base.pointer("/metadata/managedFields").is_none());
        for (place, immutable) in [
            ("metadata.name", true),
            ("spec.serviceName", true),
            ("spec.selector", true),
            ("spec.replicas", false),
            ("spec.template", false),
        ] {
            assert_eq!(opened.immutable.contains(&FieldPath::from(place)), immutable, "{place}");
        }
        assert_eq!((opened.keepers, opened.refused), (vec![], None));
        world.end().await;
    }
}

#[tokio::test]
async fn what_is_saved_is_what_was_reviewed_and_nothing_else() {
    for world in worlds().await {
        let target = world.stateful_set("web").await;
        let opened = world.open(&target).await;
        let request = edit(&opened, "image: pause:3\n", "image: pause:4 # the next\n");
        let review = world.review(&request).await;
        assert_eq!(review.refused, None);
        assert_eq!((review.merged.len(), review.conflicts.len()), (0, 0));
        let place = "spec.template.spec.containers[name=main].image";
        let changes: Vec<_> = review.changes.iter().map(|change| change.place.as_str()).collect();
        assert_eq!(changes, [place]);
        assert_eq!(
            (&review.changes[0].before, &review.changes[0].after),
            (&Some(json!("pause:3")), &Some(json!("pause:4")))
        );
        let moved: Vec<_> =
            review.lines.iter().filter(|l| matches!(l, DiffLine::Added(_) | DiffLine::Removed(_))).collect();
        assert_eq!(moved.len(), 2, "{:?}", review.lines);
        assert_eq!(review.text, request.text);
        assert_eq!(world.kept(&target).await, kept(&opened), "a review writes nothing");

        let (object, text_after, merged) = saved(world.save(&request).await);
        assert_eq!(merged, [""; 0]);
        assert!(text_after.contains("image: pause:4 # the next\n"), "{text_after}");
        let mut expected = opened.base.clone();
        expected["spec"]["template"]["spec"]["containers"][0]["image"] = json!("pause:4");
        let spec = |object: &serde_json::Value| object["spec"].clone();
        assert_eq!(spec(&object.base), spec(&expected));

        // Saved again, because nobody knows whether it was: nothing is written.
        let (again, ..) = saved(world.save(&request).await);
        assert_eq!(again.base["metadata"]["generation"], object.base["metadata"]["generation"]);
        world.end().await;
    }
}

#[tokio::test]
async fn what_others_change_meanwhile_is_merged_and_what_both_change_is_asked() {
    for world in worlds().await {
        let target = world.stateful_set("web").await;
        let opened = world.open(&target).await;
        world.change(&target, "value: \"1\"", "value: \"2\"").await;
        let request = edit(&opened, "image: pause:3\n", "image: pause:4 # mine\n");
        let review = world.review(&request).await;
        let merged: Vec<_> = review.merged.iter().map(|one| one.place.as_str()).collect();
        assert_eq!(merged, ["spec.template.spec.containers[name=main].env[name=A].value"]);
        assert!(review.text.contains("value: \"2\"") && review.text.contains("image: pause:4 # mine\n"));
        assert_eq!(review.changes.len(), 1, "{:?}", review.changes);
        // As a page would: the review's text and base are what is edited next.
        let next = EditRequest { base: review.base, text: review.text, ..request };
        let (object, _, merged) = saved(world.save(&next).await);
        assert_eq!(merged, [""; 0]);

        let one = edit(&object, "value: \"2\"", "value: \"3\"");
        world.change(&target, "value: \"2\"", "value: \"4\"").await;
        let before = world.kept(&target).await;
        let EditOutcome::Review(review) = world.save(&one).await else { panic!("nobody decided") };
        assert_eq!(world.kept(&target).await, before, "nothing was written");
        let [conflict] = review.conflicts.as_slice() else { panic!("{:?}", review.conflicts) };
        let values = [&conflict.base, &conflict.theirs, &conflict.mine].map(|value| value.clone().unwrap());
        assert_eq!(values, [json!("2"), json!("4"), json!("3")]);
        assert!(review.text.contains("value: \"3\""), "the text's side stays until somebody decides");

        // A choice is about the values that were seen.
        let choices = vec![Choice { conflict: conflict.clone(), side: Side::Mine }];
        let chosen = EditRequest { choices, ..one };
        world.change(&target, "value: \"4\"", "value: \"5\"").await;
        let EditOutcome::Review(review) = world.save(&chosen).await else { panic!("theirs is another") };
        assert_eq!(review.conflicts[0].theirs, Some(json!("5")));
        for (side, expected) in [(Side::Theirs, "5"), (Side::Mine, "3")] {
            let choices = vec![Choice { conflict: review.conflicts[0].clone(), side }];
            let (object, ..) = saved(world.save(&EditRequest { choices, ..chosen.clone() }).await);
            let value = text(&object.base, "/spec/template/spec/containers/0/env/0/value");
            assert_eq!(value, expected);
        }
        world.end().await;
    }
}

#[tokio::test]
async fn an_object_that_is_gone_is_never_written() {
    for world in worlds().await {
        let target = world.config_map("box", json!({"a": "1"})).await;
        let opened = world.open(&target).await;
        let request = edit(&opened, "a: \"1\"", "a: \"2\"");
        let uid = text(&opened.base, "/metadata/uid").to_owned();
        world.clusters.delete(&ann(), &target, &uid).await.unwrap();
        gone(&world, &request, &Gone::Deleted).await;

        world.config_map("box", json!({"a": "1"})).await;
        let other = world.open(&target).await;
        let uid = text(&other.base, "/metadata/uid").to_owned();
        gone(&world, &request, &Gone::Recreated { uid: uid.clone() }).await;
        assert_eq!(world.kept(&target).await, kept(&other));

        // In a real cluster nobody would ever let go of it.
        if world.real {
            world.end().await;
            continue;
        }
        world.change(&target, "metadata:\n", "metadata:\n  finalizers: [example.com/hold]\n").await;
        let held = world.open(&target).await;
        let request = edit(&held, "a: \"1\"", "a: \"2\"");
        world.clusters.delete(&ann(), &target, &uid).await.unwrap();
        gone(&world, &request, &Gone::Terminating).await;
        let refused = world.open(&target).await.refused.unwrap().text().render(Lang::En);
        assert!(refused.contains("is being deleted"), "{refused}");
        world.end().await;
    }
}

async fn gone(world: &World, request: &EditRequest, expected: &Gone) {
    let answer = world.clusters.review_edit(&ann(), request).await.unwrap();
    assert_eq!(answer, EditAnswer::Gone(expected.clone()));
    assert_eq!(world.save(request).await, EditOutcome::Gone(expected.clone()));
}

#[tokio::test]
async fn what_a_controller_reports_bothers_nobody() {
    // The sandbox's controllers write the status of a new StatefulSet while it is edited.
    for world in worlds().await {
        let target = world.stateful_set("web").await;
        let opened = world.open(&target).await;
        world.change(&target, "replicas: 0", "replicas: 1").await;
        world.change(&target, "replicas: 1", "replicas: 0").await;
        let review = world.review(&edit(&opened, "image: pause:3\n", "image: pause:4\n")).await;
        assert_eq!((review.merged.len(), review.conflicts.len()), (0, 0));
        assert_eq!(review.changes.len(), 1);
        world.end().await;
    }
}

#[tokio::test]
async fn who_wrote_which_field_is_told() {
    for world in worlds().await {
        let target = world.config_map("box", json!({"a": "1"})).await;
        world.change(&target, "a: \"1\"", "a: \"2\"\n  b: \"3\"").await;
        let owners = world.clusters.field_owners(&ann(), &target).await.unwrap();
        let [owner] = owners.as_slice() else { panic!("{owners:#?}") };
        assert_eq!((owner.manager.as_str(), owner.operation.as_str()), ("binnacle", "Update"));
        for place in ["data.a", "data.b"] {
            assert!(owner.places.iter().any(|one| one == place), "{owner:?}");
        }
        world.end().await;
    }
}
