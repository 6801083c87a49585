//! The order in which documents are created.

use crate::diagnosis::Document;

/// Kinds that others need first, in steps (what Helm and kubectl's users learned: namespaces and
/// definitions, then identity, then what pods mount, then what they are reached by, then pods).
const STEPS: &[&[&str]] = &[
    &["Namespace"],
    &["CustomResourceDefinition"],
    &["PriorityClass", "RuntimeClass", "ResourceQuota", "LimitRange"],
    &["ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
    &["ConfigMap", "Secret"],
    &["StorageClass", "PersistentVolume", "PersistentVolumeClaim"],
    &["Service"],
    &[
        "Pod",
        "ReplicationController",
        "ReplicaSet",
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "Job",
        "CronJob",
    ],
];

/// The positions of the documents in the order to create them: what others need comes first, and
/// documents of one step stay as they are written.
pub fn order(documents: &[Document]) -> Vec<usize> {
    let step = |position: &usize| {
        let kind = documents.get(*position).map_or("", |document| document.kind.as_str());
        STEPS.iter().position(|kinds| kinds.contains(&kind)).unwrap_or(STEPS.len())
    };
    let mut positions: Vec<usize> = (0..documents.len()).collect();
    positions.sort_by_key(step);
    positions
}
