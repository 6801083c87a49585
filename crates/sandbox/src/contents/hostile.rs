//! A cluster that lies: every text that a page could show is markup, script, an escape sequence, a character that
//! turns or hides others, or far too long. A real API server lets little of it through; the console must stand it
//! all. Nothing lives in it, so that what is written stays.

use serde_json::{Value, json};

use super::build::{Builder, DAY};
use super::object;
use crate::kind::{EVENT, NAMESPACE, NODE, POD, STATEFUL_SET};
use crate::value::{Object, now, seconds_from_now};

/// The texts: an array of strings, also read by the tests of the pages and of the browser.
const TEXTS: &str = include_str!("hostile.json");
/// Where the objects with names of their own are.
pub(super) const NAMESPACE_NAME: &str = "hostile";
/// Characters of the texts that no API server would take.
const HUGE: usize = 1_000_000;

/// The hostile texts.
pub(crate) fn texts() -> Vec<String> {
    serde_json::from_str(TEXTS).unwrap_or_default()
}

/// Writes a node, a namespace and StatefulSets with pods and events of each text.
pub(super) fn write(builder: &mut Builder<'_>, version: &str) {
    builder.namespace(NAMESPACE_NAME);
    for (number, text) in texts().iter().enumerate() {
        let name = format!("payload-{number:02}");
        builder.put(NAMESPACE, object("v1", "Namespace", "", text), DAY);
        builder.put(NODE, node(&format!("node-{number:02}"), text, version), DAY);
        builder.put(NODE, node(text, text, text), DAY);
        workload(builder, NAMESPACE_NAME, &name, text, text);
        workload(builder, NAMESPACE_NAME, text, text, text);
        workload(builder, text, &name, text, text);
    }
    // Longer than the console keeps of anything.
    workload(builder, NAMESPACE_NAME, "payload-huge", &"long ".repeat(1_000), &"W".repeat(HUGE));
}

fn node(name: &str, text: &str, version: &str) -> Value {
    let since = seconds_from_now(-DAY);
    let mut node = object("v1", "Node", "", name);
    node["metadata"]["labels"] = json!({
        "topology.kubernetes.io/zone": text,
        format!("node-role.kubernetes.io/{text}"): "",
        text: text,
    });
    node["spec"] = json!({"podCIDR": text, "podCIDRs": [text]});
    let amounts = json!({"cpu": "4", "memory": "8Gi", "pods": "110", format!("{text}.com/gpu"): "1"});
    node["status"] = json!({"capacity": amounts, "allocatable": amounts,
        "conditions": [{"type": "Ready", "status": "False", "reason": text, "message": text,
            "lastHeartbeatTime": now(), "lastTransitionTime": since}],
        "addresses": [{"type": "InternalIP", "address": text}],
        "nodeInfo": {"kubeletVersion": version, "osImage": text, "kernelVersion": text,
            "containerRuntimeVersion": text, "architecture": text, "operatingSystem": text}});
    node
}

/// A StatefulSet, its pod, and an event about each: `text` in every field, `message` where sentences stand.
fn workload(builder: &mut Builder<'_>, namespace: &str, name: &str, text: &str, message: &str) {
    let mut set = object("apps/v1", "StatefulSet", namespace, name);
    let uid = builder.state.random.uid();
    set["metadata"]["uid"] = uid.as_str().into();
    set["metadata"]["labels"] = json!({"app": text, text: text});
    set["metadata"]["annotations"] = json!({
        "binnacle.dev/alias": text, "binnacle.dev/description": message, text: message,
    });
    set["metadata"]["managedFields"] = json!([{"manager": text, "operation": "Update", "apiVersion": "apps/v1",
        "time": now(), "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {"f:replicas": {}}}}]);
    set["spec"] = json!({"replicas": 1, "serviceName": text, "selector": {"matchLabels": {"app": text}},
        "template": {"metadata": {"labels": {"app": text}}, "spec": pod_spec(text)}});
    set["status"] = json!({"replicas": 1, "readyReplicas": 0, "currentReplicas": 1, "updatedReplicas": 1,
        "observedGeneration": 1, "currentRevision": text, "updateRevision": text,
        "conditions": [condition(text, message)]});
    builder.put(STATEFUL_SET, set, DAY);

    let mut pod = object("v1", "Pod", namespace, &format!("{name}-0"));
    pod["metadata"]["labels"] = json!({"app": text});
    pod["metadata"]["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "StatefulSet", "name": name,
        "uid": uid, "controller": true}]);
    pod["spec"] = pod_spec(text);
    pod["spec"]["nodeName"] = text.into();
    pod["status"] = json!({"phase": "Pending", "podIP": text, "hostIP": text, "reason": text, "message": message,
        "conditions": [condition(text, message)],
        "containerStatuses": [{"name": text, "image": text, "imageID": text, "ready": false, "restartCount": 3,
            "started": false, "state": {"waiting": {"reason": text, "message": message}},
            "lastState": {"terminated": {"exitCode": 1, "reason": text, "message": message}}}]});
    builder.put(POD, pod, DAY);

    for (about, kind) in [(name.to_owned(), "StatefulSet"), (format!("{name}-0"), "Pod")] {
        let mut event = object("v1", "Event", namespace, &format!("{about}.{}", builder.state.random.uid()));
        event["involvedObject"] =
            json!({"kind": kind, "namespace": namespace, "name": about, "fieldPath": text});
        let said = json!({"type": "Warning", "reason": text, "message": message, "count": 7,
            "source": {"component": text, "host": text}, "reportingComponent": text,
            "firstTimestamp": now(), "lastTimestamp": now()});
        for (key, value) in said.as_object().into_iter().flatten() {
            event.put(&format!("/{key}"), value.clone());
        }
        builder.put(EVENT, event, 60);
    }
}

fn pod_spec(text: &str) -> Value {
    json!({"containers": [{"name": text, "image": format!("registry.example/{text}"), "imagePullPolicy": text,
        "command": [text], "args": [text], "workingDir": text,
        "env": [{"name": text, "value": text}],
        "ports": [{"name": text, "containerPort": 8080, "protocol": text}],
        "resources": {"requests": {text: text, "cpu": "1m"}, "limits": {text: text}}}],
        "serviceAccountName": text, "nodeSelector": {text: text}})
}

fn condition(text: &str, message: &str) -> Value {
    json!({"type": text, "status": text, "reason": text, "message": message, "lastTransitionTime": now()})
}
