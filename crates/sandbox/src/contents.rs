//! What the clusters hold when they start, written in a settled state.

use serde_json::{Value, json};

use crate::store::State;

mod bootstrap;
mod build;
mod edge;
mod hostile;
mod nodes;
mod prod;
mod scale;
mod staging;
mod workload;

use build::Builder;
use workload::Row;

/// A cluster to be simulated.
pub(crate) struct Plan {
    /// Name, unique among the clusters.
    pub(crate) name: String,
    /// Display name.
    pub(crate) alias: String,
    /// Where it is said to run.
    pub(crate) provider: String,
    /// Labels for the console's registry.
    pub(crate) labels: Vec<(String, String)>,
    /// Minor and patch of its Kubernetes version.
    pub(crate) version: (u32, u32),
    /// Whether it answers at all.
    pub(crate) up: bool,
    /// Fills it.
    pub(crate) fill: Fill,
}

/// How a cluster is filled.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fill {
    /// Nothing: the cluster is down.
    Nothing,
    /// A table of nodes and workloads.
    Table {
        /// Nodes.
        nodes: &'static [nodes::Row],
        /// Workloads.
        rows: &'static [Row],
    },
    /// Very many StatefulSets.
    Many(u32),
    /// Texts that nobody should trust; nothing in it lives.
    Hostile,
}

fn labels(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// The clusters of the demo: three that live and one that is down.
pub(crate) fn demo() -> Vec<Plan> {
    vec![
        Plan {
            name: "harbor-prod".to_owned(),
            alias: "Harbor production".to_owned(),
            provider: "Bare metal".to_owned(),
            labels: labels(&[("env", "production"), ("region", "north")]),
            version: (37, 2),
            up: true,
            fill: Fill::Table { nodes: prod::NODES, rows: prod::ROWS },
        },
        Plan {
            name: "harbor-staging".to_owned(),
            alias: "Harbor staging".to_owned(),
            provider: "OpenStack".to_owned(),
            labels: labels(&[("env", "staging"), ("region", "north")]),
            version: (37, 0),
            up: true,
            fill: Fill::Table { nodes: staging::NODES, rows: staging::ROWS },
        },
        Plan {
            name: "tide-edge".to_owned(),
            alias: "Tide edge".to_owned(),
            provider: "K3s".to_owned(),
            labels: labels(&[("env", "production"), ("region", "coast")]),
            version: (34, 4),
            up: true,
            fill: Fill::Table { nodes: edge::NODES, rows: edge::ROWS },
        },
        Plan {
            name: "reef-dr".to_owned(),
            alias: "Reef disaster recovery".to_owned(),
            provider: "Bare metal".to_owned(),
            labels: labels(&[("env", "recovery"), ("region", "south")]),
            version: (37, 2),
            up: false,
            fill: Fill::Nothing,
        },
    ]
}

/// A cluster whose every text is hostile.
pub(crate) fn hostile() -> Vec<Plan> {
    let text = |place: usize| hostile::texts().into_iter().nth(place).unwrap_or_default();
    vec![Plan {
        name: "hostile".to_owned(),
        alias: text(0),
        provider: text(1),
        labels: hostile::texts()
            .into_iter()
            .enumerate()
            .map(|(n, text)| (format!("text-{n:02}"), text))
            .collect(),
        version: (37, 2),
        up: true,
        fill: Fill::Hostile,
    }]
}

/// Many equal clusters of many StatefulSets.
pub(crate) fn many(clusters: u32, sets: u32) -> Vec<Plan> {
    (1..=clusters)
        .map(|number| Plan {
            name: format!("fleet-{number:02}"),
            alias: format!("Fleet {number}"),
            provider: "Simulated".to_owned(),
            labels: labels(&[("env", "scale")]),
            version: (37, 2),
            up: true,
            fill: Fill::Many(sets),
        })
        .collect()
}

/// Fills a cluster.
pub(crate) fn fill(state: &mut State, plan: &Plan) {
    let (minor, patch) = plan.version;
    let version = format!("v1.{minor}.{patch}");
    let mut builder = Builder::new(state);
    match plan.fill {
        Fill::Nothing => {}
        Fill::Table { nodes, rows } => {
            bootstrap::write(&mut builder);
            nodes::write(&mut builder, nodes, &version);
            bootstrap::system(&mut builder, &version);
            for row in rows {
                workload::write(&mut builder, row);
            }
        }
        Fill::Many(sets) => {
            bootstrap::write(&mut builder);
            nodes::write(&mut builder, scale::NODES, &version);
            scale::write(&mut builder, sets);
        }
        Fill::Hostile => {
            bootstrap::write(&mut builder);
            hostile::write(&mut builder, &version);
        }
    }
}

/// A typed object with a name.
fn object(api_version: &str, kind: &str, namespace: &str, name: &str) -> Value {
    let mut metadata = json!({"name": name});
    if !namespace.is_empty() {
        metadata["namespace"] = namespace.into();
    }
    json!({"kind": kind, "apiVersion": api_version, "metadata": metadata})
}
