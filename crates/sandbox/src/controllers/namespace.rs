//! Namespaces: what a new one gets, and the emptying of one that is deleted.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::kind::{CONFIG_MAP, KINDS, NAMESPACE, SERVICE_ACCOUNT};
use crate::registry::{self, DeleteOptions};
use crate::store::State;
use crate::value::Object;

/// The pause between two looks at what is left.
const AGAIN: Duration = Duration::from_millis(300);

/// One step.
pub(super) fn settle(state: &mut State, namespace: &Arc<Value>) -> Option<Duration> {
    let name = namespace.name();
    if !namespace.deleting() {
        furnish(state, name);
        return None;
    }
    let mut left = 0;
    for kind in KINDS.iter().filter(|kind| kind.namespaced) {
        let names: Vec<(String, bool)> = state
            .iter(kind, Some(name))
            .map(|object| (object.name().to_owned(), object.deleting()))
            .collect();
        for (object, deleting) in names {
            left += 1;
            if !deleting {
                let options =
                    DeleteOptions { propagation: Some("Background".to_owned()), ..DeleteOptions::default() };
                // An object that is gone already is what was wanted.
                let _gone = registry::delete(state, kind, name, &object, &options);
            }
        }
    }
    if left > 0 {
        return Some(AGAIN);
    }
    state.remove(NAMESPACE, "", name);
    None
}

/// Gives a namespace its default account and the cluster's certificate.
pub(crate) fn furnish(state: &mut State, name: &str) {
    if state.get(SERVICE_ACCOUNT, name, "default").is_none() {
        state.put(SERVICE_ACCOUNT, json!({"kind": "ServiceAccount", "apiVersion": "v1", "metadata": {"name": "default", "namespace": name}}));
    }
    if state.get(CONFIG_MAP, name, "kube-root-ca.crt").is_none() {
        let text = "-----BEGIN CERTIFICATE-----\nVGhlIHNhbmRib3ggc3BlYWtzIHBsYWluIEhUVFAgb24gbG9vcGJhY2su\n-----END CERTIFICATE-----\n";
        state.put(
            CONFIG_MAP,
            json!({"kind": "ConfigMap", "apiVersion": "v1",
                "metadata": {"name": "kube-root-ca.crt", "namespace": name, "annotations": {"kubernetes.io/description": "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters."}},
                "data": {"ca.crt": text}}),
        );
    }
}
