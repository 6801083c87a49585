//! The gate in front of every mutating route and the socket; its rule itself is tested beside it.

use axum::body::Body;
use binnacle_model::AppError;
use http::{Method, StatusCode};

use super::app::{ORIGIN, TestApp, error, request, text};
use crate::router::own_routes;

#[tokio::test]
async fn foreign_mutations_change_nothing_even_with_a_session() {
    let app = TestApp::new().await;
    let cookie = app.sign_in().await;
    let mut paths: Vec<&str> =
        own_routes().iter().map(|(path, _)| *path).filter(|path| !path.contains('{')).collect();
    paths.extend(server_fn::axum::server_fn_paths().map(|(path, _)| path));
    let foreign: [&[(&str, &str)]; 7] = [
        &[],
        &[("origin", "http://evil.test")],
        &[("origin", "null")],
        &[("origin", "http://localhost:3001")],
        &[("origin", ORIGIN), ("sec-fetch-site", "cross-site")],
        &[("origin", "http://evil.test"), ("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "same-site")],
    ];
    for path in paths {
        for headers in foreign {
            for content in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
                let mut all = headers.to_vec();
                all.extend([("cookie", cookie.as_str()), ("content-type", content)]);
                let response = app.send(request(Method::POST, path, &all, Body::from("{}"))).await;
                assert_eq!(response.status(), StatusCode::FORBIDDEN, "{path} {headers:?}");
                assert!(!response.headers().contains_key("set-cookie"));
            }
        }
    }
    assert_eq!(
        app.get("/clusters", &[("cookie", &cookie)]).await.status(),
        StatusCode::OK,
        "still signed in"
    );
}

#[tokio::test]
async fn a_socket_from_elsewhere_is_refused() {
    let app = TestApp::new().await;
    let cookie = app.sign_in().await;
    let upgrade = [
        ("cookie", cookie.as_str()),
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    for foreign in [
        &[][..],
        &[("origin", "http://evil.test")],
        &[("origin", "null")],
        &[("origin", ORIGIN), ("sec-fetch-site", "cross-site")],
    ] {
        let mut all = upgrade.to_vec();
        all.extend_from_slice(foreign);
        assert_eq!(app.get("/live", &all).await.status(), StatusCode::FORBIDDEN, "{foreign:?}");
    }
}

#[tokio::test]
async fn a_rebound_name_is_told_the_right_one() {
    let app = TestApp::new().await;
    let page = app.get("/login", &[("host", "rebound.test:3000")]).await;
    assert_eq!(page.status(), StatusCode::MISDIRECTED_REQUEST);
    assert!(text(page).await.contains(ORIGIN));
    let call = request(
        Method::POST,
        "/api/stub",
        &[("host", "rebound.test"), ("origin", "http://rebound.test")],
        Body::empty(),
    );
    let (status, error) = error(app.send(call).await).await;
    assert_eq!(status, StatusCode::MISDIRECTED_REQUEST);
    assert!(matches!(error, AppError::Refused { .. }));
}
