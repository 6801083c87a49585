//! A cluster's line in the list.

use binnacle_model::{
    Text,
    cluster::{ClusterNumbers, ClusterRow, ClusterState, CredentialEnd, Freshness, Usage, Withheld},
    session::Caller,
    words::errors as words,
};
use tokio::sync::watch;

use super::Cluster;
use crate::{brief, clock, connection::Health, inventory::shown, sinks::read, watcher::Progress};

impl Cluster {
    /// The line as it is now, with all that the console knows.
    pub(crate) fn row(&self) -> ClusterRow {
        let as_of = self.connection.last_good();
        let row = self.row_without_time();
        ClusterRow { freshness: Freshness { as_of, ..row.freshness }, ..row }
    }

    /// The line without what changes at every probe.
    pub(super) fn row_without_time(&self) -> ClusterRow {
        let meta = read(&self.meta).clone();
        let state = match &*self.connection.health().borrow() {
            Health::New => ClusterState::Integrating,
            Health::Up => ClusterState::Running,
            Health::Down { .. } => ClusterState::Unknown,
        };
        ClusterRow {
            name: self.name.clone(),
            alias: brief::sentence(meta.profile.alias),
            state,
            version: read(&self.version).clone(),
            provider: meta.profile.provider,
            labels: brief::pairs(meta.profile.labels),
            created: meta.created,
            numbers: self.numbers(),
            freshness: Freshness { as_of: None, stale: self.outage() },
            credential_expires: self.credential_expires,
            credential_end: self.credential_expires.and_then(|ends| CredentialEnd::of(ends, clock::now())),
            sandbox: meta.sandbox,
        }
    }

    fn numbers(&self) -> ClusterNumbers {
        let nodes = self.nodes.is_known().then(|| {
            let nodes = read(&self.nodes.items);
            (nodes.count(), nodes.allocatable(), nodes.gpus())
        });
        let pods = self.pods_known().then(|| read(&self.hub.pods).sums());
        let usage =
            |allocatable, requested: Option<u128>| Usage { requested: requested.map(shown), allocatable };
        let mut numbers = ClusterNumbers {
            pods: pods.map(|sums| sums.count),
            no_nodes: refused(None, "nodes", &self.nodes.progress).map(Withheld::Console),
            no_pods: refused(None, "pods", &self.pods.progress).map(Withheld::Console),
            ..ClusterNumbers::default()
        };
        if let Some((count, (cpu, memory), gpus)) = nodes {
            numbers.nodes = Some(count);
            numbers.cpu = Some(usage(cpu, pods.map(|sums| sums.cpu)));
            numbers.memory = Some(usage(memory, pods.map(|sums| sums.memory)));
            numbers.gpus = gpus;
        }
        numbers
    }
}

/// Why the console's own credential may not list what a cache holds, as [`console_refusal`] says it.
pub(super) fn refused(
    caller: Option<&Caller>,
    resource: &str,
    progress: &watch::Sender<Progress>,
) -> Option<Text> {
    match &*progress.borrow() {
        Progress::Forbidden(reason) => Some(console_refusal(caller, resource, reason)),
        _ => None,
    }
}

/// The sentence about what the console's own credential may not list. The API server's says who that
/// credential is, which is for administrators of the console alone.
pub(super) fn console_refusal(caller: Option<&Caller>, resource: &str, reason: &Text) -> Text {
    match caller {
        Some(caller) if caller.is_admin() => reason.clone(),
        _ => Text::new(&words::CONSOLE_MAY_NOT_LIST, [resource]),
    }
}
