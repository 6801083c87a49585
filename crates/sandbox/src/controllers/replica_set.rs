//! The ReplicaSet controller: as many pods as asked for.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{create_pod, event, owned, owner_reference, pod, pod_from, put_status};
use crate::kind::{POD, REPLICA_SET};
use crate::registry::{self, DeleteOptions};
use crate::store::State;
use crate::value::Object;

/// Pods made in one step.
const BURST: usize = 50;

/// One step towards what the ReplicaSet asks for.
pub(super) fn settle(state: &mut State, set: &Arc<Value>) -> Option<Duration> {
    let mut pods: Vec<Arc<Value>> = owned(state, POD, set)
        .into_iter()
        .filter(|pod| !pod.deleting() && !matches!(pod.text("/status/phase"), "Failed" | "Succeeded"))
        .collect();
    let wanted = usize::try_from(set.int("/spec/replicas").unwrap_or(1)).unwrap_or(0);
    for _ in pods.len()..wanted.min(pods.len() + BURST) {
        let name = format!("{}-{}", set.name(), state.random.suffix(5));
        let made = create_pod(state, pod_of(set, &name));
        let said = format!("Created pod: {}", made.name());
        event(state, REPLICA_SET, set, false, ("SuccessfulCreate", &said), "replicaset-controller");
    }
    // The unready go first, then the youngest.
    pods.sort_by_key(|pod| {
        (pod::is_ready(pod), std::cmp::Reverse(pod.text("/metadata/creationTimestamp").to_owned()))
    });
    for pod in pods.iter().take(pods.len().saturating_sub(wanted)) {
        if registry::delete(state, POD, pod.namespace(), pod.name(), &DeleteOptions::default()).is_ok() {
            let said = format!("Deleted pod: {}", pod.name());
            event(state, REPLICA_SET, set, false, ("SuccessfulDelete", &said), "replicaset-controller");
        }
    }
    let pods: Vec<Arc<Value>> = owned(state, POD, set).into_iter().filter(|pod| !pod.deleting()).collect();
    let set = state.get(REPLICA_SET, set.namespace(), set.name())?;
    let status = status(&set, &pods);
    put_status(state, REPLICA_SET, &set, status);
    None
}

/// A pod of a ReplicaSet.
pub(crate) fn pod_of(set: &Value, name: &str) -> Value {
    let mut pod =
        pod_from(set.at("/spec/template"), set.namespace(), name, &owner_reference(REPLICA_SET, set));
    pod.put("/metadata/generateName", format!("{}-", set.name()));
    pod
}

/// The status of a ReplicaSet with these pods.
pub(crate) fn status(set: &Value, pods: &[Arc<Value>]) -> Value {
    let ready = pods.iter().filter(|pod| pod::is_ready(pod)).count();
    let mut status = json!({"replicas": pods.len()});
    for (field, number) in
        [("fullyLabeledReplicas", pods.len()), ("readyReplicas", ready), ("availableReplicas", ready)]
    {
        if number > 0 {
            status[field] = number.into();
        }
    }
    status["observedGeneration"] = set.int("/metadata/generation").unwrap_or(1).into();
    status
}
