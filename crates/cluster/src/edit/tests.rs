//! What a save does when the cluster does not do as it should.

use binnacle_model::{
    AppError,
    cluster::ClusterProfile,
    edit::{EditOutcome, EditRequest},
    object::ObjectRef,
    session::{Caller, Role},
};
use http::Method;
use serde_json::{Value, json};

use crate::{
    Clusters, DialPolicy, Registration,
    fake::{Answer, Fake, healthy, set, status},
};

const WEB: &str = "/apis/apps/v1/namespaces/shop/statefulsets/web";

fn ann() -> Caller {
    Caller { user: "ann".to_owned(), role: Role::Admin }
}

/// A cluster of one StatefulSet that answers a patch so, and an edit of it.
async fn world(patched: impl Fn() -> Answer + Send + Sync + 'static) -> (Fake, Clusters, EditRequest) {
    let fake = Fake::start(healthy(move |asked| match (&asked.method, asked.path.as_str()) {
        (&Method::GET, WEB) => Some(Answer::Json(200, set("web", "u-web", 7, 2))),
        (&Method::PATCH, WEB) => Some(patched()),
        _ => None,
    }))
    .await;
    let clusters = Clusters::new(DialPolicy::default());
    clusters.add(Registration {
        name: "east".to_owned(),
        profile: ClusterProfile::default(),
        created: 0,
        credential: fake.credential(),
        sandbox: true,
    });
    let target = ObjectRef {
        cluster: "east".to_owned(),
        api_version: "apps/v1".to_owned(),
        kind: "StatefulSet".to_owned(),
        namespace: Some("shop".to_owned()),
        name: "web".to_owned(),
    };
    let opened = clusters.open_edit(&ann(), &target).await.unwrap();
    let text = opened.text.replace("replicas: 2", "replicas: 3");
    assert_ne!(text, opened.text);
    let edit = EditRequest { target, base: opened.base, text, choices: Vec::new() };
    (fake, clusters, edit)
}

fn patches(fake: &Fake) -> Vec<(String, Value)> {
    let asked = fake.asked().into_iter().filter(|asked| asked.method == Method::PATCH);
    asked.map(|asked| (asked.query, asked.body)).collect()
}

#[tokio::test]
async fn a_save_sends_what_differs_behind_what_was_read_as_the_caller() {
    let (fake, clusters, edit) = world(|| Answer::Json(200, set("web", "u-web", 8, 2))).await;
    let saved = clusters.save_edit(&ann(), &edit).await.unwrap();
    assert!(matches!(saved, EditOutcome::Saved { .. }), "{saved:?}");
    let expected = json!([
        {"op": "add", "path": "/metadata/uid", "value": "u-web"},
        {"op": "add", "path": "/metadata/resourceVersion", "value": "7"},
        {"op": "add", "path": "/spec/replicas", "value": 3},
    ]);
    assert_eq!(patches(&fake), [("fieldValidation=Strict&fieldManager=binnacle".to_owned(), expected)]);
    let asked = fake.asked().into_iter().find(|asked| asked.method == Method::PATCH).unwrap();
    assert_eq!(asked.header("content-type"), ["application/json-patch+json"]);
    assert_eq!(asked.header("impersonate-user"), ["binnacle:ann"]);
}

#[tokio::test]
async fn an_object_that_always_changes_is_a_conflict_in_the_end() {
    let (fake, clusters, edit) = world(|| status(409, "Conflict", "the object has been modified")).await;
    let conflict = AppError::Conflict { kind: "StatefulSet".to_owned(), name: "web".to_owned() };
    assert_eq!(clusters.save_edit(&ann(), &edit).await, Err(conflict.clone()));
    assert_eq!(patches(&fake).len(), 5);
    assert_eq!(clusters.review_edit(&ann(), &edit).await, Err(conflict));
    assert!(patches(&fake).iter().skip(5).all(|(query, _)| query.ends_with("&dryRun=All")));
}

#[tokio::test]
async fn a_save_that_failed_is_not_repeated() {
    for code in [500, 503, 504] {
        let (fake, clusters, edit) = world(move || status(code, "Odd", "etcd is gone")).await;
        let error = clusters.save_edit(&ann(), &edit).await.unwrap_err();
        assert!(matches!(error, AppError::Unreachable { .. }), "{code}: {error:?}");
        assert_eq!(patches(&fake).len(), 1, "{code}");
    }
}
