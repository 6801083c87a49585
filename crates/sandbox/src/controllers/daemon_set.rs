//! The DaemonSet controller: one pod on every node that the pods tolerate.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::stateful_set::REVISION_LABEL;
use super::{create_pod, event, owned, owner_reference, pod, pod_from, put_status, revision, scheduler};
use crate::kind::{DAEMON_SET, NODE, POD};
use crate::registry::{self, DeleteOptions};
use crate::store::State;
use crate::value::Object;

/// Taints that every daemon pod tolerates.
const TOLERATED: [(&str, &str); 6] = [
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
];

/// One step towards what the DaemonSet asks for.
pub(super) fn settle(state: &mut State, set: &Arc<Value>) -> Option<Duration> {
    let revision = revision::current(state, DAEMON_SET, set);
    let hash = revision.rsplit('-').next().unwrap_or_default().to_owned();
    let nodes: Vec<Arc<Value>> = state.iter(NODE, None).cloned().collect();
    let pods = owned(state, POD, set);
    for node in &nodes {
        let here = pods.iter().find(|pod| pod.text("/spec/nodeName") == node.name());
        let fits = eligible(set, node);
        match here {
            None if fits => {
                let name = format!("{}-{}", set.name(), state.random.suffix(5));
                let made = create_pod(state, pod_of(set, &name, node.name(), &hash));
                event(
                    state,
                    DAEMON_SET,
                    set,
                    false,
                    ("SuccessfulCreate", &format!("Created pod: {}", made.name())),
                    "daemonset-controller",
                );
            }
            Some(pod) if !fits && !pod.deleting() => delete(state, set, pod),
            _ => {}
        }
    }
    let busy = pods.iter().any(|pod| pod.deleting() || !pod::is_ready(pod));
    if set.text("/spec/updateStrategy/type") == "RollingUpdate"
        && let Some(old) = pods.iter().find(|pod| {
            !pod.deleting()
                && pod.at("/metadata/labels")[REVISION_LABEL] != hash
                && (!busy || !pod::is_ready(pod))
        })
    {
        delete(state, set, old);
    }
    let pods = owned(state, POD, set);
    let set = state.get(DAEMON_SET, set.namespace(), set.name())?;
    let wanted = nodes.iter().filter(|node| eligible(&set, node)).count();
    let status = status(&set, &pods, wanted, &hash);
    put_status(state, DAEMON_SET, &set, status);
    None
}

fn delete(state: &mut State, set: &Value, pod: &Value) {
    if registry::delete(state, POD, pod.namespace(), pod.name(), &DeleteOptions::default()).is_ok() {
        event(
            state,
            DAEMON_SET,
            set,
            false,
            ("SuccessfulDelete", &format!("Deleted pod: {}", pod.name())),
            "daemonset-controller",
        );
    }
}

/// Whether a node is meant by a DaemonSet.
pub(crate) fn eligible(set: &Value, node: &Value) -> bool {
    let spec = with_tolerations(set.at("/spec/template/spec"));
    scheduler::selects(&spec, node) && scheduler::tolerates(&spec, node)
}

fn with_tolerations(spec: &Value) -> Value {
    let mut spec = spec.clone();
    let mut all = spec.list("/tolerations").to_vec();
    all.extend(
        TOLERATED.iter().map(|(key, effect)| json!({"key": key, "operator": "Exists", "effect": effect})),
    );
    spec.put("/tolerations", all);
    spec
}

/// A pod of a DaemonSet for one node.
pub(crate) fn pod_of(set: &Value, name: &str, node: &str, hash: &str) -> Value {
    let mut pod =
        pod_from(set.at("/spec/template"), set.namespace(), name, &owner_reference(DAEMON_SET, set));
    let mut labels = pod.at("/metadata/labels").as_object().cloned().unwrap_or_default();
    labels.insert(REVISION_LABEL.to_owned(), hash.into());
    labels.insert("pod-template-generation".to_owned(), "1".into());
    pod.put("/metadata/labels", labels);
    pod.put("/metadata/generateName", format!("{}-", set.name()));
    let spec = with_tolerations(pod.at("/spec"));
    pod.put("/spec", spec);
    let fields = json!([{"key": "metadata.name", "operator": "In", "values": [node]}]);
    pod.put(
        "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms",
        json!([{"matchFields": fields}]),
    );
    pod.put("/spec/nodeName", node);
    pod
}

/// The status of a DaemonSet with these pods.
pub(crate) fn status(set: &Value, pods: &[Arc<Value>], wanted: usize, hash: &str) -> Value {
    let live = pods.iter().filter(|pod| !pod.deleting()).count();
    let ready = pods.iter().filter(|pod| pod::is_ready(pod) && !pod.deleting()).count();
    let updated = pods
        .iter()
        .filter(|pod| !pod.deleting() && pod.at("/metadata/labels")[REVISION_LABEL] == hash)
        .count();
    let mut status = json!({"currentNumberScheduled": live.min(wanted), "numberMisscheduled": 0,
        "desiredNumberScheduled": wanted, "numberReady": ready,
        "observedGeneration": set.int("/metadata/generation").unwrap_or(1)});
    for (field, number) in [
        ("updatedNumberScheduled", updated),
        ("numberAvailable", ready),
        ("numberUnavailable", wanted.saturating_sub(ready)),
    ] {
        if number > 0 {
            status[field] = number.into();
        }
    }
    status
}
