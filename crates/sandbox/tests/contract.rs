//! The contract: tables of requests and expected answers, held to by the sandbox and by real API
//! servers alike. The tables were recorded from Kubernetes 1.37 and, where it answers otherwise, 1.34
//! (`before37`): `cases.json` holds what Kubernetes does with objects, `calls.json` every call that the
//! console makes, in the shape in which it makes it (`crates/cluster/tests/calls.rs` sees to that).
//!
//! Set `BINNACLE_KUBECONFIGS` (paths of administrators' kubeconfigs, separated by `:`) to run it
//! against real servers too.

use std::collections::BTreeMap;
use std::time::Duration;

use binnacle_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

#[path = "contract/client.rs"]
mod client;
#[path = "contract/compare.rs"]
mod compare;
#[path = "contract/life.rs"]
mod life;

use client::{Answer, Ask, Fault, Server};

/// Tries of a case that waits for another one's effect.
const TRIES: u32 = 50;
/// The pause between two tries.
const PAUSE: Duration = Duration::from_millis(100);

/// The tables; each runs in a namespace of its own.
fn tables() -> [Vec<Value>; 2] {
    [include_str!("contract/cases.json"), include_str!("contract/calls.json")]
        .map(|text| serde_json::from_str(text).expect("the table is JSON"))
}

#[test]
fn the_tables_are_large_enough_and_names_are_unique() {
    let [cases, calls] = tables();
    println!("rows: {} (contract: what Kubernetes does with objects)", cases.len());
    println!("rows: {} (contract: calls of the console)", calls.len());
    let cases = tables().concat();
    let names: std::collections::BTreeSet<&str> =
        cases.iter().filter_map(|case| case["name"].as_str()).collect();
    assert!(names.len() >= 150, "{} cases", names.len());
    assert_eq!(names.len(), cases.len());
}

#[tokio::test]
async fn the_sandbox_keeps_the_contract() {
    let sandbox = Sandbox::start(SandboxOptions { scale: None, seed: 7 }).await.expect("the sandbox starts");
    let up = sandbox.clusters().iter().filter(|cluster| cluster.up);
    check_all(up.map(Server::sandbox).collect()).await;
    sandbox.stop().await;
}

#[tokio::test]
async fn real_servers_keep_the_contract() {
    let Ok(paths) = std::env::var("BINNACLE_KUBECONFIGS") else {
        eprintln!("BINNACLE_KUBECONFIGS is not set: real API servers are skipped");
        return;
    };
    let paths = paths.split(':').filter(|path| !path.is_empty());
    check_all(paths.map(|path| Server::from_kubeconfig(path).expect("a kubeconfig")).collect()).await;
}

/// Runs the tables on all servers at once and fails with every difference.
async fn check_all(servers: Vec<Server>) {
    let runs = servers.iter().map(|server| async move {
        let mut differences = Vec::new();
        for table in tables() {
            differences.extend(check(server, &table).await);
        }
        differences
    });
    let differences = futures::future::join_all(runs).await.concat();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Runs a table in a namespace of its own; answers with every difference.
async fn check(server: &Server, cases: &[Value]) -> Vec<String> {
    let version = ask(server, "GET", "/version", String::new()).await.expect("a version");
    let minor: u32 = version.body["minor"]
        .as_str()
        .and_then(|minor| minor.trim_end_matches('+').parse().ok())
        .expect("a minor");
    let namespace = format!(
        "contract-{:08x}",
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |time| time.subsec_nanos())
    );
    let body = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}).to_string();
    assert_eq!(ask(server, "POST", "/api/v1/namespaces", body).await.expect("an answer").status, 201);
    wait_for_account(server, &namespace).await;
    let mut differences = Vec::new();
    let mut vars = BTreeMap::from([("ns".to_owned(), namespace.clone())]);
    for case in cases {
        if let Err(difference) = run(server, case, &mut vars, minor).await {
            differences.push(format!("{} (1.{minor}), {}: {difference}", server.name, case["name"]));
        }
    }
    let gone = ask(server, "DELETE", &format!("/api/v1/namespaces/{namespace}"), String::new())
        .await
        .expect("an answer");
    assert_eq!(gone.status, 200, "the namespace is cleaned up");
    differences
}

async fn ask(server: &Server, method: &str, path: &str, body: String) -> Result<Answer, Fault> {
    server.send(&Ask { method, path, body, headers: Vec::new(), anonymous: false }).await
}

async fn wait_for_account(server: &Server, namespace: &str) {
    let path = format!("/api/v1/namespaces/{namespace}/serviceaccounts/default");
    for _ in 0..TRIES {
        if ask(server, "GET", &path, String::new()).await.is_ok_and(|answer| answer.status == 200) {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
    panic!("{namespace} got no default service account");
}

/// Puts in what `{name}` stands for, and long texts for `{repeat:x:100}`.
fn fill(text: &str, vars: &BTreeMap<String, String>) -> String {
    let mut text = text.to_owned();
    for (name, value) in vars {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    if let Some((before, rest)) = text.split_once("{repeat:x:")
        && let Some((count, after)) = rest.split_once('}')
    {
        return format!("{before}{}{after}", "x".repeat(count.parse().expect("a count")));
    }
    text
}

async fn run(
    server: &Server,
    case: &Value,
    vars: &mut BTreeMap<String, String>,
    minor: u32,
) -> Result<(), String> {
    let body = match (&case["raw"], case.get("body")) {
        (Value::String(raw), _) => raw.clone(),
        (_, Some(body)) => fill(&body.to_string(), vars),
        _ => String::new(),
    };
    let path = fill(case["path"].as_str().unwrap_or_default(), vars);
    let headers = headers(case, vars);
    let request = Ask {
        method: case["method"].as_str().unwrap_or_default(),
        path: &path,
        body,
        headers,
        anonymous: case["anonymous"] == true,
    };
    let expected = case.get("before37").filter(|_| minor < 37).unwrap_or(&case["expect"]);
    let expected: Value = serde_json::from_str(&fill(&expected.to_string(), vars)).unwrap_or_default();
    let mut answer = server.send(&request).await.map_err(|fault| fault.to_string())?;
    for _ in 0..TRIES {
        if case["retry"] != true || expected["status"] == answer.status {
            break;
        }
        tokio::time::sleep(PAUSE).await;
        answer = server.send(&request).await.map_err(|fault| fault.to_string())?;
    }
    for (name, pointer) in case["save"].as_object().into_iter().flatten() {
        let value = answer
            .body
            .pointer(pointer.as_str().unwrap_or_default())
            .and_then(Value::as_str)
            .unwrap_or_default();
        vars.insert(name.clone(), value.to_owned());
    }
    compare::compare(&expected, &answer)
}

/// A case's headers; one that is a list is sent once for each value.
fn headers(case: &Value, vars: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    for (name, value) in case["headers"].as_object().into_iter().flatten() {
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let texts = values.iter().map(|value| fill(value.as_str().unwrap_or_default(), vars));
        headers.extend(texts.map(|text| (name.clone(), text)));
    }
    headers
}
