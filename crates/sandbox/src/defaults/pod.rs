//! Defaults of pods and pod templates.

use serde_json::{Map, Value, json};

use super::{items, set, set_text};
use crate::value::Object;

/// Mode of mounted ConfigMaps and Secrets: 0644.
const DEFAULT_MODE: i64 = 420;

/// A pod template at a path.
pub(super) fn template(object: &mut Value, path: &str) {
    if object.at(path).is_null() {
        object.put(path, json!({"metadata": {}}));
    }
    if let Some(template) = object.pointer_mut(path) {
        set(template, "/metadata", json!({}));
        set(template, "/spec", json!({}));
        if let Some(spec) = template.pointer_mut("/spec") {
            self::spec(spec);
        }
    }
}

/// A pod.
pub(super) fn whole(object: &mut Value) {
    set(object, "/spec", json!({}));
    let Some(spec) = object.pointer_mut("/spec") else { return };
    self::spec(spec);
    set(spec, "/enableServiceLinks", true);
    for list in ["/containers", "/initContainers"] {
        for container in items(spec, list) {
            let limits = container.at("/resources/limits").as_object().cloned().unwrap_or_default();
            for (name, value) in limits {
                if container.at("/resources/requests").get(&name).is_none() {
                    if container.at("/resources/requests").is_null() {
                        container.put("/resources/requests", Map::new());
                    }
                    container["resources"]["requests"][name] = value;
                }
            }
        }
    }
}

/// What admission adds to a new pod.
pub(crate) fn admit(object: &mut Value) {
    set_text(object, "/spec/serviceAccountName", "default");
    set(object, "/spec/priority", 0);
    set_text(object, "/spec/preemptionPolicy", "PreemptLowerPriority");
    let mut tolerations = object.list("/spec/tolerations").to_vec();
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
        if !tolerations
            .iter()
            .any(|one| one["key"] == key || (one["operator"] == "Exists" && one.get("key").is_none()))
        {
            tolerations.push(
                json!({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}),
            );
        }
    }
    object.put("/spec/tolerations", tolerations);
}

fn spec(spec: &mut Value) {
    set_text(spec, "/restartPolicy", "Always");
    set(spec, "/terminationGracePeriodSeconds", 30);
    set_text(spec, "/dnsPolicy", "ClusterFirst");
    set(spec, "/securityContext", json!({}));
    set_text(spec, "/schedulerName", "default-scheduler");
    let account = match spec.text("/serviceAccountName") {
        "" => spec.text("/serviceAccount").to_owned(),
        name => name.to_owned(),
    };
    if !account.is_empty() {
        spec.put("/serviceAccountName", account.as_str());
        spec.put("/serviceAccount", account);
    }
    let host_network = spec["hostNetwork"] == true;
    for list in ["/initContainers", "/containers", "/ephemeralContainers"] {
        for one in items(spec, list) {
            container(one, host_network);
        }
    }
    for volume in items(spec, "/volumes") {
        self::volume(volume);
    }
}

/// Whether an image has the tag `latest`, written or implied.
fn is_latest(image: &str) -> bool {
    if image.contains('@') {
        return false;
    }
    let last = image.rsplit('/').next().unwrap_or(image);
    last.split_once(':').is_none_or(|(_, tag)| tag == "latest")
}

fn container(container: &mut Value, host_network: bool) {
    set(container, "/resources", json!({}));
    set_text(container, "/terminationMessagePath", "/dev/termination-log");
    set_text(container, "/terminationMessagePolicy", "File");
    if container.text("/imagePullPolicy").is_empty() {
        let policy = if is_latest(container.text("/image")) { "Always" } else { "IfNotPresent" };
        container.put("/imagePullPolicy", policy);
    }
    for port in items(container, "/ports") {
        set_text(port, "/protocol", "TCP");
        if host_network {
            let number = port.at("/containerPort").clone();
            set(port, "/hostPort", number);
        }
    }
    for variable in items(container, "/env") {
        if variable.at("/valueFrom/fieldRef").is_object() {
            set_text(variable, "/valueFrom/fieldRef/apiVersion", "v1");
        }
        if variable.at("/valueFrom/resourceFieldRef").is_object() {
            set(variable, "/valueFrom/resourceFieldRef/divisor", "0");
        }
    }
    for probe in ["/livenessProbe", "/readinessProbe", "/startupProbe"] {
        let Some(probe) = container.pointer_mut(probe) else { continue };
        set(probe, "/timeoutSeconds", 1);
        set(probe, "/periodSeconds", 10);
        set(probe, "/successThreshold", 1);
        set(probe, "/failureThreshold", 3);
        http_get(probe);
        if probe.at("/grpc").is_object() {
            set(probe, "/grpc/service", "");
        }
    }
    for hook in ["/lifecycle/postStart", "/lifecycle/preStop"] {
        if let Some(hook) = container.pointer_mut(hook) {
            http_get(hook);
        }
    }
}

fn http_get(handler: &mut Value) {
    if handler.at("/httpGet").is_object() {
        set_text(handler, "/httpGet/path", "/");
        set_text(handler, "/httpGet/scheme", "HTTP");
    }
}

fn volume(volume: &mut Value) {
    if volume.as_object().is_some_and(|fields| fields.keys().all(|key| key == "name")) {
        volume.put("/emptyDir", json!({}));
    }
    for source in ["secret", "configMap", "downwardAPI", "projected"] {
        if volume.at(&format!("/{source}")).is_object() {
            set(volume, &format!("/{source}/defaultMode"), DEFAULT_MODE);
        }
    }
    if volume.at("/hostPath").is_object() && volume.at("/hostPath/type").is_null() {
        volume.put("/hostPath/type", "");
    }
    for source in items(volume, "/projected/sources") {
        if source.at("/serviceAccountToken").is_object() {
            set(source, "/serviceAccountToken/expirationSeconds", 3600);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_latest;

    #[test]
    fn only_latest_is_always_pulled() {
        for (image, latest) in [
            ("nginx", true),
            ("nginx:latest", true),
            ("nginx:1.27", false),
            ("reg:5000/a/b", true),
            ("reg:5000/a/b:1", false),
            ("a@sha256:0", false),
        ] {
            assert_eq!(is_latest(image), latest, "{image}");
        }
    }
}
