//! What one cluster holds: objects by kind, one version counter, a bounded history, watchers.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::broadcast;

use crate::kind::{KINDS, Kind};
use crate::random::Random;
use crate::value::{Object, now};

/// Changes kept for watches that resume and lists that continue; older ones are answered with 410.
const HISTORY: usize = 4096;
/// Changes a slow watcher may fall behind before its watch ends with 410.
const WATCH_QUEUE: usize = 4096;
/// Events kept per cluster; the oldest go first, as their time to live would have it.
const MAX_EVENTS: usize = 1500;
/// The first version: a cluster that has lived for a while.
const FIRST_VERSION: u64 = 4_200;

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    /// It was created.
    Added,
    /// It was changed.
    Modified,
    /// It is gone.
    Deleted,
}

/// One change, as watchers and controllers see it.
#[derive(Debug)]
pub(crate) struct Change {
    /// Version that the change made.
    pub(crate) version: u64,
    /// Kind of the object.
    pub(crate) kind: &'static Kind,
    /// What happened.
    pub(crate) op: Op,
    /// The object after the change; for a deletion its last state.
    pub(crate) object: Arc<Value>,
    /// The object before the change.
    pub(crate) previous: Option<Arc<Value>>,
}

/// Changes that a watcher missed, and a receiver of those to come.
pub(crate) type Resumed = (Vec<Arc<Change>>, broadcast::Receiver<Arc<Change>>);

/// Namespace (empty for cluster-scoped kinds) and name.
pub(crate) type Key = (String, String);

/// One cluster's objects; cheap to share behind an `Arc`.
#[derive(Debug)]
pub(crate) struct Store {
    state: Mutex<State>,
}

/// The locked state: all reads and writes of one step see the same moment.
#[derive(Debug)]
pub(crate) struct State {
    objects: Vec<BTreeMap<Key, Arc<Value>>>,
    version: u64,
    history: VecDeque<Arc<Change>>,
    watchers: broadcast::Sender<Arc<Change>>,
    event_order: VecDeque<Key>,
    /// Names and uids come from here.
    pub(crate) random: Random,
    /// Minor of the Kubernetes version whose rules hold.
    pub(crate) minor: u32,
}

impl Store {
    /// An empty cluster of a Kubernetes minor.
    pub(crate) fn new(seed: u64, minor: u32) -> Self {
        let (watchers, _) = broadcast::channel(WATCH_QUEUE);
        Self {
            state: Mutex::new(State {
                objects: KINDS.iter().map(|_| BTreeMap::new()).collect(),
                version: FIRST_VERSION,
                history: VecDeque::with_capacity(HISTORY),
                watchers,
                event_order: VecDeque::new(),
                random: Random::new(seed),
                minor,
            }),
        }
    }

    /// Locks the state; never hold it across an await.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The newest version.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// One object.
    pub(crate) fn get(&self, kind: &Kind, namespace: &str, name: &str) -> Option<Arc<Value>> {
        self.objects.get(kind.index)?.get(&(namespace.to_owned(), name.to_owned())).cloned()
    }

    /// All objects of a kind, or those of one namespace, in key order.
    pub(crate) fn iter<'a>(
        &'a self,
        kind: &Kind,
        namespace: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Arc<Value>> {
        let start = (namespace.unwrap_or_default().to_owned(), String::new());
        self.objects
            .get(kind.index)
            .into_iter()
            .flat_map(move |map| map.range(start.clone()..))
            .take_while(move |((ns, _), _)| namespace.is_none_or(|wanted| wanted == ns))
            .map(|(_, object)| object)
    }

    /// How many objects of a kind there are.
    pub(crate) fn count(&self, kind: &Kind) -> usize {
        self.objects.get(kind.index).map_or(0, BTreeMap::len)
    }

    /// The objects of a kind as they were at `version`, or none when that is no longer known.
    pub(crate) fn at_version(&self, kind: &Kind, version: u64) -> Option<BTreeMap<Key, Arc<Value>>> {
        if version < self.oldest() {
            return None;
        }
        let mut map = self.objects.get(kind.index)?.clone();
        for change in self.history.iter().rev().take_while(|change| change.version > version) {
            if change.kind.index != kind.index {
                continue;
            }
            let key = key_of(&change.object);
            match &change.previous {
                Some(previous) => map.insert(key, Arc::clone(previous)),
                None => map.remove(&key),
            };
        }
        Some(map)
    }

    /// The oldest version from which every later change is still known.
    fn oldest(&self) -> u64 {
        self.history.front().map_or(self.version, |change| change.version - 1)
    }

    /// Changes after `version`, and a receiver of those to come; none when `version` is too old.
    pub(crate) fn watch_from(&self, version: u64) -> Option<Resumed> {
        if version < self.oldest() {
            return None;
        }
        let missed = self.history.iter().filter(|change| change.version > version).cloned().collect();
        Some((missed, self.watchers.subscribe()))
    }

    /// A receiver of the changes to come.
    pub(crate) fn watch(&self) -> broadcast::Receiver<Arc<Change>> {
        self.watchers.subscribe()
    }

    /// Writes an object, giving it a uid, a creation time and a version where it has none.
    pub(crate) fn put(&mut self, kind: &'static Kind, mut object: Value) -> Arc<Value> {
        self.version += 1;
        if object.uid().is_empty() {
            let uid = self.random.uid();
            object.put("/metadata/uid", uid);
        }
        if object.text("/metadata/creationTimestamp").is_empty() {
            object.put("/metadata/creationTimestamp", now());
        }
        object.put("/metadata/resourceVersion", self.version.to_string());
        let key = key_of(&object);
        let object = Arc::new(object);
        let previous =
            self.objects.get_mut(kind.index).and_then(|map| map.insert(key.clone(), Arc::clone(&object)));
        let op = if previous.is_some() { Op::Modified } else { Op::Added };
        self.announce(kind, op, Arc::clone(&object), previous);
        if kind.kind == "Event" && op == Op::Added {
            self.event_order.push_back(key);
            if self.event_order.len() > MAX_EVENTS
                && let Some((namespace, name)) = self.event_order.pop_front()
            {
                self.remove(kind, &namespace, &name);
            }
        }
        object
    }

    /// Removes an object for good; finalizers are the caller's business.
    pub(crate) fn remove(&mut self, kind: &'static Kind, namespace: &str, name: &str) -> Option<Arc<Value>> {
        let previous = self.objects.get_mut(kind.index)?.remove(&(namespace.to_owned(), name.to_owned()))?;
        self.version += 1;
        let mut last = Value::clone(&previous);
        last.put("/metadata/resourceVersion", self.version.to_string());
        let last = Arc::new(last);
        self.announce(kind, Op::Deleted, Arc::clone(&last), Some(previous));
        Some(last)
    }

    fn announce(&mut self, kind: &'static Kind, op: Op, object: Arc<Value>, previous: Option<Arc<Value>>) {
        let change = Arc::new(Change { version: self.version, kind, op, object, previous });
        if self.history.len() == HISTORY {
            self.history.pop_front();
        }
        self.history.push_back(Arc::clone(&change));
        // An error only says that nobody watches.
        let _unwatched = self.watchers.send(change);
    }
}

/// The key of an object.
pub(crate) fn key_of(object: &Value) -> Key {
    (object.namespace().to_owned(), object.name().to_owned())
}
