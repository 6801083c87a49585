//! One registered cluster: its connection, its caches and the tasks that keep them.

mod actions;
mod detail;
mod flight;
mod follow;
mod list;
mod row;
mod sight;

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError, RwLock, atomic::Ordering},
    time::Duration,
};

use binnacle_model::{
    AppError, Result, Text,
    cluster::{ClusterProfile, ClusterRow},
    object::WorkloadKind,
    words::{Arg, errors as words},
};
use futures::FutureExt as _;
use serde::Deserialize;
use tokio::sync::{Semaphore, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) use list::forbidden;

use crate::{
    access::Access,
    address::DialPolicy,
    brief, clock,
    connection::{Call, Connection, Health, Identity},
    credential::Credential,
    discovery::Discovery,
    failure::{About, Failure},
    items::{CountedItem, NamespaceItem, NodeItem},
    openapi::{Library, OpenApi},
    sinks::{Hub, KeptSink, PodSink, TableCache, bump, read, write},
    watcher::{Sink, Watcher},
};

/// Time between probes of a cluster that answers; with the probe's own deadline a frozen cluster is
/// seen within 10 s.
const PROBE_EVERY: Duration = Duration::from_secs(5);
/// Longest time between probes of one that does not.
const PROBE_SLOWEST: Duration = Duration::from_secs(60);
/// A cache that no one has looked at for this long is dropped, in seconds.
const IDLE: i64 = 300;
/// Pause before a task that panicked begins anew.
const PANIC_PAUSE: Duration = Duration::from_secs(5);
/// Changes of a cluster's row are told at most this often.
const SETTLE: Duration = Duration::from_millis(250);

/// What the console knows of a cluster by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) profile: ClusterProfile,
    pub(crate) created: i64,
    pub(crate) sandbox: bool,
}

/// Counters that outlive a new credential, so that open pages stay subscribed.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) sets: Arc<watch::Sender<u64>>,
}

/// A cache of a kind that is only counted, while someone looks at the cluster's page.
struct Counted {
    sink: Arc<KeptSink<CountedItem>>,
    cancel: CancellationToken,
    used: i64,
}

/// A registered cluster.
pub(crate) struct Cluster {
    pub(crate) name: String,
    pub(crate) meta: RwLock<Meta>,
    pub(crate) connection: Arc<Connection>,
    pub(crate) access: Access,
    pub(crate) discovery: Discovery,
    pub(crate) openapi: OpenApi,
    /// Schemas of all clusters.
    pub(crate) library: Library,
    pub(crate) hub: Arc<Hub>,
    pub(crate) counters: Arc<Counters>,
    credential_expires: Option<i64>,
    version: RwLock<String>,
    nodes: Arc<KeptSink<NodeItem>>,
    namespaces: Arc<KeptSink<NamespaceItem>>,
    pods: Arc<PodSink>,
    counted: Mutex<HashMap<&'static str, Counted>>,
    /// Event watches of namespaces in which a workload's page is open.
    events: Mutex<HashMap<String, CancellationToken>>,
    /// What is being found out of what callers may see and do.
    flights: flight::Flights,
    /// Turns of the reviews that buttons need.
    reviews: Semaphore,
    lists: Arc<Semaphore>,
    cancel: CancellationToken,
    tasks: TaskTracker,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Version {
    pub(crate) git_version: String,
}

impl Cluster {
    /// Builds a cluster and starts its tasks; nothing waits for it.
    pub(crate) fn start(
        name: &str,
        meta: Meta,
        credential: &Credential,
        policy: DialPolicy,
        counters: Arc<Counters>,
        news: Arc<watch::Sender<u64>>,
        library: Library,
    ) -> Result<Arc<Self>, Failure> {
        let connection = Connection::new(credential, policy)?;
        let hub = Arc::new(Hub::default());
        let cluster = Arc::new(Cluster {
            name: name.to_owned(),
            meta: RwLock::new(meta),
            connection,
            access: Access::default(),
            discovery: Discovery::default(),
            openapi: OpenApi::default(),
            library,
            nodes: KeptSink::new(Arc::clone(&hub)),
            namespaces: KeptSink::new(Arc::clone(&hub)),
            pods: PodSink::new(Arc::clone(&hub)),
            hub,
            counters,
            credential_expires: credential.expires(),
            version: RwLock::default(),
            counted: Mutex::default(),
            events: Mutex::default(),
            flights: Mutex::default(),
            reviews: Semaphore::new(actions::REVIEWS),
            lists: Arc::new(Semaphore::new(1)),
            cancel: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        cluster.spawn(Cluster::probe);
        cluster.spawn(move |cluster| cluster.tell(Arc::clone(&news)));
        cluster.spawn(Cluster::evict);
        cluster.watch("/api/v1/nodes", &cluster.nodes, cluster.cancel.clone());
        cluster.watch("/api/v1/namespaces", &cluster.namespaces, cluster.cancel.clone());
        cluster.watch("/api/v1/pods", &cluster.pods, cluster.cancel.clone());
        Ok(cluster)
    }

    /// Ends all tasks and waits for them.
    pub(crate) async fn stop(&self) {
        self.cancel.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Runs work that goes on when whoever asked for it has gone, at the latest until the cluster ends.
    pub(crate) fn openapi_task(
        &self,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> tokio::task::JoinHandle<()> {
        let cancel = self.cancel.clone();
        self.tasks.spawn(async move {
            cancel.run_until_cancelled(work).await;
        })
    }

    /// Runs a task until the cluster ends. One that panics begins anew: without its probe a cluster
    /// would stay for ever what it was last seen as.
    fn spawn<F>(self: &Arc<Self>, begin: impl Fn(Arc<Self>) -> F + Send + Sync + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let cluster = Arc::clone(self);
        self.tasks.spawn(async move {
            let work = async {
                while AssertUnwindSafe(begin(Arc::clone(&cluster))).catch_unwind().await.is_err() {
                    tracing::error!(cluster = cluster.name, "a task panicked");
                    tokio::time::sleep(PANIC_PAUSE).await;
                }
            };
            cluster.cancel.run_until_cancelled(work).await;
        });
    }

    fn watch<S: Sink>(&self, path: &str, sink: &Arc<S>, cancel: CancellationToken) {
        let watcher = Watcher {
            connection: Arc::clone(&self.connection),
            path: path.to_owned(),
            sink: Arc::clone(sink),
            lists: Arc::clone(&self.lists),
            cancel,
        };
        self.tasks.spawn(watcher.run());
    }

    /// Asks for the version again and again: the one source of "answers" and "does not".
    async fn probe(self: Arc<Self>) {
        loop {
            match self.connection.call(Identity::Console, Call::probe("/version")).await {
                Ok(reply) => match reply.json::<Version>() {
                    Ok(version) => {
                        let version = brief::sentence(version.git_version);
                        let mut known = write(&self.version);
                        if *known != version {
                            *known = version;
                            self.hub.dirty.notify_one();
                        }
                    }
                    Err(failure) => self.connection.mark_down(failure.reason()),
                },
                Err(failure) => tracing::debug!(cluster = self.name, ?failure, "probe failed"),
            }
            let pause = match &*self.connection.health().borrow() {
                Health::New | Health::Up => PROBE_EVERY,
                // The longer it was gone, the rarer it is asked, so that recovery is seen within a
                // quarter of the outage.
                Health::Down { since, .. } => {
                    let gone = u64::try_from(clock::now() - since).unwrap_or(0);
                    Duration::from_secs(gone / 4).clamp(Duration::from_secs(1), PROBE_SLOWEST)
                }
            };
            tokio::select! {
                () = tokio::time::sleep(clock::jitter(pause)) => {}
                () = self.connection.wake.notified() => {}
            }
        }
    }

    /// Tells the cluster list when this cluster's row shows something new, its page when what it counts
    /// does, and all open pages when it
    /// stops answering or answers again.
    async fn tell(self: Arc<Self>, news: Arc<watch::Sender<u64>>) {
        let mut health = self.connection.health();
        let mut shown: Option<ClusterRow> = None;
        let mut counted = Vec::new();
        let mut outage = None;
        loop {
            let now = self.outage();
            if now != outage {
                outage = now;
                self.hub.touch_all();
            }
            let row = self.row_without_time();
            if shown.as_ref() != Some(&row) {
                shown = Some(row);
                bump(&news);
                bump(&self.counters.sets);
            }
            let counts = self.counts();
            if counts != counted {
                counted = counts;
                bump(&news);
            }
            tokio::select! {
                () = self.hub.dirty.notified() => {}
                // The sender lives in this cluster.
                _ = health.changed() => {}
            }
            tokio::time::sleep(SETTLE).await;
        }
    }

    /// Drops caches that no one looks at.
    async fn evict(self: Arc<Self>) {
        loop {
            tokio::time::sleep(Duration::from_secs(30)).await;
            let now = clock::now();
            {
                let mut sets = write(&self.hub.sets);
                let idle = sets.as_ref().is_some_and(|cache| {
                    cache.changes.receiver_count() == 0 && now - cache.used.load(Ordering::Relaxed) > IDLE
                });
                if idle && let Some(cache) = sets.take() {
                    cache.cancel.cancel();
                }
            }
            self.evict_events();
            let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
            counted.retain(|_, cache| {
                let keep = now - cache.used <= IDLE;
                if !keep {
                    cache.cancel.cancel();
                }
                keep
            });
        }
    }

    /// The StatefulSet table; the first look starts it.
    pub(crate) fn table(&self, kind: WorkloadKind) -> Arc<TableCache> {
        match kind {
            WorkloadKind::StatefulSet => {}
        }
        if let Some(cache) = &*read(&self.hub.sets) {
            cache.touch();
            return Arc::clone(cache);
        }
        let mut sets = write(&self.hub.sets);
        if let Some(cache) = &*sets {
            return Arc::clone(cache);
        }
        let cancel = self.cancel.child_token();
        let cache = TableCache::new(Arc::clone(&self.hub), Arc::clone(&self.counters.sets), cancel.clone());
        *sets = Some(Arc::clone(&cache));
        self.watch("/apis/apps/v1/statefulsets", &cache, cancel);
        cache
    }

    /// The cache of a kind that is only counted; the first look starts it.
    fn counted(&self, plural: &'static str) -> Arc<KeptSink<CountedItem>> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let cache = counted.entry(plural).or_insert_with(|| {
            let cache = Counted {
                sink: KeptSink::new(Arc::clone(&self.hub)),
                cancel: self.cancel.child_token(),
                used: 0,
            };
            self.watch(&format!("/apis/apps/v1/{plural}"), &cache.sink, cache.cancel.clone());
            cache
        });
        cache.used = clock::now();
        Arc::clone(&cache.sink)
    }

    /// A namespace as the cache knows it.
    pub(crate) fn namespace(&self, name: &str) -> Option<NamespaceItem> {
        read(&self.namespaces.items).get(name).cloned()
    }

    /// Whether the namespaces are known.
    pub(crate) fn namespaces_known(&self) -> bool {
        self.namespaces.is_known()
    }

    /// Whether the pods are known, and so can be shown.
    pub(crate) fn pods_known(&self) -> bool {
        self.pods.is_known()
    }

    /// The sentence that says that the cluster does not answer, while it does not.
    pub(crate) fn outage(&self) -> Option<Text> {
        match &*self.connection.health().borrow() {
            Health::Down { reason, .. } => Some(self.does_not_answer(reason)),
            Health::New | Health::Up => None,
        }
    }

    fn does_not_answer(&self, reason: &Text) -> Text {
        Text::new(&words::UNREACHABLE, [Arg::from(&self.name), Arg::from(reason.clone())])
    }

    /// The error that a failed call becomes.
    pub(crate) fn error(&self, failure: Failure, verb: &str, resource: &str, scope: &str) -> AppError {
        failure.into_app(About {
            cluster: &self.name,
            verb,
            resource,
            kind: resource,
            namespace: scope,
            name: "",
        })
    }
}

#[cfg(test)]
mod tests;
