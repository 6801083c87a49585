//! `GET /live`: one web socket per tab; each subscription sends the state once, then what changed.
//!
//! Everything here is bounded: sockets per session, subscriptions per socket, message sizes and rates,
//! the queue to the writer, the time a write may block, the time between two looks at the session. A
//! subscription that waits for a slow socket keeps nothing: it looks again when the socket has room, so
//! the newest state is sent and what was in between is skipped.

mod socket;
mod subscription;

#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Extension,
    extract::{State, WebSocketUpgrade},
    response::Response,
};
use binnacle_model::{AppError, live::Topic};
use tokio::sync::watch;

use crate::{
    auth::Session,
    middleware::{error_json, observe},
    state::AppState,
};

/// Says when topics change. The value is a count without meaning; only its change counts.
pub trait Changes: Send + Sync + 'static {
    /// Follows a topic. A closed sender means that nobody will say anything any more (the cluster is
    /// gone, or unknown); the subscription then looks by its own slow tick only.
    fn watch(&self, topic: &Topic) -> watch::Receiver<u64>;
}

/// Largest message from a tab, in bytes: a list query with a long search text fits many times.
const MESSAGE_LIMIT: usize = 16 * 1024;
/// Largest message to a tab, in bytes: a workload's page with the largest object that is read (4 MiB,
/// parts of it twice). What is larger ends its subscription with a sentence, and no socket.
const LARGEST: usize = 8 << 20;
/// Bytes the socket may hold unsent: the largest message, its frame, and what answers pings.
const WRITE_BUFFER_LIMIT: usize = LARGEST + (1 << 20);
/// Sockets of one session: more tabs than people read.
const SOCKETS_PER_SESSION: usize = 20;
/// Seconds after which a tab may find room again.
const NO_ROOM_RETRY: u32 = 10;

/// Open sockets by session.
#[derive(Clone, Debug, Default)]
pub struct Sockets {
    open: Arc<Mutex<HashMap<[u8; 32], usize>>>,
}

/// One open socket of a session, while it lives.
#[derive(Debug)]
struct Slot {
    sockets: Sockets,
    session: [u8; 32],
}

impl Sockets {
    /// Room for one more socket of a session, if there is any.
    fn open(&self, session: [u8; 32]) -> Option<Slot> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(session).or_default();
        if *count >= SOCKETS_PER_SESSION {
            return None;
        }
        *count += 1;
        Some(Slot { sockets: self.clone(), session })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.sockets.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.session) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.session);
            }
        }
    }
}

/// The handler; guard and gate have passed.
pub async fn live(
    State(state): State<AppState>,
    Extension(session): Extension<Session>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Some(slot) = state.sockets.open(session.id) else {
        tracing::warn!(user = session.caller.user, "a session has too many live sockets");
        return error_json(&AppError::TooManyRequests { retry_after: NO_ROOM_RETRY });
    };
    let tasks = state.tasks.clone();
    // The socket outlives the request, and its log lines still name it.
    let request = observe::current_id();
    upgrade
        .max_message_size(MESSAGE_LIMIT)
        .max_frame_size(MESSAGE_LIMIT)
        .max_write_buffer_size(WRITE_BUFFER_LIMIT)
        .on_upgrade(move |socket| {
            tasks.track_future(async move {
                let _slot = slot;
                socket::serve(state, session, request, socket).await;
            })
        })
}
