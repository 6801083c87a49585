//! One subscription: look, send what changed, wait for a reason to look again.

use std::time::Duration;

use binnacle_model::{
    AppError, Result,
    live::{PageDelta, ServerMessage, Topic, Update},
    session::Caller,
    workload::ListPage,
};
use tokio::{
    sync::{mpsc, watch},
    time::{sleep, timeout},
};

use super::socket::Outgoing;
use crate::{middleware::observe, state::AppState};

/// Changes within this time become one message: under the 60 ms in which a change should be seen,
/// over what a list of a hundred changes a second would cost one by one.
const COALESCE: Duration = Duration::from_millis(40);
/// A look without a reason: rights that changed, data that grew stale.
const TICK: Duration = Duration::from_secs(1);
/// The same where the last look failed for a reason that may pass.
const RETRY: Duration = Duration::from_secs(2);
/// A look may take this long; the backend's own deadlines are shorter.
const LOOK: Duration = Duration::from_secs(20);

/// What was sent last.
enum Sent {
    Nothing,
    Page(ListPage),
    Other(Update),
}

/// Follows a topic for a caller until the task is dropped, the socket is gone, or the topic may not
/// or cannot be followed.
pub async fn follow(state: AppState, caller: Caller, id: u32, topic: Topic, queue: mpsc::Sender<Outgoing>) {
    let mut changes = state.changes.watch(&topic);
    let mut sent = Sent::Nothing;
    loop {
        // Before the look, so that a change during it is not lost.
        changes.mark_unchanged();
        let mut pause = TICK;
        match timeout(LOOK, look(&state, &caller, &topic)).await {
            Ok(Ok(found)) => {
                let (update, kept) = difference(sent, found);
                sent = kept;
                if let Some(update) = update {
                    let message = Outgoing::Message(ServerMessage::Update { id, update });
                    if queue.send(message).await.is_err() {
                        return;
                    }
                }
            }
            Ok(Err(error)) if may_pass(&error) => pause = RETRY,
            Ok(Err(error)) => {
                let _ = queue.send(Outgoing::Message(ServerMessage::Failed { id, error })).await;
                return;
            }
            Err(_) => pause = RETRY,
        }
        wait(&mut changes, pause).await;
    }
}

/// Until something changed and a moment passed, or the pause is over.
async fn wait(changes: &mut watch::Receiver<u64>, pause: Duration) {
    match timeout(pause, changes.changed()).await {
        Ok(Ok(())) => sleep(COALESCE).await,
        // The sender is gone, and an answer would come at once for ever: the pause is the tick.
        Ok(Err(_)) => sleep(pause).await,
        Err(_) => {}
    }
}

/// The topic's state as the caller may see it.
async fn look(state: &AppState, caller: &Caller, topic: &Topic) -> Result<Update> {
    let backend = &state.backend;
    match topic {
        Topic::Clusters => Ok(Update::Clusters { rows: backend.clusters(caller).await? }),
        Topic::Cluster { name } => {
            Ok(Update::Cluster { detail: Box::new(backend.cluster(caller, name).await?) })
        }
        Topic::List { query } => Ok(Update::Page { page: backend.list(caller, query).await? }),
        Topic::Workload { cluster, kind, namespace, name } => {
            match backend.workload(caller, cluster, *kind, namespace, name).await {
                Ok(detail) => Ok(Update::Workload { detail: Box::new(detail) }),
                // It may come again under the same name: the subscription goes on.
                Err(AppError::NotFound { .. }) => Ok(Update::Gone),
                Err(error) => Err(error),
            }
        }
    }
}

/// What to send, if anything, and what is then known to the tab.
fn difference(sent: Sent, found: Update) -> (Option<Update>, Sent) {
    match (sent, found) {
        (Sent::Page(old), Update::Page { page: new }) => {
            let delta = PageDelta::between(&old, &new);
            (delta.map(|delta| Update::Delta { delta }), Sent::Page(new))
        }
        (_, Update::Page { page }) => (Some(Update::Page { page: page.clone() }), Sent::Page(page)),
        (Sent::Other(old), new) if old == new => (None, Sent::Other(old)),
        (_, new) => (Some(new.clone()), Sent::Other(new)),
    }
}

/// Whether a failed look is worth another.
fn may_pass(error: &AppError) -> bool {
    match error {
        AppError::Unreachable { .. }
        | AppError::Timeout { .. }
        | AppError::TooManyRequests { .. }
        | AppError::Transport { .. } => true,
        AppError::Internal { .. } => {
            tracing::warn!(%error, request = observe::current_id(), "a live subscription failed");
            true
        }
        _ => false,
    }
}
