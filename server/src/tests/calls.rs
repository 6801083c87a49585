//! Calls of server functions, changed at random: `cargo xtask fuzz calls` runs it for longer.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use axum::body::Body;
use binnacle_fuzz::{Random, json};
use binnacle_model::AppError;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::app::{ORIGIN, TestApp, request, text};

/// Changed calls in a plain test run.
const FEW: u64 = 2_000;

/// Longer bodies are another test's.
const LONGEST: usize = 8 << 10;

/// The recorded calls, and one of every server function that has none.
fn recorded() -> Vec<(String, Value)> {
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/calls");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()).collect()
}

/// Sends a body. Whatever it is, the console neither breaks nor answers with words nobody expects.
async fn send(app: &TestApp, cookie: &str, path: &str, body: String) -> StatusCode {
    let headers = [("origin", ORIGIN), ("content-type", "application/json"), ("cookie", cookie)];
    let sent = body.clone();
    let answer = app.send(request(Method::POST, path, &headers, Body::from(body))).await;
    let status = answer.status();
    let said = text(answer).await;
    assert!(
        status.as_u16() < 500,
        "{path} {sent} is answered {status}: {said}\nKeep it in fuzz/corpus/calls."
    );
    // Who takes HTML is sent back to its page after a success.
    if status.as_u16() >= 400 {
        let error = serde_json::from_str::<AppError>(&said);
        assert!(error.is_ok(), "{path} {sent} is answered {status}, without a reason: {said}");
    }
    status
}

#[tokio::test]
async fn recorded_calls_are_calls() {
    let app = TestApp::new().await;
    let cookie = app.sign_in().await;
    for (path, body) in recorded() {
        let status = send(&app, &cookie, &path, body.to_string()).await;
        assert_ne!(status, StatusCode::BAD_REQUEST, "{path} {body} is one of an older console");
    }
}

#[tokio::test]
async fn changed_calls_are_answered() {
    let app = TestApp::new().await;
    let cookie = app.sign_in().await;
    let mut calls = recorded();
    for (path, _) in server_fn::axum::server_fn_paths() {
        if !calls.iter().any(|(recorded, _)| recorded == path) {
            calls.push((path.to_owned(), json!({})));
        }
    }
    let seconds: Option<u64> = std::env::var("BINNACLE_FUZZ_SECONDS").ok().and_then(|s| s.parse().ok());
    let until = Instant::now() + Duration::from_secs(seconds.unwrap_or_default());
    let start = seconds.map_or(0, |_| std::process::id().into());
    let mut random = Random::new(start);
    let mut count = 0;
    while seconds.map_or(count < FEW, |_| Instant::now() < until) {
        let Some((path, body)) = random.choose(&calls) else { break };
        let mut body = body.clone();
        for _ in 0..=random.below(6) {
            json::change(&mut body, &mut random);
        }
        let mut body = body.to_string();
        if body.len() <= LONGEST {
            // Now and then the body ends too early.
            if random.below(8) == 0 {
                let ends: Vec<usize> = body.char_indices().map(|(at, _)| at).collect();
                body.truncate(random.choose(&ends).copied().unwrap_or_default());
            }
            send(&app, &cookie, path, body).await;
            count += 1;
        }
    }
    println!("    calls: {count} changed calls of {} server functions, from {start}", calls.len());
}
