//! `/healthz`, `/readyz`, `/metrics`.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use binnacle_model::{
    AppError,
    cluster::ClusterState,
    session::{Caller, Role},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use subtle::ConstantTimeEq as _;

use crate::{
    auth::{self, session_of},
    middleware::error_json,
    state::AppState,
};

/// When the process started, Unix milliseconds; in dev, so that a page can tell a new build.
const START: HeaderName = HeaderName::from_static("x-binnacle-start");

/// `GET /healthz`: the process answers. Says nothing of clusters or the store: restarting the console
/// mends neither.
pub async fn healthz(State(state): State<AppState>) -> Response {
    let mut response = "ok\n".into_response();
    if let Some(start) = state.dev_start.as_deref().and_then(|start| HeaderValue::from_str(start).ok()) {
        response.headers_mut().insert(START, start);
    }
    response
}

/// `GET /readyz`: people may be sent here. Clusters do not count: one dead cluster is a row, not an
/// outage.
pub async fn readyz(State(state): State<AppState>) -> Response {
    if state.stop.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    if !state.ready.load(Ordering::Acquire) {
        return (StatusCode::SERVICE_UNAVAILABLE, "starting\n").into_response();
    }
    match state.store.ping().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n").into_response()
        }
    }
}

/// `GET /metrics`: with a session, or with the configured token.
pub async fn metrics(State(state): State<AppState>, headers: HeaderMap) -> Response {
    if !has_token(&state, &headers) {
        match session_of(&state, &headers).await {
            Ok(Some(_)) => {}
            _ => return error_json(&AppError::Unauthenticated),
        }
    }
    // The rows come from memory; who asks decides only what the rows say, and their states are all
    // that is counted.
    let counter = Caller { user: auth::ADMIN.to_owned(), role: Role::Admin };
    let mut states = BTreeMap::from([("unknown", 0), ("integrating", 0), ("removing", 0), ("running", 0)]);
    for row in state.backend.clusters(&counter).await.unwrap_or_default() {
        let name = match row.state {
            ClusterState::Unknown => "unknown",
            ClusterState::Integrating => "integrating",
            ClusterState::Removing => "removing",
            ClusterState::Running => "running",
        };
        *states.entry(name).or_default() += 1;
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.metrics.render(&states))
        .into_response()
}

fn has_token(state: &AppState, headers: &HeaderMap) -> bool {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match (&state.metrics_token, given) {
        (Some(token), Some(given)) => token.expose().as_bytes().ct_eq(given.as_bytes()).into(),
        _ => false,
    }
}
