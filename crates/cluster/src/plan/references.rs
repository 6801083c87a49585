//! What an object refers to by name.

use binnacle_model::{
    FieldPath, Issue, Segment, Text,
    object::{list, text},
    words::errors as words,
};
use serde_json::Value;

use super::pod_spec;

/// References that are looked up for one object; people write fewer.
const MOST: usize = 50;

/// Keys that are looked for in one goal; people write fewer.
const MOST_KEYS: usize = 100;

/// A name that should lead to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) path: FieldPath,
    pub(super) api_version: &'static str,
    pub(super) kind: &'static str,
    pub(super) name: String,
    /// Keys that the goal must hold, each with the place that names it.
    pub(super) keys: Vec<(FieldPath, String)>,
}

impl Reference {
    fn is_pull_secret(&self) -> bool {
        self.path.0.contains(&Segment::Key("imagePullSecrets".to_owned()))
    }

    /// The note that its goal is missing.
    pub(super) fn missing(&self, namespace: &str) -> Issue {
        let text = match self.kind {
            "Service" => Text::new(&words::NOTE_MISSING_SERVICE, [self.name.as_str(), namespace]),
            "StorageClass" => Text::new(&words::NOTE_MISSING_CLUSTER, [self.kind, &self.name]),
            // The ServiceAccount admission plugin refuses such pods; a kubelet goes on without a pull secret.
            "ServiceAccount" => Text::new(&words::NOTE_MISSING_ACCOUNT, [self.name.as_str(), namespace]),
            _ if self.is_pull_secret() => {
                Text::new(&words::NOTE_MISSING_PULL_SECRET, [self.name.as_str(), namespace])
            }
            _ => Text::new(&words::NOTE_MISSING, [self.kind, &self.name, namespace]),
        };
        Issue::warning(self.path.clone(), text)
    }

    /// The notes that its goal is there but not what is needed. Of a Secret only the names of its keys are
    /// looked at.
    pub(super) fn unfit(&self, goal: &Value) -> Vec<Issue> {
        if self.kind == "Service" && text(goal, "/spec/clusterIP") != "None" {
            let text = Text::new(&words::NOTE_NOT_HEADLESS, [&self.name]);
            return vec![Issue::warning(self.path.clone(), text)];
        }
        let holds = |key: &str| {
            ["data", "binaryData", "stringData"]
                .iter()
                .any(|member| goal.get(member).is_some_and(|member| member.get(key).is_some()))
        };
        let missing = self.keys.iter().filter(|(_, key)| !holds(key));
        missing
            .map(|(path, key)| {
                let text = Text::new(&words::NOTE_MISSING_KEY, [self.kind, &self.name, key]);
                Issue::warning(path.clone(), text)
            })
            .collect()
    }
}

/// Collects references, each goal once.
#[derive(Default)]
struct Found(Vec<Reference>);

impl Found {
    fn add(&mut self, kind: &'static str, path: &FieldPath, holder: &Value, member: &str) {
        self.add_keys(kind, path, holder, member, Vec::new());
    }

    /// A reference to some keys of its goal.
    fn add_keys(
        &mut self,
        kind: &'static str,
        path: &FieldPath,
        holder: &Value,
        member: &str,
        keys: Vec<(FieldPath, String)>,
    ) {
        let name = text(holder, &format!("/{member}"));
        if name.is_empty() || is_optional(holder) {
            return;
        }
        let place = match self.0.iter().position(|other| other.kind == kind && other.name == name) {
            Some(place) => place,
            None if self.0.len() >= MOST => return,
            None => {
                let api_version = if kind == "StorageClass" { "storage.k8s.io/v1" } else { "v1" };
                let (path, name) = (path.key(member), name.to_owned());
                self.0.push(Reference { path, api_version, kind, name, keys: Vec::new() });
                self.0.len() - 1
            }
        };
        let Some(reference) = self.0.get_mut(place) else { return };
        for (path, key) in keys {
            let known = reference.keys.iter().any(|(_, other)| *other == key);
            if !key.is_empty() && !known && reference.keys.len() < MOST_KEYS {
                reference.keys.push((path, key));
            }
        }
    }

    /// A ConfigMap or Secret that is mounted, with the keys that `items` picks from it.
    fn add_source(&mut self, kind: &'static str, path: &FieldPath, holder: &Value, member: &str) {
        let items = list(holder, "/items").iter().enumerate();
        let keys = items
            .map(|(index, item)| (path.key("items").index(index).key("key"), text(item, "/key").to_owned()))
            .collect();
        self.add_keys(kind, path, holder, member, keys);
    }
}

fn is_optional(holder: &Value) -> bool {
    holder.get("optional") == Some(&Value::Bool(true))
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
        found.add_source("ConfigMap", &path.key("configMap"), member("configMap"), "name");
        found.add_source("Secret", &path.key("secret"), member("secret"), "secretName");
        let claim = "persistentVolumeClaim";
        found.add("PersistentVolumeClaim", &path.key(claim), member(claim), "claimName");
        for (index, source) in list(volume, "/projected/sources").iter().enumerate() {
            let path = path.key("projected").key("sources").index(index);
            let member = |key: &str| source.get(key).unwrap_or(&Value::Null);
            found.add_source("ConfigMap", &path.key("configMap"), member("configMap"), "name");
            found.add_source("Secret", &path.key("secret"), member("secret"), "name");
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
            let (path, holder) = (path.key(key), from.get(key).unwrap_or(&Value::Null));
            let keys = vec![(path.key("key"), text(holder, "/key").to_owned())];
            found.add_keys(kind, &path, holder, "name", keys);
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
    fn keys_are_looked_for_in_their_goal_and_values_never_told() {
        let pod = json!({"kind": "Pod", "spec": {
            "volumes": [
                {"secret": {"secretName": "tls", "items": [{"key": "tls.crt"}, {"key": "ca.crt"}]}},
                {"projected": {"sources": [{"configMap": {"name": "conf", "items": [{"key": "a"}]}}]}}],
            "containers": [{"env": [
                {"valueFrom": {"configMapKeyRef": {"name": "conf", "key": "b"}}},
                {"valueFrom": {"configMapKeyRef": {"name": "conf", "key": "c", "optional": true}}},
                {"valueFrom": {"secretKeyRef": {"name": "tls", "key": "ca.crt"}}}]}]}});
        let goals = [
            ("Secret", json!({"data": {"tls.crt": "aHVzaA=="}, "stringData": {}})),
            ("ConfigMap", json!({"data": {"b": "hush"}, "binaryData": {"a": "aHVzaA=="}})),
        ];
        let mut notes = Vec::new();
        for reference in of(&pod) {
            let (_, goal) = goals.iter().find(|(kind, _)| *kind == reference.kind).unwrap();
            notes.extend(reference.unfit(goal));
        }
        let told: Vec<(String, String)> = notes
            .iter()
            .map(|note| (note.path.to_string(), note.text.render(binnacle_model::Lang::En)))
            .collect();
        let place = "spec.volumes[0].secret.items[1].key".to_owned();
        let said = "Secret tls has no key ca.crt. Add it, or pods will wait for it.".to_owned();
        assert_eq!(told, [(place, said)]);
    }

    #[test]
    fn what_comes_of_a_missing_goal_is_said_as_it_is() {
        let spec = json!({"containers": [{"envFrom": [{"secretRef": {"name": "s"}}]}],
            "imagePullSecrets": [{"name": "p"}], "serviceAccountName": "a"});
        let set = json!({"kind": "StatefulSet", "spec": {"template": {"spec": spec}}});
        let said: Vec<String> =
            of(&set).iter().map(|one| one.missing("shop").text.render(binnacle_model::Lang::En)).collect();
        for part in ["no pod can be created", "images that need it are not pulled", "pods will wait for it"] {
            assert_eq!(said.iter().filter(|text| text.contains(part)).count(), 1, "{part}: {said:?}");
        }
    }

    #[test]
    fn objects_without_pods_have_none() {
        for object in [json!({}), json!({"kind": "ConfigMap", "data": {}}), json!({"kind": "Pod", "spec": 3})]
        {
            assert_eq!(of(&object), []);
        }
    }
}
