//! Naming objects: kinds, references, and reading common metadata from JSON.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A workload kind the console lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WorkloadKind {
    /// `apps/v1` StatefulSet.
    #[serde(rename = "statefulsets")]
    StatefulSet,
}

impl WorkloadKind {
    /// The plural name in URLs, the API server's and ours.
    pub fn plural(self) -> &'static str {
        match self {
            WorkloadKind::StatefulSet => "statefulsets",
        }
    }

    /// The kind as Kubernetes spells it.
    pub fn kind(self) -> &'static str {
        match self {
            WorkloadKind::StatefulSet => "StatefulSet",
        }
    }

    /// `apiVersion` of its objects.
    pub fn api_version(self) -> &'static str {
        match self {
            WorkloadKind::StatefulSet => "apps/v1",
        }
    }

    /// The kind with that plural.
    pub fn from_plural(plural: &str) -> Option<Self> {
        [WorkloadKind::StatefulSet].into_iter().find(|kind| kind.plural() == plural)
    }
}

/// One object in one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectRef {
    /// The cluster's name in the console.
    pub cluster: String,
    /// `v1`, `apps/v1`.
    pub api_version: String,
    /// Kind in Kubernetes' spelling.
    pub kind: String,
    /// Namespace; `None` for cluster-scoped kinds.
    pub namespace: Option<String>,
    /// Name.
    pub name: String,
}

/// A string member somewhere below an object, or empty.
pub fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// An integer member somewhere below an object.
pub fn integer(object: &Value, pointer: &str) -> Option<i64> {
    object.pointer(pointer).and_then(Value::as_i64)
}

/// The elements of a list member; empty when it is not there.
pub fn list<'a>(object: &'a Value, pointer: &str) -> &'a [Value] {
    object.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
