//! The Deployment controller: a ReplicaSet per template, rolled within the strategy's bounds.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{condition, event, owned, owner_reference, put_status, revision};
use crate::kind::{DEPLOYMENT, REPLICA_SET};
use crate::store::State;
use crate::value::{Object, age_seconds, now};

/// Annotation that numbers revisions.
const REVISION: &str = "deployment.kubernetes.io/revision";

/// One step towards what the Deployment asks for.
pub(super) fn settle(state: &mut State, deployment: &Arc<Value>) -> Option<Duration> {
    let hash = revision::hash(deployment.at("/spec/template"));
    let name = format!("{}-{hash}", deployment.name());
    let sets = owned(state, REPLICA_SET, deployment);
    let newest = sets.iter().filter_map(|set| number(set)).max().unwrap_or(0);
    let wanted = deployment.int("/spec/replicas").unwrap_or(1).max(0);
    if deployment.at("/spec/paused") != true {
        match sets.iter().find(|set| set.name() == name) {
            None => {
                let mut set = set_of(deployment, &hash, newest + 1);
                set.put("/spec/replicas", if sets.is_empty() { wanted } else { 0 });
                state.put(REPLICA_SET, set);
                if sets.is_empty() {
                    scaled(state, deployment, &name, "up", 0, wanted);
                }
            }
            Some(set) if number(set) != Some(newest) => {
                let mut again = Value::clone(set);
                again["metadata"]["annotations"][REVISION] = (newest + 1).to_string().into();
                state.put(REPLICA_SET, again);
            }
            Some(_) => {}
        }
        roll(state, deployment, &name, wanted);
    }
    clean(state, deployment, &name);
    let sets = owned(state, REPLICA_SET, deployment);
    let mut current = Value::clone(&*state.get(DEPLOYMENT, deployment.namespace(), deployment.name())?);
    let shown =
        sets.iter().find(|set| set.name() == name).and_then(|set| number(set)).unwrap_or(1).to_string();
    if current.at("/metadata/annotations")[REVISION] != shown {
        let mut annotations = current.at("/metadata/annotations").as_object().cloned().unwrap_or_default();
        annotations.insert(REVISION.to_owned(), shown.into());
        current.put("/metadata/annotations", annotations);
        current = Value::clone(&*state.put(DEPLOYMENT, current));
    }
    let status = status(&current, &sets, &name);
    put_status(state, DEPLOYMENT, &current, status);
    // The progress deadline passes without any change that would wake this controller.
    (current.at("/spec/paused") != true).then_some(Duration::from_secs(30))
}

fn number(set: &Value) -> Option<i64> {
    set.at("/metadata/annotations")[REVISION].as_str()?.parse().ok()
}

/// The ReplicaSet of a Deployment's present template.
pub(crate) fn set_of(deployment: &Value, hash: &str, revision: i64) -> Value {
    let mut template = deployment.at("/spec/template").clone();
    let mut labels = template.at("/metadata/labels").as_object().cloned().unwrap_or_default();
    labels.insert("pod-template-hash".to_owned(), hash.into());
    template.put("/metadata/labels", labels.clone());
    let mut selector = deployment.at("/spec/selector").clone();
    let mut wanted = selector.at("/matchLabels").as_object().cloned().unwrap_or_default();
    wanted.insert("pod-template-hash".to_owned(), hash.into());
    selector.put("/matchLabels", wanted);
    json!({"kind": "ReplicaSet", "apiVersion": "apps/v1",
        "metadata": {"name": format!("{}-{hash}", deployment.name()), "namespace": deployment.namespace(), "generation": 1,
            "labels": labels, "annotations": {REVISION: revision.to_string()},
            "ownerReferences": [owner_reference(DEPLOYMENT, deployment)]},
        "spec": {"replicas": 0, "selector": selector, "template": template}, "status": {"replicas": 0}})
}

fn scaled(state: &mut State, deployment: &Value, set: &str, way: &str, from: i64, to: i64) {
    let said = format!("Scaled {way} replica set {set} from {from} to {to}");
    event(state, DEPLOYMENT, deployment, false, ("ScalingReplicaSet", &said), "deployment-controller");
}

fn scale(state: &mut State, deployment: &Value, set: &Value, to: i64) {
    let from = set.int("/spec/replicas").unwrap_or(0);
    if from == to {
        return;
    }
    let mut changed = set.clone();
    changed.put("/spec/replicas", to);
    changed.put("/metadata/generation", set.int("/metadata/generation").unwrap_or(1) + 1);
    state.put(REPLICA_SET, changed);
    scaled(state, deployment, set.name(), if to > from { "up" } else { "down" }, from, to);
}

/// A number or a percentage of `whole`, rounded up or down.
fn share(value: &Value, whole: i64, up: bool) -> i64 {
    match value {
        Value::Number(number) => number.as_i64().unwrap_or(0),
        Value::String(text) => {
            let percent: i64 = text.trim_end_matches('%').parse().unwrap_or(0);
            if up { (whole * percent + 99) / 100 } else { whole * percent / 100 }
        }
        _ => 0,
    }
}

fn roll(state: &mut State, deployment: &Value, name: &str, wanted: i64) {
    let sets = owned(state, REPLICA_SET, deployment);
    let Some(new) = sets.iter().find(|set| set.name() == name) else { return };
    let old: Vec<&Arc<Value>> =
        sets.iter().filter(|set| set.name() != name && set.int("/spec/replicas").unwrap_or(0) > 0).collect();
    let old_wanted: i64 = old.iter().filter_map(|set| set.int("/spec/replicas")).sum();
    if old.is_empty() {
        scale(state, deployment, new, wanted);
        return;
    }
    if deployment.text("/spec/strategy/type") == "Recreate" {
        for set in old {
            scale(state, deployment, set, 0);
        }
        return;
    }
    let surge = share(deployment.at("/spec/strategy/rollingUpdate/maxSurge"), wanted, true);
    let mut away = share(deployment.at("/spec/strategy/rollingUpdate/maxUnavailable"), wanted, false);
    if surge == 0 && away == 0 {
        away = 1;
    }
    let have = new.int("/spec/replicas").unwrap_or(0);
    let room = wanted + surge - have - old_wanted;
    if room > 0 && have < wanted {
        scale(state, deployment, new, (have + room).min(wanted));
        return;
    }
    let ready: i64 = sets.iter().filter_map(|set| set.int("/status/readyReplicas")).sum();
    let mut spare = ready - (wanted - away);
    for set in old {
        let here = set.int("/spec/replicas").unwrap_or(0);
        let unready = here - set.int("/status/readyReplicas").unwrap_or(0);
        // Pods that are not ready may go at once; ready ones only within the bounds.
        let gone = (unready.max(0) + spare.max(0)).min(here);
        spare -= gone - unready.max(0).min(gone);
        scale(state, deployment, set, here - gone);
    }
}

/// Removes empty old ReplicaSets over the history limit.
fn clean(state: &mut State, deployment: &Value, name: &str) {
    let limit =
        usize::try_from(deployment.int("/spec/revisionHistoryLimit").unwrap_or(10)).unwrap_or(usize::MAX);
    let mut empty: Vec<Arc<Value>> = owned(state, REPLICA_SET, deployment)
        .into_iter()
        .filter(|set| {
            set.name() != name
                && set.int("/spec/replicas") == Some(0)
                && set.int("/status/replicas").unwrap_or(0) == 0
        })
        .collect();
    empty.sort_by_key(|set| number(set));
    for set in empty.iter().take(empty.len().saturating_sub(limit)) {
        state.remove(REPLICA_SET, set.namespace(), set.name());
    }
}

/// The status of a Deployment with these ReplicaSets.
pub(crate) fn status(deployment: &Value, sets: &[Arc<Value>], name: &str) -> Value {
    let sum =
        |field: &str| -> i64 { sets.iter().filter_map(|set| set.int(&format!("/status/{field}"))).sum() };
    let (replicas, ready) = (sum("replicas"), sum("readyReplicas"));
    let updated =
        sets.iter().find(|set| set.name() == name).and_then(|set| set.int("/status/replicas")).unwrap_or(0);
    let wanted = deployment.int("/spec/replicas").unwrap_or(1);
    let mut status = json!({"observedGeneration": deployment.int("/metadata/generation").unwrap_or(1)});
    for (field, number) in [
        ("replicas", replicas),
        ("updatedReplicas", updated),
        ("readyReplicas", ready),
        ("availableReplicas", ready),
        ("unavailableReplicas", (wanted - ready).max(0)),
    ] {
        if number > 0 {
            status[field] = number.into();
        }
    }
    let away = share(deployment.at("/spec/strategy/rollingUpdate/maxUnavailable"), wanted, false);
    let enough = ready >= wanted - away;
    let mut list = deployment.list("/status/conditions").to_vec();
    list = if enough {
        condition(
            &list,
            "Available",
            true,
            "MinimumReplicasAvailable",
            "Deployment has minimum availability.",
        )
    } else {
        condition(
            &list,
            "Available",
            false,
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.",
        )
    };
    let complete = updated == wanted && replicas == wanted && ready == wanted;
    let before = list.iter().find(|one| one["type"] == "Progressing").cloned().unwrap_or_default();
    let moved = deployment.int("/status/readyReplicas").unwrap_or(0) != ready
        || deployment.int("/status/updatedReplicas").unwrap_or(0) != updated
        || deployment.int("/status/observedGeneration") != deployment.int("/metadata/generation");
    let since = if moved { now() } else { before.text("/lastUpdateTime").to_owned() };
    let late = !since.is_empty()
        && age_seconds(&since) > deployment.int("/spec/progressDeadlineSeconds").unwrap_or(600);
    list = if complete {
        let said = format!("ReplicaSet {name:?} has successfully progressed.");
        condition(&list, "Progressing", true, "NewReplicaSetAvailable", &said)
    } else if late {
        let said = format!("ReplicaSet {name:?} has timed out progressing.");
        condition(&list, "Progressing", false, "ProgressDeadlineExceeded", &said)
    } else {
        condition(
            &list,
            "Progressing",
            true,
            "ReplicaSetUpdated",
            &format!("ReplicaSet {name:?} is progressing."),
        )
    };
    for one in &mut list {
        let stamp = match one.text("/type") {
            "Progressing" if !since.is_empty() => since.clone(),
            _ => one.text("/lastTransitionTime").to_owned(),
        };
        one["lastUpdateTime"] = stamp.into();
    }
    status["conditions"] = list.into();
    status
}
