//! The kubelet: what becomes of a pod from its scheduling to its end.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::{Memory, condition, event, put_status, scheduler};
use crate::kind::{CONFIG_MAP, POD, SECRET};
use crate::store::State;
use crate::value::{Object, age_seconds, now};

mod container;
pub(crate) mod status;

/// The pause before an unplaceable pod is tried again.
const RESCHEDULE: Duration = Duration::from_secs(6);
/// How long a stopped container takes to end.
const STOP: Duration = Duration::from_millis(900);

/// Whether a pod is ready.
pub(crate) fn is_ready(pod: &Value) -> bool {
    pod.list("/status/conditions").iter().any(|one| one["type"] == "Ready" && one["status"] == "True")
}

/// One step in a pod's life.
pub(super) fn settle(state: &mut State, pod: &Arc<Value>, memory: &mut Memory) -> Option<Duration> {
    if pod.deleting() {
        return end(state, pod, memory);
    }
    if matches!(pod.text("/status/phase"), "Succeeded" | "Failed") {
        return None;
    }
    if !pod
        .list("/status/conditions")
        .iter()
        .any(|one| one["type"] == "PodScheduled" && one["status"] == "True")
    {
        return schedule(state, pod, memory);
    }
    if pod.list("/status/containerStatuses").is_empty() {
        let node = pod.text("/spec/nodeName").to_owned();
        let mut status = status::creating(pod, &node);
        status.put("/startTime", now());
        put_status(state, POD, pod, status);
        return None;
    }
    if let Some(missing) = missing_volume(state, pod) {
        let said = format!("MountVolume.SetUp failed for volume {:?} : {}", missing.0, missing.1);
        if memory.wait(&format!("{}/mount", pod.uid()), Duration::from_secs(8)).is_none()
            || !has_event(state, pod, "FailedMount")
        {
            event(state, POD, pod, true, ("FailedMount", &said), "kubelet");
        }
        return Some(Duration::from_secs(3));
    }
    container::advance(state, pod, memory)
}

fn has_event(state: &State, pod: &Value, reason: &str) -> bool {
    state
        .iter(crate::kind::EVENT, Some(pod.namespace()))
        .any(|event| event["reason"] == reason && event.text("/involvedObject/uid") == pod.uid())
}

fn end(state: &mut State, pod: &Value, memory: &mut Memory) -> Option<Duration> {
    if !pod.list("/metadata/finalizers").is_empty() {
        return None;
    }
    if !memory.since.contains_key(&format!("{}/stop", pod.uid())) {
        for container in pod.list("/spec/containers") {
            let said = format!("Stopping container {}", container.text("/name"));
            event(state, POD, pod, false, ("Killing", &said), "kubelet");
        }
    }
    let grace = u64::try_from(pod.int("/metadata/deletionGracePeriodSeconds").unwrap_or(30)).unwrap_or(0);
    let stop = STOP.min(Duration::from_secs(grace));
    // The wait counts from the first look, or from the deletion where that is longer ago.
    if let Some(left) = memory.wait(&format!("{}/stop", pod.uid()), stop) {
        return Some(left);
    }
    state.remove(POD, pod.namespace(), pod.name());
    None
}

fn schedule(state: &mut State, pod: &Value, memory: &mut Memory) -> Option<Duration> {
    let preset = pod.text("/spec/nodeName");
    let placed = if preset.is_empty() { scheduler::place(state, pod) } else { Ok(preset.to_owned()) };
    match placed {
        Ok(node) => {
            let mut changed = pod.clone();
            changed.put("/spec/nodeName", node.as_str());
            let conditions = condition(&[], "PodScheduled", true, "", "");
            changed.put("/status/conditions", conditions);
            state.put(POD, changed);
            let said = format!("Successfully assigned {}/{} to {node}", pod.namespace(), pod.name());
            event(state, POD, pod, false, ("Scheduled", &said), "default-scheduler");
            None
        }
        Err(message) => {
            let mut status = pod.at("/status").clone();
            let conditions =
                condition(pod.list("/status/conditions"), "PodScheduled", false, "Unschedulable", &message);
            status.put("/conditions", conditions);
            if memory.wait(&format!("{}/unplaced", pod.uid()), Duration::from_secs(60)).is_none()
                || !has_event(state, pod, "FailedScheduling")
            {
                event(state, POD, pod, true, ("FailedScheduling", &message), "default-scheduler");
            }
            put_status(state, POD, pod, status);
            // A claim about to be bound is looked at sooner than a full cluster.
            Some(if message.contains("unbound immediate") { Duration::from_millis(500) } else { RESCHEDULE })
        }
    }
}

/// The first mounted ConfigMap or Secret that is not there: volume and what is missing.
fn missing_volume(state: &State, pod: &Value) -> Option<(String, String)> {
    for volume in pod.list("/spec/volumes") {
        let name = volume.text("/name").to_owned();
        let (source, kind, key) = [("/configMap", CONFIG_MAP, "/name"), ("/secret", SECRET, "/secretName")]
            .into_iter()
            .find(|(source, _, _)| volume.at(source).is_object())
            .map_or((&Value::Null, CONFIG_MAP, "/name"), |(source, kind, key)| {
                (volume.at(source), kind, key)
            });
        if source.is_null() || source["optional"] == true {
            continue;
        }
        let wanted = source.text(key);
        if state.get(kind, pod.namespace(), wanted).is_none() {
            return Some((name, format!("{} {wanted:?} not found", kind.kind.to_lowercase())));
        }
    }
    None
}

/// Seconds that a container has run.
fn running_for(container_status: &Value) -> i64 {
    age_seconds(container_status.text("/state/running/startedAt"))
}
