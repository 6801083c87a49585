//! Everything that the console does with a cluster, once.

use std::collections::BTreeSet;
use std::time::Duration;

use binnacle_cluster::{Clusters, DialPolicy, Registration};
use binnacle_model::{
    cluster::ClusterProfile,
    edit::{EditAnswer, EditOutcome, EditRequest},
    object::{ObjectRef, WorkloadKind},
    plan::PlanRequest,
    schema::Schemas,
    session::{Caller, Role},
    workload::ListQuery,
};
use binnacle_sandbox::{Sandbox, SandboxOptions};
use http::StatusCode;
use serde_json::{Value, json};

use crate::recorder::{self, Recorder, Refusal};

/// What a credential with few rights and an old server refuse, for the calls that are made in that case.
const FEW_RIGHTS: &[Refusal] = &[
    ("/api/v1/pods", StatusCode::FORBIDDEN),
    ("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", StatusCode::FORBIDDEN),
    ("/apis/authentication.k8s.io/v1", StatusCode::NOT_FOUND),
];
/// The binding that integration creates.
const BINDING: &str = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/binnacle-admins";
const SETS: WorkloadKind = WorkloadKind::StatefulSet;
/// A list is waited for so long; it takes less than a second.
const DEADLINE: Duration = Duration::from_secs(60);

fn ann() -> Caller {
    Caller { user: "ann".to_owned(), role: Role::Admin }
}

fn bob() -> Caller {
    Caller { user: "bob".to_owned(), role: Role::User }
}

fn registration(name: &str, recorder: &Recorder) -> Registration {
    Registration {
        name: name.to_owned(),
        profile: ClusterProfile::default(),
        created: 0,
        credential: recorder.credential(),
        sandbox: false,
    }
}

/// Makes the tour and answers with the shapes of all requests.
pub async fn run() -> BTreeSet<String> {
    let demo = Sandbox::start(SandboxOptions { scale: None, seed: 11 }).await.unwrap();
    let large = Sandbox::start(SandboxOptions { scale: Some((1, 600)), seed: 11 }).await.unwrap();
    let recorders = [
        Recorder::before(&demo.clusters()[0], &[]).await,
        Recorder::before(&demo.clusters()[1], FEW_RIGHTS).await,
        Recorder::before(&large.clusters()[0], &[]).await,
    ];
    let [whole, few, many] = &recorders;
    let folder = tempfile::tempdir().unwrap();
    let policy = DialPolicy { allow_loopback: true, sandbox: false };
    let clusters = Clusters::new(policy).keeping(folder.path().to_owned());

    // As if it were new: the sandbox comes with the binding.
    recorder::delete(&demo.clusters()[0], BINDING).await;
    for recorder in &recorders {
        let report = clusters.verify(&recorder.credential()).await.unwrap();
        clusters.ensure_admin_binding(&recorder.credential(), &report).await.unwrap();
    }
    for (name, recorder) in [("whole", whole), ("few", few), ("many", many)] {
        clusters.add(registration(name, recorder));
    }
    for path in ["/api/v1/nodes", "/api/v1/namespaces", "/api/v1/pods"] {
        whole.until(&format!("GET {path}?allowWatchBookmarks=true")).await;
    }
    look(&clusters, whole).await;
    write(&clusters).await;
    for name in ["few", "many"] {
        listed(&clusters, name).await;
    }
    // The console may not read these pods, so they are listed for the person.
    let page = clusters.list(&ann(), &ListQuery::all("few", SETS)).await.unwrap();
    let row = page.rows.first().unwrap();
    clusters.workload(&ann(), "few", SETS, &row.namespace, &row.name).await.unwrap();
    few.until("GET /api/v1/namespaces/{namespace}/pods?labelSelector&limit").await;
    many.until("GET /apis/apps/v1/statefulsets?continue").await;

    clusters.update_profile("whole", &ClusterProfile::default());
    clusters.replace_credential("whole", &whole.credential());
    clusters.remove("few");
    assert_eq!(clusters.names(), ["many", "whole"]);
    clusters.shutdown().await;
    let seen = recorders.iter().flat_map(Recorder::seen).collect();
    demo.stop().await;
    large.stop().await;
    seen
}

/// Waits until a cluster's StatefulSets are there.
async fn listed(clusters: &Clusters, name: &str) {
    let mut changes = clusters.subscribe(name, SETS).unwrap();
    let work = async {
        while clusters.list(&ann(), &ListQuery::all(name, SETS)).await.is_ok_and(|page| page.rows.is_empty())
        {
            changes.changed().await.unwrap();
        }
    };
    assert!(tokio::time::timeout(DEADLINE, work).await.is_ok(), "{name} was not listed");
}

/// Every page, as one who may see all and one who may see nothing.
async fn look(clusters: &Clusters, recorder: &Recorder) {
    let _news = clusters.subscribe_clusters();
    for caller in [ann(), bob()] {
        clusters.rows(&caller).await;
        clusters.detail(&caller, "whole").await.unwrap();
        // One who may see nothing is refused.
        for answered in [
            clusters.namespaces(&caller, "whole").await.is_ok(),
            clusters.list(&caller, &ListQuery::all("whole", SETS)).await.is_ok(),
        ] {
            assert_eq!(answered, caller.is_admin());
        }
    }
    listed(clusters, "whole").await;
    for plural in ["statefulsets", "deployments", "daemonsets"] {
        recorder.until(&format!("GET /apis/apps/v1/{plural}?allowWatchBookmarks=true")).await;
    }
    let page = clusters.list(&ann(), &ListQuery::all("whole", SETS)).await.unwrap();
    let row = page.rows.first().unwrap();
    let _changes = clusters.subscribe_workload("whole", SETS, &row.namespace, &row.name).unwrap();
    clusters.workload(&ann(), "whole", SETS, &row.namespace, &row.name).await.unwrap();
    recorder.until("GET /api/v1/namespaces/{namespace}/events?allowWatchBookmarks=true").await;
}

/// A plan of every kind that a text may hold, its creation, and a deletion.
async fn write(clusters: &Clusters) {
    let (caller, objects) = (ann(), objects());
    clusters.create_namespace(&caller, "whole", "tour").await.unwrap();
    let request = PlanRequest {
        cluster: "whole".to_owned(),
        default_namespace: "tour".to_owned(),
        objects: objects.clone(),
    };
    let plan = clusters.plan(&caller, &request).await.unwrap();
    assert!(plan.is_good(), "{plan:#?}");
    let strange =
        ["gadgets.example.com/v1", "apps/v9", "v9"].map(|version| object(version, "Gadget", None, json!({})));
    let plan = clusters.plan(&caller, &PlanRequest { objects: strange.to_vec(), ..request }).await.unwrap();
    assert!(plan.objects.iter().all(|object| object.refused.is_some()), "{plan:#?}");
    for object in &objects {
        let verdict = clusters.dry_run(&caller, "whole", object).await.unwrap();
        assert_eq!(verdict.refused, None);
        clusters.create(&caller, "whole", object).await.unwrap();
    }
    let set = ObjectRef {
        cluster: "whole".to_owned(),
        api_version: "apps/v1".to_owned(),
        kind: "StatefulSet".to_owned(),
        namespace: Some("tour".to_owned()),
        name: "web".to_owned(),
    };
    let namespace = ObjectRef {
        api_version: "v1".to_owned(),
        kind: "Namespace".to_owned(),
        namespace: None,
        name: "tour".to_owned(),
        ..set.clone()
    };
    let mut known = Schemas::none();
    let text = "apiVersion: v1\n---\napiVersion: apps/v1\n";
    let asked = async {
        while !["v1", "apps/v1"].iter().all(|version| known.of(version).is_some_and(|known| known.own)) {
            known = clusters.schemas(&caller, "whole", text).await;
        }
    };
    assert!(tokio::time::timeout(DEADLINE, asked).await.is_ok(), "no schema came");
    for target in [&set, &namespace] {
        assert!(clusters.exists(&caller, target).await.unwrap());
    }
    edit(clusters, &caller, &set).await;
    let plan = clusters.plan_delete(&caller, &set).await.unwrap();
    clusters.delete(&caller, &set, &plan.uid).await.unwrap();
}

/// An object, opened, reviewed and saved.
async fn edit(clusters: &Clusters, caller: &Caller, target: &ObjectRef) {
    let opened = clusters.open_edit(caller, target).await.unwrap();
    let edit = EditRequest {
        target: target.clone(),
        text: opened.text.replacen("metadata:\n", "metadata:\n  labels: {edited: \"yes\"}\n", 1),
        base: opened.base,
        choices: Vec::new(),
    };
    let reviewed = clusters.review_edit(caller, &edit).await.unwrap();
    assert!(matches!(&reviewed, EditAnswer::Review(review) if review.refused.is_none()), "{reviewed:#?}");
    let saved = clusters.save_edit(caller, &edit).await.unwrap();
    assert!(matches!(saved, EditOutcome::Saved { .. }), "{saved:#?}");
    clusters.field_owners(caller, target).await.unwrap();
}

/// One object of each kind; the StatefulSet refers to objects that are not in the text.
fn objects() -> Vec<Value> {
    let rbac = "rbac.authorization.k8s.io";
    let rules = |resource: &str| json!([{"apiGroups": [""], "resources": [resource], "verbs": ["list"]}]);
    let pod = json!({"containers": [{"name": "main", "image": "pause:3"}], "nodeSelector": {"no": "where"}});
    let job = json!({"containers": [{"name": "main", "image": "pause:3"}], "restartPolicy": "Never"});
    let template = json!({"metadata": {"labels": {"app": "web"}}, "spec": pod});
    let selector = json!({"matchLabels": {"app": "web"}});
    let set = json!({
        "serviceName": "elsewhere", "replicas": 0, "selector": selector,
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {
            "serviceAccountName": "elsewhere", "imagePullSecrets": [{"name": "elsewhere"}],
            "containers": [{"name": "main", "image": "pause:3"}],
            "volumes": [
                {"name": "a", "configMap": {"name": "elsewhere"}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "elsewhere"}}]}},
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"storageClassName": "elsewhere",
            "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}],
    });
    let claim = json!({"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}});
    let subjects = json!([{"kind": "User", "name": "jane", "apiGroup": rbac}]);
    let role = |kind: &str| json!({"apiGroup": rbac, "kind": kind, "name": "tour"});
    let cluster = |version: &str, kind: &str, rest: Value| object(version, kind, None, rest);
    let inside = |version: &str, kind: &str, rest: Value| object(version, kind, Some("tour"), rest);
    let rbac_version = format!("{rbac}/v1");
    vec![
        cluster("v1", "Namespace", json!({"metadata": {"name": "tour-two"}})),
        cluster("storage.k8s.io/v1", "StorageClass", json!({"provisioner": "example.com/none"})),
        cluster(&rbac_version, "ClusterRole", json!({"rules": rules("nodes")})),
        cluster(
            &rbac_version,
            "ClusterRoleBinding",
            json!({"subjects": subjects, "roleRef": role("ClusterRole")}),
        ),
        inside("v1", "ServiceAccount", json!({})),
        inside("v1", "ConfigMap", json!({"data": {"a": "1"}})),
        inside("v1", "Secret", json!({"stringData": {"a": "1"}})),
        inside("v1", "PersistentVolumeClaim", json!({"spec": claim})),
        inside("v1", "Service", json!({"spec": {"clusterIP": "None", "ports": [{"port": 80}]}})),
        inside("v1", "Pod", json!({"spec": pod})),
        inside(&rbac_version, "Role", json!({"rules": rules("pods")})),
        inside(&rbac_version, "RoleBinding", json!({"subjects": subjects, "roleRef": role("Role")})),
        inside(
            "apps/v1",
            "StatefulSet",
            json!({"metadata": {"name": "web", "namespace": "tour"}, "spec": set}),
        ),
        inside(
            "apps/v1",
            "Deployment",
            json!({"spec": {"replicas": 0, "selector": selector, "template": template}}),
        ),
        inside("apps/v1", "DaemonSet", json!({"spec": {"selector": selector, "template": template}})),
        inside("batch/v1", "Job", json!({"spec": {"suspend": true, "template": {"spec": job}}})),
        inside(
            "batch/v1",
            "CronJob",
            json!({"spec": {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": {"template": {"spec": job}}}}}),
        ),
    ]
}

/// An object named `tour`, unless `rest` says otherwise.
fn object(version: &str, kind: &str, namespace: Option<&str>, rest: Value) -> Value {
    let mut object = json!({"apiVersion": version, "kind": kind, "metadata": {"name": "tour"}});
    if let Some(namespace) = namespace {
        object["metadata"]["namespace"] = namespace.into();
    }
    if let (Value::Object(object), Value::Object(rest)) = (&mut object, rest) {
        object.extend(rest);
    }
    object
}
