//! Claims: bound to a volume of their class, protected while pods use them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Memory, event};
use crate::kind::{CLAIM, POD, STORAGE_CLASS, VOLUME};
use crate::store::State;
use crate::value::Object;

/// How long a provisioner takes.
const PROVISION: Duration = Duration::from_millis(400);
/// How often a claim without a usable class is looked at again.
const RETRY: Duration = Duration::from_secs(15);

/// One step towards a bound claim, or towards its end.
pub(super) fn settle(state: &mut State, claim: &Arc<Value>, memory: &mut Memory) -> Option<Duration> {
    if claim.deleting() {
        let used = state.iter(POD, Some(claim.namespace())).any(|pod| {
            !matches!(pod.text("/status/phase"), "Succeeded" | "Failed")
                && pod
                    .list("/spec/volumes")
                    .iter()
                    .any(|volume| volume.text("/persistentVolumeClaim/claimName") == claim.name())
        });
        if !used {
            let volume = claim.text("/spec/volumeName").to_owned();
            state.remove(CLAIM, claim.namespace(), claim.name());
            release(state, &volume);
        }
        return None;
    }
    if claim.text("/status/phase") == "Bound" {
        return None;
    }
    let class = claim.text("/spec/storageClassName").to_owned();
    if class.is_empty() {
        event(
            state,
            CLAIM,
            claim,
            false,
            ("FailedBinding", "no persistent volumes available for this claim and no storage class is set"),
            "persistentvolume-controller",
        );
        return Some(RETRY);
    }
    let Some(class) = state.get(STORAGE_CLASS, "", &class) else {
        let said = format!("storageclass.storage.k8s.io {class:?} not found");
        event(state, CLAIM, claim, true, ("ProvisioningFailed", &said), "persistentvolume-controller");
        return Some(RETRY);
    };
    if let Some(left) = memory.wait(&format!("{}/provision", claim.uid()), PROVISION) {
        return Some(left);
    }
    bind(state, claim, &class);
    let name = format!("pvc-{}", claim.uid());
    event(
        state,
        CLAIM,
        claim,
        false,
        ("ProvisioningSucceeded", &format!("Successfully provisioned volume {name}")),
        class.text("/provisioner"),
    );
    None
}

/// Makes a volume for a claim and binds both.
pub(crate) fn bind(state: &mut State, claim: &Value, class: &Value) {
    let name = format!("pvc-{}", claim.uid());
    let size = claim.at("/spec/resources/requests/storage").clone();
    let mut bound = claim.clone();
    bound.put("/spec/volumeName", name.as_str());
    bound.put("/status", json!({"phase": "Bound", "accessModes": claim.at("/spec/accessModes"), "capacity": {"storage": size}}));
    let mut annotations = claim.at("/metadata/annotations").as_object().cloned().unwrap_or_default();
    annotations.insert("pv.kubernetes.io/bind-completed".to_owned(), "yes".into());
    annotations.insert("pv.kubernetes.io/bound-by-controller".to_owned(), "yes".into());
    annotations.insert("volume.kubernetes.io/storage-provisioner".to_owned(), class["provisioner"].clone());
    bound.put("/metadata/annotations", annotations);
    let bound = state.put(CLAIM, bound);
    state.put(
        VOLUME,
        json!({"kind": "PersistentVolume", "apiVersion": "v1",
            "metadata": {"name": name, "finalizers": ["kubernetes.io/pv-protection"], "annotations": {"pv.kubernetes.io/provisioned-by": class["provisioner"]}},
            "spec": {"capacity": {"storage": size}, "accessModes": claim.at("/spec/accessModes"),
                "persistentVolumeReclaimPolicy": class["reclaimPolicy"], "storageClassName": class.name(), "volumeMode": "Filesystem",
                "claimRef": {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "namespace": claim.namespace(), "name": claim.name(), "uid": claim.uid(),
                    "resourceVersion": bound.text("/metadata/resourceVersion")},
                "csi": {"driver": class["provisioner"], "volumeHandle": name}},
            "status": {"phase": "Bound"}}),
    );
}

fn release(state: &mut State, volume: &str) {
    let Some(found) = state.get(VOLUME, "", volume) else { return };
    if found.text("/spec/persistentVolumeReclaimPolicy") == "Delete" {
        state.remove(VOLUME, "", volume);
    } else {
        let mut released = Value::clone(&found);
        released.put("/status/phase", "Released");
        state.put(VOLUME, released);
    }
}
