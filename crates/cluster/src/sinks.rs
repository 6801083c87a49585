//! Where watched items go, and who hears of it.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use serde::de::DeserializeOwned;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::{
    clock,
    inventory::{Kept, Keyed, Pods, Touched},
    items::{PodItem, SetItem},
    table::Table,
    watcher::{Change, Progress, Sink},
};

/// Reads a lock whose holder may have panicked: the data is plain values, never half-written for long.
pub(crate) fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

/// Writes to a lock whose holder may have panicked.
pub(crate) fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

/// Adds one to a change counter.
pub(crate) fn bump(counter: &watch::Sender<u64>) {
    counter.send_modify(|count| *count = count.wrapping_add(1));
}

/// What the parts of one cluster share.
#[derive(Default)]
pub(crate) struct Hub {
    pub(crate) pods: RwLock<Pods>,
    /// The StatefulSet table, while someone looks at it.
    pub(crate) sets: RwLock<Option<Arc<TableCache>>>,
    /// Counters of workloads whose page is open, by namespace and name.
    interests: Mutex<HashMap<(String, String), watch::Sender<u64>>>,
    /// Something that the cluster's row shows may have changed.
    pub(crate) dirty: Notify,
}

impl Hub {
    /// A counter of the changes of one workload and its pods.
    pub(crate) fn follow(&self, namespace: &str, name: &str) -> watch::Receiver<u64> {
        let mut interests = self.interests.lock().unwrap_or_else(PoisonError::into_inner);
        interests.retain(|_, counter| counter.receiver_count() > 0);
        interests.entry((namespace.to_owned(), name.to_owned())).or_default().subscribe()
    }

    /// Workloads whose page is open.
    pub(crate) fn followed(&self) -> Vec<(String, String)> {
        let interests = self.interests.lock().unwrap_or_else(PoisonError::into_inner);
        interests
            .iter()
            .filter(|(_, counter)| counter.receiver_count() > 0)
            .map(|(key, _)| key.clone())
            .collect()
    }

    /// One workload changed.
    pub(crate) fn touch(&self, namespace: &str, name: &str) {
        let interests = self.interests.lock().unwrap_or_else(PoisonError::into_inner);
        if interests.is_empty() {
            return;
        }
        if let Some(counter) = interests.get(&(namespace.to_owned(), name.to_owned())) {
            bump(counter);
        }
    }

    /// The cluster stopped answering, or answers again: every open page shows it.
    pub(crate) fn touch_all(&self) {
        self.interests.lock().unwrap_or_else(PoisonError::into_inner).values().for_each(bump);
    }

    /// Pods changed: their owners' rows are judged anew.
    fn pods_changed(&self, touched: &[Touched]) {
        self.dirty.notify_one();
        let sets = read(&self.sets).clone();
        let mut changed = false;
        for owner in touched.iter().filter(|owner| &*owner.kind == "StatefulSet") {
            if let Some(sets) = &sets {
                let mut table = write(&sets.table);
                let worst = read(&self.pods).worst_of(&owner.uid);
                changed |= table.judge(&owner.uid, worst.as_ref());
            }
            self.touch(&owner.namespace, &owner.name);
        }
        if let Some(sets) = sets.filter(|_| changed) {
            bump(&sets.changes);
        }
    }
}

/// A table, its progress and its readers.
pub(crate) struct TableCache {
    pub(crate) table: RwLock<Table>,
    pub(crate) progress: watch::Sender<Progress>,
    pub(crate) changes: Arc<watch::Sender<u64>>,
    /// Unix seconds of the last query.
    pub(crate) used: AtomicI64,
    pub(crate) cancel: CancellationToken,
    hub: Arc<Hub>,
}

impl TableCache {
    pub(crate) fn new(
        hub: Arc<Hub>,
        changes: Arc<watch::Sender<u64>>,
        cancel: CancellationToken,
    ) -> Arc<Self> {
        Arc::new(TableCache {
            table: RwLock::default(),
            progress: watch::Sender::new(Progress::Loading),
            changes,
            used: AtomicI64::new(clock::now()),
            cancel,
            hub,
        })
    }

    /// Says that someone looked.
    pub(crate) fn touch(&self) {
        self.used.store(clock::now(), Ordering::Relaxed);
    }
}

impl Sink for TableCache {
    type Item = SetItem;

    fn begin(&self) {
        write(&self.table).begin_round();
    }

    fn page(&self, items: Vec<SetItem>) {
        self.apply(items.into_iter().map(Change::Upsert).collect());
    }

    fn finish(&self) {
        if write(&self.table).sweep() {
            bump(&self.changes);
        }
    }

    fn apply(&self, changes: Vec<Change<SetItem>>) {
        let mut changed = false;
        let mut followed = Vec::new();
        {
            let mut table = write(&self.table);
            let pods = read(&self.hub.pods);
            table.prepare(changes.len());
            for change in changes {
                let item = match &change {
                    Change::Upsert(item) | Change::Remove(item) => item,
                };
                followed.push((item.namespace.clone(), item.name.clone()));
                changed |= match change {
                    Change::Upsert(item) => {
                        let worst = pods.worst_of(&item.uid);
                        table.upsert(item, worst.as_ref())
                    }
                    Change::Remove(item) => table.remove(&item.uid),
                };
            }
        }
        if changed {
            bump(&self.changes);
            self.hub.dirty.notify_one();
        }
        for (namespace, name) in followed {
            self.hub.touch(&namespace, &name);
        }
    }

    fn progress(&self, progress: Progress) {
        let news = self.progress.send_if_modified(|old| {
            // Loading is for the first list; a relist shows the old rows.
            let changed = *old != progress && !(progress == Progress::Loading && *old == Progress::Live);
            if changed {
                *old = progress;
            }
            changed
        });
        if news {
            bump(&self.changes);
            self.hub.dirty.notify_one();
        }
    }
}

/// Pods flow into the hub.
pub(crate) struct PodSink {
    hub: Arc<Hub>,
    pub(crate) progress: watch::Sender<Progress>,
    /// Whether a whole list was seen.
    listed: AtomicBool,
}

impl PodSink {
    pub(crate) fn new(hub: Arc<Hub>) -> Arc<Self> {
        let progress = watch::Sender::new(Progress::Loading);
        Arc::new(PodSink { hub, progress, listed: AtomicBool::new(false) })
    }

    /// Whether a whole list was seen and may be read.
    pub(crate) fn is_known(&self) -> bool {
        is_known(&self.progress, &self.listed)
    }
}

/// Old items stand while the watch is broken, but not before the first list or after a refusal.
fn is_known(progress: &watch::Sender<Progress>, listed: &AtomicBool) -> bool {
    listed.load(Ordering::Relaxed) && !matches!(&*progress.borrow(), Progress::Forbidden(_))
}

impl Sink for PodSink {
    type Item = PodItem;

    fn begin(&self) {
        write(&self.hub.pods).begin_round();
    }

    fn page(&self, items: Vec<PodItem>) {
        self.apply(items.into_iter().map(Change::Upsert).collect());
    }

    fn finish(&self) {
        let touched = write(&self.hub.pods).sweep();
        self.listed.store(true, Ordering::Relaxed);
        self.hub.pods_changed(&touched);
    }

    fn apply(&self, changes: Vec<Change<PodItem>>) {
        let mut touched = std::collections::HashSet::new();
        {
            let mut pods = write(&self.hub.pods);
            for change in changes {
                touched.extend(match change {
                    Change::Upsert(pod) => pods.upsert(pod),
                    Change::Remove(pod) => pods.remove(&pod.uid),
                });
            }
        }
        self.hub.pods_changed(&touched.into_iter().collect::<Vec<_>>());
    }

    fn progress(&self, progress: Progress) {
        self.progress.send_replace(progress);
        self.hub.dirty.notify_one();
    }
}

/// A small kind: nodes, namespaces, and what is only counted.
pub(crate) struct KeptSink<T> {
    pub(crate) items: RwLock<Kept<T>>,
    pub(crate) progress: watch::Sender<Progress>,
    listed: AtomicBool,
    hub: Arc<Hub>,
}

impl<T: Keyed> KeptSink<T> {
    pub(crate) fn new(hub: Arc<Hub>) -> Arc<Self> {
        let progress = watch::Sender::new(Progress::Loading);
        Arc::new(KeptSink { items: RwLock::default(), progress, listed: AtomicBool::new(false), hub })
    }

    /// Whether a whole list was seen and may be read.
    pub(crate) fn is_known(&self) -> bool {
        is_known(&self.progress, &self.listed)
    }
}

impl<T: Keyed + DeserializeOwned + Send + Sync + 'static> Sink for KeptSink<T> {
    type Item = T;

    fn begin(&self) {
        write(&self.items).begin_round();
    }

    fn page(&self, items: Vec<T>) {
        self.apply(items.into_iter().map(Change::Upsert).collect());
    }

    fn finish(&self) {
        write(&self.items).sweep();
        self.listed.store(true, Ordering::Relaxed);
        self.hub.dirty.notify_one();
    }

    fn apply(&self, changes: Vec<Change<T>>) {
        let mut items = write(&self.items);
        let mut changed = false;
        for change in changes {
            changed |= match change {
                Change::Upsert(item) => items.upsert(item),
                Change::Remove(item) => items.remove(item.key()),
            };
        }
        drop(items);
        if changed {
            self.hub.dirty.notify_one();
        }
    }

    fn progress(&self, progress: Progress) {
        self.progress.send_replace(progress);
        self.hub.dirty.notify_one();
    }
}
