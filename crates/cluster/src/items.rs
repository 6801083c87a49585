//! Objects as the caches keep them: projected while they are parsed, so that the whole object is never
//! in memory (design §7).

use std::sync::Arc;

use binnacle_model::{
    cluster::is_gpu,
    quantity::Quantity,
    status::{PodStatus, pod_status},
};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use crate::{brief, clock};

/// Common metadata.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Meta {
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) uid: String,
    pub(crate) creation_timestamp: String,
    pub(crate) deletion_timestamp: Option<String>,
    pub(crate) generation: i64,
    pub(crate) owner_references: Option<Vec<Owner>>,
    annotations: Option<Aliases>,
}

/// The annotations that may hold an alias (`binnacle_model::draft::ALIAS` and `FOREIGN_ALIAS`).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Aliases {
    #[serde(rename = "binnacle.dev/alias")]
    own: Option<String>,
    #[serde(rename = "kpanda.io/alias-name")]
    foreign: Option<String>,
}

impl Meta {
    /// What people call it; often empty.
    fn alias(&mut self) -> String {
        let aliases = self.annotations.take().unwrap_or_default();
        aliases.own.or(aliases.foreign).map(brief::sentence).unwrap_or_default()
    }
}

/// An owner reference.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Owner {
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) uid: String,
    pub(crate) controller: bool,
}

/// What a StatefulSet's status is decided from, in small numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SetFacts {
    pub(crate) deleting: bool,
    /// Whether its controller has not seen its latest generation.
    pub(crate) unseen: bool,
    pub(crate) want: u32,
    pub(crate) pods: u32,
    pub(crate) ready: u32,
    pub(crate) updated: u32,
    pub(crate) available: u32,
    pub(crate) same_revision: bool,
    pub(crate) on_delete: bool,
    pub(crate) partition: u32,
    pub(crate) min_ready: u32,
    pub(crate) parallel: bool,
}

impl SetFacts {
    /// The object again, as far as the status rules read it.
    pub(crate) fn object(&self) -> Value {
        let revision = |same: bool| if same { "a" } else { "b" };
        let mut metadata = Map::new();
        metadata.insert("generation".into(), u32::from(self.unseen).into());
        if self.deleting {
            metadata.insert("deletionTimestamp".into(), "set".into());
        }
        json!({
            "metadata": metadata,
            "spec": {
                "replicas": self.want,
                "minReadySeconds": self.min_ready,
                "podManagementPolicy": if self.parallel { "Parallel" } else { "OrderedReady" },
                "updateStrategy": {
                    "type": if self.on_delete { "OnDelete" } else { "RollingUpdate" },
                    "rollingUpdate": {"partition": self.partition},
                },
            },
            "status": {
                "observedGeneration": 0,
                "replicas": self.pods,
                "readyReplicas": self.ready,
                "updatedReplicas": self.updated,
                "availableReplicas": self.available,
                "currentRevision": "a",
                "updateRevision": revision(self.same_revision),
            },
        })
    }
}

/// A StatefulSet.
#[derive(Debug, Deserialize)]
#[serde(from = "RawSet")]
pub(crate) struct SetItem {
    pub(crate) uid: Arc<str>,
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) alias: String,
    pub(crate) created: i64,
    pub(crate) images: Vec<String>,
    pub(crate) facts: SetFacts,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct RawSet {
    metadata: Meta,
    spec: RawSetSpec,
    status: RawSetStatus,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawSetSpec {
    replicas: Option<u32>,
    min_ready_seconds: u32,
    pod_management_policy: String,
    update_strategy: RawStrategy,
    template: RawTemplate,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawStrategy {
    #[serde(rename = "type")]
    kind: String,
    rolling_update: Option<RawRolling>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawRolling {
    partition: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawTemplate {
    spec: RawTemplateSpec,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawTemplateSpec {
    containers: Vec<RawImage>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawImage {
    image: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawSetStatus {
    observed_generation: i64,
    replicas: u32,
    ready_replicas: u32,
    updated_replicas: u32,
    available_replicas: u32,
    current_revision: String,
    update_revision: String,
}

impl From<RawSet> for SetItem {
    fn from(raw: RawSet) -> Self {
        let RawSet { mut metadata, spec, status } = raw;
        SetItem {
            alias: metadata.alias(),
            created: clock::parse(&metadata.creation_timestamp),
            images: spec
                .template
                .spec
                .containers
                .into_iter()
                .take(brief::IMAGES)
                .map(|container| brief::sentence(container.image))
                .collect(),
            facts: SetFacts {
                deleting: metadata.deletion_timestamp.is_some(),
                unseen: status.observed_generation < metadata.generation,
                want: spec.replicas.unwrap_or(1),
                pods: status.replicas,
                ready: status.ready_replicas,
                updated: status.updated_replicas,
                available: status.available_replicas,
                same_revision: status.current_revision == status.update_revision,
                on_delete: spec.update_strategy.kind == "OnDelete",
                partition: spec.update_strategy.rolling_update.and_then(|r| r.partition).unwrap_or(0),
                min_ready: spec.min_ready_seconds,
                parallel: spec.pod_management_policy == "Parallel",
            },
            uid: metadata.uid.into(),
            namespace: brief::name(metadata.namespace),
            name: brief::name(metadata.name),
        }
    }
}

/// A pod.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "RawPod")]
pub(crate) struct PodItem {
    pub(crate) uid: Arc<str>,
    pub(crate) namespace: Arc<str>,
    pub(crate) name: Box<str>,
    /// The controller: kind, name, uid.
    pub(crate) owner: Option<Box<PodOwner>>,
    pub(crate) status: PodStatus,
    /// Whether it ended for good.
    pub(crate) ended: bool,
    /// Whether its Ready condition is True.
    pub(crate) is_ready: bool,
    pub(crate) ready: u32,
    pub(crate) containers: u32,
    pub(crate) restarts: u32,
    pub(crate) node: Box<str>,
    pub(crate) ip: Box<str>,
    pub(crate) created: i64,
    /// Requested millicores.
    pub(crate) cpu: u64,
    /// Requested bytes.
    pub(crate) memory: u64,
}

/// A pod's controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PodOwner {
    pub(crate) kind: Box<str>,
    pub(crate) name: Box<str>,
    pub(crate) uid: Box<str>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawPod {
    metadata: Meta,
    spec: RawPodSpec,
    status: Value,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawPodSpec {
    node_name: String,
    containers: Vec<RawContainer>,
    init_containers: Option<Vec<RawContainer>>,
    overhead: Option<RawAmounts>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawContainer {
    restart_policy: Option<String>,
    resources: RawResources,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawResources {
    requests: Option<RawAmounts>,
}

/// CPU and memory of a resource list, in millicores and bytes.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct RawAmounts {
    #[serde(deserialize_with = "millis")]
    cpu: u64,
    #[serde(deserialize_with = "units")]
    memory: u64,
}

fn quantity(value: &Value) -> Option<Quantity> {
    // The API server writes strings; numbers are legal too.
    match value {
        Value::String(text) => Quantity::parse(text).ok(),
        Value::Number(number) => Quantity::parse(&number.to_string()).ok(),
        _ => None,
    }
}

fn as_millis(value: &Value) -> u64 {
    quantity(value).map_or(0, |amount| amount.milli().max(0).unsigned_abs())
}

fn as_units(value: &Value) -> u64 {
    quantity(value).map_or(0, |amount| amount.units().max(0).unsigned_abs())
}

fn millis<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Value::deserialize(deserializer).map(|value| as_millis(&value))
}

fn units<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Value::deserialize(deserializer).map(|value| as_units(&value))
}

impl RawPodSpec {
    /// What the scheduler counts: the sum over containers and sidecars, or the largest init container
    /// if that is more, and the overhead (Kubernetes docs, "Resource sharing within containers").
    fn requested(&self, amount: impl Fn(&RawAmounts) -> u64) -> u64 {
        let of = |container: &RawContainer| container.resources.requests.as_ref().map_or(0, &amount);
        let inits = self.init_containers.as_deref().unwrap_or_default();
        let mut sidecars = 0_u64;
        let mut peak = 0_u64;
        for init in inits {
            if init.restart_policy.as_deref() == Some("Always") {
                sidecars = sidecars.saturating_add(of(init));
                peak = peak.max(sidecars);
            } else {
                peak = peak.max(sidecars.saturating_add(of(init)));
            }
        }
        let work = self.containers.iter().fold(sidecars, |sum, container| sum.saturating_add(of(container)));
        work.max(peak).saturating_add(self.overhead.as_ref().map_or(0, &amount))
    }
}

impl From<RawPod> for PodItem {
    fn from(raw: RawPod) -> Self {
        let RawPod { metadata, spec, status } = raw;
        let statuses = status.get("containerStatuses").and_then(Value::as_array);
        let statuses = statuses.map(Vec::as_slice).unwrap_or_default();
        let ready = statuses.iter().filter(|s| s.get("ready") == Some(&Value::Bool(true))).count();
        let restarts =
            statuses.iter().filter_map(|s| s.get("restartCount")?.as_u64()).fold(0, u64::saturating_add);
        let phase = status.get("phase").and_then(Value::as_str).unwrap_or_default();
        let ended = matches!(phase, "Succeeded" | "Failed");
        let conditions = status.get("conditions").and_then(Value::as_array);
        let is_ready = conditions.into_iter().flatten().any(|condition| {
            condition.get("type").and_then(Value::as_str) == Some("Ready")
                && condition.get("status").and_then(Value::as_str) == Some("True")
        });
        let ip = brief::name(status.get("podIP").and_then(Value::as_str).unwrap_or_default()).into();
        let owner = metadata.owner_references.unwrap_or_default().into_iter().find(|owner| owner.controller);
        let mut head = Map::new();
        if let Some(at) = metadata.deletion_timestamp {
            head.insert("deletionTimestamp".into(), at.into());
        }
        let (cpu, memory) = (spec.requested(|a| a.cpu), spec.requested(|a| a.memory));
        PodItem {
            uid: metadata.uid.into(),
            namespace: brief::name(metadata.namespace).into(),
            name: brief::name(metadata.name).into(),
            owner: owner.map(|owner| {
                Box::new(PodOwner { kind: owner.kind.into(), name: owner.name.into(), uid: owner.uid.into() })
            }),
            ended,
            is_ready,
            ready: u32::try_from(ready).unwrap_or(u32::MAX),
            containers: u32::try_from(spec.containers.len()).unwrap_or(u32::MAX),
            restarts: u32::try_from(restarts).unwrap_or(u32::MAX),
            ip,
            node: brief::name(spec.node_name).into(),
            created: clock::parse(&metadata.creation_timestamp),
            cpu,
            memory,
            status: brief_status(pod_status(&Value::Object(Map::from_iter([
                ("metadata".to_owned(), Value::Object(head)),
                ("status".to_owned(), status),
            ])))),
        }
    }
}

/// A pod's status without more of the cluster's words than a row shows.
fn brief_status(status: PodStatus) -> PodStatus {
    PodStatus {
        word: brief::sentence(status.word),
        tone: status.tone,
        reason: status.reason.map(brief::message),
    }
}

/// A node.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "RawNode")]
pub(crate) struct NodeItem {
    pub(crate) name: String,
    pub(crate) ready: bool,
    pub(crate) reason: String,
    pub(crate) roles: Vec<String>,
    pub(crate) zone: String,
    pub(crate) version: String,
    pub(crate) created: i64,
    pub(crate) cpu: u64,
    pub(crate) memory: u64,
    pub(crate) pods: u64,
    /// Allocatable GPUs by the key of their resource, by key.
    pub(crate) gpus: Vec<(String, u64)>,
    /// Pod CIDRs that it was given.
    pub(crate) pod_cidrs: Vec<String>,
}

/// Resources of one node that are kept; real ones have a handful.
const MOST_GPUS: usize = 32;
/// Roles of one node that are kept; real ones have one or two.
const MOST_ROLES: usize = 16;
/// Pod CIDRs of one node that are kept: there is one of each family.
const MOST_CIDRS: usize = 4;

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawNode {
    metadata: RawNodeMeta,
    spec: RawNodeSpec,
    status: RawNodeStatus,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawNodeMeta {
    name: String,
    creation_timestamp: String,
    labels: Option<Map<String, Value>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawNodeSpec {
    unschedulable: bool,
    #[serde(rename = "podCIDR")]
    pod_cidr: String,
    #[serde(rename = "podCIDRs")]
    pod_cidrs: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawNodeStatus {
    allocatable: Option<Map<String, Value>>,
    conditions: Option<Vec<RawCondition>>,
    node_info: RawNodeInfo,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawCondition {
    #[serde(rename = "type")]
    kind: String,
    status: String,
    reason: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawNodeInfo {
    kubelet_version: String,
}

/// Prefix of the labels that name a node's roles.
const ROLE_LABEL: &str = "node-role.kubernetes.io/";
/// The label that names a node's zone.
const ZONE_LABEL: &str = "topology.kubernetes.io/zone";

impl From<RawNode> for NodeItem {
    fn from(raw: RawNode) -> Self {
        let labels = raw.metadata.labels.unwrap_or_default();
        let conditions = raw.status.conditions.unwrap_or_default();
        let allocatable = raw.status.allocatable.unwrap_or_default();
        let one = |read: fn(&Value) -> u64, key: &str| allocatable.get(key).map_or(0, read);
        let mut gpus: Vec<(String, u64)> = allocatable
            .iter()
            .filter(|(key, _)| is_gpu(key))
            .map(|(key, value)| (brief::sentence(key), as_units(value)))
            .filter(|(_, count)| *count > 0)
            .take(MOST_GPUS)
            .collect();
        gpus.sort();
        let single = (!raw.spec.pod_cidr.is_empty()).then(|| vec![raw.spec.pod_cidr]);
        let pod_cidrs = raw.spec.pod_cidrs.or(single).unwrap_or_default();
        let condition = conditions.iter().find(|condition| condition.kind == "Ready");
        let ready = condition.is_some_and(|condition| condition.status == "True");
        let reason = if !ready {
            condition.map_or("NoStatus", |condition| condition.reason.as_str()).to_owned()
        } else if raw.spec.unschedulable {
            "SchedulingDisabled".to_owned()
        } else {
            String::new()
        };
        NodeItem {
            roles: labels
                .keys()
                .filter_map(|key| key.strip_prefix(ROLE_LABEL))
                .take(MOST_ROLES)
                .map(brief::name)
                .collect(),
            zone: brief::sentence(labels.get(ZONE_LABEL).and_then(Value::as_str).unwrap_or_default()),
            name: brief::name(raw.metadata.name),
            ready,
            reason: brief::sentence(reason),
            version: brief::sentence(raw.status.node_info.kubelet_version),
            created: clock::parse(&raw.metadata.creation_timestamp),
            cpu: one(as_millis, "cpu"),
            memory: one(as_units, "memory"),
            pods: one(as_units, "pods"),
            gpus,
            pod_cidrs: pod_cidrs.into_iter().take(MOST_CIDRS).map(brief::sentence).collect(),
        }
    }
}

/// A namespace.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "RawNamespace")]
pub(crate) struct NamespaceItem {
    pub(crate) name: String,
    pub(crate) uid: String,
    pub(crate) terminating: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawNamespace {
    metadata: Meta,
    status: RawPhase,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawPhase {
    phase: String,
}

impl From<RawNamespace> for NamespaceItem {
    fn from(raw: RawNamespace) -> Self {
        let terminating = raw.metadata.deletion_timestamp.is_some() || raw.status.phase == "Terminating";
        NamespaceItem { name: brief::name(raw.metadata.name), uid: raw.metadata.uid, terminating }
    }
}

/// A Deployment or DaemonSet, only to be counted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "RawCounted")]
pub(crate) struct CountedItem {
    pub(crate) uid: String,
    pub(crate) ready: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawCounted {
    metadata: Meta,
    spec: RawCountedSpec,
    status: RawCountedStatus,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawCountedSpec {
    replicas: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawCountedStatus {
    ready_replicas: u32,
    desired_number_scheduled: Option<u32>,
    number_ready: u32,
}

impl From<RawCounted> for CountedItem {
    fn from(raw: RawCounted) -> Self {
        let ready = match raw.status.desired_number_scheduled {
            Some(want) => raw.status.number_ready >= want,
            None => raw.status.ready_replicas >= raw.spec.replicas.unwrap_or(1),
        };
        CountedItem { uid: raw.metadata.uid, ready }
    }
}

#[cfg(test)]
mod tests;
