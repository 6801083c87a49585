//! Values that the API server fills in, and what it does to objects as they come in.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::kind::{Kind, STORAGE_CLASS};
use crate::store::State;
use crate::value::{Object, is_empty};

mod pod;

pub(crate) use pod::admit as admit_pod;
use pod::template;

/// Sets a field that is absent.
fn set(object: &mut Value, path: &str, value: impl Into<Value>) {
    if object.at(path).is_null() {
        object.put(path, value);
    }
}

/// Sets a text that is absent or empty.
fn set_text(object: &mut Value, path: &str, text: &str) {
    if object.text(path).is_empty() {
        object.put(path, text);
    }
}

/// The items of a list, to be changed.
fn items<'a>(object: &'a mut Value, path: &str) -> std::slice::IterMut<'a, Value> {
    match object.pointer_mut(path) {
        Some(Value::Array(list)) => list.iter_mut(),
        _ => [].iter_mut(),
    }
}

/// Defaults of a kind; doing it twice changes nothing.
pub(crate) fn apply(kind: &Kind, object: &mut Value) {
    match kind.kind {
        "StatefulSet" => stateful_set(object),
        "Deployment" => deployment(object),
        "ReplicaSet" => {
            set(object, "/spec/replicas", 1);
            template(object, "/spec/template");
        }
        "DaemonSet" => daemon_set(object),
        "Job" => job(object, "/spec"),
        "CronJob" => {
            set_text(object, "/spec/concurrencyPolicy", "Allow");
            set(object, "/spec/suspend", false);
            set(object, "/spec/successfulJobsHistoryLimit", 3);
            set(object, "/spec/failedJobsHistoryLimit", 1);
            template(object, "/spec/jobTemplate/spec/template");
        }
        "Pod" => pod::whole(object),
        "Service" => service(object),
        "PersistentVolumeClaim" => claim(object),
        "Secret" => secret(object),
        "StorageClass" => {
            set_text(object, "/reclaimPolicy", "Delete");
            set_text(object, "/volumeBindingMode", "Immediate");
        }
        "PersistentVolume" => {
            set_text(object, "/spec/persistentVolumeReclaimPolicy", "Retain");
            set_text(object, "/spec/volumeMode", "Filesystem");
        }
        "RoleBinding" | "ClusterRoleBinding" => {
            set_text(object, "/roleRef/apiGroup", "rbac.authorization.k8s.io");
            for subject in items(object, "/subjects") {
                if matches!(subject.text("/kind"), "User" | "Group") {
                    set_text(subject, "/apiGroup", "rbac.authorization.k8s.io");
                }
            }
        }
        "Role" | "ClusterRole" if object.get("rules").is_none() => object.put("/rules", Value::Null),
        _ => {}
    }
}

fn stateful_set(object: &mut Value) {
    set(object, "/spec/replicas", 1);
    set(object, "/spec/revisionHistoryLimit", 10);
    set_text(object, "/spec/podManagementPolicy", "OrderedReady");
    if object.text("/spec/updateStrategy/type").is_empty() {
        object.put("/spec/updateStrategy/type", "RollingUpdate");
        set(object, "/spec/updateStrategy/rollingUpdate", json!({}));
    }
    if object.text("/spec/updateStrategy/type") == "RollingUpdate"
        && object.at("/spec/updateStrategy/rollingUpdate").is_object()
    {
        set(object, "/spec/updateStrategy/rollingUpdate/partition", 0);
        set(object, "/spec/updateStrategy/rollingUpdate/maxUnavailable", 1);
    }
    set_text(object, "/spec/persistentVolumeClaimRetentionPolicy/whenDeleted", "Retain");
    set_text(object, "/spec/persistentVolumeClaimRetentionPolicy/whenScaled", "Retain");
    if object.at("/spec/serviceName").is_null() {
        object.put("/spec/serviceName", "");
    }
    for one in items(object, "/spec/volumeClaimTemplates") {
        set_text(one, "/kind", "PersistentVolumeClaim");
        set_text(one, "/apiVersion", "v1");
        claim(one);
    }
    template(object, "/spec/template");
    set(object, "/status", json!({}));
    set(object, "/status/replicas", 0);
    set(object, "/status/availableReplicas", 0);
}

fn deployment(object: &mut Value) {
    set(object, "/spec/replicas", 1);
    set(object, "/spec/revisionHistoryLimit", 10);
    set(object, "/spec/progressDeadlineSeconds", 600);
    set_text(object, "/spec/strategy/type", "RollingUpdate");
    if object.text("/spec/strategy/type") == "RollingUpdate" {
        set(object, "/spec/strategy/rollingUpdate/maxUnavailable", "25%");
        set(object, "/spec/strategy/rollingUpdate/maxSurge", "25%");
    }
    template(object, "/spec/template");
    set(object, "/status", json!({}));
}

fn daemon_set(object: &mut Value) {
    set(object, "/spec/revisionHistoryLimit", 10);
    set_text(object, "/spec/updateStrategy/type", "RollingUpdate");
    if object.text("/spec/updateStrategy/type") == "RollingUpdate" {
        set(object, "/spec/updateStrategy/rollingUpdate/maxUnavailable", 1);
        set(object, "/spec/updateStrategy/rollingUpdate/maxSurge", 0);
    }
    template(object, "/spec/template");
    for field in ["currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady"] {
        set(object, &format!("/status/{field}"), 0);
    }
}

fn job(object: &mut Value, spec: &str) {
    if object.at(&format!("{spec}/completions")).is_null()
        && object.at(&format!("{spec}/parallelism")).is_null()
    {
        object.put(&format!("{spec}/completions"), 1);
    }
    set(object, &format!("{spec}/parallelism"), 1);
    set(object, &format!("{spec}/backoffLimit"), 6);
    set(object, &format!("{spec}/completionMode"), "NonIndexed");
    set(object, &format!("{spec}/suspend"), false);
    set(object, &format!("{spec}/podReplacementPolicy"), "TerminatingOrFailed");
    set(object, "/status", json!({}));
    template(object, &format!("{spec}/template"));
}

fn claim(object: &mut Value) {
    set_text(object, "/spec/volumeMode", "Filesystem");
    set_text(object, "/status/phase", "Pending");
}

fn service(object: &mut Value) {
    set_text(object, "/spec/type", "ClusterIP");
    set_text(object, "/spec/sessionAffinity", "None");
    let kind = object.text("/spec/type").to_owned();
    for port in items(object, "/spec/ports") {
        set_text(port, "/protocol", "TCP");
        if is_empty(port.at("/targetPort")) || port.at("/targetPort") == 0 {
            let number = port.at("/port").clone();
            port.put("/targetPort", number);
        }
    }
    if kind != "ExternalName" {
        set_text(object, "/spec/internalTrafficPolicy", "Cluster");
        set(object, "/spec/ipFamilies", json!(["IPv4"]));
        set_text(object, "/spec/ipFamilyPolicy", "SingleStack");
    }
    if matches!(kind.as_str(), "NodePort" | "LoadBalancer") {
        set_text(object, "/spec/externalTrafficPolicy", "Cluster");
    }
    if kind == "LoadBalancer" {
        set(object, "/spec/allocateLoadBalancerNodePorts", true);
    }
    set(object, "/status/loadBalancer", json!({}));
}

fn secret(object: &mut Value) {
    set_text(object, "/type", "Opaque");
    if let Some(Value::Object(texts)) = object.get("stringData").cloned() {
        for (key, text) in texts {
            let encoded = STANDARD.encode(text.as_str().unwrap_or_default());
            if object.get("data").is_none() {
                object.put("/data", Map::new());
            }
            object["data"][key] = encoded.into();
        }
        object.drop_key("/stringData");
    }
}

/// What the API server and its admission do to a new object before validation.
pub(crate) fn on_create(state: &mut State, kind: &Kind, object: &mut Value) {
    match kind.kind {
        "Namespace" => {
            let name = object.name().to_owned();
            let mut labels = object.at("/metadata/labels").as_object().cloned().unwrap_or_default();
            labels.insert("kubernetes.io/metadata.name".to_owned(), name.into());
            object.put("/metadata/labels", labels);
            object.put("/spec/finalizers", json!(["kubernetes"]));
            object.put("/status/phase", "Active");
        }
        "Pod" => {
            object.put("/status", json!({"phase": "Pending"}));
            pod::admit(object);
        }
        "PersistentVolumeClaim" => {
            add_finalizer(object, "kubernetes.io/pvc-protection");
            if object.at("/spec/storageClassName").is_null()
                && let Some(class) = default_class(state)
            {
                object.put("/spec/storageClassName", class);
            }
        }
        "PersistentVolume" => {
            add_finalizer(object, "kubernetes.io/pv-protection");
            object.put("/status/phase", "Available");
        }
        "Service" => cluster_address(state, object),
        "Job" => job_selector(object),
        _ => {}
    }
}

/// What the API server does to a changed object before validation.
pub(crate) fn on_update(kind: &Kind, object: &mut Value, old: &Value) {
    if kind.kind == "Service" {
        for field in ["clusterIP", "clusterIPs"] {
            let path = format!("/spec/{field}");
            if object.at(&path).is_null() && !old.at(&path).is_null() {
                object.put(&path, old.at(&path).clone());
            }
        }
    }
}

fn add_finalizer(object: &mut Value, finalizer: &str) {
    let mut all = object.list("/metadata/finalizers").to_vec();
    if !all.iter().any(|one| one == finalizer) {
        all.push(finalizer.into());
        object.put("/metadata/finalizers", all);
    }
}

fn default_class(state: &State) -> Option<String> {
    state
        .iter(STORAGE_CLASS, None)
        .find(|class| {
            class.at("/metadata/annotations")["storageclass.kubernetes.io/is-default-class"] == "true"
        })
        .map(|class| class.name().to_owned())
}

fn cluster_address(state: &mut State, object: &mut Value) {
    let kind = object.text("/spec/type").to_owned();
    if kind == "ExternalName" {
        return;
    }
    if object.text("/spec/clusterIP").is_empty() {
        let number = state.random.below(0xfff0) + 10;
        object.put("/spec/clusterIP", format!("10.96.{}.{}", number >> 8, number & 0xff));
    }
    let address = object.text("/spec/clusterIP").to_owned();
    object.put("/spec/clusterIPs", json!([address]));
    if matches!(kind.as_str(), "NodePort" | "LoadBalancer") {
        let ports: Vec<usize> =
            object.list("/spec/ports").iter().map(|_| 30_000 + state.random.below(2768)).collect();
        for (port, number) in items(object, "/spec/ports").zip(ports) {
            set(port, "/nodePort", number);
        }
    }
}

fn job_selector(object: &mut Value) {
    if object.at("/spec/manualSelector") == true {
        return;
    }
    let (uid, name) = (object.uid().to_owned(), object.name().to_owned());
    let mut labels = object.at("/spec/template/metadata/labels").as_object().cloned().unwrap_or_default();
    for (key, value) in [
        ("batch.kubernetes.io/controller-uid", &uid),
        ("batch.kubernetes.io/job-name", &name),
        ("controller-uid", &uid),
        ("job-name", &name),
    ] {
        labels.insert(key.to_owned(), value.as_str().into());
    }
    object.put("/spec/template/metadata/labels", labels);
    if object.at("/spec/selector").is_null() {
        object.put("/spec/selector", json!({"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}));
    }
}
