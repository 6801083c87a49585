use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use binnacle_model::{
    Lang,
    cluster::{Usage, Withheld},
    session::Role,
    status::WorkloadState,
    workload::UnseenClaims,
};
use serde_json::json;
use tokio::{sync::mpsc, time::timeout};

use super::*;
use crate::fake::{Answer, Asked, Fake, healthy, list, set, status};

const SETS: &str = "/apis/apps/v1/statefulsets";
const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

fn admin() -> Caller {
    Caller { user: "ann".to_owned(), role: Role::Admin }
}

fn query() -> ListQuery {
    ListQuery::all("east", WorkloadKind::StatefulSet)
}

fn register(fake: &Fake) -> Clusters {
    let clusters = Clusters::new(DialPolicy::default());
    clusters.add(Registration {
        name: "east".to_owned(),
        profile: ClusterProfile { alias: "East".to_owned(), ..ClusterProfile::default() },
        created: 0,
        credential: fake.credential(),
        sandbox: true,
    });
    clusters
}

/// Waits until a page of the list is as wanted; the change counter wakes it.
async fn until(clusters: &Clusters, caller: &Caller, wanted: impl Fn(&ListPage) -> bool) -> ListPage {
    let mut changes = clusters.subscribe("east", WorkloadKind::StatefulSet).unwrap();
    let work = async {
        loop {
            let page = clusters.list(caller, &query()).await.unwrap();
            if wanted(&page) {
                return page;
            }
            changes.changed().await.unwrap();
        }
    };
    timeout(Duration::from_secs(20), work).await.expect("the list never became as wanted")
}

/// A healthy cluster of one StatefulSet that answers nothing but errors while the flag is up.
async fn mortal() -> (Fake, Arc<AtomicBool>) {
    let dead = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&dead);
    let fake = Fake::start(healthy(move |asked| {
        if flag.load(Ordering::Relaxed) {
            return Some(status(500, "InternalError", "etcd is gone"));
        }
        (asked.path == SETS && !asked.is_watch()).then(|| list("1", "", &[set("web", "u-w", 1, 2)]))
    }))
    .await;
    (fake, dead)
}

async fn until_state(clusters: &Clusters, state: ClusterState) -> ClusterRow {
    let mut news = clusters.subscribe_clusters();
    let work = async {
        loop {
            let row = clusters.rows(&admin()).await.remove(0);
            if row.state == state {
                return row;
            }
            news.changed().await.unwrap();
        }
    };
    timeout(Duration::from_secs(20), work).await.expect("the cluster never came to that state")
}

fn names(page: &ListPage) -> Vec<(&str, u32)> {
    page.rows.iter().map(|row| (row.name.as_str(), row.ready)).collect()
}

/// A script whose StatefulSets are listed in two pages and watched from a channel.
fn scripted(watches: Vec<mpsc::Receiver<String>>) -> impl Fn(&Asked) -> Answer + Send + Sync {
    let watches = Mutex::new(watches);
    healthy(move |asked| {
        if asked.path != SETS {
            return None;
        }
        if asked.is_watch() {
            let mut watches = watches.lock().unwrap();
            return (!watches.is_empty()).then(|| Answer::Stream(watches.remove(0)));
        }
        Some(if asked.query.contains("continue=second%20page") {
            list("10", "", &[set("b", "u-b", 9, 2)])
        } else {
            list("10", "second page", &[set("a", "u-a", 8, 2)])
        })
    })
}

fn event(kind: &str, object: &Value) -> String {
    format!("{}\n", json!({"type": kind, "object": object}))
}

#[tokio::test]
async fn a_list_comes_by_pages_and_follows_its_watch() {
    let (sender, receiver) = mpsc::channel(8);
    let fake = Fake::start(scripted(vec![receiver])).await;
    let clusters = register(&fake);
    let page =
        until(&clusters, &admin(), |page| page.rows.len() == 2 && page.freshness.stale.is_none()).await;
    assert_eq!(names(&page), [("a", 2), ("b", 2)]);
    assert_eq!(page.limited_to, None);

    // An event cut in two, and two events in one piece.
    let changed = event("MODIFIED", &set("a", "u-a", 11, 1));
    let (head, tail) = changed.split_at(40);
    sender.send(head.to_owned()).await.unwrap();
    sender.send(tail.to_owned()).await.unwrap();
    let bookmark = event("BOOKMARK", &json!({"metadata": {"resourceVersion": "13"}}));
    sender
        .send(
            event("ADDED", &set("c", "u-c", 12, 0)) + &event("DELETED", &set("b", "u-b", 12, 0)) + &bookmark,
        )
        .await
        .unwrap();
    let page = until(&clusters, &admin(), |page| page.rows.iter().any(|row| row.name == "c")).await;
    assert_eq!(names(&page), [("a", 1), ("c", 0)]);
    assert_eq!(page.counts, [(WorkloadState::Waiting, 2)]);

    // The stream ends: the next one goes on from the bookmark, without a new list.
    drop(sender);
    let again =
        |asked: &Asked| asked.path == SETS && asked.is_watch() && asked.query.contains("resourceVersion=13");
    timeout(Duration::from_secs(10), async {
        while fake.count(again) == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the watch was not continued from the bookmark");
    assert_eq!(fake.count(|asked| asked.path == SETS && !asked.is_watch()), 2);
    clusters.shutdown().await;
}

#[tokio::test]
async fn an_expired_watch_lists_again_and_loses_nothing() {
    let (sender, receiver) = mpsc::channel(8);
    let gone = AtomicBool::new(false);
    let watches = Mutex::new(vec![receiver]);
    let fake = Fake::start(healthy(move |asked| {
        if asked.path != SETS {
            return None;
        }
        if asked.is_watch() {
            let mut watches = watches.lock().unwrap();
            return (!watches.is_empty()).then(|| Answer::Stream(watches.remove(0)));
        }
        let items = match gone.swap(true, Ordering::Relaxed) {
            false => vec![set("a", "u-a", 1, 2), set("b", "u-b", 1, 2)],
            true => vec![set("b", "u-b", 1, 2), set("c", "u-c", 30, 2)],
        };
        Some(list("10", "", &items))
    }))
    .await;
    let clusters = register(&fake);
    until(&clusters, &admin(), |page| page.rows.len() == 2).await;
    let expired =
        json!({"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"});
    sender.send(event("ERROR", &expired)).await.unwrap();
    let page = until(&clusters, &admin(), |page| page.rows.iter().all(|row| row.name != "a")).await;
    assert_eq!(names(&page), [("b", 2), ("c", 2)]);
    clusters.shutdown().await;
}

#[tokio::test]
async fn rows_are_only_those_the_caller_may_list() {
    let fake = Fake::start(healthy(|asked| match asked.path.as_str() {
        REVIEWS => {
            let user =
                asked.header("impersonate-user").first().map(|user| (*user).to_owned()).unwrap_or_default();
            let namespace =
                asked.body["spec"]["resourceAttributes"]["namespace"].as_str().unwrap_or_default();
            let allowed = user == "binnacle:ann" || user == "binnacle:bob" && namespace == "shop";
            Some(Answer::Json(201, json!({"status": {"allowed": allowed}})))
        }
        SETS if !asked.is_watch() => {
            let mut hidden = set("hidden", "u-h", 1, 2);
            hidden["metadata"]["namespace"] = json!("secret");
            Some(list("1", "", &[set("web", "u-w", 1, 2), hidden]))
        }
        _ => None,
    }))
    .await;
    let clusters = register(&fake);
    let user = |name: &str| Caller { user: name.to_owned(), role: Role::User };
    let all = until(&clusters, &user("ann"), |page| page.rows.len() == 2).await;
    assert_eq!(all.limited_to, None);

    let some = clusters.list(&user("bob"), &query()).await.unwrap();
    assert_eq!(names(&some), [("web", 2)]);
    assert_eq!((some.total, some.matching, some.limited_to), (1, 1, Some(vec!["shop".to_owned()])));
    let elsewhere = ListQuery { namespace: Some("secret".to_owned()), ..query() };
    let refused = clusters.list(&user("bob"), &elsewhere).await;
    assert!(matches!(refused, Err(AppError::Forbidden { .. })), "{refused:?}");

    let refused = clusters.list(&user("eve"), &query()).await;
    assert!(matches!(refused, Err(AppError::Forbidden { .. })), "{refused:?}");
    // What no namespace is called is not asked about, and so not remembered.
    let long = "x".repeat(64);
    let nowhere = ListQuery { namespace: Some(long.clone()), ..query() };
    let refused = clusters.list(&user("eve"), &nowhere).await;
    assert!(matches!(refused, Err(AppError::Forbidden { .. })), "{refused:?}");
    assert_eq!(fake.count(|asked| asked.body["spec"]["resourceAttributes"]["namespace"] == long), 0);
    let seen = clusters.namespaces(&user("bob"), "east").await.unwrap();
    assert_eq!(seen.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["shop"]);
    let seen = clusters.namespaces(&user("ann"), "east").await.unwrap();
    assert_eq!(seen.iter().filter(|row| row.terminating).count(), 1);
    assert_eq!(seen.len(), 3);
    clusters.shutdown().await;
}

#[tokio::test]
async fn a_cluster_that_stops_answering_goes_stale_keeps_its_rows_and_comes_back() {
    let (fake, dead) = mortal().await;
    let clusters = register(&fake);
    let row = until_state(&clusters, ClusterState::Running).await;
    assert_eq!((row.version.as_str(), row.alias.as_str()), ("v1.37.2", "East"));
    until(&clusters, &admin(), |page| page.rows.len() == 1).await;

    dead.store(true, Ordering::Relaxed);
    let row = until_state(&clusters, ClusterState::Unknown).await;
    assert!(row.freshness.stale.is_some() && row.freshness.as_of.is_some());
    let page = clusters.list(&admin(), &query()).await.unwrap();
    assert_eq!(page.rows.len(), 1, "the last rows are still there");
    assert!(page.freshness.stale.is_some());
    let refused = clusters.create_namespace(&admin(), "east", "new").await;
    assert!(matches!(refused, Err(AppError::Unreachable { .. })), "{refused:?}");

    dead.store(false, Ordering::Relaxed);
    until_state(&clusters, ClusterState::Running).await;
    until(&clusters, &admin(), |page| page.freshness.stale.is_none()).await;
    clusters.shutdown().await;
}

#[tokio::test]
async fn a_create_is_a_strict_post_and_never_more() {
    let fake = Fake::start(healthy(|asked| {
        (asked.method == http::Method::POST && asked.path.ends_with("/statefulsets")).then(|| {
            if asked.body["metadata"]["name"] == "taken" {
                return status(409, "AlreadyExists", "exists");
            }
            let mut made = asked.body.clone();
            made["metadata"]["uid"] = json!("u-new");
            Answer::Warned(vec!["299 - \"deprecated\"".to_owned()], made)
        })
    }))
    .await;
    let clusters = register(&fake);
    until_state(&clusters, ClusterState::Running).await;
    let object = |name: &str| {
        json!({"apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": {"name": name, "namespace": "shop"}, "spec": {"zzz": 1, "aaa": 2}})
    };
    let dry = clusters.dry_run(&admin(), "east", &object("web")).await.unwrap();
    assert_eq!((dry.refused, dry.warnings), (None, vec!["deprecated".to_owned()]));
    let created = clusters.create(&admin(), "east", &object("web")).await.unwrap();
    assert_eq!((created.uid.as_str(), created.target.name.as_str()), ("u-new", "web"));
    let error = clusters.create(&admin(), "east", &object("taken")).await.unwrap_err();
    assert_eq!(error, AppError::AlreadyExists { kind: "StatefulSet".into(), name: "taken".into() });

    let posts: Vec<Asked> =
        fake.asked().into_iter().filter(|asked| asked.path.ends_with("/shop/statefulsets")).collect();
    assert_eq!(posts.len(), 3);
    for (post, dry) in posts.iter().zip([true, false, false]) {
        assert!(post.query.contains("fieldValidation=Strict"), "{}", post.query);
        assert_eq!(post.query.contains("dryRun=All"), dry, "{}", post.query);
        assert_eq!(post.header("impersonate-user"), ["binnacle:ann"]);
    }
    assert_eq!(posts[0].body, object("web"), "what is sent is what was given, whole");
    clusters.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_sent_is_said_at_its_field() {
    let fake = Fake::start(healthy(|_| None)).await;
    let clusters = register(&fake);
    until_state(&clusters, ClusterState::Running).await;
    let metadata = json!({"name": "x", "namespace": "shop"});
    for (object, path, word) in [
        (json!({"kind": "StatefulSet"}), "apiVersion", &words::OBJECT_NO_TYPE),
        (json!({"apiVersion": "v1"}), "kind", &words::OBJECT_NO_TYPE),
        (
            json!({"apiVersion": "v1", "kind": "Unicorn", "metadata": metadata}),
            "kind",
            &words::OBJECT_KIND_UNKNOWN,
        ),
        (
            json!({"apiVersion": "no/v9", "kind": "Unicorn", "metadata": metadata}),
            "kind",
            &words::OBJECT_KIND_UNKNOWN,
        ),
        (
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}}),
            "metadata.name",
            &words::OBJECT_NO_NAME,
        ),
        (
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}),
            "metadata.namespace",
            &words::OBJECT_NO_NAMESPACE,
        ),
        (
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "resourceVersion": "5"}}),
            "metadata.resourceVersion",
            &words::OBJECT_RESOURCE_VERSION,
        ),
    ] {
        let refused = clusters.dry_run(&admin(), "east", &object).await.unwrap().refused;
        match refused {
            Some(AppError::Invalid { issues }) => {
                assert_eq!(
                    (issues[0].path.to_string().as_str(), &*issues[0].text.key),
                    (path, word.key),
                    "{object}"
                );
            }
            other => panic!("{object}: {other:?}"),
        }
    }
    assert_eq!(fake.count(|asked| asked.query.contains("dryRun")), 0);
    let unknown = clusters.list(&admin(), &ListQuery::all("nowhere", WorkloadKind::StatefulSet)).await;
    assert!(matches!(unknown, Err(AppError::Refused { .. })));
    clusters.shutdown().await;
}

#[tokio::test]
async fn a_delete_names_the_uid_and_claims_are_told_before() {
    let fake = Fake::start(healthy(|asked| {
        let object = "/apis/apps/v1/namespaces/shop/statefulsets/web";
        match (asked.method.as_str(), asked.path.as_str()) {
            ("GET", path) if path == object => {
                let mut object = set("web", "u-w", 1, 2);
                object["spec"]["volumeClaimTemplates"] = json!([{"metadata": {"name": "data"}}]);
                Some(Answer::Json(200, object))
            }
            ("DELETE", path) if path == object => Some(match asked.body["preconditions"]["uid"].as_str() {
                Some("u-w") => Answer::Json(200, json!({"kind": "Status", "status": "Success"})),
                _ => status(409, "Conflict", "Precondition failed: UID in precondition: x, UID in object meta: u-w"),
            }),
            ("GET", "/api/v1/namespaces/shop/persistentvolumeclaims") => {
                let claim = |name: &str| {
                    json!({"metadata": {"name": name}, "spec": {"resources": {"requests": {"storage": "1Gi"}}}})
                };
                let names = ["data-web-10", "data-web-2", "data-web-x", "data-web-02", "other-web-0", "data-webby-0"];
                Some(list("1", "", &names.map(claim)))
            }
            _ => None,
        }
    }))
    .await;
    let clusters = register(&fake);
    until_state(&clusters, ClusterState::Running).await;
    let target = ObjectRef {
        cluster: "east".into(),
        api_version: "apps/v1".into(),
        kind: "StatefulSet".into(),
        namespace: Some("shop".into()),
        name: "web".into(),
    };
    assert!(clusters.exists(&admin(), &target).await.unwrap());
    assert!(!clusters.exists(&admin(), &ObjectRef { name: "no".into(), ..target.clone() }).await.unwrap());
    let plan = clusters.plan_delete(&admin(), &target).await.unwrap();
    let claim = |name: &str| (name.to_owned(), "1Gi".to_owned());
    assert_eq!(plan.claims_kept, [claim("data-web-2"), claim("data-web-10")]);
    assert_eq!((plan.uid.as_str(), plan.claims_deleted.len(), plan.forbidden), ("u-w", 0, None));

    let stranger = clusters.delete(&admin(), &target, "u-other").await;
    assert!(matches!(stranger, Err(AppError::Refused { .. })), "{stranger:?}");
    clusters.delete(&admin(), &target, "u-w").await.unwrap();
    clusters.shutdown().await;
}

#[tokio::test]
async fn who_may_not_list_claims_may_delete_and_is_told_what_becomes_of_them() {
    let fake = Fake::start(healthy(|asked| {
        if asked.path.ends_with("/persistentvolumeclaims") {
            return Some(match asked.path.as_str() {
                "/api/v1/namespaces/broken/persistentvolumeclaims" => status(500, "InternalError", "oh"),
                _ => status(403, "Forbidden", "persistentvolumeclaims is forbidden"),
            });
        }
        let name = asked.path.rsplit_once("/statefulsets/")?.1;
        let mut object = set(name, "u-w", 1, 2);
        object["spec"]["volumeClaimTemplates"] = json!([{"metadata": {"name": "data"}}]);
        object["spec"]["persistentVolumeClaimRetentionPolicy"] = match name {
            "retain" => json!({"whenDeleted": "Retain", "whenScaled": "Delete"}),
            "delete" => json!({"whenDeleted": "Delete"}),
            _ => json!(null),
        };
        Some(Answer::Json(200, object))
    }))
    .await;
    let clusters = register(&fake);
    until_state(&clusters, ClusterState::Running).await;
    let target = |namespace: &str, name: &str| ObjectRef {
        cluster: "east".into(),
        api_version: "apps/v1".into(),
        kind: "StatefulSet".into(),
        namespace: Some(namespace.into()),
        name: name.into(),
    };
    for (name, fate) in
        [("unset", UnseenClaims::Kept), ("retain", UnseenClaims::Kept), ("delete", UnseenClaims::Deleted)]
    {
        let plan = clusters.plan_delete(&admin(), &target("shop", name)).await.unwrap();
        assert_eq!((plan.claims_unseen, plan.forbidden), (Some(fate), None), "{name}");
        assert!(plan.claims_kept.is_empty() && plan.claims_deleted.is_empty());
    }
    // What is not known for another reason is not passed over.
    let failed = clusters.plan_delete(&admin(), &target("broken", "unset")).await;
    assert!(failed.is_err(), "{failed:?}");
    clusters.shutdown().await;
}

#[tokio::test]
async fn a_plan_orders_waits_and_notes() {
    let fake = Fake::start(healthy(|asked| {
        if asked.query.contains("dryRun=All") {
            return Some(match asked.body["metadata"]["name"].as_str() {
                Some("bad") => Answer::Json(
                    422,
                    json!({"reason": "Invalid", "message": "bad",
                    "details": {"causes": [{"message": "no", "field": "data"}]}}),
                ),
                _ => Answer::Json(201, asked.body.clone()),
            });
        }
        None
    }))
    .await;
    let clusters = register(&fake);
    until_state(&clusters, ClusterState::Running).await;
    let object = |api_version: &str, kind: &str, name: &str, namespace: &str| {
        let mut metadata = json!({"name": name});
        if !namespace.is_empty() {
            metadata["namespace"] = json!(namespace);
        }
        json!({"apiVersion": api_version, "kind": kind, "metadata": metadata})
    };
    let mut web = object("apps/v1", "StatefulSet", "web", "");
    web["spec"] = json!({"serviceName": "web", "template": {"spec": {"containers": [{"name": "c"}],
        "volumes": [{"configMap": {"name": "conf"}}, {"secret": {"secretName": "gone"}}]}}});
    let request = PlanRequest {
        cluster: "east".into(),
        default_namespace: "shop".into(),
        objects: vec![
            web,
            object("v1", "ConfigMap", "conf", "shop"),
            object("v1", "ConfigMap", "late", "fresh"),
            object("v1", "Namespace", "fresh", ""),
            object("v1", "ConfigMap", "bad", ""),
            object("v1", "ConfigMap", "conf", ""),
        ],
    };
    let plan = clusters.plan(&admin(), &request).await.unwrap();
    let order: Vec<u32> = plan.objects.iter().map(|object| object.index).collect();
    let by_index = |index: u32| plan.objects.iter().find(|object| object.index == index).unwrap();
    assert_eq!(order, [3, 1, 2, 4, 5, 0]);
    assert_eq!(by_index(1).refused, None);
    let twice = by_index(5).refused.clone();
    assert!(
        matches!(&twice, Some(AppError::Invalid { issues }) if issues[0].text.key == words::OBJECT_TWICE.key),
        "{twice:?}"
    );
    assert_eq!(by_index(2).waits_for, Some(3));
    assert!(matches!(by_index(4).refused, Some(AppError::Invalid { .. })));
    assert!(by_index(4).namespace_defaulted && by_index(0).namespace_defaulted);
    assert!(!by_index(1).namespace_defaulted && !by_index(3).namespace_defaulted);
    assert_eq!(by_index(3).target.namespace, None);
    let notes: Vec<(String, String)> =
        by_index(0).notes.iter().map(|note| (note.path.to_string(), note.text.key.to_string())).collect();
    assert_eq!(
        notes,
        [
            ("spec.serviceName".to_owned(), words::NOTE_MISSING_SERVICE.key.to_owned()),
            (
                "spec.template.spec.volumes[1].secret.secretName".to_owned(),
                words::NOTE_MISSING.key.to_owned()
            ),
        ]
    );
    let provided: Vec<(String, &str, u32)> =
        by_index(0).provided.iter().map(|one| (one.path.to_string(), one.name.as_str(), one.by)).collect();
    assert_eq!(provided, [("spec.template.spec.volumes[0].configMap.name".to_owned(), "conf", 1)]);
    assert!(!plan.is_good());
    clusters.shutdown().await;
}

#[tokio::test]
async fn verify_says_what_the_credential_may_do() {
    let fake = Fake::start(healthy(|asked| match asked.path.as_str() {
        REVIEWS => {
            let verb =
                asked.body["spec"]["resourceAttributes"]["verb"].as_str().unwrap_or_default().to_owned();
            Some(Answer::Json(201, json!({"status": {"allowed": verb != "impersonate"}})))
        }
        "/apis/authentication.k8s.io/v1/selfsubjectreviews" => Some(Answer::Json(
            201,
            json!({"status": {"userInfo": {"username": "system:serviceaccount:a:b"}}}),
        )),
        "/api/v1/namespaces/kube-system" => Some(Answer::Json(200, json!({"metadata": {"uid": "ks"}}))),
        _ => None,
    }))
    .await;
    let report = verify::verify(&fake.credential(), crate::fake::SANDBOX).await.unwrap();
    assert_eq!((report.version.as_str(), report.system_uid.as_str()), ("v1.37.2", "ks"));
    assert_eq!(report.user, "system:serviceaccount:a:b");
    assert_eq!(report.dialled, fake.url.trim_start_matches("http://"));
    assert!(!report.is_good());
    assert_eq!(report.issues[0].text.key, words::VERIFY_NO_IMPERSONATE.key);
    let may: Vec<bool> = report.powers.iter().map(|(_, may)| *may).collect();
    assert_eq!(may, [false, true, true, true, true, true]);
}

#[tokio::test]
async fn a_cluster_held_still_shows_an_empty_list_that_says_why() {
    let fake = Fake::start(|_| Answer::Silence).await;
    let clusters = register(&fake);
    let row = until_state(&clusters, ClusterState::Unknown).await;
    let page = clusters.list(&admin(), &query()).await.unwrap();
    assert_eq!((page.rows.len(), page.total, page.freshness.as_of), (0, 0, None));
    assert_eq!(page.freshness.stale, row.freshness.stale);
    assert!(page.freshness.stale.is_some());
    clusters.shutdown().await;
}

#[tokio::test]
async fn rows_are_not_shown_while_nobody_says_whose_they_are() {
    let (fake, dead) = mortal().await;
    let clusters = register(&fake);
    until(&clusters, &admin(), |page| page.rows.len() == 1).await;
    dead.store(true, Ordering::Relaxed);
    until_state(&clusters, ClusterState::Unknown).await;
    let stranger = Caller { user: "eve".to_owned(), role: Role::User };
    let refused = clusters.list(&stranger, &query()).await;
    assert!(matches!(refused, Err(AppError::Unreachable { .. })), "{refused:?}");
    clusters.shutdown().await;
}

#[tokio::test]
async fn open_pages_hear_of_an_outage_and_of_its_end() {
    let (fake, mortal) = mortal().await;
    let clusters = register(&fake);
    until_state(&clusters, ClusterState::Running).await;
    let mut page = clusters.subscribe_workload("east", WorkloadKind::StatefulSet, "shop", "web").unwrap();
    for (dead, state) in [(true, ClusterState::Unknown), (false, ClusterState::Running)] {
        page.mark_unchanged();
        mortal.store(dead, Ordering::Relaxed);
        timeout(Duration::from_secs(20), page.changed()).await.expect("the page is told").unwrap();
        until_state(&clusters, state).await;
    }
    clusters.shutdown().await;
}

#[tokio::test]
async fn what_is_no_name_reaches_no_path() {
    let fake = Fake::start(healthy(|_| None)).await;
    let clusters = register(&fake);
    until_state(&clusters, ClusterState::Running).await;
    let target = |namespace: &str, name: &str| ObjectRef {
        cluster: "east".into(),
        api_version: "v1".into(),
        kind: "ConfigMap".into(),
        namespace: Some(namespace.into()),
        name: name.into(),
    };
    let long = "x".repeat(254);
    let kind = WorkloadKind::StatefulSet;
    for bad in ["", ".", "..", "a/b", "a%2Fb", &long] {
        for target in [target("shop", bad), target(bad, "conf")] {
            assert!(!clusters.exists(&admin(), &target).await.unwrap(), "{bad:?}");
            let deleted = clusters.delete(&admin(), &target, "uid").await;
            assert!(matches!(deleted, Err(AppError::NotFound { .. })), "{bad:?}: {deleted:?}");
        }
        for (namespace, name) in [("shop", bad), (bad, "web")] {
            let page = clusters.workload(&admin(), "east", kind, namespace, name).await;
            assert!(matches!(page, Err(AppError::NotFound { .. })), "{bad:?}: {page:?}");
        }
        let typed = |version: &str| ObjectRef { api_version: version.into(), ..target("shop", "conf") };
        for version in [format!("{bad}/v1"), format!("apps/{bad}")].iter().filter(|v| *v != "/v1") {
            assert!(!clusters.exists(&admin(), &typed(version)).await.unwrap(), "{version}");
        }
        let object =
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": bad}});
        let refused = clusters.create(&admin(), "east", &object).await;
        assert!(matches!(refused, Err(AppError::Invalid { .. })), "{bad:?}: {refused:?}");
    }
    let known =
        ["/version", "/api/v1", "/apis/apps/v1", "/api/v1/nodes", "/api/v1/pods", "/api/v1/namespaces"];
    // Whoever looked at the cluster was asked about.
    let strange = fake.count(|asked| asked.path != REVIEWS && !known.contains(&asked.path.as_str()));
    assert_eq!(strange, 0, "{:?}", fake.asked().iter().map(|asked| &asked.path).collect::<Vec<_>>());
    clusters.shutdown().await;
}

#[tokio::test]
async fn event_watches_of_a_cluster_are_bounded() {
    let fake = Fake::start(healthy(|_| None)).await;
    let clusters = register(&fake);
    until_state(&clusters, ClusterState::Running).await;
    let open = |namespace: &str| {
        clusters.subscribe_workload("east", WorkloadKind::StatefulSet, namespace, "web").unwrap()
    };
    let pages: Vec<_> = (0..80).map(|number| open(&format!("n{number}"))).collect();
    let cluster = clusters.cluster("east").unwrap();
    assert_eq!(cluster.event_watches(), 64);
    // Those that nobody follows any more make room.
    drop(pages);
    let _page = open("late");
    assert_eq!(cluster.event_watches(), 1);
    clusters.shutdown().await;
}

#[tokio::test]
async fn a_plan_is_bounded_and_asks_for_an_unknown_version_once() {
    let fake = Fake::start(healthy(|_| None)).await;
    let clusters = register(&fake);
    until_state(&clusters, ClusterState::Running).await;
    let unknown = |kind: String| json!({"apiVersion": "no.example/v1", "kind": kind, "metadata": {"name": "x", "namespace": "shop"}});
    let request = |count: usize| PlanRequest {
        cluster: "east".into(),
        default_namespace: "shop".into(),
        objects: (0..count).map(|number| unknown(format!("Kind{number}"))).collect(),
    };
    let plan = clusters.plan(&admin(), &request(binnacle_model::doctor::MAX_DOCUMENTS)).await.unwrap();
    assert!(plan.objects.iter().all(|object| matches!(object.refused, Some(AppError::Invalid { .. }))));
    assert_eq!(fake.count(|asked| asked.path == "/apis/no.example/v1"), 1);
    let refused = clusters.plan(&admin(), &request(binnacle_model::doctor::MAX_DOCUMENTS + 1)).await;
    assert!(matches!(refused, Err(AppError::Refused { .. })), "{refused:?}");
    clusters.shutdown().await;
}

/// A cluster whose binding of the console's administrators is what the test says; `bind` allows it.
async fn bound(binding: Option<Value>, bind: bool) -> (Fake, VerifyReport) {
    let fake = Fake::start(healthy(move |asked| match asked.path.as_str() {
        REVIEWS => {
            let attributes = &asked.body["spec"]["resourceAttributes"];
            let refused = attributes["verb"] == "*" || attributes["verb"] == "bind" && !bind;
            Some(Answer::Json(201, json!({"status": {"allowed": !refused}})))
        }
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings" => Some(match &binding {
            Some(_) => status(409, "AlreadyExists", "exists"),
            None => status(403, "Forbidden", "x cannot bind clusterroles: escalation"),
        }),
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/binnacle-admins" => {
            binding.clone().map(|binding| Answer::Json(200, binding))
        }
        _ => None,
    }))
    .await;
    let report = Box::pin(verify::verify(&fake.credential(), crate::fake::SANDBOX)).await.unwrap();
    (fake, report)
}

#[tokio::test]
async fn the_admin_binding_is_looked_at_and_not_only_counted() {
    let rbac = "rbac.authorization.k8s.io";
    let with = |role: &str| {
        json!({"roleRef": {"apiGroup": rbac, "kind": "ClusterRole", "name": role},
            "subjects": [{"apiGroup": rbac, "kind": "Group", "name": "binnacle:admins"}]})
    };
    for (binding, bind, ours, warning, good) in [
        (Some(with("cluster-admin")), true, true, None, true),
        (Some(with("view")), true, false, Some(words::VERIFY_BINDING_OTHER), true),
        // It may create bindings, but not of a role with more than it has itself.
        (None, false, false, Some(words::VERIFY_NO_BINDING), true),
        // What verification did not foresee is an error.
        (None, true, false, None, false),
    ] {
        let (fake, report) = bound(binding, bind).await;
        assert_eq!(report.admin_binding, ours);
        let keys: Vec<&str> = report.issues.iter().map(|issue| &*issue.text.key).collect();
        assert_eq!(keys, warning.iter().map(|word| word.key).collect::<Vec<_>>());
        assert!(report.is_good());
        let ensured = verify::ensure_admin_binding(&fake.credential(), crate::fake::SANDBOX, &report).await;
        assert_eq!(ensured.is_ok(), good, "{ensured:?}");
    }
    // Made by someone else between the two looks.
    let (_, clean) = bound(None, true).await;
    let (fake, _) = bound(Some(with("view")), true).await;
    let ensured = verify::ensure_admin_binding(&fake.credential(), crate::fake::SANDBOX, &clean).await;
    assert!(matches!(ensured, Err(AppError::Refused { .. })), "{ensured:?}");
}

#[tokio::test]
async fn who_may_see_nothing_starts_no_watch() {
    let fake = Fake::start(healthy(|asked| {
        (asked.path == REVIEWS).then(|| Answer::Json(201, json!({"status": {"allowed": false}})))
    }))
    .await;
    let clusters = register(&fake);
    until_state(&clusters, ClusterState::Running).await;
    let eve = Caller { user: "eve".to_owned(), role: Role::User };
    assert!(clusters.list(&eve, &query()).await.is_err());
    clusters.detail(&eve, "east").await.unwrap();
    assert!(read(&clusters.cluster("east").unwrap().hub.sets).is_none());
    assert_eq!(fake.count(|asked| asked.path.starts_with("/apis/apps/v1/")), 0);
    clusters.shutdown().await;
}

#[tokio::test]
async fn a_clusters_page_hears_when_what_it_counts_is_known() {
    let fake = Fake::start(healthy(|asked| {
        let item = json!({"metadata": {"uid": "d1", "resourceVersion": "1"}, "spec": {"replicas": 0}});
        (asked.path == "/apis/apps/v1/deployments" && !asked.is_watch()).then(|| list("1", "", &[item]))
    }))
    .await;
    let clusters = register(&fake);
    until_state(&clusters, ClusterState::Running).await;
    let mut news = clusters.subscribe_clusters();
    let work = async {
        loop {
            news.mark_unchanged();
            let numbers = clusters.detail(&admin(), "east").await.unwrap().row.numbers;
            if let (Some(deployments), Some(sets)) = (numbers.deployments, numbers.stateful_sets) {
                return (deployments.total, sets.total);
            }
            news.changed().await.unwrap();
        }
    };
    let counts = timeout(Duration::from_secs(20), work).await.expect("the page is told");
    assert_eq!(counts, (1, 0));
    clusters.shutdown().await;
}

/// A cluster of one node and one pod, in which everybody may list what `may` says.
async fn peopled(may: impl Fn(&str, &str) -> bool + Send + Sync + 'static) -> Fake {
    Fake::start(healthy(move |asked| match asked.path.as_str() {
        REVIEWS => {
            let user = asked.header("impersonate-user").concat();
            let resource = asked.body["spec"]["resourceAttributes"]["resource"].as_str().unwrap_or_default();
            Some(Answer::Json(201, json!({"status": {"allowed": may(&user, resource)}})))
        }
        "/api/v1/nodes" if !asked.is_watch() => Some(list(
            "1",
            "",
            &[json!({"metadata": {"name": "n1"}, "spec": {"podCIDRs": ["10.244.0.0/24"]},
                "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110", "nvidia.com/gpu": "2"}}})],
        )),
        "/api/v1/pods" if !asked.is_watch() => Some(list(
            "1",
            "",
            &[json!({"metadata": {"name": "web-0", "namespace": "shop", "uid": "p1"},
                "spec": {"nodeName": "n1",
                    "containers": [{"resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}]}})],
        )),
        _ => None,
    }))
    .await
}

/// Waits until the caller's line of the list is as wanted. A line that may wait for an answer is looked
/// at again, as a live page does.
async fn until_row(clusters: &Clusters, caller: &Caller, wanted: impl Fn(&ClusterRow) -> bool) -> ClusterRow {
    let work = async {
        loop {
            let row = clusters.rows(caller).await.remove(0);
            if wanted(&row) {
                return row;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), work).await.expect("the line never became as wanted")
}

#[tokio::test]
async fn numbers_made_from_what_may_not_be_listed_are_not_shown() {
    let fake = peopled(|user, resource| match user {
        "binnacle:ann" => true,
        "binnacle:bob" => resource != "pods",
        _ => !matches!(resource, "pods" | "nodes"),
    })
    .await;
    let clusters = register(&fake);
    let user = |name: &str| Caller { user: name.to_owned(), role: Role::User };
    let usage = |requested, allocatable| Some(Usage { requested, allocatable });

    let known = |row: &ClusterRow| row.numbers.pods.is_some() && row.numbers.nodes.is_some();
    let all = until_row(&clusters, &user("ann"), known).await.numbers;
    assert_eq!((all.cpu, all.memory), (usage(Some(1_000), 4_000), usage(Some(1 << 30), 8 << 30)));
    assert_eq!(all.gpus, [("nvidia.com/gpu".to_owned(), 2)]);
    assert_eq!((all.no_nodes, all.no_pods), (None, None));

    let refused = |row: &ClusterRow| row.numbers.no_pods.is_some() && row.numbers.nodes.is_some();
    let some = until_row(&clusters, &user("bob"), refused).await.numbers;
    assert_eq!((some.pods, some.cpu, some.memory), (None, usage(None, 4_000), usage(None, 8 << 30)));
    let page = clusters.detail(&user("bob"), "east").await.unwrap();
    assert_eq!(page.row.numbers.no_pods, some.no_pods);
    assert_eq!((page.row.numbers.pods, page.row.numbers.cpu), (None, usage(None, 4_000)));
    let node = page.nodes.unwrap().remove(0);
    assert_eq!((node.pods.requested, node.cpu.requested, node.memory.requested), (None, None, None));
    assert_eq!(page.pod_cidrs, ["10.244.0.0/24"]);

    let both = |row: &ClusterRow| row.numbers.no_pods.is_some() && row.numbers.no_nodes.is_some();
    let none = until_row(&clusters, &user("eve"), both).await.numbers;
    assert_eq!((none.nodes, none.pods, none.cpu, none.memory, none.gpus), (None, None, None, None, vec![]));
    let page = clusters.detail(&user("eve"), "east").await.unwrap();
    assert!(page.nodes.is_err() && page.pod_cidrs.is_empty() && page.row.numbers.nodes.is_none());
    clusters.shutdown().await;
}

#[tokio::test]
async fn who_the_consoles_credential_is_is_told_to_administrators_alone() {
    let fake = Fake::start(healthy(|asked| match asked.path.as_str() {
        REVIEWS => {
            let is_eve = asked.header("impersonate-user").concat() == "binnacle:eve";
            let resource = &asked.body["spec"]["resourceAttributes"]["resource"];
            let allowed = !(is_eve && (resource == "nodes" || resource == "pods"));
            Some(Answer::Json(201, json!({"status": {"allowed": allowed}})))
        }
        "/api/v1/nodes" | "/api/v1/pods" | SETS => Some(status(
            403,
            "Forbidden",
            "x is forbidden: User \"system:serviceaccount:ops:console\" cannot list resource",
        )),
        _ => None,
    }))
    .await;
    let clusters = register(&fake);
    let refused = |row: &ClusterRow| row.numbers.no_pods.is_some() && row.numbers.no_nodes.is_some();
    // Bob may list them, Eve may not: neither right is what is missing.
    for (name, role) in [("ann", Role::Admin), ("bob", Role::User), ("eve", Role::User)] {
        let caller = Caller { user: name.to_owned(), role };
        let row = until_row(&clusters, &caller, refused).await;
        let page = clusters.detail(&caller, "east").await.unwrap();
        let list = until(&clusters, &caller, |page| {
            page.freshness.stale.as_ref().is_some_and(|why| why.key != words::CLUSTER_LOADING.key)
        })
        .await;
        let said = |why: Option<Withheld>| match why {
            Some(Withheld::Console(reason)) => reason,
            other => panic!("{name}: {other:?}"),
        };
        for (resource, reason) in [
            ("nodes", said(row.numbers.no_nodes)),
            ("pods", said(row.numbers.no_pods)),
            ("nodes", said(page.row.numbers.no_nodes)),
            ("pods", said(page.row.numbers.no_pods)),
            ("nodes", page.nodes.unwrap_err()),
            ("statefulsets", list.freshness.stale.unwrap()),
        ] {
            let reason = reason.render(Lang::En);
            assert_eq!(reason.contains("system:serviceaccount"), role == Role::Admin, "{name}: {reason}");
            assert!(
                role == Role::Admin || reason.contains(&format!("may not list {resource} here")),
                "{reason}"
            );
        }
    }
    clusters.shutdown().await;
}

#[tokio::test]
async fn a_clusters_id_is_for_who_may_read_its_namespace() {
    let fake = Fake::start(healthy(|asked| {
        (asked.path == REVIEWS).then(|| {
            let attributes = &asked.body["spec"]["resourceAttributes"];
            let is = |name: &str, value: &str| attributes[name] == value;
            let allowed = is("resource", "namespaces")
                && match asked.header("impersonate-user").concat().as_str() {
                    "binnacle:ann" => is("verb", "list") && is("namespace", ""),
                    "binnacle:bob" => is("verb", "get") && is("name", "kube-system"),
                    _ => false,
                };
            Answer::Json(201, json!({"status": {"allowed": allowed}}))
        })
    }))
    .await;
    let clusters = register(&fake);
    until_state(&clusters, ClusterState::Running).await;
    let user = |name: &str| Caller { user: name.to_owned(), role: Role::User };
    // The list of namespaces is awaited in here.
    assert_eq!(clusters.namespaces(&user("ann"), "east").await.unwrap().len(), 3);
    for (name, uid) in [("ann", "ks"), ("bob", "ks"), ("eve", "")] {
        assert_eq!(clusters.detail(&user(name), "east").await.unwrap().system_uid, uid, "{name}");
    }
    clusters.shutdown().await;
}

#[tokio::test]
async fn a_list_of_clusters_waits_a_blink_for_one_that_does_not_say() {
    static SILENT: AtomicBool = AtomicBool::new(true);
    let fake = Fake::start(healthy(|asked| {
        (asked.path == REVIEWS && SILENT.load(Ordering::Relaxed)).then_some(Answer::Silence)
    }))
    .await;
    let clusters = register(&fake);
    let cluster = clusters.cluster("east").unwrap();
    let mut news = clusters.subscribe_clusters();
    let known = async {
        while cluster.row().numbers.pods.is_none() || cluster.row().numbers.nodes.is_none() {
            news.changed().await.unwrap();
        }
    };
    timeout(Duration::from_secs(20), known).await.expect("pods and nodes are listed");
    let begun = std::time::Instant::now();
    for _ in 0..3 {
        let row = clusters.rows(&admin()).await.remove(0);
        assert_eq!((row.state, row.numbers.pods, row.numbers.no_pods), (ClusterState::Running, None, None));
    }
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!(fake.count(|asked| asked.path == REVIEWS), 2, "what is being asked is not asked again");
    clusters.shutdown().await;
}
