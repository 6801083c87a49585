//! A panic in a handler costs its own request.

use axum::routing::get;
use http::StatusCode;

use super::app::{TestApp, text, value};
use crate::router;

#[tokio::test]
async fn a_panic_is_caught_counted_and_answered_with_the_request_id() {
    async fn broken() -> &'static str {
        panic!("SECRET-IN-A-PANIC")
    }
    let app = TestApp::with_routes(&[], |state, _| {
        router::with_layers(state, |routes| routes.route("/broken", get(broken)))
    })
    .await;
    let cookie = app.sign_in().await;
    for round in 1..=2 {
        let answer = app.get("/broken", &[("cookie", &cookie)]).await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let id = value(&answer, "x-request-id").to_owned();
        let page = text(answer).await;
        assert!(page.contains(&id) && !page.contains("SECRET"), "{page}");
        assert_eq!(app.state.metrics.panics(), round);
    }
    let call = app.get("/broken", &[("cookie", &cookie), ("accept", "application/json")]).await;
    assert_eq!(call.status(), StatusCode::INTERNAL_SERVER_ERROR);
}
