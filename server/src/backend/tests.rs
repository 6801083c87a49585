use std::net::SocketAddr;

use binnacle_model::session::Role;
use binnacle_sandbox::{Sandbox, SandboxOptions};
use serde_json::json;

use super::*;

async fn backend() -> (tempfile::TempDir, ServerBackend) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    (directory, ServerBackend::start(store, true).await.unwrap())
}

fn caller(role: Role) -> Caller {
    Caller { user: "ada".to_owned(), role }
}

/// A simulated cluster that is down: nothing listens at port 9 of loopback.
fn down(name: &str) -> SandboxCluster {
    SandboxCluster {
        name: name.to_owned(),
        alias: "Down".to_owned(),
        provider: "K3s".to_owned(),
        labels: vec![("env".to_owned(), "test".to_owned())],
        address: SocketAddr::from(([127, 0, 0, 1], 9)),
        token: "token".to_owned(),
        up: false,
    }
}

fn stored(name: &str) -> StoredCluster {
    StoredCluster {
        name: name.to_owned(),
        profile: ClusterProfile {
            alias: "Production".to_owned(),
            provider: Provider::Eks,
            description: "Ours".to_owned(),
            ..ClusterProfile::default()
        },
        created: 7,
        system_uid: "uid".to_owned(),
        credential: Credential::sandbox("https://127.0.0.1:9", Some("CANARY".to_owned())).to_secret_json(),
    }
}

/// The paths an error names.
fn places(error: AppError) -> Vec<String> {
    match error {
        AppError::Invalid { issues } => issues.iter().map(|issue| issue.path.to_string()).collect(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn the_set_of_clusters_is_for_administrators() {
    let (_directory, backend) = backend().await;
    let user = caller(Role::User);
    let answers = [
        backend.read_kubeconfig(&user, "").await.map(drop),
        backend.verify_cluster(&user, "", "").await.map(drop),
        backend.integrate_cluster(&user, &ClusterInput::default()).await,
        backend.cluster_for_edit(&user, "x").await.map(drop),
        backend.edit_cluster(&user, "x", &ClusterEdit::default()).await,
        backend.remove_cluster(&user, "x").await,
    ];
    for answer in answers {
        assert!(matches!(answer, Err(AppError::Forbidden { .. })), "{answer:?}");
    }
    assert_eq!(backend.clusters(&user).await, Ok(vec![]));
}

#[tokio::test]
async fn each_wrong_field_is_named_before_anything_is_dialled() {
    let (_directory, backend) = backend().await;
    let admin = caller(Role::Admin);
    let good = ClusterInput { name: "prod".to_owned(), ..ClusterInput::default() };
    for (name, place) in [("Prod", "name"), ("integrate", "name")] {
        let input = ClusterInput { name: name.to_owned(), ..good.clone() };
        let error = backend.integrate_cluster(&admin, &input).await.unwrap_err();
        assert_eq!(places(error), [place], "{name}");
    }
    let blank = ClusterProfile::default;
    let pairs = |keys: [&str; 2]| keys.map(|key| (key.to_owned(), "v v".to_owned())).to_vec();
    let numbered = |count: usize| (0..count).map(|number| (format!("k{number}"), String::new())).collect();
    let cases = [
        (ClusterProfile { alias: "x".repeat(61), ..blank() }, "alias"),
        (ClusterProfile { description: "x".repeat(513), ..blank() }, "description"),
        (ClusterProfile { region: "x".repeat(64), ..blank() }, "region"),
        (ClusterProfile { zone: "x".repeat(64), ..blank() }, "zone"),
        (ClusterProfile { labels: vec![("-".into(), String::new())], ..blank() }, "labels[0]"),
        (ClusterProfile { labels: vec![("a".into(), "v v".into())], ..blank() }, "labels[0]"),
        (ClusterProfile { labels: numbered(101), ..blank() }, "labels"),
        (ClusterProfile { annotations: pairs(["a", "a b"]), ..blank() }, "annotations[1]"),
        (ClusterProfile { annotations: pairs(["a", "a"]), ..blank() }, "annotations[1]"),
        (ClusterProfile { annotations: vec![("a".into(), "x".repeat(256 << 10))], ..blank() }, "annotations"),
    ];
    for (profile, place) in cases {
        let edited = ClusterEdit { profile: profile.clone(), credential: None };
        let error = backend.edit_cluster(&admin, "prod", &edited).await.unwrap_err();
        assert_eq!(places(error), [place], "{edited:?}");
        let input = ClusterInput { profile, ..good.clone() };
        let error = backend.integrate_cluster(&admin, &input).await.unwrap_err();
        assert_eq!(places(error), [place], "{input:?}");
    }
    let nothing = backend.integrate_cluster(&admin, &good).await.unwrap_err();
    assert!(matches!(nothing, AppError::Invalid { .. }), "an empty kubeconfig: {nothing}");
    let namespace = backend.create_namespace(&admin, "prod", "Team A").await.unwrap_err();
    assert_eq!(places(namespace), ["metadata.name"]);
}

#[tokio::test]
async fn however_many_labels_and_annotations_are_sent_the_answer_is_short() {
    let named = |profile| {
        let paths = profile_issues(&profile).into_iter().map(|issue| issue.path.to_string());
        paths.collect::<Vec<_>>()
    };
    let blank = ClusterProfile::default;
    let numbered =
        |count: usize| -> Vec<_> { (0..count).map(|number| (format!("k{number}"), String::new())).collect() };
    assert_eq!(named(ClusterProfile { labels: numbered(100), ..blank() }), [""; 0]);
    assert_eq!(named(ClusterProfile { labels: numbered(200_000), ..blank() }), ["labels"]);
    assert_eq!(named(ClusterProfile { annotations: numbered(30_000), ..blank() }), [""; 0]);
    // As many as a body holds, each wrong: more than one is named, and not all.
    for key in ["", "a"] {
        let same = vec![(key.to_owned(), String::new()); 200_000];
        let paths = named(ClusterProfile { annotations: same, ..blank() });
        assert_eq!(paths.len(), MOST_ISSUES, "{key:?}");
        assert_eq!(
            paths.last().map(String::as_str),
            Some(if key.is_empty() { "annotations[99]" } else { "annotations[100]" })
        );
    }
}

#[tokio::test]
async fn stored_clusters_start_again_and_a_dead_one_delays_nothing() {
    let (directory, backend) = backend().await;
    for number in 0..50 {
        assert!(backend.store.insert_cluster(&stored(&format!("prod-{number:02}"))).await.unwrap());
    }
    drop(backend);
    let begun = std::time::Instant::now();
    let backend = ServerBackend::start(Store::open(directory.path()).await.unwrap(), true).await.unwrap();
    let rows = backend.clusters(&caller(Role::Admin)).await.unwrap();
    assert_eq!((rows.len(), rows[0].name.as_str(), rows[0].sandbox), (50, "prod-00", false));
    // One after the other, the deadlines of fifty dead clusters would take minutes.
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
    backend.shutdown().await;
}

#[tokio::test]
async fn editing_and_removing_reach_the_store_and_the_rows() {
    let (directory, backend) = backend().await;
    backend.store.insert_cluster(&stored("prod")).await.unwrap();
    drop(backend);
    let backend = ServerBackend::start(Store::open(directory.path()).await.unwrap(), true).await.unwrap();
    let admin = caller(Role::Admin);
    let mut edit = backend.cluster_for_edit(&admin, "prod").await.unwrap();
    assert_eq!(
        (edit.profile.alias.as_str(), &edit.credential),
        ("Production", &None),
        "the credential never comes out"
    );
    edit.profile.alias = "Prod".to_owned();
    edit.profile.region = "eu-central-1".to_owned();
    edit.profile.annotations = vec![("example.com/owner".to_owned(), "Blue team".to_owned())];
    backend.edit_cluster(&admin, "prod", &edit).await.unwrap();
    assert_eq!(backend.clusters(&admin).await.unwrap()[0].alias, "Prod");
    let kept = backend.store.cluster("prod").await.unwrap().unwrap();
    assert_eq!((&kept.profile, &kept.credential), (&edit.profile, &stored("prod").credential));
    let again = backend.cluster_for_edit(&admin, "prod").await.unwrap();
    assert_eq!(again.profile, edit.profile);

    backend.remove_cluster(&admin, "prod").await.unwrap();
    assert_eq!(backend.clusters(&admin).await.unwrap(), []);
    assert_eq!(backend.store.clusters().await.unwrap(), []);
    for answer in [
        backend.remove_cluster(&admin, "prod").await,
        backend.edit_cluster(&admin, "prod", &edit).await,
        backend.cluster_for_edit(&admin, "prod").await.map(drop),
    ] {
        assert!(matches!(answer, Err(AppError::NotFound { .. })), "{answer:?}");
    }
    backend.shutdown().await;
}

#[tokio::test]
async fn sandbox_clusters_live_in_memory_and_yield_to_integrated_names() {
    let (directory, backend) = backend().await;
    backend.store.insert_cluster(&stored("taken")).await.unwrap();
    drop(backend);
    let backend = ServerBackend::start(Store::open(directory.path()).await.unwrap(), true).await.unwrap();
    let admin = caller(Role::Admin);
    backend.add_sandbox(&[down("demo"), down("taken")]);
    let rows = backend.clusters(&admin).await.unwrap();
    let seen: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.sandbox, row.provider)).collect();
    assert_eq!(seen, [("demo", true, Provider::K3s), ("taken", false, Provider::Eks)]);

    let mut edit = backend.cluster_for_edit(&admin, "demo").await.unwrap();
    assert_eq!(edit.profile.labels, [("env".to_owned(), "test".to_owned())]);
    edit.profile.alias = "Demonstration".to_owned();
    backend.edit_cluster(&admin, "demo", &edit).await.unwrap();
    assert_eq!(backend.clusters(&admin).await.unwrap()[0].alias, "Demonstration");
    let new = ClusterEdit { credential: Some((String::new(), String::new())), ..edit };
    assert!(matches!(backend.edit_cluster(&admin, "demo", &new).await, Err(AppError::Refused { .. })));
    backend.remove_cluster(&admin, "demo").await.unwrap();
    assert_eq!(backend.store.clusters().await.unwrap().len(), 1, "the store knows nothing of it");
    backend.shutdown().await;
}

/// Waits until a person's line of a cluster is as wanted.
async fn until_row(
    backend: &ServerBackend,
    caller: &Caller,
    cluster: &str,
    wanted: impl Fn(&ClusterRow) -> bool,
) -> ClusterRow {
    let mut news = backend.watch(&Topic::Clusters);
    let work = async {
        loop {
            news.mark_unchanged();
            let rows = backend.clusters(caller).await.unwrap();
            if let Some(row) = rows.into_iter().find(|row| row.name == cluster && wanted(row)) {
                return row;
            }
            // Nothing is told of a decision that came late: a live page looks again too.
            let _ = tokio::time::timeout(std::time::Duration::from_millis(50), news.changed()).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), work)
        .await
        .expect("the line never became as wanted")
}

#[tokio::test]
async fn in_the_sandbox_a_person_sees_the_numbers_that_rbac_grants() {
    let sandbox = Sandbox::start(SandboxOptions { scale: Some((1, 3)), seed: 7 }).await.unwrap();
    let (_directory, backend) = backend().await;
    backend.add_sandbox(sandbox.clusters());
    let cluster = sandbox.clusters()[0].name.clone();
    let admin = caller(Role::Admin);
    let known = |row: &ClusterRow| row.numbers.pods.is_some() && row.numbers.nodes.is_some();
    let all = until_row(&backend, &admin, &cluster, known).await.numbers;
    assert!(all.cpu.is_some_and(|cpu| cpu.requested.is_some_and(|cpu| cpu > 0)), "{all:?}");

    let user = |name: &str| Caller { user: name.to_owned(), role: Role::User };
    let rbac = "rbac.authorization.k8s.io";
    let role = json!({"apiVersion": format!("{rbac}/v1"), "kind": "ClusterRole", "metadata": {"name": "node-reader"},
        "rules": [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]}]});
    let binding = json!({"apiVersion": format!("{rbac}/v1"), "kind": "ClusterRoleBinding",
        "metadata": {"name": "node-reader"},
        "roleRef": {"apiGroup": rbac, "kind": "ClusterRole", "name": "node-reader"},
        "subjects": [{"apiGroup": rbac, "kind": "User", "name": "binnacle:bob"}]});
    for object in [role, binding] {
        backend.create(&admin, &cluster, &object).await.unwrap();
    }
    let said = |row: &ClusterRow| row.numbers.no_pods.is_some();
    let some = until_row(&backend, &user("bob"), &cluster, said).await.numbers;
    assert_eq!((some.nodes, some.pods, some.no_nodes), (all.nodes, None, None));
    assert_eq!(some.cpu.map(|cpu| cpu.requested), Some(None));
    let none = until_row(&backend, &user("eve"), &cluster, said).await.numbers;
    assert!(none.no_nodes.is_some(), "{none:?}");
    assert_eq!((none.nodes, none.pods, none.cpu, none.memory), (None, None, None, None));
    backend.shutdown().await;
    sandbox.stop().await;
}

#[tokio::test]
async fn following_an_unknown_cluster_ends_by_itself() {
    let (_directory, backend) = backend().await;
    let query = ListQuery::all("nowhere", WorkloadKind::StatefulSet);
    let mut watched = backend.watch(&Topic::List { query });
    assert!(watched.changed().await.is_err(), "nobody will say anything");
    let mut clusters = backend.watch(&Topic::Clusters);
    clusters.mark_unchanged();
    backend.add_sandbox(&[down("demo")]);
    clusters.changed().await.unwrap();
    backend.shutdown().await;
}
