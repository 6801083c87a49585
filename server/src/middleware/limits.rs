//! Limits of request bodies: by size at once where the length is declared, by count where it is not,
//! and by patience with each piece and with the whole.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use binnacle_model::{AppError, Text, words::signin};
use http::{StatusCode, header};
use http_body_util::Limited;
use hyper::body::{Frame, SizeHint};
use tokio::time::{Sleep, sleep};
use tower_http::timeout::TimeoutBody;

use crate::{
    middleware::{Asker, error_json},
    pages,
    state::AppState,
};

/// What a body may be.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Largest size in bytes.
    pub bytes: usize,
    /// The same in words.
    words: &'static str,
    /// How long all of it may take.
    whole: Duration,
}

/// A 1 MiB YAML text, escaped as JSON, with room, over a slow line.
pub const BODY: Limit = Limit { bytes: 2 << 20, words: "2 MiB", whole: Duration::from_secs(120) };
/// A form that whoever passes by can send: some short fields.
pub const FORM: Limit = Limit { bytes: 64 << 10, words: "64 KiB", whole: Duration::from_secs(30) };
/// Where such forms go.
const FORMS: [&str; 3] = ["/login", "/welcome", "/password"];

/// How long a body may pause.
const BODY_PATIENCE: Duration = Duration::from_secs(10);

/// The layer.
pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let limit = if FORMS.contains(&request.uri().path()) { FORM } else { BODY };
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<u64>().ok());
    if declared.is_some_and(|length| length > limit.bytes as u64) {
        let asker = Asker::of(&request);
        if asker.page {
            let why = Text::new(&signin::REQUEST_TOO_LARGE_WHY, [limit.words]);
            let status = StatusCode::PAYLOAD_TOO_LARGE;
            return pages::message(&state, &asker, status, signin::REQUEST_TOO_LARGE, &why, None);
        }
        return error_json(&AppError::TooLarge { limit: limit.words.to_owned() });
    }
    next.run(request.map(|body| {
        let body = Deadline::new(Body::new(TimeoutBody::new(BODY_PATIENCE, body)), limit.whole);
        Body::new(Limited::new(Body::new(body), limit.bytes))
    }))
    .await
}

/// A body took too long.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the request's body took too long")]
struct TooSlow;

/// A body that fails when it is not whole in time. [`TimeoutBody`] waits anew for each piece, so that
/// a byte now and then would hold a connection for ever.
struct Deadline {
    body: Body,
    over: Pin<Box<Sleep>>,
}

impl Deadline {
    fn new(body: Body, whole: Duration) -> Self {
        Deadline { body, over: Box::pin(sleep(whole)) }
    }
}

impl HttpBody for Deadline {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.over.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Err(axum::Error::new(TooSlow))));
        }
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use futures::stream;

    use super::*;

    #[tokio::test]
    async fn a_body_must_be_whole_in_time_however_busy_it_is() {
        let drip = || {
            Body::from_stream(stream::unfold((), |()| async {
                sleep(Duration::from_millis(5)).await;
                Some((Ok::<_, std::io::Error>(Bytes::from_static(b"x")), ()))
            }))
        };
        let slow = Deadline::new(drip(), Duration::from_millis(60));
        let error = to_bytes(Body::new(slow), usize::MAX).await.unwrap_err();
        assert!(error.to_string().contains("took too long"), "{error}");
        let quick = Deadline::new(Body::from("all at once"), Duration::from_secs(60));
        assert_eq!(to_bytes(Body::new(quick), usize::MAX).await.unwrap(), "all at once");
    }
}
