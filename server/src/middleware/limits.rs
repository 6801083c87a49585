//! Limits of request bodies: by size at once where the length is declared, by count where it is not,
//! and by patience.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use binnacle_model::{AppError, Text, words::signin};
use http::{StatusCode, header};
use http_body_util::Limited;
use tower_http::timeout::TimeoutBody;

use crate::{
    middleware::{Asker, error_json},
    pages,
    state::AppState,
};

/// Largest body in bytes: a 1 MiB YAML text, escaped as JSON, with room.
pub const BODY_LIMIT: usize = 2 * 1024 * 1024;
/// The same in words.
const BODY_LIMIT_TEXT: &str = "2 MiB";
/// How long a body may pause.
const BODY_PATIENCE: Duration = Duration::from_secs(10);

/// The layer.
pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<u64>().ok());
    if declared.is_some_and(|length| length > BODY_LIMIT as u64) {
        let asker = Asker::of(&request);
        if asker.page {
            let why = Text::new(&signin::REQUEST_TOO_LARGE_WHY, [BODY_LIMIT_TEXT]);
            let status = StatusCode::PAYLOAD_TOO_LARGE;
            return pages::message(&state, &asker, status, signin::REQUEST_TOO_LARGE, &why, None);
        }
        return error_json(&AppError::TooLarge { limit: BODY_LIMIT_TEXT.to_owned() });
    }
    next.run(
        request.map(|body| {
            Body::new(Limited::new(Body::new(TimeoutBody::new(BODY_PATIENCE, body)), BODY_LIMIT))
        }),
    )
    .await
}
