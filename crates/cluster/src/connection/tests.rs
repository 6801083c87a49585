use std::time::Instant;

use binnacle_model::session::Role;
use serde_json::json;

use super::*;
use crate::fake::{Answer, Fake, SANDBOX, status};

fn caller() -> Caller {
    Caller { user: "eve".to_owned(), role: Role::Admin }
}

#[tokio::test]
async fn a_call_carries_the_callers_identity_and_nothing_else_of_his() {
    let fake = Fake::start(|_| Answer::Json(200, json!({}))).await;
    let connection = Connection::new(&fake.credential(), SANDBOX).unwrap();
    let caller = caller();
    connection.call(Identity::Caller(&caller), Call::get("/x?a=b")).await.unwrap();
    connection.call(Identity::Console, Call::get("/y")).await.unwrap();
    let asked = fake.asked();
    assert_eq!((asked[0].path.as_str(), asked[0].query.as_str()), ("/x", "a=b"));
    assert_eq!(asked[0].header("impersonate-user"), ["binnacle:eve"]);
    assert_eq!(asked[0].header("impersonate-group"), ["system:authenticated", "binnacle:admins"]);
    assert_eq!(asked[0].header("authorization"), ["Bearer secret-token"]);
    let mut names: Vec<&str> = asked[0].headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(
        names,
        ["accept", "authorization", "host", "impersonate-group", "impersonate-user", "user-agent"]
    );
    assert!(asked[1].header("impersonate-user").is_empty());
    assert!(asked[1].header("impersonate-group").is_empty());
}

#[tokio::test]
async fn a_silent_cluster_costs_the_deadline_and_then_nothing() {
    let fake = Fake::start(|_| Answer::Silence).await;
    let connection = Connection::new(&fake.credential(), SANDBOX).unwrap();
    let call = || Call::get("/x").within(Duration::from_millis(50));
    for _ in 0..OPEN_AFTER {
        let failure = connection.call(Identity::Console, call()).await.unwrap_err();
        assert!(matches!(failure, Failure::Timeout(_)), "{failure:?}");
    }
    let started = Instant::now();
    let failure = connection.call(Identity::Console, Call::get("/x")).await.unwrap_err();
    assert!(matches!(failure, Failure::Unreachable(_)), "the breaker is open: {failure:?}");
    assert!(started.elapsed() < Duration::from_secs(1));
    assert!(matches!(&*connection.health().borrow(), Health::Down { .. }));
}

#[tokio::test]
async fn an_answer_over_its_cap_is_refused() {
    let fake = Fake::start(|_| Answer::Large(3 << 20)).await;
    let connection = Connection::new(&fake.credential(), SANDBOX).unwrap();
    let failure = connection.call(Identity::Console, Call::get("/x").capped(1 << 20)).await.unwrap_err();
    assert_eq!(failure.reason().key, words::REACH_LARGE.key);
}

#[tokio::test]
async fn reads_are_tried_twice_and_writes_once() {
    let fake = Fake::start(|_| status(503, "ServiceUnavailable", "busy")).await;
    let connection = Connection::new(&fake.credential(), SANDBOX).unwrap();
    for call in [Call::get("/read"), Call::write(Method::POST, "/write", "{}"), Call::review("/review", "{}")]
    {
        let failure = connection.call(Identity::Console, call).await.unwrap_err();
        assert_eq!(failure.code(), Some(503));
    }
    let count = |path: &str| fake.count(|asked| asked.path == path);
    assert_eq!((count("/read"), count("/write"), count("/review")), (2, 1, 1));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let thief = Fake::start(|_| Answer::Json(200, json!({}))).await;
    let elsewhere = format!("{}/stolen", thief.url);
    for status in [300, 301, 302, 303, 307, 308] {
        for to in ["/stolen".to_owned(), elsewhere.clone(), "http://169.254.169.254/".to_owned()] {
            let fake = Fake::start(move |asked| match asked.path.as_str() {
                "/x" => Answer::Redirect(status, to.clone()),
                _ => Answer::Json(200, json!({})),
            })
            .await;
            let connection = Connection::new(&fake.credential(), SANDBOX).unwrap();
            for call in [Call::get("/x"), Call::write(Method::POST, "/x", "{}"), Call::probe("/x")] {
                let failure = connection.call(Identity::Console, call).await.unwrap_err();
                assert_eq!(failure.reason().key, words::REACH_REDIRECT.key, "{status}");
            }
            assert_eq!(fake.count(|asked| asked.path != "/x"), 0);
        }
    }
    assert_eq!(thief.asked().len(), 0, "nobody else hears of the credential");
}

#[tokio::test]
async fn warnings_are_collected() {
    let fake = Fake::start(|_| {
        let warnings = [
            r#"299 - "unknown field \"spec.x\"""#,
            r#"299 - "old API""#,
            r#"299 - "old API""#,
            "199 - \"no\"",
        ];
        Answer::Warned(warnings.map(str::to_owned).to_vec(), json!({}))
    })
    .await;
    let connection = Connection::new(&fake.credential(), SANDBOX).unwrap();
    let reply = connection.call(Identity::Console, Call::get("/x")).await.unwrap();
    assert_eq!(reply.warnings, [r#"unknown field "spec.x""#, "old API"]);
}

#[tokio::test]
async fn the_probe_decides_about_the_breaker() {
    let fake = Fake::start(|_| Answer::Json(200, json!({}))).await;
    let connection = Connection::new(&fake.credential(), SANDBOX).unwrap();
    connection.mark_down(Text::raw("gone"));
    assert!(connection.call(Identity::Console, Call::get("/x")).await.is_err());
    assert_eq!(fake.asked().len(), 0, "an open breaker asks nothing");
    connection.call(Identity::Console, Call::probe("/version")).await.unwrap();
    assert_eq!(*connection.health().borrow(), Health::Up);
    connection.call(Identity::Console, Call::get("/x")).await.unwrap();
}

#[tokio::test]
async fn a_refused_credential_at_the_probe_is_an_outage_with_its_reason() {
    let fake = Fake::start(|_| status(401, "Unauthorized", "Unauthorized")).await;
    let connection = Connection::new(&fake.credential(), SANDBOX).unwrap();
    connection.call(Identity::Console, Call::probe("/version")).await.unwrap_err();
    let health = connection.health().borrow().clone();
    assert!(
        matches!(&health, Health::Down { reason, .. } if reason.key == words::REACH_CREDENTIAL.key),
        "{health:?}"
    );
}

#[tokio::test]
async fn nothing_is_dialled_that_the_policy_denies() {
    let fake = Fake::start(|_| Answer::Json(200, json!({}))).await;
    let port = fake.url.rsplit_once(':').unwrap().1.to_owned();
    for policy in [DialPolicy::default(), DialPolicy { allow_loopback: true, sandbox: false }] {
        assert!(Connection::new(&fake.credential(), policy).is_err(), "plain HTTP is for sandboxes");
    }
    // A name is judged by what it resolves to, at the moment of dialling.
    let credential = Credential::sandbox(format!("https://localhost:{port}"), Some("t".to_owned()));
    let connection = Connection::new(&credential, DialPolicy::default()).unwrap();
    let failure = connection.call(Identity::Console, Call::get("/x")).await.unwrap_err();
    assert_eq!(failure.reason().key, words::REACH_LOOPBACK.key);
    assert_eq!(fake.asked().len(), 0);
}

#[tokio::test]
async fn a_closed_port_and_an_unknown_name_have_their_own_sentences() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let policy = DialPolicy { allow_loopback: true, sandbox: false };
    for (server, word) in [
        (format!("https://127.0.0.1:{port}"), words::REACH_CONNECT),
        ("https://no-such-host.invalid".to_owned(), words::REACH_RESOLVE),
    ] {
        let credential = Credential::sandbox(server, Some("t".to_owned()));
        let connection = Connection::new(&credential, policy).unwrap();
        let call = Call::write(Method::POST, "/x", "{}");
        let failure = connection.call(Identity::Console, call).await.unwrap_err();
        assert_eq!(failure.reason().key, word.key, "{failure:?}");
    }
}

/// Whatever one person can make happen does not take the cluster from the others.
#[tokio::test]
async fn nothing_a_caller_can_ask_opens_the_breaker() {
    let fake = Fake::start(|asked| match asked.path.as_str() {
        "/slow" => Answer::Silence,
        "/large" => Answer::Large(2 << 20),
        "/moved" => Answer::Redirect(302, "/x".to_owned()),
        _ => Answer::Json(200, json!({})),
    })
    .await;
    let connection = Connection::new(&fake.credential(), SANDBOX).unwrap();
    let odd = Caller { user: "e\nve".to_owned(), role: Role::User };
    for _ in 0..OPEN_AFTER * 2 {
        let slow = Call::write(Method::POST, "/slow", "{}").within(Duration::from_millis(20));
        for (identity, call) in [
            (Identity::Console, slow),
            (Identity::Console, Call::get("/large").capped(1 << 20)),
            (Identity::Console, Call::get("/moved")),
            (Identity::Console, Call::get("/a b")),
            (Identity::Console, Call::get(format!("/{}", "x".repeat(70_000)))),
            (Identity::Caller(&odd), Call::get("/x")),
        ] {
            connection.call(identity, call).await.unwrap_err();
        }
    }
    assert!(!connection.is_down());
    connection.wake.notified().await;
    let failure = connection.call(Identity::Console, Call::get("/a b")).await.unwrap_err();
    assert!(matches!(failure, Failure::Unsendable), "{failure:?}");
    // The probe itself is judged by all of it.
    connection.call(Identity::Console, Call { probe: true, ..Call::get("/moved") }).await.unwrap_err();
    assert!(connection.is_down());
}
