//! All registered clusters: what the server's backend delegates to.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, RwLock},
};

use binnacle_model::{
    AppError, Result, Text,
    cluster::{
        ClusterDetail, ClusterNumbers, ClusterProfile, ClusterRow, ClusterState, Freshness, NamespaceRow,
        VerifyReport,
    },
    edit::{EditAnswer, EditOutcome, EditRequest, EditableObject, FieldOwner},
    object::{ObjectRef, WorkloadKind},
    plan::{Created, DryRun, Plan, PlanRequest},
    schema::Schemas,
    session::Caller,
    words::errors as words,
    workload::{DeletePlan, ListPage, ListQuery, WorkloadDetail},
};
use serde_json::Value;
use tokio::sync::watch;

use crate::{
    address::DialPolicy,
    cluster::{Cluster, Counters, Meta},
    credential::Credential,
    failure::{About, Failure},
    openapi::Library,
    sinks::{bump, read, write},
    verify,
};

/// A cluster to register.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Name, unique, never changed.
    pub name: String,
    /// What people say about it.
    pub profile: ClusterProfile,
    /// Integrated at, Unix seconds.
    pub created: i64,
    /// How to reach it.
    pub credential: Credential,
    /// Whether it is one of the console's own sandbox clusters: the server alone sets this, and it
    /// alone lets plain HTTP to loopback through.
    pub sandbox: bool,
}

/// One entry: a cluster that runs, or one whose stored credential cannot be used.
struct Entry {
    cluster: Result<Arc<Cluster>, Text>,
    meta: Meta,
    counters: Arc<Counters>,
}

struct Inner {
    policy: DialPolicy,
    library: Library,
    entries: RwLock<BTreeMap<String, Entry>>,
    news: Arc<watch::Sender<u64>>,
}

/// The registered clusters. Cloning is cheap and gives the same set.
#[derive(Clone)]
pub struct Clusters {
    inner: Arc<Inner>,
}

impl Clusters {
    /// An empty set. `policy` decides for pasted kubeconfigs; plain HTTP is for sandboxes alone. What
    /// clusters say of their kinds is kept in memory.
    pub fn new(policy: DialPolicy) -> Self {
        Self::with_library(policy, Library::default())
    }

    /// A set as empty and with the same policy, which keeps what clusters say of their kinds in a folder; it
    /// is made when it is needed.
    #[must_use]
    pub fn keeping(self, folder: PathBuf) -> Self {
        Self::with_library(self.inner.policy, Library::new(Some(folder)))
    }

    fn with_library(policy: DialPolicy, library: Library) -> Self {
        let policy = DialPolicy { sandbox: false, ..policy };
        let inner = Inner { policy, library, entries: RwLock::default(), news: Arc::default() };
        Clusters { inner: Arc::new(inner) }
    }

    /// Registers a cluster and starts watching it; replaces one of that name. Waits for nothing. Must
    /// be called inside a tokio runtime.
    pub fn add(&self, registration: Registration) {
        let meta = Meta {
            profile: registration.profile,
            created: registration.created,
            sandbox: registration.sandbox,
        };
        self.start(&registration.name, meta, &registration.credential, Arc::default());
    }

    fn start(&self, name: &str, meta: Meta, credential: &Credential, counters: Arc<Counters>) {
        let policy =
            if meta.sandbox { DialPolicy { allow_loopback: true, sandbox: true } } else { self.inner.policy };
        let news = Arc::clone(&self.inner.news);
        let library = self.inner.library.clone();
        let cluster =
            Cluster::start(name, meta.clone(), credential, policy, Arc::clone(&counters), news, library)
                .map_err(|failure| failure.reason());
        let entry = Entry { cluster, meta, counters };
        let old = write(&self.inner.entries).insert(name.to_owned(), entry);
        stop(old);
        bump(&self.inner.news);
    }

    /// Changes what people say about a cluster; its credential is not touched.
    pub fn update_profile(&self, name: &str, profile: &ClusterProfile) {
        if let Some(entry) = write(&self.inner.entries).get_mut(name) {
            let meta = Meta { profile: profile.clone(), ..entry.meta.clone() };
            if let Ok(cluster) = &entry.cluster {
                *write(&cluster.meta) = meta.clone();
                cluster.hub.dirty.notify_one();
            }
            entry.meta = meta;
        }
        bump(&self.inner.news);
    }

    /// Gives a cluster another credential. Its caches are filled anew; open pages stay subscribed.
    pub fn replace_credential(&self, name: &str, credential: &Credential) {
        let kept = read(&self.inner.entries)
            .get(name)
            .map(|entry| (entry.meta.clone(), Arc::clone(&entry.counters)));
        if let Some((meta, counters)) = kept {
            self.start(name, meta, credential, counters);
        }
    }

    /// Forgets a cluster; nothing in it is touched.
    pub fn remove(&self, name: &str) {
        stop(write(&self.inner.entries).remove(name));
        bump(&self.inner.news);
    }

    /// Names of the registered clusters.
    pub fn names(&self) -> Vec<String> {
        read(&self.inner.entries).keys().cloned().collect()
    }

    /// All clusters by name, from memory, with the numbers that the caller may see. A cluster that does not
    /// say within a moment what that is shows none.
    pub async fn rows(&self, caller: &Caller) -> Vec<ClusterRow> {
        let found: Vec<_> = {
            let entries = read(&self.inner.entries);
            entries
                .iter()
                .map(|(name, entry)| entry.cluster.clone().map_err(|why| Box::new(entry.dead_row(name, why))))
                .collect()
        };
        let rows = found.into_iter().map(|entry| async move {
            match entry {
                Ok(cluster) => cluster.row_for(caller).await,
                Err(row) => *row,
            }
        });
        futures::future::join_all(rows).await
    }

    /// One cluster's page.
    pub async fn detail(&self, caller: &Caller, name: &str) -> Result<ClusterDetail> {
        self.cluster(name)?.detail(caller).await
    }

    /// Calls a cluster with a credential that is not registered yet, and says what was found.
    pub async fn verify(&self, credential: &Credential) -> Result<VerifyReport> {
        verify::verify(credential, self.inner.policy).await
    }

    /// Creates the binding of the console's administrators where verification found it missing.
    pub async fn ensure_admin_binding(&self, credential: &Credential, report: &VerifyReport) -> Result<()> {
        verify::ensure_admin_binding(credential, self.inner.policy, report).await
    }

    /// Namespaces the caller may see.
    pub async fn namespaces(&self, caller: &Caller, cluster: &str) -> Result<Vec<NamespaceRow>> {
        self.cluster(cluster)?.namespace_rows(caller).await
    }

    /// Creates a namespace.
    pub async fn create_namespace(&self, caller: &Caller, cluster: &str, name: &str) -> Result<()> {
        let object = serde_json::json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        self.create(caller, cluster, &object).await.map(|_| ())
    }

    /// One page of a workload list, only what the caller may see.
    pub async fn list(&self, caller: &Caller, query: &ListQuery) -> Result<ListPage> {
        self.cluster(&query.cluster)?.list(caller, query).await
    }

    /// One workload's page.
    pub async fn workload(
        &self,
        caller: &Caller,
        cluster: &str,
        kind: WorkloadKind,
        namespace: &str,
        name: &str,
    ) -> Result<WorkloadDetail> {
        self.cluster(cluster)?.workload(caller, kind, namespace, name).await
    }

    /// Whether an object is there.
    pub async fn exists(&self, caller: &Caller, target: &ObjectRef) -> Result<bool> {
        self.cluster(&target.cluster)?.exists(caller, target).await
    }

    /// What deleting would do.
    pub async fn plan_delete(&self, caller: &Caller, target: &ObjectRef) -> Result<DeletePlan> {
        self.cluster(&target.cluster)?.plan_delete(caller, target).await
    }

    /// Deletes an object if it still is the one with that uid.
    pub async fn delete(&self, caller: &Caller, target: &ObjectRef, uid: &str) -> Result<()> {
        self.cluster(&target.cluster)?.delete(caller, target, uid).await
    }

    /// Strict dry run of creating one object.
    pub async fn dry_run(&self, caller: &Caller, cluster: &str, object: &Value) -> Result<DryRun> {
        self.cluster(cluster)?.dry_run(caller, object).await
    }

    /// What is known of the kinds that a text names: what the cluster says of them, as far as it does so
    /// within a moment, or what is recorded. Of a cluster that is not registered nothing is known.
    pub async fn schemas(&self, caller: &Caller, cluster: &str, text: &str) -> Schemas {
        match self.cluster(cluster) {
            Ok(cluster) => cluster.schemas(caller, text).await,
            Err(_) => Schemas::recorded(),
        }
    }

    /// Orders objects for creation and dry-runs each.
    pub async fn plan(&self, caller: &Caller, request: &PlanRequest) -> Result<Plan> {
        self.cluster(&request.cluster)?.plan(caller, request).await
    }

    /// Creates one object; an existing name is an error, never an overwrite.
    pub async fn create(&self, caller: &Caller, cluster: &str, object: &Value) -> Result<Created> {
        self.cluster(cluster)?.create(caller, object).await
    }

    /// Opens a live object for editing.
    pub async fn open_edit(&self, caller: &Caller, target: &ObjectRef) -> Result<EditableObject> {
        self.cluster(&target.cluster)?.open_edit(caller, target).await
    }

    /// What saving an edit would do; nothing is written.
    pub async fn review_edit(&self, caller: &Caller, edit: &EditRequest) -> Result<EditAnswer> {
        self.cluster(&edit.target.cluster)?.review_edit(caller, edit).await
    }

    /// Saves an edit: once, or not at all.
    pub async fn save_edit(&self, caller: &Caller, edit: &EditRequest) -> Result<EditOutcome> {
        self.cluster(&edit.target.cluster)?.save_edit(caller, edit).await
    }

    /// Who set which fields of an object.
    pub async fn field_owners(&self, caller: &Caller, target: &ObjectRef) -> Result<Vec<FieldOwner>> {
        self.cluster(&target.cluster)?.field_owners(caller, target).await
    }

    /// A counter that moves when rows of a list change. Starts the list's watch. Ends when the cluster
    /// is removed.
    pub fn subscribe(&self, cluster: &str, kind: WorkloadKind) -> Result<watch::Receiver<u64>> {
        let cluster = self.cluster(cluster)?;
        cluster.table(kind);
        Ok(cluster.counters.sets.subscribe())
    }

    /// A counter that moves when a cluster's row changes, or the set of clusters.
    pub fn subscribe_clusters(&self) -> watch::Receiver<u64> {
        self.inner.news.subscribe()
    }

    /// A counter that moves when a workload, its pods or its events change.
    pub fn subscribe_workload(
        &self,
        cluster: &str,
        kind: WorkloadKind,
        namespace: &str,
        name: &str,
    ) -> Result<watch::Receiver<u64>> {
        let cluster = self.cluster(cluster)?;
        cluster.table(kind);
        Ok(cluster.follow(namespace, name))
    }

    /// Ends all watches and waits for their tasks.
    pub async fn shutdown(&self) {
        let entries = std::mem::take(&mut *write(&self.inner.entries));
        let running = entries.into_values().filter_map(|entry| entry.cluster.ok());
        futures::future::join_all(running.map(|cluster| async move { cluster.stop().await })).await;
    }

    fn cluster(&self, name: &str) -> Result<Arc<Cluster>> {
        let entries = read(&self.inner.entries);
        let entry = entries
            .get(name)
            .ok_or_else(|| AppError::Refused { text: Text::new(&words::CLUSTER_UNKNOWN, [name]) })?;
        entry.cluster.clone().map_err(|reason| {
            let about = About { cluster: name, verb: "", resource: "", kind: "", namespace: "", name: "" };
            Failure::Unreachable(reason).into_app(about)
        })
    }
}

impl Entry {
    /// The line of a cluster whose stored credential cannot be used.
    fn dead_row(&self, name: &str, reason: Text) -> ClusterRow {
        let profile = &self.meta.profile;
        ClusterRow {
            name: name.to_owned(),
            alias: profile.alias.clone(),
            state: ClusterState::Unknown,
            version: String::new(),
            provider: profile.provider,
            labels: profile.labels.clone(),
            created: self.meta.created,
            numbers: ClusterNumbers::default(),
            freshness: Freshness { as_of: None, stale: Some(reason) },
            credential_expires: None,
            credential_end: None,
            sandbox: self.meta.sandbox,
        }
    }
}

fn stop(entry: Option<Entry>) {
    if let Some(Ok(cluster)) = entry.map(|entry| entry.cluster) {
        tokio::spawn(async move { cluster.stop().await });
    }
}

#[cfg(test)]
mod tests;
