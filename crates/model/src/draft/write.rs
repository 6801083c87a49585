//! Draft to object.

use serde_json::{Map, Value, json};

use super::{
    ALIAS, ContainerDraft, ContainerField, DESCRIPTION, FOREIGN_ALIAS, FOREIGN_DESCRIPTION, Holder, PairRow,
    Role, WorkloadDraft,
    control::containers,
    read::{container as read_container, readable_containers},
};
use crate::{FieldPath, Segment, object::WorkloadKind};

/// The label by which a workload made here finds its pods (PS 8.2).
pub(super) const SELECTOR_KEY: &str = "app";

/// What a new workload is written over: the golden manifest of PS 8.6 without what its form fills in.
/// It names no Service: that section makes one, and Kubernetes accepts a StatefulSet without
/// (`serviceName` is optional in `apps/v1`).
pub fn skeleton(kind: WorkloadKind, namespace: &str, name: &str) -> Value {
    json!({
        "apiVersion": kind.api_version(),
        "kind": kind.kind(),
        "metadata": {"name": name, "namespace": namespace, "labels": {SELECTOR_KEY: name}},
        "spec": {
            "replicas": 1,
            "podManagementPolicy": "OrderedReady",
            "revisionHistoryLimit": 10,
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
            "selector": {"matchLabels": {SELECTOR_KEY: name}},
            "template": {
                "metadata": {"labels": {SELECTOR_KEY: name}},
                "spec": {
                    "containers": [],
                    "restartPolicy": "Always",
                    "terminationGracePeriodSeconds": 30,
                    "dnsPolicy": "ClusterFirst",
                    "tolerations": [
                        {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
                        {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
                    ],
                },
            },
        },
    })
}

/// What a new container is written over.
fn container_skeleton() -> Value {
    json!({
        "name": "",
        "image": "",
        "imagePullPolicy": "IfNotPresent",
        "resources": {
            "requests": {"cpu": "250m", "memory": "512Mi"},
            "limits": {"cpu": "250m", "memory": "512Mi"},
        },
        "securityContext": {"privileged": false},
    })
}

impl WorkloadDraft {
    /// The object to create.
    pub fn to_create(&self) -> Value {
        self.to_object(&skeleton(self.kind, &self.namespace, &self.name))
    }

    /// Writes over an object what differs from what that object reads as; nothing else changes.
    pub fn to_object(&self, base: &Value) -> Value {
        let (was, _) = WorkloadDraft::read(base);
        let mut object = base.clone();
        if self.name != was.name {
            set(&mut object, &FieldPath::from("metadata.name"), Some(json!(self.name)));
        }
        if self.namespace != was.namespace {
            set(&mut object, &FieldPath::from("metadata.namespace"), Some(json!(self.namespace)));
        }
        if self.replicas != was.replicas {
            set(&mut object, &FieldPath::from("spec.replicas"), count(&self.replicas));
        }
        for holder in Holder::ALL {
            write_pairs(&mut object, &holder.path(self.kind), was.pairs(holder), self.pairs(holder));
        }
        if self.alias != was.alias {
            write_note(&mut object, [ALIAS, FOREIGN_ALIAS], &self.alias);
        }
        if self.description != was.description {
            write_note(&mut object, [DESCRIPTION, FOREIGN_DESCRIPTION], &self.description);
        }
        for role in [Role::Init, Role::Work] {
            self.write_containers(&mut object, base, role);
        }
        object
    }

    fn write_containers(&self, object: &mut Value, base: &Value, role: Role) {
        let path = containers(self.kind, role);
        let old = path.get(base).filter(|value| !value.is_null());
        if old.is_some_and(|value| readable_containers(value).is_none()) {
            return;
        }
        let new: Vec<Value> =
            self.of_role(role).map(|container| self.write_container(base, container)).collect();
        let old_length = old.and_then(Value::as_array).map_or(0, Vec::len);
        match (new.is_empty(), old_length) {
            (true, 0) => {}
            (true, _) if role == Role::Init => set(object, &path, None),
            (false, 0) if role == Role::Init => insert_before(object, &path, "containers", Value::Array(new)),
            _ => set(object, &path, Some(Value::Array(new))),
        }
    }

    fn write_container(&self, base: &Value, draft: &ContainerDraft) -> Value {
        let mut object = draft
            .origin
            .and_then(|(role, place)| containers(self.kind, role).index(place).get(base))
            .filter(|element| element.is_object())
            .cloned()
            .unwrap_or_else(container_skeleton);
        let was = read_container(&object, &FieldPath::root(), &mut Vec::new());
        let mut write = |field: ContainerField, changed: bool, value: Option<Value>| {
            if changed {
                let path = field.keys().iter().fold(FieldPath::root(), |path, key| path.key(*key));
                set(&mut object, &path, value);
            }
        };
        write(ContainerField::Name, draft.name != was.name, Some(json!(draft.name)));
        write(ContainerField::Image, draft.image != was.image, Some(json!(draft.image)));
        let policy = if draft.always_pull { "Always" } else { "IfNotPresent" };
        write(ContainerField::AlwaysPull, draft.always_pull != was.always_pull, Some(json!(policy)));
        write(ContainerField::Privileged, draft.privileged != was.privileged, Some(json!(draft.privileged)));
        for (field, new, old) in [
            (ContainerField::CpuRequest, &draft.cpu_request, &was.cpu_request),
            (ContainerField::MemoryRequest, &draft.memory_request, &was.memory_request),
            (ContainerField::CpuLimit, &draft.cpu_limit, &was.cpu_limit),
            (ContainerField::MemoryLimit, &draft.memory_limit, &was.memory_limit),
        ] {
            let (new, old) = (new.quantity(), old.quantity());
            write(field, new != old, (!new.is_empty()).then(|| json!(new)));
        }
        object
    }
}

/// A count as a number; what is none stays text, so that the YAML shows what was typed.
fn count(text: &str) -> Option<Value> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number)))
}

/// Keeps a text in an annotation: ours, or the reference product's where only that is there.
fn write_note(object: &mut Value, [ours, foreign]: [&str; 2], text: &str) {
    let annotations = FieldPath::from("metadata.annotations");
    let has = |object: &Value, key: &str| annotations.key(key).get(object).is_some_and(Value::is_string);
    if annotations.get(object).is_some_and(|value| !value.is_object() && !value.is_null()) {
        return;
    }
    if text.is_empty() {
        for key in [ours, foreign] {
            if has(object, key) {
                set(object, &annotations.key(key), None);
            }
        }
        return;
    }
    // It stays where it was found.
    let key = if !has(object, ours) && has(object, foreign) { foreign } else { ours };
    set(object, &annotations.key(key), Some(json!(text)));
}

fn write_pairs(object: &mut Value, path: &FieldPath, was: &[PairRow], now: &[PairRow]) {
    let said = |rows: &[PairRow]| -> Vec<(String, String)> {
        rows.iter().filter(|row| !row.is_blank()).map(|row| (row.key.clone(), row.value.clone())).collect()
    };
    let (was, now) = (said(was), said(now));
    // A map the form cannot read is not written over.
    if was == now || path.get(object).is_some_and(|value| !value.is_object() && !value.is_null()) {
        return;
    }
    for (key, _) in was.iter().filter(|(key, _)| now.iter().all(|(kept, _)| kept != key)) {
        set(object, &path.key(key.clone()), None);
    }
    for (key, value) in now {
        set(object, &path.key(key), Some(json!(value)));
    }
}

/// Sets or removes the value at a path. Maps that are missing on the way are made; maps that only
/// removing emptied go too, up to the object's or container's own members.
fn set(object: &mut Value, path: &FieldPath, value: Option<Value>) {
    let Some((last, parents)) = path.0.split_last() else { return };
    let Segment::Key(last) = last else { return };
    match value {
        Some(value) => {
            if let Some(map) = map_at(object, parents) {
                map.insert(last.clone(), value);
            }
        }
        None => {
            let parent = FieldPath(parents.to_vec());
            let Some(Value::Object(map)) = get_mut(object, parents) else { return };
            if map.shift_remove(last).is_some() && map.is_empty() && is_optional(parents) {
                set(object, &parent, None);
            }
        }
    }
}

/// Whether an empty map at this place says the same as none.
fn is_optional(parents: &[Segment]) -> bool {
    matches!(
        parents.last(),
        Some(Segment::Key(key)) if matches!(key.as_str(), "labels" | "annotations" | "requests" | "limits" | "resources")
    )
}

/// Sets a value as a new member before another one of the same map.
fn insert_before(object: &mut Value, path: &FieldPath, before: &str, value: Value) {
    let Some((Segment::Key(last), parents)) = path.0.split_last() else { return };
    let Some(map) = map_at(object, parents) else { return };
    map.shift_remove(last);
    let place = map.keys().position(|key| key == before).unwrap_or(map.len());
    map.shift_insert(place, last.clone(), value);
}

fn get_mut<'a>(object: &'a mut Value, path: &[Segment]) -> Option<&'a mut Value> {
    path.iter().try_fold(object, |value, segment| match segment {
        Segment::Key(key) => value.get_mut(key),
        Segment::Index(place) => value.get_mut(place),
    })
}

/// The map at a path of keys; what is missing or no map on the way becomes one.
fn map_at<'a>(object: &'a mut Value, path: &[Segment]) -> Option<&'a mut Map<String, Value>> {
    let mut value = object;
    for segment in path {
        let Segment::Key(key) = segment else { return None };
        if !value.is_object() {
            *value = Value::Object(Map::new());
        }
        value = value.as_object_mut()?.entry(key.clone()).or_insert(Value::Null);
    }
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    value.as_object_mut()
}
