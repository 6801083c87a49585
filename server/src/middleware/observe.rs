//! The layer that sees everything but the headers: request id, one log line, counters, and panics
//! turned into a page.

use std::{
    panic::AssertUnwindSafe,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::FutureExt as _;
use http::{HeaderName, HeaderValue};
use tracing::Instrument as _;

use crate::{
    middleware::{Asker, client_address},
    pages,
    state::AppState,
};

/// The answer's header with the request's id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    /// The id of the request: in the log, the answer and error pages. Always ours; a client's own could
    /// be anything.
    static CURRENT: String;
}

/// The id of the request this task serves; empty outside any.
pub fn current_id() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// Work that goes on after its request, under the request's id.
pub fn within<F: Future>(id: String, work: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(id, work)
}

fn new_id() -> String {
    /// Where randomness fails, a count still tells requests of one process apart.
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let mut bytes = [0; 9];
    match aws_lc_rs::rand::fill(&mut bytes) {
        Ok(()) => URL_SAFE_NO_PAD.encode(bytes),
        Err(_) => format!("n{}", COUNT.fetch_add(1, Ordering::Relaxed)),
    }
}

/// The layer.
pub async fn layer(
    State(state): State<AppState>,
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let start = Instant::now();
    let id = new_id();
    let asker = Asker::of(&request);
    let method = request.method().clone();
    // The path only: a query may hold a sign-in link's token or what someone searched for.
    let span = tracing::info_span!("request", id, %method, path = request.uri().path());
    let client = client_address(&state, &request);

    let run = CURRENT.scope(id.clone(), AssertUnwindSafe(next.run(request)).catch_unwind());
    let mut response = match run.instrument(span.clone()).await {
        Ok(response) => response,
        // The panic hook has counted it.
        Err(_) => pages::failed(&state, &asker, &id),
    };

    let took = start.elapsed();
    let status = response.status().as_u16();
    let route = matched.as_ref().map_or("unmatched", MatchedPath::as_str);
    state.metrics.request(route, status, took);
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| match status {
        // 503 and its like are answers; 500 is a fault.
        500 => tracing::error!(status, took_ms, %client, "answered"),
        _ => tracing::info!(status, took_ms, %client, "answered"),
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
