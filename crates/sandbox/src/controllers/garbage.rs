//! Owners and dependents: background, foreground and orphaning deletion.

use std::sync::Arc;

use serde_json::Value;

use crate::kind::{
    CLAIM, CONFIG_MAP, CONTROLLER_REVISION, ENDPOINT_SLICE, JOB, Kind, POD, REPLICA_SET, SERVICE,
};
use crate::registry::{self, DeleteOptions};
use crate::store::State;
use crate::value::Object;

/// Kinds that controllers, and operators, make for others.
const DEPENDENTS: [&Kind; 8] =
    [POD, REPLICA_SET, CONTROLLER_REVISION, JOB, ENDPOINT_SLICE, CLAIM, CONFIG_MAP, SERVICE];

/// Objects that name `owner` among their owners.
pub(super) fn dependents(state: &State, owner: &Value) -> Vec<(&'static Kind, Arc<Value>)> {
    let uid = owner.uid();
    let scope = (!owner.namespace().is_empty()).then(|| owner.namespace());
    DEPENDENTS
        .into_iter()
        .flat_map(|kind| state.iter(kind, scope).map(move |object| (kind, object)))
        .filter(|(_, object)| object.list("/metadata/ownerReferences").iter().any(|one| one["uid"] == uid))
        .map(|(kind, object)| (kind, Arc::clone(object)))
        .collect()
}

/// Carries out what deletion asks for: says whether the object is done with.
pub(super) fn collect(state: &mut State, kind: &'static Kind, object: &Arc<Value>) -> bool {
    if !object.deleting() && orphaned(state, object) {
        return registry::delete(state, kind, object.namespace(), object.name(), &DeleteOptions::default())
            .is_ok()
            && kind.kind != "Pod";
    }
    if !object.deleting() {
        return false;
    }
    let finalizers = object.list("/metadata/finalizers");
    let has = |name: &str| finalizers.iter().any(|one| one == name);
    if has("orphan") {
        for (kind, dependent) in dependents(state, object) {
            let mut free = Value::clone(&dependent);
            let owners: Vec<Value> = dependent
                .list("/metadata/ownerReferences")
                .iter()
                .filter(|one| one["uid"] != object.uid())
                .cloned()
                .collect();
            if owners.is_empty() {
                free.drop_key("/metadata/ownerReferences");
            } else {
                free.put("/metadata/ownerReferences", owners);
            }
            state.put(kind, free);
        }
        return finish(state, kind, object, "orphan");
    }
    if has("foregroundDeletion") {
        let left = dependents(state, object);
        if left.is_empty() {
            return finish(state, kind, object, "foregroundDeletion");
        }
        for (kind, dependent) in left.into_iter().filter(|(_, dependent)| !dependent.deleting()) {
            let options =
                DeleteOptions { propagation: Some("Foreground".to_owned()), ..DeleteOptions::default() };
            // A dependent that is gone already is what was wanted.
            let _gone = registry::delete(state, kind, dependent.namespace(), dependent.name(), &options);
        }
        return kind.kind != "Pod";
    }
    // Workloads that are being deleted get no new pods.
    !matches!(kind.kind, "Pod" | "Namespace" | "PersistentVolumeClaim")
}

/// Whether every owner of an object is gone.
fn orphaned(state: &State, object: &Value) -> bool {
    let owners = object.list("/metadata/ownerReferences");
    !owners.is_empty()
        && owners.iter().all(|owner| {
            crate::kind::by_kind(owner.text("/apiVersion"), owner.text("/kind")).is_some_and(|kind| {
                let namespace = if kind.namespaced { object.namespace() } else { "" };
                state
                    .get(kind, namespace, owner.text("/name"))
                    .is_none_or(|found| found.uid() != owner["uid"])
            })
        })
}

/// Removes a finalizer, and the object with the last one.
fn finish(state: &mut State, kind: &'static Kind, object: &Value, finalizer: &str) -> bool {
    let left: Vec<Value> =
        object.list("/metadata/finalizers").iter().filter(|one| *one != finalizer).cloned().collect();
    if left.is_empty() && kind.kind != "Pod" {
        state.remove(kind, object.namespace(), object.name());
        return true;
    }
    let mut changed = object.clone();
    if left.is_empty() {
        changed.drop_key("/metadata/finalizers");
    } else {
        changed.put("/metadata/finalizers", left);
    }
    state.put(kind, changed);
    true
}
