//! Watching: changes as lines of JSON, with bookmarks, until the time is up.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::Response;
use futures::stream;
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, Interval, interval_at, sleep_until};
use tokio_util::sync::CancellationToken;

use super::Call;
use super::read::Filter;
use crate::kind::Kind;
use crate::status::ApiError;
use crate::store::{Change, Op};
use crate::value::Object;

/// How often a watcher that asked for bookmarks gets one; the API server says "about a minute".
const BOOKMARK_EVERY: Duration = Duration::from_secs(60);
/// How long a watch lives that names no time: the API server takes 30 to 60 minutes.
const DEFAULT_LIFE: Duration = Duration::from_secs(40 * 60);
/// The longest life that may be asked for.
const LONGEST_LIFE: u64 = 24 * 60 * 60;

struct Watch {
    kind: &'static Kind,
    filter: Filter,
    /// Lines ready to be sent.
    ready: VecDeque<Bytes>,
    receiver: Receiver<Arc<Change>>,
    /// The newest version seen.
    version: u64,
    /// Changes up to this version were sent with the start.
    sent: u64,
    bookmarks: bool,
    tick: Interval,
    end: Instant,
    stop: CancellationToken,
    ended: bool,
}

/// Begins a watch.
pub(super) fn start(call: &Call<'_>, kind: &'static Kind, filter: Filter) -> Result<Response, ApiError> {
    let query = &call.query;
    let asked = query.text("resourceVersion");
    let from: u64 = if asked.is_empty() {
        0
    } else {
        asked.parse().map_err(|_| {
            ApiError::plain(format!("resourceVersion: Invalid value: {asked:?}: strconv.ParseUint: parsing {asked:?}: invalid syntax"
            ))
        })?
    };
    let life = query
        .text("timeoutSeconds")
        .parse::<u64>()
        .ok()
        .filter(|seconds| *seconds > 0)
        .map_or(DEFAULT_LIFE, |seconds| Duration::from_secs(seconds.min(LONGEST_LIFE)));
    let initial = query.flag("sendInitialEvents");
    let state = call.cluster.store.lock();
    let mut ready = VecDeque::new();
    let version = state.version();
    let receiver;
    if initial || from == 0 {
        receiver = state.watch();
        let namespace = (!filter.namespace.is_empty()).then_some(filter.namespace.as_str());
        for object in state.iter(kind, namespace).filter(|object| filter.matches(object)) {
            ready.push_back(line("ADDED", object));
        }
        if initial {
            ready.push_back(bookmark(kind, version, true));
        }
    } else if from > version {
        return Err(ApiError::version_too_large(from, version));
    } else {
        match state.watch_from(from) {
            Some((missed, new)) => {
                receiver = new;
                ready.extend(missed.iter().filter_map(|change| shown(change, kind, &filter)));
            }
            None => {
                receiver = state.watch();
                ready.push_back(expired(from, version));
            }
        }
    }
    drop(state);
    let ended = ready.back().is_some_and(|last| last.starts_with(b"{\"type\":\"ERROR\""));
    let now = Instant::now();
    let watch = Watch {
        kind,
        filter,
        ready,
        receiver,
        version,
        sent: version,
        bookmarks: query.flag("allowWatchBookmarks"),
        tick: interval_at(now + BOOKMARK_EVERY, BOOKMARK_EVERY),
        end: now + life,
        stop: call.cluster.stop.clone(),
        ended,
    };
    let lines = stream::unfold(watch, |mut watch| async move {
        watch.next().await.map(|line| (Ok::<Bytes, std::convert::Infallible>(line), watch))
    });
    let mut response = Response::new(Body::from_stream(lines));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

impl Watch {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(line) = self.ready.pop_front() {
                return Some(line);
            }
            if self.ended {
                return None;
            }
            tokio::select! {
                () = self.stop.cancelled() => return None,
                () = sleep_until(self.end) => {
                    self.ended = true;
                    if self.bookmarks {
                        return Some(bookmark(self.kind, self.version, false));
                    }
                    return None;
                }
                _ = self.tick.tick(), if self.bookmarks => return Some(bookmark(self.kind, self.version, false)),
                change = self.receiver.recv() => match change {
                    Ok(change) => {
                        self.version = self.version.max(change.version);
                        if change.version > self.sent {
                            self.ready.extend(shown(&change, self.kind, &self.filter));
                        }
                    }
                    Err(RecvError::Lagged(_)) => {
                        self.ended = true;
                        return Some(expired(self.sent, self.version));
                    }
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }
}

/// A change as a watcher with this filter sees it: entering and leaving the filter are ADDED and DELETED.
fn shown(change: &Change, kind: &Kind, filter: &Filter) -> Option<Bytes> {
    if change.kind.index != kind.index {
        return None;
    }
    let was = change.previous.as_ref().is_some_and(|previous| filter.matches(previous));
    let is = change.op != Op::Deleted && filter.matches(&change.object);
    match (was, is) {
        (false, true) => Some(line("ADDED", &change.object)),
        (true, true) => Some(line("MODIFIED", &change.object)),
        (true, false) if change.op == Op::Deleted => Some(line("DELETED", &change.object)),
        (true, false) => {
            // The object as the watcher last knew it, with the version that took it away.
            let mut last = change.previous.as_deref().cloned().unwrap_or_default();
            last.put("/metadata/resourceVersion", change.version.to_string());
            Some(line("DELETED", &last))
        }
        (false, false) => None,
    }
}

fn line(kind: &str, object: &Value) -> Bytes {
    Bytes::from(format!("{{\"type\":\"{kind}\",\"object\":{object}}}\n"))
}

fn bookmark(kind: &Kind, version: u64, initial_end: bool) -> Bytes {
    let mut metadata = json!({"resourceVersion": version.to_string()});
    if initial_end {
        metadata["annotations"] = json!({"k8s.io/initial-events-end": "true"});
    }
    line("BOOKMARK", &json!({"kind": kind.kind, "apiVersion": kind.api_version(), "metadata": metadata}))
}

fn expired(asked: u64, current: u64) -> Bytes {
    line("ERROR", &ApiError::expired(format!("too old resource version: {asked} ({current})")).status())
}
