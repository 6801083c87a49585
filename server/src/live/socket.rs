//! One socket: a reader, a writer, a look at the session now and then.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use binnacle_model::{
    AppError, Text,
    live::{ClientMessage, MAX_SUBSCRIPTIONS, ServerMessage},
};
use futures::{
    SinkExt as _, StreamExt as _,
    stream::{SplitSink, SplitStream},
};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
    time::{MissedTickBehavior, interval, timeout},
};

use super::{LARGEST, subscription};
use crate::{auth::Session, middleware::observe, state::AppState, store::now};

/// Messages waiting for the writer.
const QUEUE: usize = 16;
/// A socket that cannot take a message for this long is dropped.
const WRITE_PATIENCE: Duration = Duration::from_secs(10);
/// Silence after which `Alive` is sent.
const ALIVE_EVERY: Duration = Duration::from_secs(5);
/// How often the session is looked at; access ends at most this long after it was taken.
const SESSION_EVERY: Duration = Duration::from_secs(5);
/// How long the closing handshake may take.
const CLOSE_PATIENCE: Duration = Duration::from_secs(2);
/// Messages a tab may send in [`RATE_WINDOW`].
const RATE: u32 = 200;
const RATE_WINDOW: Duration = Duration::from_secs(10);

/// Why a socket ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The tab went away.
    Gone,
    /// The session ended or changed.
    SignedOut,
    /// The tab sent what no console sends.
    Misbehaved,
    /// The console stops.
    Stopping,
}

impl End {
    fn frame(self) -> Option<CloseFrame> {
        let (code, reason) = match self {
            End::Gone => return None,
            End::SignedOut => (close_code::POLICY, "signed out"),
            End::Misbehaved => (close_code::PROTOCOL, "unexpected message"),
            End::Stopping => (close_code::AWAY, "the console is stopping"),
        };
        Some(CloseFrame { code, reason: Utf8Bytes::from_static(reason) })
    }
}

/// Serves a socket until it ends; nothing of it is left then. `request` is the id of the request that
/// opened it.
pub async fn serve(state: AppState, session: Session, request: String, socket: WebSocket) {
    let _counted = state.metrics.live_socket();
    let (sink, stream) = socket.split();
    let (queue, waiting) = mpsc::channel(QUEUE);
    let mut writer = tokio::spawn(write(sink, waiting));
    let end = tokio::select! {
        _ = &mut writer => End::Gone,
        end = read(&state, &session, &request, stream, queue.clone()) => end,
        () = session_ends(&state, &session) => End::SignedOut,
        () = state.stop.cancelled() => End::Stopping,
    };
    tracing::debug!(?end, user = session.caller.user, "a live socket ended");
    if let Some(frame) = end.frame() {
        // The queue may be full of news nobody will read; the writer's own patience bounds this.
        let _ = timeout(CLOSE_PATIENCE, queue.send(Outgoing::Close(frame))).await;
    }
    drop(queue);
    let _ = timeout(CLOSE_PATIENCE, &mut writer).await;
    writer.abort();
}

/// What goes to the writer.
#[derive(Debug)]
pub enum Outgoing {
    /// A message's text.
    Message(Utf8Bytes),
    /// The end.
    Close(CloseFrame),
}

impl Outgoing {
    /// A message.
    ///
    /// # Errors
    /// When it is larger than a tab is sent: it costs its own subscription, not the socket.
    pub fn message(message: &ServerMessage) -> Result<Self, AppError> {
        let text = serde_json::to_string(message).map_err(|error| {
            tracing::error!(%error, "a live message cannot be written");
            AppError::Internal { request_id: observe::current_id() }
        })?;
        if text.len() > LARGEST {
            tracing::warn!(bytes = text.len(), "a live message is too large");
            return Err(AppError::TooLarge { limit: format!("{} MiB", LARGEST >> 20) });
        }
        Ok(Outgoing::Message(text.into()))
    }

    /// The end of a subscription. An error that does not fit is said by its limit alone.
    pub fn failed(id: u32, error: AppError) -> Self {
        Outgoing::message(&ServerMessage::Failed { id, error }).unwrap_or_else(|error| {
            let text = serde_json::to_string(&ServerMessage::Failed { id, error });
            Outgoing::Message(text.unwrap_or_default().into())
        })
    }
}

async fn write(mut sink: SplitSink<WebSocket, Message>, mut waiting: mpsc::Receiver<Outgoing>) {
    let alive = serde_json::to_string(&ServerMessage::Alive).map(Utf8Bytes::from).unwrap_or_default();
    loop {
        let text = match timeout(ALIVE_EVERY, waiting.recv()).await {
            Ok(Some(Outgoing::Message(text))) => text,
            Ok(Some(Outgoing::Close(frame))) => {
                let _ = timeout(CLOSE_PATIENCE, sink.send(Message::Close(Some(frame)))).await;
                return;
            }
            Ok(None) => return,
            Err(_) => alive.clone(),
        };
        match timeout(WRITE_PATIENCE, sink.send(Message::Text(text))).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return,
            Err(_) => {
                tracing::info!("dropped a live socket that takes no messages");
                return;
            }
        }
    }
}

/// Ends when the session does, or is someone else's.
async fn session_ends(state: &AppState, session: &Session) {
    let mut tick = interval(SESSION_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        match state.store.session(&session.id, state.lifetimes, now(), false).await {
            Ok(Some(caller)) if caller == session.caller => {}
            Ok(_) => return,
            // Unknown is no: a database that cannot be asked grants nothing.
            Err(error) => {
                tracing::error!(%error, "a live socket's session cannot be checked");
                return;
            }
        }
    }
}

async fn read(
    state: &AppState,
    session: &Session,
    request: &str,
    mut stream: SplitStream<WebSocket>,
    queue: mpsc::Sender<Outgoing>,
) -> End {
    // Dropped with this function: every subscription ends with its socket.
    let mut tasks = JoinSet::new();
    let mut running: BTreeMap<u32, AbortHandle> = BTreeMap::new();
    let mut window = (Instant::now(), 0);
    loop {
        let message = tokio::select! {
            message = stream.next() => message,
            Some(ended) = tasks.join_next() => {
                let broken = ended.err().filter(|error| error.is_panic()).map(|error| error.id());
                let id = running.iter().find(|(_, task)| Some(task.id()) == broken).map(|(id, _)| *id);
                running.retain(|_, task| !task.is_finished());
                if let Some(id) = id {
                    // A page that waits for news that nobody sends would look live.
                    let error = AppError::Internal { request_id: request.to_owned() };
                    if queue.send(Outgoing::failed(id, error)).await.is_err() {
                        return End::Gone;
                    }
                }
                continue;
            }
        };
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            Some(Ok(Message::Close(_))) | None => return End::Gone,
            Some(Ok(Message::Binary(_))) => return End::Misbehaved,
            // Too large, not UTF-8, or the connection broke.
            Some(Err(_)) => return End::Misbehaved,
        };
        if window.0.elapsed() > RATE_WINDOW {
            window = (Instant::now(), 0);
        }
        window.1 += 1;
        if window.1 > RATE {
            return End::Misbehaved;
        }
        match serde_json::from_str(&text) {
            Ok(ClientMessage::Subscribe { id, topic }) => {
                if let Some(before) = running.remove(&id) {
                    before.abort();
                }
                if running.len() >= MAX_SUBSCRIPTIONS {
                    let text = Text::new(
                        &binnacle_model::words::signin::TOO_MANY_SUBSCRIPTIONS,
                        [MAX_SUBSCRIPTIONS.to_string()],
                    );
                    let error = AppError::Refused { text };
                    if queue.send(Outgoing::failed(id, error)).await.is_err() {
                        return End::Gone;
                    }
                    continue;
                }
                let follow =
                    subscription::follow(state.clone(), session.caller.clone(), id, topic, queue.clone());
                running.insert(id, tasks.spawn(observe::within(request.to_owned(), follow)));
            }
            Ok(ClientMessage::Unsubscribe { id }) => {
                if let Some(task) = running.remove(&id) {
                    task.abort();
                }
            }
            Err(_) => return End::Misbehaved,
        }
    }
}
