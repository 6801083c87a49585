//! Headers of every kind of answer.

use http::StatusCode;

use super::app::{TestApp, text, value};

#[tokio::test]
async fn every_kind_of_answer_carries_the_security_headers() {
    let app = TestApp::with(&["--https", "--public-origin", "https://console.test"]).await;
    let host = ("host", "console.test");
    let cookie = app.sign_in().await;
    let answers = [
        ("page", app.get("/clusters", &[host, ("cookie", &cookie)]).await, StatusCode::OK),
        ("login", app.get("/login", &[host]).await, StatusCode::OK),
        ("redirect", app.get("/clusters", &[host]).await, StatusCode::SEE_OTHER),
        ("asset", app.get("/assets/style-1a2b.css", &[host]).await, StatusCode::OK),
        ("no asset", app.get("/assets/x", &[host]).await, StatusCode::NOT_FOUND),
        ("health", app.get("/healthz", &[host]).await, StatusCode::OK),
        (
            "refusal",
            app.post_form("/api/stub", "", &[("host", "evil.test")]).await,
            StatusCode::MISDIRECTED_REQUEST,
        ),
        (
            "unauthenticated",
            app.get("/api/stub", &[host, ("accept", "application/json")]).await,
            StatusCode::SEE_OTHER,
        ),
        (
            "wrong method",
            app.get("/logout", &[host, ("cookie", &cookie)]).await,
            StatusCode::METHOD_NOT_ALLOWED,
        ),
    ];
    let mut ids = std::collections::BTreeSet::new();
    for (what, answer, status) in answers {
        assert!(answer.status() == status || what == "unauthenticated", "{what}: {}", answer.status());
        let policy = value(&answer, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'; "), "{what}: {policy}");
        for part in ["base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'", "object-src 'none'"] {
            assert!(policy.contains(part), "{what}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{what}: {policy}");
        assert_eq!(value(&answer, "x-content-type-options"), "nosniff", "{what}");
        assert_eq!(value(&answer, "referrer-policy"), "same-origin", "{what}");
        assert_eq!(value(&answer, "cross-origin-opener-policy"), "same-origin", "{what}");
        assert_eq!(value(&answer, "cross-origin-resource-policy"), "same-origin", "{what}");
        assert!(value(&answer, "permissions-policy").contains("camera=()"), "{what}");
        assert!(value(&answer, "strict-transport-security").starts_with("max-age="), "{what}");
        let caching = if what == "asset" { "public, max-age=31536000, immutable" } else { "no-store" };
        assert_eq!(value(&answer, "cache-control"), caching, "{what}");
        assert!(ids.insert(value(&answer, "x-request-id").to_owned()), "{what}: a fresh request id");
    }
    assert!(!ids.contains(""));
}

#[tokio::test]
async fn a_console_page_names_its_own_nonce_and_a_new_one_each_time() {
    let app = TestApp::new().await;
    let cookie = app.sign_in().await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let answer = app.get("/clusters", &[("cookie", &cookie)]).await;
        let policy = value(&answer, "content-security-policy").to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert!(
            policy.contains("script-src 'self' 'nonce-") && policy.contains("'wasm-unsafe-eval'"),
            "{policy}"
        );
        assert!(policy.contains("connect-src 'self' ws://127.0.0.1:3000;"), "{policy}");
        assert!(!value(&answer, "strict-transport-security").contains("max-age"), "no HSTS without TLS");
        assert!(seen.insert(nonce));
    }
}

#[tokio::test]
async fn assets_come_in_the_encoding_asked_for() {
    let app = TestApp::new().await;
    let cases = [
        ("/assets/style-1a2b.css", "gzip, br", "br", "text/css; charset=utf-8", "br bytes"),
        ("/assets/style-1a2b.css", "gzip", "gzip", "text/css; charset=utf-8", "gz bytes"),
        ("/assets/style-1a2b.css", "identity", "", "text/css; charset=utf-8", "body{}"),
        ("/assets/app-3c4d.wasm", "gzip, br", "br", "application/wasm", "wasm br"),
        ("/assets/app-3c4d.wasm", "gzip", "", "application/wasm", "\0asm"),
    ];
    for (path, accept, coding, mime, body) in cases {
        let answer = app.get(path, &[("accept-encoding", accept)]).await;
        assert_eq!(value(&answer, "content-encoding"), coding, "{path} {accept}");
        assert_eq!(value(&answer, "content-type"), mime);
        assert!(value(&answer, "vary").contains("accept-encoding"));
        assert_eq!(text(answer).await, body);
    }
    assert_eq!(value(&app.get("/assets/robots.txt", &[]).await, "cache-control"), "no-cache", "not hashed");
    assert_eq!(app.get("/assets/style-1a2b.css.br", &[]).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(app.get("/assets/manifest.json", &[]).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pages_are_compressed() {
    let app = TestApp::new().await;
    let answer = app.get("/login", &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(value(&answer, "content-encoding"), "br");
}

#[tokio::test]
async fn healthz_tells_its_start_in_dev_only() {
    let dev = TestApp::with(&["--dev"]).await;
    let start = value(&dev.get("/healthz", &[]).await, "x-binnacle-start").to_owned();
    assert!(start.parse::<u64>().unwrap() > 1_700_000_000_000);
    assert_eq!(value(&TestApp::new().await.get("/healthz", &[]).await, "x-binnacle-start"), "");
}

#[tokio::test]
async fn readyz_follows_the_console() {
    let app = TestApp::new().await;
    assert_eq!(app.get("/readyz", &[]).await.status(), StatusCode::SERVICE_UNAVAILABLE, "starting");
    app.state.ready.store(true, std::sync::atomic::Ordering::Release);
    assert_eq!(app.get("/readyz", &[("host", "10.0.0.7:3000")]).await.status(), StatusCode::OK);
    app.state.stop.cancel();
    assert_eq!(app.get("/readyz", &[]).await.status(), StatusCode::SERVICE_UNAVAILABLE, "stopping");
    assert_eq!(app.get("/healthz", &[]).await.status(), StatusCode::OK, "alive all the same");
}
