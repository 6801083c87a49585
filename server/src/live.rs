//! `GET /live`: one web socket per tab; each subscription sends the state once, then what changed.
//!
//! Everything here is bounded: subscriptions per socket, message sizes and rates, the queue to the
//! writer, the time a write may block, the time between two looks at the session. A subscription that
//! waits for a slow socket keeps nothing: it looks again when the socket has room, so the newest state
//! is sent and what was in between is skipped.

mod socket;
mod subscription;

#[cfg(test)]
mod tests;

use axum::{
    Extension,
    extract::{State, WebSocketUpgrade},
    response::Response,
};
use binnacle_model::live::Topic;
use tokio::sync::watch;

use crate::{auth::Session, state::AppState};

/// Says when topics change. The value is a count without meaning; only its change counts.
pub trait Changes: Send + Sync + 'static {
    /// Follows a topic. A closed sender means that nobody will say anything any more (the cluster is
    /// gone, or unknown); the subscription then looks by its own slow tick only.
    fn watch(&self, topic: &Topic) -> watch::Receiver<u64>;
}

/// Largest message from a tab, in bytes: a list query with a long search text fits many times.
const MESSAGE_LIMIT: usize = 16 * 1024;
/// Bytes the socket may hold unsent; a full list page of 200 rows is a tenth of that.
const WRITE_BUFFER_LIMIT: usize = 1024 * 1024;

/// The handler; guard and gate have passed.
pub async fn live(
    State(state): State<AppState>,
    Extension(session): Extension<Session>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let tasks = state.tasks.clone();
    upgrade
        .max_message_size(MESSAGE_LIMIT)
        .max_frame_size(MESSAGE_LIMIT)
        .max_write_buffer_size(WRITE_BUFFER_LIMIT)
        .on_upgrade(move |socket| tasks.track_future(socket::serve(state, session, socket)))
}
