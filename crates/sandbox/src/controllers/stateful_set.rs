//! The StatefulSet controller: ordinals in order, claims, revisions, rolling updates.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{create_pod, event, owned, owner_reference, pod, pod_from, put_status, revision};
use crate::kind::{CLAIM, POD, STATEFUL_SET};
use crate::registry::{self, DeleteOptions};
use crate::store::State;
use crate::value::Object;

/// Label with the revision of a pod.
pub(crate) const REVISION_LABEL: &str = "controller-revision-hash";

/// One step towards what the StatefulSet asks for.
pub(super) fn settle(state: &mut State, set: &Arc<Value>) -> Option<Duration> {
    let update = revision::current(state, STATEFUL_SET, set);
    let pods = by_ordinal(state, set);
    step(state, set, &pods, &update);
    let pods = by_ordinal(state, set);
    let set = state.get(STATEFUL_SET, set.namespace(), set.name())?;
    let status = status(&set, &pods, &update);
    put_status(state, STATEFUL_SET, &set, status);
    None
}

fn by_ordinal(state: &State, set: &Value) -> BTreeMap<i64, Arc<Value>> {
    let prefix = format!("{}-", set.name());
    owned(state, POD, set)
        .into_iter()
        .filter_map(|pod| Some((pod.name().strip_prefix(&prefix)?.parse().ok()?, pod)))
        .collect()
}

fn ordinals(set: &Value) -> std::ops::Range<i64> {
    let start = set.int("/spec/ordinals/start").unwrap_or(0);
    start..start + set.int("/spec/replicas").unwrap_or(1).max(0)
}

fn delete(state: &mut State, set: &Value, pod: &Value) {
    let said = format!("delete Pod {} in StatefulSet {} successful", pod.name(), set.name());
    if registry::delete(state, POD, pod.namespace(), pod.name(), &DeleteOptions::default()).is_ok() {
        event(state, STATEFUL_SET, set, false, ("SuccessfulDelete", &said), "statefulset-controller");
    }
}

fn step(state: &mut State, set: &Value, pods: &BTreeMap<i64, Arc<Value>>, update: &str) {
    let ordered = set.text("/spec/podManagementPolicy") != "Parallel";
    let wanted = ordinals(set);
    for ordinal in wanted.clone() {
        match pods.get(&ordinal) {
            None => {
                create(state, set, ordinal, update);
                if ordered {
                    return;
                }
            }
            Some(pod) if matches!(pod.text("/status/phase"), "Failed" | "Succeeded") && !pod.deleting() => {
                delete(state, set, pod);
                if ordered {
                    return;
                }
            }
            Some(pod) if ordered && (!pod::is_ready(pod) || pod.deleting()) => {
                // A broken pod of an old revision may still be rolled below.
                if pod.deleting() || revision_of(pod) == update || strategy(set) != "RollingUpdate" {
                    return;
                }
                break;
            }
            Some(_) => {}
        }
    }
    for (_, pod) in pods.iter().rev().filter(|(ordinal, _)| !wanted.contains(ordinal)) {
        if !pod.deleting() {
            delete(state, set, pod);
        }
        if ordered {
            return;
        }
    }
    if set.text("/spec/persistentVolumeClaimRetentionPolicy/whenScaled") == "Delete" {
        drop_claims(state, set, &wanted);
    }
    if strategy(set) != "RollingUpdate" {
        return;
    }
    let partition = set.int("/spec/updateStrategy/rollingUpdate/partition").unwrap_or(0);
    for ordinal in wanted.rev() {
        let Some(pod) = pods.get(&ordinal) else { return };
        if ordinal >= partition && revision_of(pod) != update {
            if !pod.deleting() {
                delete(state, set, pod);
            }
            return;
        }
        if !pod::is_ready(pod) || pod.deleting() {
            return;
        }
    }
}

fn strategy(set: &Value) -> &str {
    set.text("/spec/updateStrategy/type")
}

fn revision_of(pod: &Value) -> &str {
    pod.at("/metadata/labels")[REVISION_LABEL].as_str().unwrap_or_default()
}

/// A pod of a StatefulSet as its controller makes it.
pub(crate) fn pod_of(set: &Value, ordinal: i64, revision: &str) -> Value {
    let name = format!("{}-{ordinal}", set.name());
    let mut pod =
        pod_from(set.at("/spec/template"), set.namespace(), &name, &owner_reference(STATEFUL_SET, set));
    let mut labels = pod.at("/metadata/labels").as_object().cloned().unwrap_or_default();
    labels.insert("apps.kubernetes.io/pod-index".to_owned(), ordinal.to_string().into());
    labels.insert(REVISION_LABEL.to_owned(), revision.into());
    labels.insert("statefulset.kubernetes.io/pod-name".to_owned(), name.as_str().into());
    pod.put("/metadata/labels", labels);
    pod.put("/metadata/generateName", format!("{}-", set.name()));
    pod.put("/spec/hostname", name.as_str());
    let service = set.text("/spec/serviceName");
    if !service.is_empty() {
        pod.put("/spec/subdomain", service);
    }
    let claims = set.list("/spec/volumeClaimTemplates");
    let mut volumes: Vec<Value> = claims
        .iter()
        .map(|claim| json!({"name": claim.name(), "persistentVolumeClaim": {"claimName": format!("{}-{name}", claim.name())}}))
        .collect();
    let own = pod
        .list("/spec/volumes")
        .iter()
        .filter(|volume| !claims.iter().any(|claim| claim.name() == volume.text("/name")));
    volumes.extend(own.cloned());
    if !volumes.is_empty() {
        pod.put("/spec/volumes", volumes);
    }
    pod
}

/// The claims of one ordinal.
pub(crate) fn claims_of(set: &Value, ordinal: i64) -> Vec<Value> {
    let labels = set.at("/spec/selector/matchLabels").clone();
    set.list("/spec/volumeClaimTemplates")
        .iter()
        .map(|template| {
            let mut claim = template.clone();
            claim.put("/kind", "PersistentVolumeClaim");
            claim.put("/apiVersion", "v1");
            let mut all = template.at("/metadata/labels").as_object().cloned().unwrap_or_default();
            all.extend(labels.as_object().cloned().unwrap_or_default());
            claim.put(
                "/metadata",
                json!({"name": format!("{}-{}-{ordinal}", template.name(), set.name()),
                "namespace": set.namespace(), "labels": all}),
            );
            if let Some(annotations) = template.at("/metadata").get("annotations") {
                claim["metadata"]["annotations"] = annotations.clone();
            }
            if set.text("/spec/persistentVolumeClaimRetentionPolicy/whenDeleted") == "Delete" {
                claim["metadata"]["ownerReferences"] = json!([owner_reference(STATEFUL_SET, set)]);
            }
            claim
        })
        .collect()
}

fn create(state: &mut State, set: &Value, ordinal: i64, update: &str) {
    // Below the partition a lost pod comes back in the old revision; its template is in the revision object.
    let partition = set.int("/spec/updateStrategy/rollingUpdate/partition").unwrap_or(0);
    let current = set.text("/status/currentRevision").to_owned();
    let old =
        (strategy(set) == "RollingUpdate" && ordinal < partition && !current.is_empty() && current != update)
            .then(|| state.get(crate::kind::CONTROLLER_REVISION, set.namespace(), &current))
            .flatten();
    for mut claim in claims_of(set, ordinal) {
        if state.get(CLAIM, claim.namespace(), claim.name()).is_none() {
            let said = format!(
                "create Claim {} Pod {}-{ordinal} in StatefulSet {} success",
                claim.name(),
                set.name(),
                set.name()
            );
            crate::defaults::on_create(state, CLAIM, &mut claim);
            crate::defaults::apply(CLAIM, &mut claim);
            state.put(CLAIM, claim);
            event(state, STATEFUL_SET, set, false, ("SuccessfulCreate", &said), "statefulset-controller");
        }
    }
    let pod = match old {
        Some(revision) => {
            let mut before = set.clone();
            let mut template = revision.at("/data/spec/template").clone();
            template.drop_key("/$patch");
            before.put("/spec/template", template);
            pod_of(&before, ordinal, &current)
        }
        None => pod_of(set, ordinal, update),
    };
    let made = create_pod(state, pod);
    let said = format!("create Pod {} in StatefulSet {} successful", made.name(), set.name());
    event(state, STATEFUL_SET, set, false, ("SuccessfulCreate", &said), "statefulset-controller");
}

fn drop_claims(state: &mut State, set: &Value, wanted: &std::ops::Range<i64>) {
    for template in set.list("/spec/volumeClaimTemplates") {
        let prefix = format!("{}-{}-", template.name(), set.name());
        let spare: Vec<String> = state
            .iter(CLAIM, Some(set.namespace()))
            .filter(|claim| !claim.deleting())
            .filter_map(|claim| {
                claim
                    .name()
                    .strip_prefix(&prefix)
                    .and_then(|rest| rest.parse::<i64>().ok())
                    .map(|ordinal| (ordinal, claim.name().to_owned()))
            })
            .filter(|(ordinal, _)| !wanted.contains(ordinal))
            .map(|(_, name)| name)
            .collect();
        for name in spare {
            // A claim that is gone already is what was wanted.
            let _gone = registry::delete(state, CLAIM, set.namespace(), &name, &DeleteOptions::default());
        }
    }
}

fn count(pods: &BTreeMap<i64, Arc<Value>>, counts: impl Fn(&Value) -> bool) -> usize {
    pods.values().filter(|pod| counts(pod)).count()
}

/// The status of a StatefulSet with these pods.
pub(crate) fn status(set: &Value, pods: &BTreeMap<i64, Arc<Value>>, update: &str) -> Value {
    let mut status = set.at("/status").clone();
    let old = match set.text("/status/currentRevision") {
        "" => update,
        old => old,
    };
    let updated = count(pods, |pod| !pod.deleting() && revision_of(pod) == update);
    let ready = count(pods, |pod| pod::is_ready(pod) && !pod.deleting());
    let wanted = usize::try_from(set.int("/spec/replicas").unwrap_or(1)).unwrap_or(0);
    let partition = set.int("/spec/updateStrategy/rollingUpdate/partition").unwrap_or(0);
    let done = partition == 0
        && strategy(set) == "RollingUpdate"
        && updated == wanted
        && pods.len() == wanted
        && ready == wanted;
    let current = if done { update } else { old };
    let at_current = count(pods, |pod| !pod.deleting() && revision_of(pod) == current);
    status.put("/observedGeneration", set.int("/metadata/generation").unwrap_or(1));
    status.put("/replicas", pods.len());
    status.put("/availableReplicas", ready);
    status.put("/collisionCount", 0);
    status.put("/currentRevision", current);
    status.put("/updateRevision", update);
    for (field, number) in
        [("readyReplicas", ready), ("currentReplicas", at_current), ("updatedReplicas", updated)]
    {
        if number == 0 {
            status.drop_key(&format!("/{field}"));
        } else {
            status.put(&format!("/{field}"), number);
        }
    }
    status
}
