//! A panic in a handler costs its own request.

use std::sync::Once;

use axum::routing::get;
use http::StatusCode;

use super::app::{TestApp, text, value};
use crate::{metrics, router};

/// Counts panics as the console's own hook does, and goes on to the test program's.
pub fn count_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            metrics::panicked();
            before(panic);
        }));
    });
}

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
    count_panics();
    for _ in 0..2 {
        let before = metrics::panics();
        let answer = app.get("/broken", &[("cookie", &cookie)]).await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let id = value(&answer, "x-request-id").to_owned();
        for (name, expected) in [("x-content-type-options", "nosniff"), ("cache-control", "no-store")] {
            assert_eq!(value(&answer, name), expected, "{name}");
        }
        assert!(value(&answer, "content-security-policy").starts_with("default-src 'none'; "));
        let page = text(answer).await;
        assert!(page.contains(&id) && !page.contains("SECRET"), "{page}");
        // Other tests of this program may panic meanwhile.
        assert!(metrics::panics() > before);
    }
    let call = app.get("/broken", &[("cookie", &cookie), ("accept", "application/json")]).await;
    assert_eq!(call.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(value(&call, "x-content-type-options"), "nosniff");
}
