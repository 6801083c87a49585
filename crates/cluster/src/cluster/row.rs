//! A cluster's line in the list.

use binnacle_model::cluster::{ClusterNumbers, ClusterRow, ClusterState, Freshness, Usage};

use super::Cluster;
use crate::{connection::Health, inventory::shown, sinks::read};

impl Cluster {
    /// The line as it is now.
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
            alias: meta.alias,
            state,
            version: read(&self.version).clone(),
            provider: meta.provider,
            labels: meta.labels,
            created: meta.created,
            numbers: self.numbers(),
            freshness: Freshness { as_of: None, stale: self.outage() },
            credential_expires: self.credential_expires,
            sandbox: meta.sandbox,
        }
    }

    fn numbers(&self) -> ClusterNumbers {
        let nodes = self.nodes.is_known().then(|| {
            let nodes = read(&self.nodes.items);
            (nodes.count(), nodes.allocatable())
        });
        let pods = self.pods_known().then(|| read(&self.hub.pods).sums());
        let (cpu, memory) = match (&nodes, &pods) {
            (Some((_, (cpu, memory))), Some(pods)) => (
                Some(Usage { requested: shown(pods.cpu), allocatable: *cpu }),
                Some(Usage { requested: shown(pods.memory), allocatable: *memory }),
            ),
            _ => (None, None),
        };
        ClusterNumbers {
            nodes: nodes.map(|(count, _)| count),
            pods: pods.map(|sums| sums.count),
            cpu,
            memory,
            ..ClusterNumbers::default()
        }
    }
}
