//! Following one workload: its row, its pods, and the events about either.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, atomic::AtomicBool, atomic::Ordering},
};

use serde::Deserialize;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Cluster;
use crate::{
    discovery::{is_name, segment},
    sinks::Hub,
    watcher::{Change, Progress, Sink},
};

/// Namespaces of one cluster whose events are watched at a time.
const MOST_EVENT_WATCHES: usize = 64;

/// An event, as far as it says whose page it is on.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventItem {
    involved_object: Involved,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Involved {
    kind: String,
    name: String,
    namespace: String,
}

/// Tells the pages of the workloads that events are about.
struct EventSink {
    hub: Arc<Hub>,
    /// Events of the first list are old news.
    listed: AtomicBool,
}

impl Sink for EventSink {
    type Item = EventItem;

    fn begin(&self) {}

    fn page(&self, _: Vec<EventItem>) {}

    fn finish(&self) {
        self.listed.store(true, Ordering::Relaxed);
        // What came between a page's own look and this list is in neither.
        self.hub.touch_all();
    }

    fn apply(&self, changes: Vec<Change<EventItem>>) {
        if !self.listed.load(Ordering::Relaxed) {
            return;
        }
        for change in changes {
            // An event that expires changes nothing that happened.
            let Change::Upsert(EventItem { involved_object: object }) = change else { continue };
            let owner = match object.kind.as_str() {
                "Pod" => object.name.rsplit_once('-').map_or("", |(owner, _)| owner),
                _ => &object.name,
            };
            self.hub.touch(&object.namespace, owner);
        }
    }

    fn progress(&self, _: Progress) {}
}

impl Cluster {
    /// A counter of the changes of one workload, its pods and its events.
    pub(crate) fn follow(&self, namespace: &str, name: &str) -> watch::Receiver<u64> {
        let receiver = self.hub.follow(namespace, name);
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        if events.contains_key(namespace) || !is_name(namespace) {
            return receiver;
        }
        if events.len() >= MOST_EVENT_WATCHES {
            self.evict_from(&mut events);
        }
        // Without one, a page hears of its events by its own slow tick.
        if events.len() < MOST_EVENT_WATCHES {
            let cancel = self.cancel.child_token();
            let sink = Arc::new(EventSink { hub: Arc::clone(&self.hub), listed: AtomicBool::new(false) });
            let path = format!("/api/v1/namespaces/{}/events", segment(namespace));
            self.watch(&path, &sink, cancel.clone());
            events.insert(namespace.to_owned(), cancel);
        }
        receiver
    }

    /// Namespaces whose events are watched.
    #[cfg(test)]
    pub(crate) fn event_watches(&self) -> usize {
        self.events.lock().unwrap().len()
    }

    /// Ends the event watches of namespaces in which no page is open.
    pub(super) fn evict_events(&self) {
        self.evict_from(&mut self.events.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn evict_from(&self, events: &mut HashMap<String, CancellationToken>) {
        let followed = self.hub.followed();
        events.retain(|namespace, cancel| {
            let keep = followed.iter().any(|(other, _)| other == namespace);
            if !keep {
                cancel.cancel();
            }
            keep
        });
    }
}
