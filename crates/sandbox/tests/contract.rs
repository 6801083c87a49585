//! The contract: one table of requests and expected answers, held to by the sandbox and by real API
//! servers alike. The table was recorded from Kubernetes 1.37 and, where it answers otherwise, 1.34
//! (`before37`).
//!
//! Set `BINNACLE_KUBECONFIGS` (paths of administrators' kubeconfigs, separated by `:`) to run it
//! against real servers too.

use std::collections::BTreeMap;
use std::time::Duration;

use binnacle_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

#[path = "contract/client.rs"]
mod client;
#[path = "contract/life.rs"]
mod life;

use client::{Answer, Ask, Fault, Server};

/// Tries of a case that waits for another one's effect.
const TRIES: u32 = 50;
/// The pause between two tries.
const PAUSE: Duration = Duration::from_millis(100);

fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("contract/cases.json")).expect("the table is JSON")
}

#[test]
fn the_table_is_large_enough_and_names_are_unique() {
    let cases = cases();
    let names: std::collections::BTreeSet<&str> =
        cases.iter().filter_map(|case| case["name"].as_str()).collect();
    assert!(names.len() >= 60, "{} cases", names.len());
    assert_eq!(names.len(), cases.len());
}

#[tokio::test]
async fn the_sandbox_keeps_the_contract() {
    let sandbox = Sandbox::start(SandboxOptions { scale: None, seed: 7 }).await.expect("the sandbox starts");
    for cluster in sandbox.clusters().iter().filter(|cluster| cluster.up) {
        check(&Server::sandbox(cluster)).await;
    }
    sandbox.stop().await;
}

#[tokio::test]
async fn real_servers_keep_the_contract() {
    let Ok(paths) = std::env::var("BINNACLE_KUBECONFIGS") else {
        eprintln!("BINNACLE_KUBECONFIGS is not set: real API servers are skipped");
        return;
    };
    for path in paths.split(':').filter(|path| !path.is_empty()) {
        check(&Server::from_kubeconfig(path).expect("a kubeconfig")).await;
    }
}

/// Runs the table in a namespace of its own and fails with every difference.
async fn check(server: &Server) {
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
    for case in cases() {
        if let Err(difference) = run(server, &case, &mut vars, minor).await {
            differences.push(format!("{}: {difference}", case["name"]));
        }
    }
    let gone = ask(server, "DELETE", &format!("/api/v1/namespaces/{namespace}"), String::new())
        .await
        .expect("an answer");
    assert_eq!(gone.status, 200, "the namespace is cleaned up");
    assert!(differences.is_empty(), "{} (1.{minor}) differs:\n{}", server.name, differences.join("\n"));
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
    let headers: Vec<(String, String)> = case["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    let request = Ask {
        method: case["method"].as_str().unwrap_or_default(),
        path: &path,
        body,
        headers,
        anonymous: case["anonymous"] == true,
    };
    let expected = case.get("before37").filter(|_| minor < 37).unwrap_or(&case["expect"]);
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
    compare(expected, &answer, &vars["ns"])
}

fn compare(expected: &Value, answer: &Answer, namespace: &str) -> Result<(), String> {
    let mut told = Vec::new();
    let mut same = |what: &str, expected: &Value, found: Value| {
        let found: Value =
            serde_json::from_str(&found.to_string().replace(namespace, "{ns}")).unwrap_or_default();
        if *expected != found {
            told.push(format!("{what}: expected {expected}, found {found}"));
        }
    };
    same("status", &expected["status"], answer.status.into());
    let details = &answer.body["details"];
    if let Some(reason) = expected.get("reason") {
        // A plain error has no reason at all.
        same("reason", reason, answer.body["reason"].as_str().unwrap_or_default().into());
    }
    if let Some(message) = expected.get("message") {
        same("message", message, answer.body["message"].clone());
    }
    if let Some(text) = expected.get("text") {
        same("text", text, answer.text.as_str().into());
    }
    if let Some(causes) = expected.get("causes") {
        same("causes", &sorted(causes), sorted(&details["causes"]));
    }
    if let Some(fields) = expected.get("causeFields") {
        let mut found: Vec<&Value> =
            details["causes"].as_array().into_iter().flatten().map(|cause| &cause["field"]).collect();
        found.sort_by_key(|field| field.to_string());
        same("causes' fields", fields, json!(found));
    }
    for (name, value) in expected["details"].as_object().into_iter().flatten() {
        same(&format!("details.{name}"), value, details[name].clone());
    }
    same("warnings", expected.get("warnings").unwrap_or(&json!([])), json!(answer.warnings));
    for (pointer, value) in expected["fields"].as_object().into_iter().flatten() {
        same(pointer, value, answer.body.pointer(pointer).cloned().unwrap_or_default());
    }
    if told.is_empty() { Ok(()) } else { Err(told.join("; ")) }
}

/// Causes without repetition and in an order that does not depend on the server's maps.
fn sorted(causes: &Value) -> Value {
    let by_text: BTreeMap<String, Value> = causes
        .as_array()
        .into_iter()
        .flatten()
        .map(|cause| (format!("{}{}{}", cause["field"], cause["message"], cause["reason"]), cause.clone()))
        .collect();
    by_text.into_values().collect()
}
