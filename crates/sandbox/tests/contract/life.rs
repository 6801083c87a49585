//! What becomes of objects in the sandbox: pods start, fail believably, roll, and go.

use std::time::Duration;

use binnacle_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::client::{Answer, Ask, Server};

/// The longest that anything here may take; seconds on a quiet machine, much more on a crowded one.
const DEADLINE: Duration = Duration::from_secs(120);

async fn ask(server: &Server, method: &str, path: &str, body: Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let headers = match method {
        "PATCH" => vec![("content-type".to_owned(), "application/merge-patch+json".to_owned())],
        _ => Vec::new(),
    };
    server.send(&Ask { method, path, body, headers, anonymous: false }).await.expect("an answer")
}

async fn start() -> (Sandbox, Server) {
    let sandbox = Sandbox::start(SandboxOptions { scale: None, seed: 3 }).await.expect("the sandbox starts");
    let server = Server::sandbox(&sandbox.clusters()[0]);
    let made = ask(&server, "POST", "/api/v1/namespaces", json!({"metadata": {"name": "trial"}})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    (sandbox, server)
}

fn set(name: &str, image: &str, replicas: u32) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": name},
        "spec": {"serviceName": name, "replicas": replicas, "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": "main", "image": image}]}}}})
}

const SETS: &str = "/apis/apps/v1/namespaces/trial/statefulsets";
const PODS: &str = "/api/v1/namespaces/trial/pods";

/// Watches a collection until an object of it satisfies the check.
async fn until(server: &Server, path: &str, name: &str, check: impl Fn(&str, &Value) -> bool) -> Value {
    let query = format!("{path}?watch=1&fieldSelector=metadata.name%3D{name}");
    let found =
        tokio::time::timeout(DEADLINE, server.watch(&query, |kind, object| check(kind, object))).await;
    match found {
        Ok(found) => found.expect("the watch goes on until then"),
        Err(_) => panic!(
            "{name} did not get there; it is {}",
            ask(server, "GET", &format!("{path}/{name}"), Value::Null).await.text
        ),
    }
}

fn reason(pod: &Value) -> &str {
    pod.pointer("/status/containerStatuses/0/state/waiting/reason")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

#[tokio::test]
async fn a_stateful_set_starts_in_order_rolls_scales_and_goes() {
    let (sandbox, server) = start().await;
    let mut object = set("web", "nginx:1.27", 2);
    object["spec"]["volumeClaimTemplates"] = json!([{"metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]);
    assert_eq!(ask(&server, "POST", SETS, object).await.status, 201);
    let ready = until(&server, SETS, "web", |_, set| {
        set["status"]["readyReplicas"] == 2 && set["status"]["availableReplicas"] == 2
    })
    .await;
    assert_eq!(ready["status"]["observedGeneration"], 1);
    let claim =
        ask(&server, "GET", "/api/v1/namespaces/trial/persistentvolumeclaims/data-web-1", Value::Null).await;
    assert_eq!(
        (claim.body["status"]["phase"].as_str(), claim.body["spec"]["storageClassName"].as_str()),
        (Some("Bound"), Some("fast-ssd"))
    );
    let times: Vec<String> = {
        let pods = ask(&server, "GET", PODS, Value::Null).await.body;
        pods["items"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|pod| pod.pointer("/status/startTime").map(Value::to_string).unwrap_or_default())
            .collect()
    };
    assert!(times[0] <= times[1], "the first starts first: {times:?}");

    let patch =
        json!({"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "nginx:1.28"}]}}}});
    assert_eq!(ask(&server, "PATCH", &format!("{SETS}/web"), patch).await.status, 200);
    let rolled = until(&server, SETS, "web", |_, set| {
        set["status"]["observedGeneration"] == 2
            && set["status"]["updatedReplicas"] == 2
            && set["status"]["readyReplicas"] == 2
    })
    .await;
    assert_eq!(rolled["status"]["currentRevision"], rolled["status"]["updateRevision"]);
    assert_ne!(rolled["status"]["updateRevision"], ready["status"]["updateRevision"]);

    assert_eq!(
        ask(&server, "PATCH", &format!("{SETS}/web/scale"), json!({"spec": {"replicas": 0}})).await.status,
        200
    );
    until(&server, SETS, "web", |_, set| set["status"]["replicas"] == 0).await;
    assert_eq!(ask(&server, "DELETE", &format!("{SETS}/web"), Value::Null).await.status, 200);
    let claims = ask(&server, "GET", "/api/v1/namespaces/trial/persistentvolumeclaims", Value::Null).await;
    assert_eq!(claims.body["items"].as_array().map(Vec::len), Some(2), "claims outlive their StatefulSet");
    sandbox.stop().await;
}

#[tokio::test]
async fn what_cannot_run_says_why() {
    let (sandbox, server) = start().await;
    let mut lost = set("lost", "nginx:1.27", 1);
    lost["spec"]["template"]["spec"]["containers"][0]["envFrom"] =
        json!([{"configMapRef": {"name": "absent"}}]);
    let mut huge = set("huge", "nginx:1.27", 1);
    huge["spec"]["template"]["spec"]["containers"][0]["resources"] = json!({"requests": {"memory": "9Ti"}});
    for object in [set("bad", "nginx:bad", 1), set("crash", "shop/crash:1", 1), lost, huge] {
        assert_eq!(ask(&server, "POST", SETS, object).await.status, 201);
    }
    until(&server, PODS, "bad-0", |_, pod| reason(pod) == "ErrImagePull").await;
    until(&server, PODS, "bad-0", |_, pod| reason(pod) == "ImagePullBackOff").await;
    until(&server, PODS, "lost-0", |_, pod| reason(pod) == "CreateContainerConfigError").await;
    until(&server, PODS, "crash-0", |_, pod| reason(pod) == "CrashLoopBackOff").await;
    until(&server, PODS, "crash-0", |_, pod| {
        pod.pointer("/status/containerStatuses/0/restartCount").is_some_and(|count| *count == 1)
    })
    .await;
    let huge = until(&server, PODS, "huge-0", |_, pod| {
        pod.pointer("/status/conditions/0/reason").is_some_and(|one| one == "Unschedulable")
    })
    .await;
    let message = huge.pointer("/status/conditions/0/message").and_then(Value::as_str).unwrap_or_default();
    assert!(
        message.contains("Insufficient memory") && message.starts_with("0/7 nodes are available"),
        "{message}"
    );
    let events = ask(
        &server,
        "GET",
        "/api/v1/namespaces/trial/events?fieldSelector=involvedObject.name%3Dbad-0",
        Value::Null,
    )
    .await;
    let reasons: Vec<&str> = events.body["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|event| event["reason"].as_str())
        .collect();
    for wanted in ["Scheduled", "Pulling", "Failed", "BackOff"] {
        assert!(reasons.contains(&wanted), "{wanted} in {reasons:?}");
    }
    // What is missing may come: then the pod starts.
    let map = json!({"metadata": {"name": "absent"}, "data": {"A": "1"}});
    assert_eq!(ask(&server, "POST", "/api/v1/namespaces/trial/configmaps", map).await.status, 201);
    until(&server, SETS, "lost", |_, set| set["status"]["readyReplicas"] == 1).await;
    sandbox.stop().await;
}

#[tokio::test]
async fn deployments_jobs_and_namespaces_live() {
    let (sandbox, server) = start().await;
    let mut deployment = set("api", "nginx:1.27", 3);
    deployment["kind"] = "Deployment".into();
    deployment["spec"].as_object_mut().map(|spec| spec.remove("serviceName"));
    let path = "/apis/apps/v1/namespaces/trial/deployments";
    assert_eq!(ask(&server, "POST", path, deployment).await.status, 201);
    until(&server, path, "api", |_, one| one["status"]["readyReplicas"] == 3).await;
    let patch = json!({"spec": {"template": {"metadata": {"annotations": {"turn": "2"}}}}});
    assert_eq!(ask(&server, "PATCH", &format!("{path}/api"), patch).await.status, 200);
    let rolled = until(&server, path, "api", |_, one| {
        one["status"]["observedGeneration"] == 2
            && one["status"]["updatedReplicas"] == 3
            && one["status"]["replicas"] == 3
            && one["status"]["readyReplicas"] == 3
    })
    .await;
    assert_eq!(rolled["metadata"]["annotations"]["deployment.kubernetes.io/revision"], "2");

    let job = json!({"metadata": {"name": "once"}, "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "tool:1"}]}}}});
    let jobs = "/apis/batch/v1/namespaces/trial/jobs";
    assert_eq!(ask(&server, "POST", jobs, job).await.status, 201);
    until(&server, jobs, "once", |_, job| job["status"]["succeeded"] == 1).await;

    assert_eq!(ask(&server, "DELETE", "/api/v1/namespaces/trial", Value::Null).await.status, 200);
    until(&server, "/api/v1/namespaces", "trial", |kind, _| kind == "DELETED").await;
    let left = ask(&server, "GET", PODS, Value::Null).await;
    assert_eq!(left.body["items"].as_array().map(Vec::len), Some(0));
    sandbox.stop().await;
}

#[tokio::test]
async fn watches_resume_expire_and_mark_their_place() {
    let (sandbox, server) = start().await;
    let maps = "/api/v1/namespaces/trial/configmaps";
    let before = ask(&server, "GET", maps, Value::Null).await.body["metadata"]["resourceVersion"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    for name in ["a", "b"] {
        assert_eq!(
            ask(&server, "POST", maps, json!({"metadata": {"name": name, "labels": {"keep": "yes"}}}))
                .await
                .status,
            201
        );
    }
    let query = format!(
        "{maps}?watch=1&resourceVersion={before}&labelSelector=keep%3Dyes&timeoutSeconds=1&allowWatchBookmarks=true"
    );
    let lines = server.lines(&query).await.expect("a watch");
    let kinds: Vec<&str> = lines.iter().filter_map(|line| line["type"].as_str()).collect();
    assert_eq!(kinds, ["ADDED", "ADDED", "BOOKMARK"]);
    // An object that leaves the selector is deleted for this watcher.
    let resume = lines[1]
        .pointer("/object/metadata/resourceVersion")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    assert_eq!(
        ask(&server, "PATCH", &format!("{maps}/a"), json!({"metadata": {"labels": null}})).await.status,
        200
    );
    let lines = server
        .lines(&format!("{maps}?watch=1&resourceVersion={resume}&labelSelector=keep%3Dyes&timeoutSeconds=1"))
        .await
        .expect("a watch");
    assert_eq!(
        lines
            .iter()
            .map(|line| (
                line["type"].as_str(),
                line.pointer("/object/metadata/name").and_then(Value::as_str)
            ))
            .collect::<Vec<_>>(),
        [(Some("DELETED"), Some("a"))]
    );
    let lines =
        server.lines(&format!("{maps}?watch=1&resourceVersion=1&timeoutSeconds=5")).await.expect("a watch");
    assert_eq!(
        (lines[0]["type"].as_str(), lines[0].pointer("/object/code").and_then(Value::as_i64)),
        (Some("ERROR"), Some(410))
    );
    let lines = server.lines(&format!("{maps}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1")).await.expect("a watch");
    let end = lines
        .iter()
        .position(|line| line.pointer("/object/metadata/annotations/k8s.io~1initial-events-end").is_some());
    assert_eq!(end, Some(3), "two of ours and the cluster's certificate come first: {lines:?}");
    sandbox.stop().await;
}

#[tokio::test]
async fn pages_of_a_list_show_one_moment() {
    let (sandbox, server) = start().await;
    let maps = "/api/v1/namespaces/trial/configmaps";
    for number in 0..7 {
        assert_eq!(
            ask(&server, "POST", maps, json!({"metadata": {"name": format!("m{number}")}})).await.status,
            201
        );
    }
    let first = ask(&server, "GET", &format!("{maps}?limit=3"), Value::Null).await.body;
    assert_eq!(
        (first["items"].as_array().map(Vec::len), first["metadata"]["remainingItemCount"].as_i64()),
        (Some(3), Some(5))
    );
    assert_eq!(ask(&server, "DELETE", &format!("{maps}/m6"), Value::Null).await.status, 200);
    let mut names: Vec<String> = Vec::new();
    let mut page = first.clone();
    loop {
        names.extend(
            page["items"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|one| one["metadata"]["name"].as_str())
                .map(str::to_owned),
        );
        assert_eq!(page["metadata"]["resourceVersion"], first["metadata"]["resourceVersion"]);
        let Some(next) = page["metadata"]["continue"].as_str() else { break };
        page = ask(&server, "GET", &format!("{maps}?limit=3&continue={next}"), Value::Null).await.body;
    }
    assert_eq!(names, ["kube-root-ca.crt", "m0", "m1", "m2", "m3", "m4", "m5", "m6"]);
    sandbox.stop().await;
}

#[tokio::test]
async fn large_sandboxes_hold_what_was_asked_for() {
    let sandbox =
        Sandbox::start(SandboxOptions { scale: Some((2, 300)), seed: 1 }).await.expect("the sandbox starts");
    assert_eq!(sandbox.clusters().len(), 2);
    for cluster in sandbox.clusters() {
        let list =
            ask(&Server::sandbox(cluster), "GET", "/apis/apps/v1/statefulsets", Value::Null).await.body;
        assert_eq!(list["items"].as_array().map(Vec::len), Some(300), "{}", cluster.name);
    }
    sandbox.stop().await;
}

#[tokio::test]
async fn the_demo_has_a_cluster_that_is_down_and_ends_when_dropped() {
    let (sandbox, _) = start().await;
    let down = sandbox.clusters().iter().find(|cluster| !cluster.up).expect("one is down").address;
    assert!(tokio::net::TcpStream::connect(down).await.is_err());
    let live = sandbox.clusters()[0].address;
    drop(sandbox);
    let ended = async {
        while tokio::net::TcpStream::connect(live).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, ended).await.expect("the port closes");
}
