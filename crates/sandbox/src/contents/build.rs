//! Writing objects in the past tense: created long ago, at rest since.

use std::sync::Arc;

use serde_json::{Value, json};

use super::object;
use crate::controllers::pod::status;
use crate::kind::{CLAIM, CONFIG_MAP, Kind, NAMESPACE, POD, SECRET, STORAGE_CLASS};
use crate::store::State;
use crate::value::{Object, seconds_from_now};
use crate::{controllers, defaults};

/// Seconds in a day.
pub(super) const DAY: i64 = 86_400;

/// Writes settled objects into a cluster.
pub(super) struct Builder<'a> {
    /// The cluster.
    pub(super) state: &'a mut State,
    /// Nodes that take ordinary pods.
    pub(super) nodes: Vec<String>,
    next_node: usize,
}

impl<'a> Builder<'a> {
    /// A builder for an empty cluster.
    pub(super) fn new(state: &'a mut State) -> Self {
        Self { state, nodes: Vec::new(), next_node: 0 }
    }

    /// The next node in turn.
    pub(super) fn node(&mut self) -> String {
        self.next_node += 1;
        self.nodes.get(self.next_node % self.nodes.len().max(1)).cloned().unwrap_or_default()
    }

    /// An age in seconds between two bounds.
    pub(super) fn age(&mut self, least: i64, most: i64) -> i64 {
        let span = usize::try_from(most - least).unwrap_or(1);
        least + i64::try_from(self.state.random.below(span)).unwrap_or(0)
    }

    /// Stores an object with its defaults, created `age` seconds ago.
    pub(super) fn put(&mut self, kind: &'static Kind, mut object: Value, age: i64) -> Arc<Value> {
        if object.at("/metadata/creationTimestamp").is_null() {
            object.put("/metadata/creationTimestamp", seconds_from_now(-age));
        }
        if kind.has_generation() && object.at("/metadata/generation").is_null() {
            object.put("/metadata/generation", 1);
        }
        if object.uid().is_empty() {
            let uid = self.state.random.uid();
            object.put("/metadata/uid", uid);
        }
        let status = object.get("status").cloned();
        if kind.kind != "Pod" {
            defaults::on_create(self.state, kind, &mut object);
        }
        defaults::apply(kind, &mut object);
        if let Some(status) = status {
            object.put("/status", status);
        }
        self.state.put(kind, object)
    }

    /// Makes sure of a namespace.
    pub(super) fn namespace(&mut self, name: &str) {
        if self.state.get(NAMESPACE, "", name).is_none() {
            let age = self.age(90 * DAY, 400 * DAY);
            self.put(NAMESPACE, object("v1", "Namespace", "", name), age);
            controllers::furnish(self.state, name);
        }
    }

    /// A ConfigMap.
    pub(super) fn config_map(&mut self, namespace: &str, name: &str, data: Value) {
        if self.state.get(CONFIG_MAP, namespace, name).is_none() {
            let mut map = object("v1", "ConfigMap", namespace, name);
            map["data"] = data;
            self.put(CONFIG_MAP, map, 60 * DAY);
        }
    }

    /// A Secret with plain texts.
    pub(super) fn secret(&mut self, namespace: &str, name: &str, texts: Value) {
        if self.state.get(SECRET, namespace, name).is_none() {
            let mut secret = object("v1", "Secret", namespace, name);
            secret["stringData"] = texts;
            self.put(SECRET, secret, 60 * DAY);
        }
    }

    /// A claim, bound to a volume of its class.
    pub(super) fn bound_claim(&mut self, claim: Value, age: i64) {
        let claim = self.put(CLAIM, claim, age);
        let class = claim.text("/spec/storageClassName").to_owned();
        if let Some(class) = self.state.get(STORAGE_CLASS, "", &class) {
            controllers::bind(self.state, &claim, &class);
        }
    }

    /// A pod that has run for `age` seconds, or stands in the state that `at_rest` makes of it.
    pub(super) fn pod(
        &mut self,
        mut pod: Value,
        node: &str,
        age: i64,
        at_rest: &dyn Fn(&Value) -> Value,
    ) -> Arc<Value> {
        defaults::admit_pod(&mut pod);
        defaults::apply(POD, &mut pod);
        let since = seconds_from_now(-age);
        pod.put("/metadata/creationTimestamp", since.as_str());
        pod.put("/metadata/generation", 1);
        let uid = self.state.random.uid();
        pod.put("/metadata/uid", uid);
        if !node.is_empty() {
            pod.put("/spec/nodeName", node);
        }
        let status = at_rest(&pod);
        pod.put("/status", status);
        backdate(&mut pod, &since);
        self.state.put(POD, pod)
    }
}

/// Sets the times of all conditions.
fn backdate(pod: &mut Value, since: &str) {
    if let Some(Value::Array(list)) = pod.pointer_mut("/status/conditions") {
        for one in list {
            one["lastTransitionTime"] = since.into();
        }
    }
}

/// The status of a pod whose containers run since its creation.
pub(super) fn running(pod: &Value) -> Value {
    let since = pod.text("/metadata/creationTimestamp");
    let list = pod.list("/spec/containers").iter().map(|one| status::running(one, since, 0, None)).collect();
    status::whole(pod, "Running", list, since)
}

/// The status of a pod whose first container waits for a reason, the others running.
pub(super) fn waiting(pod: &Value, reason: &str, message: &str, restarts: i64) -> Value {
    let since = pod.text("/metadata/creationTimestamp");
    let list: Vec<Value> = pod
        .list("/spec/containers")
        .iter()
        .enumerate()
        .map(|(place, one)| {
            let last = (restarts > 0).then(|| status::ended(one, 1, since, &seconds_from_now(-30)));
            if place == 0 {
                status::waiting(one, reason, message, restarts, last)
            } else {
                status::running(one, since, 0, None)
            }
        })
        .collect();
    let phase = if restarts > 0 || list.len() > 1 { "Running" } else { "Pending" };
    status::whole(pod, phase, list, since)
}

/// The status of a pod that was placed nowhere.
pub(super) fn unplaced(message: &str) -> Value {
    json!({"phase": "Pending", "qosClass": "Burstable",
        "conditions": controllers::condition(&[], "PodScheduled", false, "Unschedulable", message)})
}
