//! Limits of bodies.

use axum::{
    Router,
    body::{Body, Bytes},
    routing::post,
};
use binnacle_model::AppError;
use futures::stream;
use http::{Method, StatusCode};

use super::app::{ORIGIN, TestApp, error, request};
use crate::{
    middleware::limits::{BODY, FORM},
    router,
};

#[tokio::test]
async fn a_declared_length_over_the_limit_is_refused_at_once() {
    let app = TestApp::new().await;
    let length = (BODY.bytes + 1).to_string();
    let headers = [("origin", ORIGIN), ("content-length", length.as_str())];
    let response = app.send(request(Method::POST, "/api/stub", &headers, Body::empty())).await;
    let (status, error) = error(response).await;
    assert_eq!(
        (status, error),
        (StatusCode::PAYLOAD_TOO_LARGE, AppError::TooLarge { limit: "2 MiB".into() })
    );
    // Forms that anyone can send are short.
    let cookie = app.sign_in().await;
    for path in ["/login", "/welcome", "/password"] {
        for (length, refused) in [(FORM.bytes + 1, true), (FORM.bytes, false)] {
            let headers = [("content-length", &*length.to_string()), ("cookie", &*cookie)];
            let page = app.post_form(path, "", &headers).await;
            assert_eq!(page.status() == StatusCode::PAYLOAD_TOO_LARGE, refused, "{path} {length}");
        }
    }
}

#[tokio::test]
async fn an_undeclared_length_is_cut_at_the_limit() {
    let app = TestApp::with_routes(&[], |state, _| {
        let echo = async |body: Result<Bytes, axum::extract::rejection::BytesRejection>| match body {
            Ok(body) => (StatusCode::OK, body.len().to_string()),
            Err(_) => (StatusCode::PAYLOAD_TOO_LARGE, String::new()),
        };
        router::with_layers(state, |routes: Router<_>| routes.route("/echo", post(echo)))
    })
    .await;
    let cookie = app.sign_in().await;
    for (chunks, status) in [(2 * 1024, StatusCode::OK), (2 * 1024 + 1, StatusCode::PAYLOAD_TOO_LARGE)] {
        let body = Body::from_stream(stream::iter(
            (0..chunks).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(&[0; 1024]))),
        ));
        let response =
            app.send(request(Method::POST, "/echo", &[("origin", ORIGIN), ("cookie", &cookie)], body)).await;
        assert_eq!(response.status(), status, "{chunks} KiB");
    }
}
