use std::net::SocketAddr;

use binnacle_model::session::Role;

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
        alias: "Production".to_owned(),
        provider: Provider::Eks,
        labels: vec![],
        description: "Ours".to_owned(),
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
    let cases = [
        (ClusterInput { name: "Prod".to_owned(), ..good.clone() }, "name"),
        (ClusterInput { name: "integrate".to_owned(), ..good.clone() }, "name"),
        (ClusterInput { alias: "x".repeat(61), ..good.clone() }, "alias"),
        (ClusterInput { description: "x".repeat(513), ..good.clone() }, "description"),
        (ClusterInput { labels: vec![("-".into(), String::new())], ..good.clone() }, "labels[0]"),
        (
            ClusterInput { labels: vec![("a".into(), "1".into()), ("a".into(), "2".into())], ..good.clone() },
            "labels[1]",
        ),
    ];
    for (input, place) in cases {
        let error = backend.integrate_cluster(&admin, &input).await.unwrap_err();
        assert_eq!(places(error), [place], "{input:?}");
    }
    let nothing = backend.integrate_cluster(&admin, &good).await.unwrap_err();
    assert!(matches!(nothing, AppError::Invalid { .. }), "an empty kubeconfig: {nothing}");
    let namespace = backend.create_namespace(&admin, "prod", "Team A").await.unwrap_err();
    assert_eq!(places(namespace), ["metadata.name"]);
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
        (edit.alias.as_str(), &edit.credential),
        ("Production", &None),
        "the credential never comes out"
    );
    edit.alias = "Prod".to_owned();
    backend.edit_cluster(&admin, "prod", &edit).await.unwrap();
    assert_eq!(backend.clusters(&admin).await.unwrap()[0].alias, "Prod");
    let kept = backend.store.cluster("prod").await.unwrap().unwrap();
    assert_eq!((kept.alias.as_str(), &kept.credential), ("Prod", &stored("prod").credential));

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
    assert_eq!(edit.labels, [("env".to_owned(), "test".to_owned())]);
    edit.alias = "Demonstration".to_owned();
    backend.edit_cluster(&admin, "demo", &edit).await.unwrap();
    assert_eq!(backend.clusters(&admin).await.unwrap()[0].alias, "Demonstration");
    let new = ClusterEdit { credential: Some((String::new(), String::new())), ..edit };
    assert!(matches!(backend.edit_cluster(&admin, "demo", &new).await, Err(AppError::Refused { .. })));
    backend.remove_cluster(&admin, "demo").await.unwrap();
    assert_eq!(backend.store.clusters().await.unwrap().len(), 1, "the store knows nothing of it");
    backend.shutdown().await;
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
