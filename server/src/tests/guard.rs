//! Every route without a session.

use axum::body::Body;
use binnacle_model::AppError;
use http::{Method, StatusCode};

use super::app::{ORIGIN, TestApp, error, request, value};
use crate::router::{PUBLIC, own_routes};

/// A path that the pattern matches.
fn example(pattern: &str) -> String {
    pattern
        .split('/')
        .map(|segment| if segment.starts_with('{') { "x" } else { segment })
        .collect::<Vec<_>>()
        .join("/")
}

/// Every path there is: ours, the pages', the server functions', and some that are none.
fn all_paths() -> Vec<String> {
    let mut paths: Vec<String> = own_routes().iter().map(|(path, _)| example(path)).collect();
    paths.extend(
        leptos_axum::generate_route_list(binnacle_app::App).iter().map(|route| example(route.path())),
    );
    paths.extend(server_fn::axum::server_fn_paths().map(|(path, _)| example(path)));
    paths.extend(
        [
            "/nothing",
            "/api/nothing",
            "/assets",
            "/assets/x/y",
            "/assets/../clusters",
            "/login/",
            "/Login",
            "//login",
            "/healthz/x",
            "/login%2f..%2fclusters",
            "/.git/config",
        ]
        .map(str::to_owned),
    );
    paths
}

#[tokio::test]
async fn every_route_but_the_public_ones_needs_a_session() {
    let app = TestApp::new().await;
    let public: Vec<String> = PUBLIC.iter().map(|path| example(path)).collect();
    let paths = all_paths();
    assert!(paths.len() > 15, "{paths:?}");
    let methods = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::OPTIONS,
    ];
    let cookies =
        ["", "binnacle=", "binnacle=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "__Host-binnacle=x"];
    for path in paths.iter().filter(|path| !public.contains(path)) {
        for method in &methods {
            for cookie in cookies {
                let headers = [("origin", ORIGIN), ("sec-fetch-site", "same-origin"), ("cookie", cookie)];
                let response = app.send(request(method.clone(), path, &headers, Body::empty())).await;
                let is_refused = match response.status() {
                    StatusCode::UNAUTHORIZED => true,
                    StatusCode::SEE_OTHER => value(&response, "location").starts_with("/login"),
                    _ => false,
                };
                assert!(is_refused, "{method} {path} with {cookie:?} answered {}", response.status());
                assert!(!response.headers().contains_key("set-cookie"));
            }
        }
    }
}

#[tokio::test]
async fn the_public_list_is_short_and_real() {
    assert!(PUBLIC.len() <= 8);
    let own = own_routes();
    for public in PUBLIC {
        assert!(own.iter().any(|(path, _)| *path == public), "{public} is no route");
    }
    let app = TestApp::new().await;
    for (path, status) in [
        ("/login", StatusCode::OK),
        ("/healthz", StatusCode::OK),
        ("/assets/style-1a2b.css", StatusCode::OK),
        ("/assets/nothing", StatusCode::NOT_FOUND),
        ("/readyz", StatusCode::SERVICE_UNAVAILABLE),
        ("/welcome", StatusCode::GONE),
        ("/metrics", StatusCode::UNAUTHORIZED),
    ] {
        assert_eq!(app.get(path, &[]).await.status(), status, "{path}");
    }
}

#[tokio::test]
async fn programs_are_told_in_json_and_people_led_to_sign_in() {
    let app = TestApp::new().await;
    let page = app.get("/clusters/prod/statefulsets?q=a%20b", &[]).await;
    assert_eq!(value(&page, "location"), "/login?next=%2Fclusters%2Fprod%2Fstatefulsets%3Fq%3Da%2520b");
    let call = app.post_form("/api/stub", "", &[]).await;
    assert_eq!(error(call).await, (StatusCode::UNAUTHORIZED, AppError::Unauthenticated));
}

#[tokio::test]
async fn a_session_opens_the_console_until_it_ends() {
    let app = TestApp::new().await;
    let cookie = app.sign_in().await;
    let page = app.get("/clusters", &[("cookie", &cookie)]).await;
    assert_eq!(page.status(), StatusCode::OK);
    let out = app.post_form("/logout", "", &[("cookie", &cookie)]).await;
    assert_eq!(out.status(), StatusCode::SEE_OTHER);
    assert!(value(&out, "set-cookie").starts_with("binnacle=; "));
    assert_eq!(app.get("/clusters", &[("cookie", &cookie)]).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn metrics_open_to_a_session_or_the_token_only() {
    let app = TestApp::with(&["--metrics-token", "0123456789abcdef"]).await;
    let cookie = app.sign_in().await;
    let cases: [(&[(&str, &str)], StatusCode); 5] = [
        (&[], StatusCode::UNAUTHORIZED),
        (&[("authorization", "Bearer 0123456789abcdee")], StatusCode::UNAUTHORIZED),
        (&[("authorization", "Bearer ")], StatusCode::UNAUTHORIZED),
        (&[("authorization", "Bearer 0123456789abcdef")], StatusCode::OK),
        (&[("cookie", &cookie)], StatusCode::OK),
    ];
    for (headers, status) in cases {
        assert_eq!(app.get("/metrics", headers).await.status(), status, "{headers:?}");
    }
    let without = TestApp::new().await;
    assert_eq!(
        without.get("/metrics", &[("authorization", "Bearer ")]).await.status(),
        StatusCode::UNAUTHORIZED
    );
}
