//! What pages say a person may do, against the access reviews of a simulated cluster with real RBAC.

use std::time::Duration;

use binnacle_app::backend::Backend as _;
use binnacle_model::{
    Lang, Text,
    live::Topic,
    object::WorkloadKind,
    session::{Caller, Role},
    workload::{ListPage, ListQuery},
};
use binnacle_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::{backend::ServerBackend, live::Changes as _, store::Store};

const RBAC: &str = "rbac.authorization.k8s.io";

/// Binds a user of the console to a ClusterRole: in a namespace, or in the whole cluster.
fn binding(user: &str, role: &str, namespace: Option<&str>) -> Value {
    let (kind, metadata) = match namespace {
        Some(namespace) => ("RoleBinding", json!({"name": format!("{user}-{role}"), "namespace": namespace})),
        None => ("ClusterRoleBinding", json!({"name": format!("{user}-{role}")})),
    };
    json!({
        "apiVersion": format!("{RBAC}/v1"), "kind": kind, "metadata": metadata,
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": RBAC, "kind": "User", "name": format!("binnacle:{user}")}],
    })
}

/// The page of a list once it has rows.
async fn listed(backend: &ServerBackend, caller: &Caller, query: &ListQuery) -> ListPage {
    let mut changes = backend.watch(&Topic::List { query: query.clone() });
    let work = async {
        loop {
            let page = backend.list(caller, query).await.unwrap();
            if !page.rows.is_empty() && page.freshness.stale.is_none() {
                return page;
            }
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(20), work).await.expect("the list never came")
}

/// The page once it says what is wanted: a list does not wait long for what its buttons need, and a live page
/// looks again.
async fn told(
    backend: &ServerBackend,
    caller: &Caller,
    query: &ListQuery,
    wanted: impl Fn(&ListPage) -> bool,
) -> ListPage {
    let work = async {
        loop {
            let page = backend.list(caller, query).await.unwrap();
            if wanted(&page) {
                return page;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), work).await.expect("the list never said so")
}

#[tokio::test]
async fn a_restricted_person_learns_what_is_missing_before_any_click() {
    let sandbox = Sandbox::start(SandboxOptions { scale: Some((1, 60)), seed: 7 }).await.unwrap();
    let cluster = sandbox.clusters()[0].name.clone();
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    let backend = ServerBackend::start(store, true).await.unwrap();
    backend.add_sandbox(sandbox.clusters());

    let admin = Caller { user: "ada".to_owned(), role: Role::Admin };
    let kind = WorkloadKind::StatefulSet;
    let everything = ListQuery::all(cluster.as_str(), kind);
    let all = listed(&backend, &admin, &everything).await;
    assert_eq!(all.access, Default::default(), "an administrator may do everything");
    let (namespace, name) = (all.rows[0].namespace.clone(), all.rows[0].name.clone());

    for object in
        [binding("eve", "view", None), binding("bob", "view", None), binding("bob", "edit", Some(&namespace))]
    {
        backend.create(&admin, &cluster, &object).await.unwrap();
    }
    let user = |name: &str| Caller { user: name.to_owned(), role: Role::User };
    let say = |reason: Option<Text>| reason.map(|reason| reason.render(Lang::En)).unwrap_or_default();

    // Eve may look at everything and change nothing.
    let short = ListQuery { page_size: 20, ..everything.clone() };
    let page = told(&backend, &user("eve"), &short, |page| {
        let mut rows = page.rows.iter();
        page.access.create.is_some()
            && rows.all(|row| {
                let (namespace, name) = (&row.namespace, &row.name);
                page.access.no_delete(namespace, name).is_some()
                    && page.access.no_patch(namespace, name).is_some()
            })
    })
    .await;
    assert_eq!((page.total, page.rows.len()), (all.total, 20));
    let refused = say(page.access.create.clone());
    assert!(refused.contains(&format!("may not create statefulsets.apps in {cluster}")), "{refused}");
    let detail = backend.workload(&user("eve"), &cluster, kind, &namespace, &name).await.unwrap();
    let refused = say(detail.access.delete);
    assert!(refused.contains(&format!("may not delete statefulsets.apps in {namespace}")), "{refused}");
    let refused = say(detail.access.patch);
    assert!(refused.contains(&format!("may not patch statefulsets.apps in {namespace}")), "{refused}");

    // Bob may change what is in one namespace.
    let page = told(&backend, &user("bob"), &short, |page| {
        let mut elsewhere = page.rows.iter().filter(|row| row.namespace != namespace);
        elsewhere.all(|row| page.access.no_delete(&row.namespace, &row.name).is_some())
    })
    .await;
    assert_eq!(page.access.create, None, "somewhere he can");
    for row in page.rows.iter().filter(|row| row.namespace == namespace) {
        assert_eq!(page.access.no_delete(&row.namespace, &row.name), None, "{}", row.name);
    }
    let elsewhere = page.rows.iter().find(|row| row.namespace != namespace).unwrap();
    for (of, may) in [(&namespace, true), (&elsewhere.namespace, false)] {
        let query = ListQuery { namespace: Some(of.clone()), ..everything.clone() };
        told(&backend, &user("bob"), &query, |page| page.access.create.is_none() == may).await;
    }
    let detail = backend.workload(&user("bob"), &cluster, kind, &namespace, &name).await.unwrap();
    assert_eq!((detail.access.delete, detail.access.patch), (None, None));

    backend.shutdown().await;
    sandbox.stop().await;
}
