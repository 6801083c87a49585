//! Bodies that are no call of the server function they are sent to.

use axum::body::Body;
use binnacle_model::{AppError, words::signin};
use http::{Method, StatusCode};

use super::app::{ORIGIN, TestApp, error, request};

#[tokio::test]
async fn a_body_that_is_no_call_is_the_senders_fault() {
    let app = TestApp::new().await;
    let cookie = app.sign_in().await;
    let headers = [("origin", ORIGIN), ("content-type", "application/json"), ("cookie", &*cookie)];
    for body in [
        &b""[..],
        b"{",
        b"null",
        b"[]",
        b"{}",
        br#"{"name":7}"#,
        br#"{"name":"prod"}x"#,
        b"\xff",
        b"name=prod",
        // The parser's message quotes it; what the browser takes the guard's answer by is no business of a body.
        br#"{"name":["signed out"]}"#,
        br#""signed out""#,
    ] {
        let sent = String::from_utf8_lossy(body);
        let answer = app.send(request(Method::POST, "/api/clusters/get", &headers, Body::from(body))).await;
        let (status, error) = error(answer).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{sent}");
        assert_eq!(error, AppError::Refused { text: signin::BAD_REQUEST_WHY.into() }, "{sent}");
    }
    let call = request(Method::POST, "/api/clusters/get", &headers, Body::from(r#"{"name":"prod"}"#));
    assert_eq!(
        app.send(call).await.status(),
        StatusCode::NOT_FOUND,
        "a call, of a cluster that is not there"
    );
}
