//! EndpointSlices: the pods behind a Service.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{owned, owner_reference, pod};
use crate::kind::{ENDPOINT_SLICE, POD, SERVICE};
use crate::store::State;
use crate::value::Object;

/// The Services that select a pod.
pub(super) fn services_of(state: &State, pod: &Value) -> Vec<Arc<Value>> {
    state.iter(SERVICE, Some(pod.namespace())).filter(|service| selects(service, pod)).cloned().collect()
}

fn selects(service: &Value, pod: &Value) -> bool {
    let labels = pod.at("/metadata/labels");
    service.at("/spec/selector").as_object().is_some_and(|wanted| {
        !wanted.is_empty() && wanted.iter().all(|(key, value)| &labels[key.as_str()] == value)
    })
}

/// Writes the slice of a Service anew where its pods have changed.
pub(super) fn settle(state: &mut State, service: &Arc<Value>) -> Option<Duration> {
    if service.at("/spec/selector").as_object().is_none_or(serde_json::Map::is_empty) {
        return None;
    }
    let old = owned(state, ENDPOINT_SLICE, service).into_iter().next();
    let suffix = state.random.suffix(5);
    let slice = slice_of(state, service, old.as_deref(), &suffix);
    match old {
        Some(old)
            if old.at("/endpoints") == slice.at("/endpoints") && old.at("/ports") == slice.at("/ports") => {}
        _ => {
            state.put(ENDPOINT_SLICE, slice);
        }
    }
    None
}

/// The slice of a Service as its pods are now.
pub(crate) fn slice_of(state: &State, service: &Value, old: Option<&Value>, suffix: &str) -> Value {
    let endpoints: Vec<Value> = state
        .iter(POD, Some(service.namespace()))
        .filter(|pod| selects(service, pod) && !pod.text("/status/podIP").is_empty())
        .map(|pod| {
            let ready = pod::is_ready(pod) && !pod.deleting();
            let mut one = json!({"addresses": [pod.text("/status/podIP")],
                "conditions": {"ready": ready, "serving": pod::is_ready(pod), "terminating": pod.deleting()},
                "nodeName": pod.at("/spec/nodeName"),
                "targetRef": {"kind": "Pod", "namespace": pod.namespace(), "name": pod.name(), "uid": pod.uid()}});
            if !pod.text("/spec/subdomain").is_empty() {
                one["hostname"] = pod.at("/spec/hostname").clone();
            }
            one
        })
        .collect();
    let ports: Vec<Value> = service
        .list("/spec/ports")
        .iter()
        .map(|port| json!({"name": port.text("/name"), "protocol": port["protocol"], "port": port["targetPort"].as_i64().or(port["port"].as_i64())}))
        .collect();
    let mut slice = match old {
        Some(old) => old.clone(),
        None => json!({"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1",
            "metadata": {"name": format!("{}-{suffix}", service.name()), "namespace": service.namespace(), "generation": 1,
                "labels": {"endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io", "kubernetes.io/service-name": service.name()},
                "ownerReferences": [owner_reference(SERVICE, service)]},
            "addressType": "IPv4"}),
    };
    slice["endpoints"] = endpoints.into();
    slice["ports"] = ports.into();
    slice
}
