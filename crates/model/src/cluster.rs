//! Clusters as the console knows them.

mod credential;
mod gpu;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Issue, Text};

pub use credential::{CredentialEnd, ENDS_SOON};
pub use gpu::is_gpu;

/// Clusters below this minor of Kubernetes 1 are refused (PS 16).
pub const MINIMUM_MINOR: u32 = 18;

/// Clusters below this minor of Kubernetes 1 are integrated with a warning (PS 16).
pub const ADVISED_MINOR: u32 = 22;

/// The registration's state (PS 2.4, integrated clusters).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClusterState {
    /// Contact lost; data is the last seen.
    Unknown,
    /// Not yet answered since it was integrated or since the console started.
    Integrating,
    /// Being detached.
    Removing,
    /// Answers.
    Running,
}

/// Where a cluster comes from (PS 2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the vendors' own")]
pub enum Provider {
    #[default]
    Generic,
    OpenShift,
    Rancher,
    Tanzu,
    Eks,
    Ack,
    Tke,
    Cce,
    Aks,
    K3s,
    Oke,
}

impl Provider {
    /// All, in the order they are offered.
    pub const ALL: [Provider; 11] = [
        Provider::Generic,
        Provider::OpenShift,
        Provider::Rancher,
        Provider::Tanzu,
        Provider::Eks,
        Provider::Ack,
        Provider::Tke,
        Provider::Cce,
        Provider::Aks,
        Provider::K3s,
        Provider::Oke,
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Provider::Generic => "Generic",
            Provider::OpenShift => "OpenShift",
            Provider::Rancher => "Rancher",
            Provider::Tanzu => "Tanzu",
            Provider::Eks => "Eks",
            Provider::Ack => "Ack",
            Provider::Tke => "Tke",
            Provider::Cce => "Cce",
            Provider::Aks => "Aks",
            Provider::K3s => "K3s",
            Provider::Oke => "Oke",
        }
    }

    /// What a person reads.
    pub fn label(self) -> &'static str {
        match self {
            Provider::Generic => "Kubernetes",
            Provider::OpenShift => "Red Hat OpenShift",
            Provider::Rancher => "SUSE Rancher",
            Provider::Tanzu => "VMware Tanzu",
            Provider::Eks => "Amazon EKS",
            Provider::Ack => "Alibaba Cloud ACK",
            Provider::Tke => "Tencent TKE",
            Provider::Cce => "Huawei CCE",
            Provider::Aks => "Azure AKS",
            Provider::K3s => "K3s",
            Provider::Oke => "Oracle OKE",
        }
    }

    /// The provider with that stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Provider::ALL.into_iter().find(|provider| provider.as_str() == name)
    }
}

/// How old data is, and why if it is not live.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Freshness {
    /// Unix seconds of the last good exchange; `None` before the first.
    pub as_of: Option<i64>,
    /// Why the data is stale; `None` while it is live.
    pub stale: Option<Text>,
}

/// What was read from a cluster and may outlive it.
pub trait Ages {
    /// The cluster cannot be reached, for this reason: what is known of it is from now on what was last
    /// known.
    fn grow_stale(&mut self, reason: Text);
}

/// The console's own list: each row says for itself how old it is.
impl Ages for Vec<ClusterRow> {
    fn grow_stale(&mut self, _: Text) {}
}

impl Ages for ClusterDetail {
    fn grow_stale(&mut self, reason: Text) {
        self.row.freshness.stale = Some(reason);
    }
}

/// Used of available, in base units: millicores for CPU, bytes for memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Sum of the requests of pods that have not ended; `None` until known or when pods may not be listed.
    pub requested: Option<u64>,
    /// Sum of the nodes' allocatable.
    pub allocatable: u64,
}

/// Ready of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadyCount {
    /// Ready.
    pub ready: u32,
    /// All.
    pub total: u32,
}

/// Why numbers are not shown: somebody may not list what they are made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Withheld {
    /// The caller may not.
    Caller(Text),
    /// The credential that the console itself reads the cluster with may not: no right of the caller's helps.
    Console(Text),
}

impl Withheld {
    /// The sentence about it.
    pub fn reason(&self) -> &Text {
        match self {
            Withheld::Caller(reason) | Withheld::Console(reason) => reason,
        }
    }
}

/// What the console counts in a cluster, as far as the caller may see it: each `None` until known or when
/// he may not list what it is counted from (design rule 5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterNumbers {
    /// Nodes.
    pub nodes: Option<ReadyCount>,
    /// Pods that have not ended.
    pub pods: Option<ReadyCount>,
    /// CPU in millicores.
    pub cpu: Option<Usage>,
    /// Memory in bytes.
    pub memory: Option<Usage>,
    /// Allocatable GPUs by the key of their resource; empty until known and where no node has any.
    pub gpus: Vec<(String, u64)>,
    /// Why nothing made from nodes is here: they may not be listed.
    pub no_nodes: Option<Withheld>,
    /// Why nothing made from pods is here: they may not be listed.
    pub no_pods: Option<Withheld>,
    /// StatefulSets; filled on the cluster's page.
    pub stateful_sets: Option<ReadyCount>,
    /// Deployments; filled on the cluster's page.
    pub deployments: Option<ReadyCount>,
    /// DaemonSets; filled on the cluster's page.
    pub daemon_sets: Option<ReadyCount>,
}

/// One line of the cluster list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterRow {
    /// Name, unique, never changed.
    pub name: String,
    /// What people call it; may be empty.
    pub alias: String,
    /// State.
    pub state: ClusterState,
    /// `v1.37.2`; empty until it first answered.
    pub version: String,
    /// Where it comes from.
    pub provider: Provider,
    /// Labels given in the console.
    pub labels: Vec<(String, String)>,
    /// Integrated at, Unix seconds.
    pub created: i64,
    /// Counted things.
    pub numbers: ClusterNumbers,
    /// Age of the data, and why it is stale.
    pub freshness: Freshness,
    /// When the credential ends, Unix seconds, where it says so.
    pub credential_expires: Option<i64>,
    /// Whether that is soon, or was.
    pub credential_end: Option<CredentialEnd>,
    /// Whether this is one of the console's own sandbox clusters.
    pub sandbox: bool,
}

/// A cluster's page (PS 2.6, the fields that exist without agents).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterDetail {
    /// The list's row.
    pub row: ClusterRow,
    /// The API server's address.
    pub server: String,
    /// Uid of namespace `kube-system`, the cluster's identity.
    pub system_uid: String,
    /// Description given in the console.
    pub description: String,
    /// Annotations given in the console.
    pub annotations: Vec<(String, String)>,
    /// Where it runs, as given in the console: region.
    pub region: String,
    /// Where it runs, as given in the console: zone.
    pub zone: String,
    /// Pod CIDRs that the nodes were given (`spec.podCIDRs`), adjoining ones as one; empty where the
    /// cluster does not say.
    pub pod_cidrs: Vec<String>,
    /// Nodes by name.
    pub nodes: Result<Vec<NodeRow>, Text>,
    /// What the caller may do here.
    pub access: ClusterAccess,
}

/// One node on a cluster's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeRow {
    /// Name.
    pub name: String,
    /// Whether its Ready condition is True.
    pub ready: bool,
    /// Why not, or that scheduling is paused.
    pub reason: String,
    /// Roles from its labels.
    pub roles: Vec<String>,
    /// Zone label.
    pub zone: String,
    /// Kubelet version.
    pub version: String,
    /// CPU.
    pub cpu: Usage,
    /// Memory.
    pub memory: Usage,
    /// Pods on it of pods it takes.
    pub pods: Usage,
    /// Creation, Unix seconds.
    pub created: i64,
}

/// What the caller may do, each refusal with its reason (design rule 8).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterAccess {
    /// List StatefulSets anywhere in the cluster.
    pub list_workloads: Option<Text>,
    /// Create StatefulSets in some namespace.
    pub create_workloads: Option<Text>,
    /// Delete StatefulSets.
    pub delete_workloads: Option<Text>,
    /// Create namespaces.
    pub create_namespaces: Option<Text>,
}

/// A context in a pasted kubeconfig.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContextChoice {
    /// Name of the context.
    pub name: String,
    /// Address of its API server.
    pub server: String,
    /// Name of its user.
    pub user: String,
    /// `token` or `client certificate`, or empty when it has none we take.
    pub credential: String,
    /// Parts of it that are refused, each by name with the way out (design rule 6).
    pub refused: Vec<Issue>,
    /// Parts that are taken but worth a look.
    pub warnings: Vec<Issue>,
}

/// What a pasted kubeconfig holds; made without touching the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KubeconfigReport {
    /// Contexts that can be chosen.
    pub contexts: Vec<ContextChoice>,
    /// `current-context`, when it names one of them.
    pub current: Option<String>,
    /// What is wrong with the file as a whole.
    pub issues: Vec<Issue>,
}

/// The answer to Verify.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifyReport {
    /// Address of the API server.
    pub server: String,
    /// Address that was dialled.
    pub dialled: String,
    /// `v1.37.2`.
    pub version: String,
    /// Uid of `kube-system`; two registrations of one cluster share it.
    pub system_uid: String,
    /// Who the credential is, as the cluster sees it.
    pub user: String,
    /// When the credential ends, Unix seconds, where it says so.
    pub credential_expires: Option<i64>,
    /// When the server's certificate ends, Unix seconds.
    pub certificate_expires: Option<i64>,
    /// What the credential may do: sentence and whether it may.
    pub powers: Vec<(Text, bool)>,
    /// Whether the admin binding exists already.
    pub admin_binding: bool,
    /// The object that OK creates when it does not, as YAML; shown before.
    pub admin_binding_yaml: String,
    /// What stands in the way; OK needs this to be empty of errors.
    pub issues: Vec<Issue>,
}

impl VerifyReport {
    /// Whether the cluster can be integrated.
    pub fn is_good(&self) -> bool {
        self.issues.iter().all(|issue| issue.severity < crate::Severity::Error)
    }
}

/// What people say about a cluster (PS 2.2): nothing of it comes from the cluster or reaches it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterProfile {
    /// What people call it, at most [`crate::rules::CLUSTER_ALIAS_MAX`] characters; may be empty.
    pub alias: String,
    /// Where it comes from.
    pub provider: Provider,
    /// Labels, as Kubernetes writes them.
    pub labels: Vec<(String, String)>,
    /// Annotations, as Kubernetes writes them.
    pub annotations: Vec<(String, String)>,
    /// Description, at most [`crate::rules::DESCRIPTION_MAX`] characters.
    pub description: String,
    /// Region, such as `eu-central-1`; at most [`crate::rules::CLUSTER_PLACE_MAX`] characters.
    pub region: String,
    /// Zone, such as `eu-central-1a`; at most [`crate::rules::CLUSTER_PLACE_MAX`] characters.
    pub zone: String,
}

/// What the integrate form sends.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterInput {
    /// Name (PS 2.2).
    pub name: String,
    /// What people say about it.
    pub profile: ClusterProfile,
    /// The kubeconfig's text. Never comes back out of the server.
    pub kubeconfig: String,
    /// The chosen context.
    pub context: String,
}

// By hand: what a person pasted holds a credential, and must not reach a log by a stray `{:?}`.
impl fmt::Debug for ClusterInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClusterInput")
            .field("name", &self.name)
            .field("profile", &self.profile)
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

/// What the edit form sends; name never changes.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterEdit {
    /// What people say about it.
    pub profile: ClusterProfile,
    /// A new kubeconfig and the chosen context, or `None` to keep the credential.
    pub credential: Option<(String, String)>,
}

impl fmt::Debug for ClusterEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClusterEdit")
            .field("profile", &self.profile)
            .field("context", &self.credential.as_ref().map(|(_, context)| context))
            .finish_non_exhaustive()
    }
}

/// One namespace in a picker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamespaceRow {
    /// Name.
    pub name: String,
    /// Whether it is being deleted; such a one cannot be chosen (PS 3.1).
    pub terminating: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_kubeconfig_is_not_printed() {
        let input =
            ClusterInput { name: "prod".into(), kubeconfig: "CANARY".into(), ..ClusterInput::default() };
        let edit =
            ClusterEdit { credential: Some(("CANARY".into(), "ctx".into())), ..ClusterEdit::default() };
        let printed = format!("{input:?} {edit:?}");
        assert!(
            !printed.contains("CANARY") && printed.contains("prod") && printed.contains("ctx"),
            "{printed}"
        );
    }
}
