//! One subscription: look, send what changed, wait for a reason to look again.

use std::time::Duration;

use binnacle_model::{
    AppError, Result, Text,
    cluster::Ages as _,
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
/// The same where each look asks the API server: what changes there is told.
const DEAR_TICK: Duration = Duration::from_secs(10);
/// The same where the last look failed for a reason that may pass.
const RETRY: Duration = Duration::from_secs(2);
/// A look may take this long; the backend's own deadlines are shorter.
const LOOK: Duration = Duration::from_secs(20);

/// What was sent last.
#[cfg_attr(test, derive(Debug, PartialEq))]
enum Sent {
    Nothing,
    /// Only that the cluster cannot be asked, and why.
    Outage(Text),
    Page(ListPage),
    Other(Update),
}

/// Follows a topic for a caller until the task is dropped, the socket is gone, or the topic may not
/// or cannot be followed.
pub async fn follow(state: AppState, caller: Caller, id: u32, topic: Topic, queue: mpsc::Sender<Outgoing>) {
    // Only who has seen a thing may have it watched for him: a watch costs the cluster something.
    let mut changes: Option<watch::Receiver<u64>> = None;
    let mut sent = Sent::Nothing;
    loop {
        if let Some(changes) = &mut changes {
            // Before the look, so that a change during it is not lost.
            changes.mark_unchanged();
        }
        let looked = timeout(LOOK, look(&state, &caller, &topic)).await;
        let (pause, kept, news) = match looked.unwrap_or_else(|_| Err(too_slow(&topic))) {
            Ok(found) => {
                let mut pause = tick(&topic);
                // The old one may speak for a cluster that has got another credential since.
                if changes.as_ref().is_none_or(|changes| changes.has_changed().is_err()) {
                    changes = Some(state.changes.watch(&topic));
                    // What changed between the look and the watch is seen soon.
                    pause = TICK;
                }
                let (update, kept) = difference(sent, found);
                (pause, kept, update.map(|update| ServerMessage::Update { id, update }))
            }
            Err(error) if may_pass(&error) => {
                let (news, kept) = grown_stale(id, sent, error);
                (RETRY, kept, news)
            }
            Err(error) => {
                let _ = queue.send(Outgoing::failed(id, error)).await;
                return;
            }
        };
        sent = kept;
        if let Some(news) = news {
            let (message, last) = match Outgoing::message(&news) {
                Ok(message) => (message, false),
                // The tab would not know what it missed: it may ask anew.
                Err(error) => (Outgoing::failed(id, error), true),
            };
            if queue.send(message).await.is_err() || last {
                return;
            }
        }
        wait(changes.as_mut(), pause).await;
    }
}

/// How long to wait for a reason to look.
fn tick(topic: &Topic) -> Duration {
    match topic {
        Topic::Clusters | Topic::List { .. } => TICK,
        Topic::Cluster { .. } | Topic::Workload { .. } => DEAR_TICK,
    }
}

/// Until something changed and a moment passed, or the pause is over.
async fn wait(changes: Option<&mut watch::Receiver<u64>>, pause: Duration) {
    let Some(changes) = changes else { return sleep(pause).await };
    match timeout(pause, changes.changed()).await {
        Ok(Ok(())) => sleep(COALESCE).await,
        // The sender is gone, and an answer would come at once for ever: the pause is the tick.
        Ok(Err(_)) => sleep(pause.min(TICK)).await,
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

/// The error of a look that took too long.
fn too_slow(topic: &Topic) -> AppError {
    let cluster = match topic {
        Topic::Clusters => "",
        Topic::Cluster { name: cluster } | Topic::Workload { cluster, .. } => cluster,
        Topic::List { query } => &query.cluster,
    };
    let seconds = u32::try_from(LOOK.as_secs()).unwrap_or(u32::MAX);
    AppError::Timeout { cluster: cluster.to_owned(), seconds }
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

/// What was sent last once more, as old as it now is: a page must not call itself live while its
/// cluster does not answer. A tab that was sent nothing yet is told the error: what it shows is of another
/// subscription, or of the server's first rendering. Nothing when the tab knows already.
fn grown_stale(id: u32, sent: Sent, error: AppError) -> (Option<ServerMessage>, Sent) {
    let Some(reason) = error.outage() else { return (None, sent) };
    let found = match &sent {
        Sent::Outage(known) if *known == reason => return (None, sent),
        Sent::Nothing | Sent::Outage(_) => {
            return (Some(ServerMessage::Failed { id, error }), Sent::Outage(reason));
        }
        Sent::Page(page) => {
            let mut page = page.clone();
            page.grow_stale(reason);
            Update::Page { page }
        }
        Sent::Other(Update::Workload { detail }) => {
            let mut detail = detail.clone();
            detail.grow_stale(reason);
            Update::Workload { detail }
        }
        Sent::Other(Update::Cluster { detail }) => {
            let mut detail = detail.clone();
            detail.grow_stale(reason);
            Update::Cluster { detail }
        }
        Sent::Other(_) => return (None, sent),
    };
    let (update, kept) = difference(sent, found);
    (update.map(|update| ServerMessage::Update { id, update }), kept)
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

#[cfg(test)]
mod tests {
    use binnacle_model::{cluster::Freshness, object::WorkloadKind, workload::ListAccess};

    use super::*;

    fn page(stale: Option<Text>) -> ListPage {
        ListPage {
            rows: vec![],
            matching: 0,
            total: 0,
            counts: vec![],
            freshness: Freshness { as_of: Some(5), stale },
            limited_to: None,
            access: ListAccess::default(),
            sequence: 1,
        }
    }

    #[test]
    fn an_outage_is_told_once_for_each_reason_and_ends_with_the_next_look() {
        let down = |why: &str| AppError::Unreachable { cluster: "east".into(), reason: Text::raw(why) };
        let (news, sent) = grown_stale(1, Sent::Page(page(None)), down("a"));
        let Some(ServerMessage::Update { update: Update::Delta { delta }, .. }) = news else {
            panic!("the page grows stale")
        };
        assert_eq!(delta.frame.freshness, Freshness { as_of: Some(5), stale: Some(down("a").text()) });
        let (news, sent) = grown_stale(1, sent, down("a"));
        assert_eq!(news, None, "the tab knows");
        let (news, sent) = grown_stale(1, sent, down("b"));
        assert!(news.is_some(), "another reason");
        let (update, sent) = difference(sent, Update::Page { page: page(None) });
        assert!(matches!(update, Some(Update::Delta { .. })), "fresh again");
        // A slow look says nothing of changes whose fate is unknown.
        let topic = Topic::List {
            query: binnacle_model::workload::ListQuery::all("east", WorkloadKind::StatefulSet),
        };
        let (_, sent) = grown_stale(1, sent, too_slow(&topic));
        let Sent::Page(page) = sent else { panic!("a page stays a page") };
        assert_eq!(page.freshness.stale, too_slow(&topic).outage());
    }

    #[test]
    fn who_was_sent_nothing_yet_is_told_of_an_outage_too() {
        let down = |why: &str| AppError::Unreachable { cluster: "east".into(), reason: Text::raw(why) };
        let (news, sent) = grown_stale(1, Sent::Nothing, down("a"));
        assert_eq!(news, Some(ServerMessage::Failed { id: 1, error: down("a") }));
        let (news, sent) = grown_stale(1, sent, down("a"));
        assert_eq!(news, None, "the tab knows");
        let (news, sent) = grown_stale(1, sent, down("b"));
        assert!(news.is_some(), "another reason");
        let (update, _) = difference(sent, Update::Page { page: page(None) });
        assert_eq!(update, Some(Update::Page { page: page(None) }), "whole: the tab has nothing to add to");
    }

    #[test]
    fn what_is_not_the_clusters_doing_marks_nothing() {
        let error = AppError::TooManyRequests { retry_after: 1 };
        assert_eq!(grown_stale(1, Sent::Page(page(None)), error.clone()), (None, Sent::Page(page(None))));
        assert_eq!(grown_stale(1, Sent::Nothing, error), (None, Sent::Nothing));
        let down = AppError::Unreachable { cluster: "east".into(), reason: Text::raw("x") };
        assert_eq!(grown_stale(1, Sent::Other(Update::Gone), down), (None, Sent::Other(Update::Gone)));
    }
}
