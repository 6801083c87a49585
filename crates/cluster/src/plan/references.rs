//! What an object refers to by name.

use binnacle_model::{
    FieldPath, Issue, Text,
    object::{list, text},
    words::errors as words,
};
use serde_json::Value;

use super::pod_spec;

/// References that are looked up for one object; people write fewer.
const MOST: usize = 50;

/// A name that should lead to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) path: FieldPath,
    pub(super) api_version: &'static str,
    pub(super) kind: &'static str,
    pub(super) name: String,
}

impl Reference {
    /// The note that its goal is missing.
    pub(super) fn missing(&self, namespace: &str) -> Issue {
        let text = match self.kind {
            "Service" => Text::new(&words::NOTE_MISSING_SERVICE, [self.name.as_str(), namespace]),
            "StorageClass" => Text::new(&words::NOTE_MISSING_CLUSTER, [self.kind, &self.name]),
            _ => Text::new(&words::NOTE_MISSING, [self.kind, &self.name, namespace]),
        };
        Issue::warning(self.path.clone(), text)
    }

    /// The note that its goal is there but not what is needed.
    pub(super) fn unfit(&self, goal: &Value) -> Option<Issue> {
        let unfit = self.kind == "Service" && text(goal, "/spec/clusterIP") != "None";
        unfit.then(|| Issue::warning(self.path.clone(), Text::new(&words::NOTE_NOT_HEADLESS, [&self.name])))
    }
}

/// Collects references, each goal once.
#[derive(Default)]
struct Found(Vec<Reference>);

impl Found {
    fn add(&mut self, kind: &'static str, path: &FieldPath, holder: &Value, member: &str) {
        let name = text(holder, &format!("/{member}"));
        let optional = holder.get("optional") == Some(&Value::Bool(true));
        let known = self.0.iter().any(|other| other.kind == kind && other.name == name);
        if name.is_empty() || optional || known || self.0.len() >= MOST {
            return;
        }
        let api_version = if kind == "StorageClass" { "storage.k8s.io/v1" } else { "v1" };
        self.0.push(Reference { path: path.key(member), api_version, kind, name: name.to_owned() });
    }
}

/// All references of an object.
pub(super) fn of(object: &Value) -> Vec<Reference> {
    let mut found = Found::default();
    let root = FieldPath::root().key("spec");
    let spec = object.get("spec").unwrap_or(&Value::Null);
    match text(object, "/kind") {
        "StatefulSet" => {
            found.add("Service", &root, spec, "serviceName");
            for (index, claim) in list(spec, "/volumeClaimTemplates").iter().enumerate() {
                let path = root.key("volumeClaimTemplates").index(index).key("spec");
                found.add(
                    "StorageClass",
                    &path,
                    claim.get("spec").unwrap_or(&Value::Null),
                    "storageClassName",
                );
            }
        }
        "PersistentVolumeClaim" => found.add("StorageClass", &root, spec, "storageClassName"),
        _ => {}
    }
    if let Some((spec, path)) = pod_spec(object) {
        pod(spec, &path, &mut found);
    }
    found.0
}

fn pod(spec: &Value, path: &FieldPath, found: &mut Found) {
    // Every namespace has the account `default`.
    if text(spec, "/serviceAccountName") != "default" {
        found.add("ServiceAccount", path, spec, "serviceAccountName");
    }
    for (index, secret) in list(spec, "/imagePullSecrets").iter().enumerate() {
        found.add("Secret", &path.key("imagePullSecrets").index(index), secret, "name");
    }
    for (index, volume) in list(spec, "/volumes").iter().enumerate() {
        let path = path.key("volumes").index(index);
        let member = |key: &str| volume.get(key).unwrap_or(&Value::Null);
        found.add("ConfigMap", &path.key("configMap"), member("configMap"), "name");
        found.add("Secret", &path.key("secret"), member("secret"), "secretName");
        let claim = "persistentVolumeClaim";
        found.add("PersistentVolumeClaim", &path.key(claim), member(claim), "claimName");
        for (index, source) in list(volume, "/projected/sources").iter().enumerate() {
            let path = path.key("projected").key("sources").index(index);
            let member = |key: &str| source.get(key).unwrap_or(&Value::Null);
            found.add("ConfigMap", &path.key("configMap"), member("configMap"), "name");
            found.add("Secret", &path.key("secret"), member("secret"), "name");
        }
    }
    for key in ["initContainers", "containers"] {
        for (index, container) in list(spec, &format!("/{key}")).iter().enumerate() {
            environment(container, &path.key(key).index(index), found);
        }
    }
}

fn environment(container: &Value, path: &FieldPath, found: &mut Found) {
    for (index, source) in list(container, "/envFrom").iter().enumerate() {
        let path = path.key("envFrom").index(index);
        for (key, kind) in [("configMapRef", "ConfigMap"), ("secretRef", "Secret")] {
            found.add(kind, &path.key(key), source.get(key).unwrap_or(&Value::Null), "name");
        }
    }
    for (index, variable) in list(container, "/env").iter().enumerate() {
        let path = path.key("env").index(index).key("valueFrom");
        let from = variable.get("valueFrom").unwrap_or(&Value::Null);
        for (key, kind) in [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")] {
            found.add(kind, &path.key(key), from.get(key).unwrap_or(&Value::Null), "name");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_reference_is_found_at_its_place() {
        let set = json!({
            "kind": "StatefulSet",
            "spec": {
                "serviceName": "web",
                "volumeClaimTemplates": [{"spec": {"storageClassName": "fast"}}, {"spec": {}}],
                "template": {"spec": {
                    "serviceAccountName": "runner",
                    "imagePullSecrets": [{"name": "registry"}],
                    "volumes": [
                        {"name": "a", "configMap": {"name": "conf"}},
                        {"name": "b", "secret": {"secretName": "keys"}},
                        {"name": "c", "persistentVolumeClaim": {"claimName": "data"}},
                        {"name": "d", "configMap": {"name": "maybe", "optional": true}},
                        {"name": "e", "projected": {"sources": [{"secret": {"name": "tls"}}]}}],
                    "initContainers": [{"envFrom": [{"configMapRef": {"name": "env"}}]}],
                    "containers": [{"env": [
                        {"name": "X", "value": "1"},
                        {"name": "Y", "valueFrom": {"secretKeyRef": {"name": "pass", "key": "k"}}},
                        {"name": "Z", "valueFrom": {"configMapKeyRef": {"name": "conf", "key": "k"}}}]}],
                }},
            },
        });
        let found: Vec<(String, &str, String)> =
            of(&set).into_iter().map(|r| (r.path.to_string(), r.kind, r.name)).collect();
        let pod = "spec.template.spec";
        let expected = [
            ("spec.serviceName".to_owned(), "Service", "web"),
            ("spec.volumeClaimTemplates[0].spec.storageClassName".to_owned(), "StorageClass", "fast"),
            (format!("{pod}.serviceAccountName"), "ServiceAccount", "runner"),
            (format!("{pod}.imagePullSecrets[0].name"), "Secret", "registry"),
            (format!("{pod}.volumes[0].configMap.name"), "ConfigMap", "conf"),
            (format!("{pod}.volumes[1].secret.secretName"), "Secret", "keys"),
            (format!("{pod}.volumes[2].persistentVolumeClaim.claimName"), "PersistentVolumeClaim", "data"),
            (format!("{pod}.volumes[4].projected.sources[0].secret.name"), "Secret", "tls"),
            (format!("{pod}.initContainers[0].envFrom[0].configMapRef.name"), "ConfigMap", "env"),
            (format!("{pod}.containers[0].env[1].valueFrom.secretKeyRef.name"), "Secret", "pass"),
        ];
        let expected: Vec<(String, &str, String)> =
            expected.into_iter().map(|(path, kind, name)| (path, kind, name.to_owned())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn objects_without_pods_have_none() {
        for object in [json!({}), json!({"kind": "ConfigMap", "data": {}}), json!({"kind": "Pod", "spec": 3})]
        {
            assert_eq!(of(&object), []);
        }
    }
}
