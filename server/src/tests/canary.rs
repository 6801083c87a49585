//! Values of Secrets and tokens of kubeconfigs are planted, and turn up nowhere: in no page, no answer, no line of
//! the log, no file of the data directory.

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Body};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use binnacle_app::backend::Backend as _;
use binnacle_model::{
    edit::EditRequest,
    session::{Caller, Role},
};
use binnacle_sandbox::{Sandbox, SandboxOptions};
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::app::{self, ORIGIN, request};
use crate::{auth, backend::ServerBackend, router, state::AppState, store::Store};

/// What must not turn up.
const VALUE: &str = "canary-71c0de-value";
const TOKEN: &str = "canary-71c0de-token";

/// What is logged, in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Console {
    router: Router,
    cookie: String,
}

impl Console {
    async fn get(&self, path: &str) -> (StatusCode, String) {
        let request = request(Method::GET, path, &[("cookie", &self.cookie)], Body::empty());
        let response = self.router.clone().oneshot(request).await.unwrap();
        (response.status(), app::text(response).await)
    }

    async fn post(&self, path: &str, body: &Value) -> (StatusCode, String) {
        // As the page's own script asks: no HTML is accepted.
        let request = Request::post(path)
            .header("host", "127.0.0.1:3000")
            .header("cookie", &self.cookie)
            .header("origin", ORIGIN)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        (response.status(), app::text(response).await)
    }
}

/// Secrets that a cluster takes, and such that it refuses for many reasons.
fn secrets() -> Vec<Value> {
    let encoded = BASE64_STANDARD.encode(VALUE);
    let secret = |name: &str, more: Value| {
        let mut object = json!({"apiVersion": "v1", "kind": "Secret",
            "metadata": {"name": name, "namespace": "team-00"}});
        for (key, value) in more.as_object().into_iter().flatten() {
            object[key] = value.clone();
        }
        object
    };
    vec![
        secret("canary", json!({"data": {"a": encoded}, "stringData": {"b": VALUE}})),
        // The name is taken by now.
        secret("canary", json!({"data": {"a": encoded}})),
        secret("bad-key", json!({"stringData": {"not a key": VALUE}})),
        secret("bad-base64", json!({"data": {"a": VALUE}})),
        secret("bad-type", json!({"data": {"a": [VALUE]}})),
        secret("bad-field", json!({"stringData": {"a": VALUE}, "value": VALUE})),
        secret("bad-tls", json!({"type": "kubernetes.io/tls", "stringData": {"tls.crt": VALUE}})),
        secret("Bad_Name", json!({"stringData": {"a": VALUE}})),
        secret(
            "bad-docker",
            json!({"type": "kubernetes.io/dockerconfigjson",
            "stringData": {".dockerconfigjson": VALUE}}),
        ),
    ]
}

/// Every file below a directory, whole.
fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect()
}

#[tokio::test]
async fn a_planted_value_turns_up_nowhere() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(move || writer.clone())
        .finish();
    // With one dispatcher alone, a call site that the thread of another test meets first asks that thread, which
    // has none, and is silent here from then on.
    let _beside = tracing::Dispatch::new(tracing_subscriber::registry());
    let _logged = tracing::subscriber::set_default(subscriber);

    let sandbox = Sandbox::start(SandboxOptions { scale: Some((1, 4)), seed: 9 }).await.unwrap();
    let cluster = sandbox.clusters()[0].name.clone();
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    store.ensure_user(auth::ADMIN, Role::Admin).await.unwrap();
    let backend = Arc::new(ServerBackend::start(store.clone(), true).await.unwrap());
    backend.add_sandbox(sandbox.clusters());
    let state =
        AppState::new(&app::config(&[]), 3000, store, backend.clone(), backend.clone(), app::assets());
    let cookie = auth::sign_in(&state, &HeaderMap::new(), auth::ADMIN).await.unwrap();
    binnacle_app::turns::install();
    let console = Console {
        router: router::build(&state, leptos_axum::generate_route_list(binnacle_app::App)),
        cookie: cookie.split(';').next().unwrap().to_owned(),
    };

    let mut answers: Vec<(String, String)> = Vec::new();
    let mut created = 0;
    for secret in secrets() {
        let plan =
            json!({"request": {"cluster": cluster, "defaultNamespace": "team-00", "objects": [secret]}});
        let one = json!({"cluster": cluster, "object": secret});
        for (path, body) in [
            ("/api/yaml/plan", &plan),
            ("/api/objects/dry-run", &one),
            ("/api/objects/create", &one),
            // Malformed calls: what is wrong with them may not be told by quoting them.
            ("/api/objects/create", &json!({"cluster": cluster, "object": null, "x": secret})),
            ("/api/objects/create", &secret),
            ("/api/edit/open", &one),
        ] {
            let (status, answer) = console.post(path, body).await;
            created += usize::from(path == "/api/objects/create" && status == StatusCode::OK);
            answers.push((format!("{path} {status} {}", secret["metadata"]["name"]), answer));
        }
    }
    assert!(created >= 1, "no Secret was created, which proves nothing: {answers:?}");
    let admin = Caller { user: auth::ADMIN.to_owned(), role: Role::Admin };
    let taken = binnacle_model::object::ObjectRef {
        cluster: cluster.clone(),
        api_version: "v1".to_owned(),
        kind: "Secret".to_owned(),
        namespace: Some("team-00".to_owned()),
        name: "canary".to_owned(),
    };
    assert!(backend.exists(&admin, &taken).await.unwrap());
    answers.push(("plan of deletion".to_owned(), format!("{:?}", backend.plan_delete(&admin, &taken).await)));

    // An edit answers with its text, values included: what else it says is looked at in crates/cluster/tests/edit,
    // here what is logged and kept of it.
    let opened = backend.open_edit(&admin, &taken).await.unwrap();
    assert!(opened.text.contains(&BASE64_STANDARD.encode(VALUE)), "{}", opened.text);
    let mut answered = 0;
    for text in [
        opened.text.replace("  a: ", "  more: "),
        opened.text.replace("  a: ", "  not a key: "),
        opened.text.replace("  a: ", "  a: [] #"),
        format!("{}stringData: [{VALUE}\n", opened.text),
    ] {
        let edit =
            EditRequest { target: taken.clone(), base: opened.base.clone(), text, choices: Vec::new() };
        for path in ["/api/edit/review", "/api/edit/save"] {
            answered += usize::from(console.post(path, &json!({"edit": edit})).await.0 == StatusCode::OK);
        }
    }
    assert!(answered >= 2, "no edit was answered, which proves nothing");
    for body in [json!({"edit": {"target": taken, "text": [VALUE]}}), json!({"edit": VALUE})] {
        let (status, answer) = console.post("/api/edit/save", &body).await;
        answers.push((format!("/api/edit/save {status}"), answer));
    }

    // Nobody answers there, and nothing of it may be quoted on the way.
    let kubeconfig = |user: &str| {
        format!(
            "apiVersion: v1\nkind: Config\nclusters: [{{name: k, cluster: {{server: 'https://127.0.0.1:1'}}}}]\n\
             users: [{{name: u, user: {{{user}}}}}]\ncontexts: [{{name: c, context: {{cluster: k, user: u}}}}]\n"
        )
    };
    for user in [
        format!("token: {TOKEN}"),
        format!("token: '{TOKEN} two words'"),
        format!("password: {TOKEN}, username: admin"),
        format!("exec: {{command: sh, env: [{{name: T, value: {TOKEN}}}]}}"),
        format!("token: [{TOKEN}"),
        format!("client-key-data: {}", BASE64_STANDARD.encode(TOKEN)),
    ] {
        let text = kubeconfig(&user);
        let input = json!({"name": "canary", "kubeconfig": text, "context": "c",
            "profile": {"alias": "", "provider": "Generic", "labels": [], "annotations": [], "description": "",
                        "region": "", "zone": ""}});
        for (path, body) in [
            ("/api/clusters/read-kubeconfig", json!({"kubeconfig": text})),
            ("/api/clusters/verify", json!({"kubeconfig": text, "context": "c"})),
            ("/api/clusters/integrate", json!({"input": input})),
            ("/api/clusters/integrate", json!({"input": {"kubeconfig": text}})),
            ("/api/clusters/verify", json!({"kubeconfig": [text]})),
        ] {
            let (status, answer) = console.post(path, &body).await;
            answers.push((format!("{path} {status}"), answer));
        }
    }
    for path in [
        "/clusters".to_owned(),
        format!("/clusters/{cluster}"),
        format!("/clusters/{cluster}/edit"),
        format!("/clusters/{cluster}/statefulsets"),
        format!("/clusters/{cluster}/statefulsets/create"),
        format!("/clusters/{cluster}/create-yaml"),
        "/metrics".to_owned(),
    ] {
        let (status, html) = console.get(&path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        answers.push((path, html));
    }
    backend.shutdown().await;
    sandbox.stop().await;

    let encoded = [BASE64_STANDARD.encode(VALUE), BASE64_STANDARD.encode(TOKEN)];
    let planted: Vec<&str> = [VALUE, TOKEN].into_iter().chain(encoded.iter().map(String::as_str)).collect();
    println!("rows: {} (answers without a planted secret)", answers.len());
    for canary in &planted {
        for (what, answer) in &answers {
            assert!(!answer.contains(canary), "{what} holds {canary}: {answer}");
        }
    }
    let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    for path in ["/api/objects/create", "/api/edit/review", "/api/edit/save"] {
        assert!(logged.contains(path), "the log holds no {path}, which proves nothing");
    }
    let kept = files(directory.path());
    assert!(kept.iter().any(|(name, _)| name.ends_with(".db")), "{kept:?}");
    for canary in &planted {
        if let Some(line) = logged.lines().find(|line| line.contains(canary)) {
            panic!("the log holds {canary}: {line}");
        }
        for (name, bytes) in &kept {
            assert!(
                !bytes.windows(canary.len()).any(|part| part == canary.as_bytes()),
                "{name} holds {canary}"
            );
        }
    }
}
