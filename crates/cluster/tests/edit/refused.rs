//! Edits that are refused, each at its place, and nothing is written.

use binnacle_model::{AppError, edit::EditOutcome, object::ObjectRef};
use serde_json::json;

use crate::{
    places,
    world::{World, ann, bob, edit, kept, worlds},
};

/// Edits whose text says something wrong: what is replaced by what, the place, and a part of the sentence.
const TEXTS: &[(&str, &str, &str, &str)] = &[
    ("spec:\n", "spec: [\n", "", "Line"),
    ("kind: StatefulSet\n", "kind: StatefulSet\nkind: StatefulSet\n", "", "Line"),
    ("spec:\n", "---\nspec:\n", "", "A second document"),
    ("kind: StatefulSet\n", "kind: Deployment\n", "kind", "StatefulSet"),
    ("apiVersion: apps/v1\n", "apiVersion: apps/v1beta1\n", "apiVersion", "apps/v1"),
    ("  name: web\n", "  name: other\n", "metadata.name", "web"),
    ("metadata:\n", "metadata:\n  resourceVersion: \"1\"\n", "metadata.resourceVersion", "writes this field"),
    ("metadata:\n", "metadata:\n  managedFields: []\n", "metadata.managedFields", "Remove it"),
    (
        "metadata:\n",
        "metadata:\n  deletionTimestamp: \"2026-01-01T00:00:00Z\"\n",
        "metadata.deletionTimestamp",
        "Remove it",
    ),
    ("spec:\n", "status:\n  replicas: 3\nspec:\n", "status", "Remove it"),
];

/// Edits that the cluster would not take, found by us or by its dry run.
const OBJECTS: &[(&str, &str, &str, &str)] = &[
    ("serviceName: web", "serviceName: other", "spec.serviceName", "never changes"),
    (
        "  creationTimestamp:",
        "  creationTimestamp: \"2020-01-01T00:00:00Z\" #",
        "metadata.creationTimestamp",
        "never",
    ),
    ("  replicas: 0", "  replica: 0", "spec.replica", "does not know this field"),
    ("  replicas: 0", "  replicas: -1", "spec.replicas", "greater than or equal to 0"),
    (
        "name: side\n",
        "name: side\n        stdin: 3\n",
        "spec.template.spec.containers[1].stdin",
        "true or false",
    ),
    ("image: pause:3\n", "image: \"\"\n", "spec.template.spec.containers[0].image", "Required"),
];

async fn refused_in_review(world: &World, target: &ObjectRef, row: &(&str, &str, &str, &str)) {
    let (from, to, place, said) = row;
    let opened = world.open(target).await;
    let request = edit(&opened, from, to);
    let review = world.review(&request).await;
    let refused = review.refused.as_ref().unwrap_or_else(|| panic!("{to:?} is not refused: {review:?}"));
    let found = places(refused);
    assert!(found.iter().any(|(at, text)| at == place && text.contains(said)), "{to:?}: {found:?}");
    assert!(!review.changes.is_empty(), "what was to be changed is shown all the same");
    let outcome = world.save(&request).await;
    assert!(matches!(&outcome, EditOutcome::Review(review) if review.refused.is_some()), "{outcome:?}");
    assert_eq!(world.kept(target).await, kept(&opened), "{to:?}");
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_place_and_nothing_is_written() {
    println!("rows: {} (edits that are refused)", TEXTS.len() + OBJECTS.len());
    for world in worlds().await {
        let target = world.stateful_set("web").await;
        for (from, to, place, said) in TEXTS {
            let opened = world.open(&target).await;
            let request = edit(&opened, from, to);
            for error in [
                world.clusters.review_edit(&ann(), &request).await.unwrap_err(),
                world.clusters.save_edit(&ann(), &request).await.unwrap_err(),
            ] {
                let found = places(&error);
                assert!(
                    found.iter().any(|(at, text)| at == place && text.contains(said)),
                    "{to:?}: {found:?}"
                );
            }
            assert_eq!(world.kept(&target).await, kept(&opened), "{to:?}");
        }
        for row in OBJECTS {
            refused_in_review(&world, &target, row).await;
        }
        world.end().await;
    }
}

#[tokio::test]
async fn who_may_not_is_told_beforehand_and_again() {
    for world in worlds().await {
        let target = world.config_map("box", json!({"a": "1"})).await;
        let opened = world.open(&target).await;
        let request = edit(&opened, "a: \"1\"", "a: \"2\"");
        let error = world.clusters.open_edit(&bob(), &target).await.unwrap_err();
        assert!(matches!(error, AppError::Forbidden { .. }), "{error:?}");
        for error in [
            world.clusters.review_edit(&bob(), &request).await.unwrap_err(),
            world.clusters.save_edit(&bob(), &request).await.unwrap_err(),
            world.clusters.field_owners(&bob(), &target).await.unwrap_err(),
        ] {
            assert!(matches!(error, AppError::Forbidden { .. }), "{error:?}");
        }
        world.let_read("bob").await;
        let refused = world.clusters.open_edit(&bob(), &target).await.unwrap().refused;
        let Some(AppError::Forbidden { verb, resource, .. }) = &refused else { panic!("{refused:?}") };
        assert_eq!((verb.as_str(), resource.as_str()), ("patch", "configmaps"));
        let outcome = world.clusters.save_edit(&bob(), &request).await.unwrap();
        let EditOutcome::Review(review) = outcome else { panic!("{outcome:?}") };
        assert!(matches!(review.refused, Some(AppError::Forbidden { .. })), "{:?}", review.refused);
        assert_eq!(world.kept(&target).await, kept(&opened));
        world.end().await;
    }
}
