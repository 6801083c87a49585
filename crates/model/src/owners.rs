//! Who set which fields of an object, and who keeps it the way it is.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::{
    Text, Word,
    edit::FieldOwner,
    merge::Place,
    object::{list, text},
    words::keepers as words,
};

/// Deepest field set that is read; the API server's own are far below.
const MAX_DEPTH: usize = 64;

/// The owners of an object's fields, by its `metadata.managedFields`, latest first.
pub fn of(object: &Value) -> Vec<FieldOwner> {
    let mut owners: Vec<FieldOwner> = list(object, "/metadata/managedFields").iter().map(owner).collect();
    owners.sort_by(|a, b| b.time.cmp(&a.time));
    owners
}

fn owner(entry: &Value) -> FieldOwner {
    let mut places = BTreeSet::new();
    if let Some(fields) = entry.get("fieldsV1").and_then(Value::as_object) {
        leaves(&Place::root(), fields, &mut places, 0);
    }
    let member = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    FieldOwner {
        manager: member("manager"),
        operation: member("operation"),
        subresource: member("subresource"),
        time: member("time"),
        places: places.into_iter().collect(),
    }
}

/// Reads a field set (`FieldsV1`: `f:name` is a member, `k:{…}` an item by its keys, `v:…` an item by its value,
/// `i:n` one by its index, `.` the place itself).
fn leaves(place: &Place, fields: &Map<String, Value>, out: &mut BTreeSet<String>, depth: usize) {
    let mut below = fields.iter().filter(|(key, _)| *key != ".").peekable();
    if below.peek().is_none() || depth > MAX_DEPTH {
        out.insert(place.to_string());
        return;
    }
    for (key, inner) in below {
        let child = match key.split_once(':') {
            Some(("f", name)) => place.key(name),
            Some(("k", keys)) => place.item(&item(keys)),
            Some(("v", value)) => place.item(&format!("={}", plain(value))),
            Some((_, rest)) => place.item(rest),
            None => continue,
        };
        match inner.as_object() {
            Some(inner) => leaves(&child, inner, out, depth + 1),
            None => {
                out.insert(child.to_string());
            }
        }
    }
}

/// `{"containerPort":80,"protocol":"TCP"}` as `containerPort=80,protocol=TCP`.
fn item(keys: &str) -> String {
    let Ok(Value::Object(keys)) = serde_json::from_str(keys) else { return keys.to_owned() };
    let parts = keys.iter().map(|(key, value)| match value {
        Value::String(text) => format!("{key}={text}"),
        other => format!("{key}={other}"),
    });
    parts.collect::<Vec<_>>().join(",")
}

/// A JSON text without its quotes.
fn plain(json: &str) -> String {
    serde_json::from_str(json).unwrap_or_else(|_| json.to_owned())
}

/// Tools that say on the object that they keep it: what it says (a JSON pointer and the value it begins with),
/// where the name of the keeper's own object is, and the sentence. Sources: Helm's `pkg/action/validate.go`,
/// Argo CD's "Resource Tracking", Flux's "Kustomization: labels" and "HelmRelease: labels", Fleet's and wrangler's
/// `objectset` labels.
const MARKS: &[(&str, &str, &str, &Word)] = &[
    (
        "/metadata/annotations/meta.helm.sh~1release-name",
        "",
        "/metadata/annotations/meta.helm.sh~1release-name",
        &words::HELM,
    ),
    (
        "/metadata/annotations/argocd.argoproj.io~1tracking-id",
        "",
        "/metadata/annotations/argocd.argoproj.io~1tracking-id",
        &words::ARGO_CD,
    ),
    (
        "/metadata/labels/argocd.argoproj.io~1instance",
        "",
        "/metadata/labels/argocd.argoproj.io~1instance",
        &words::ARGO_CD,
    ),
    (
        "/metadata/labels/kustomize.toolkit.fluxcd.io~1name",
        "",
        "/metadata/labels/kustomize.toolkit.fluxcd.io~1name",
        &words::FLUX_KUSTOMIZATION,
    ),
    (
        "/metadata/labels/helm.toolkit.fluxcd.io~1name",
        "",
        "/metadata/labels/helm.toolkit.fluxcd.io~1name",
        &words::FLUX_HELM_RELEASE,
    ),
    (
        "/metadata/annotations/objectset.rio.cattle.io~1id",
        "fleet-",
        "/metadata/annotations/meta.helm.sh~1release-name",
        &words::FLEET,
    ),
    (
        "/metadata/labels/app.kubernetes.io~1managed-by",
        "Helm",
        "/metadata/labels/app.kubernetes.io~1instance",
        &words::HELM,
    ),
];

/// Managers of fields that are people's tools or parts of Kubernetes, not keepers.
const NOT_KEEPERS: &[&str] =
    &["kubectl", "binnacle", "kube-", "k3s", "rancher", "headlamp", "lens", "before-first-apply"];

/// Who else keeps an object and may undo an edit, in sentences, each once.
pub fn keepers(object: &Value) -> Vec<Text> {
    let mut found: Vec<(&'static Word, Text)> = Vec::new();
    for (mark, begin, name, word) in MARKS {
        let mark = text(object, mark);
        let known = found.iter().any(|(known, _)| known.key == word.key);
        if mark.is_empty() || !mark.starts_with(begin) || known {
            continue;
        }
        // A tracking id goes on after the application's name: `app:group/Kind:namespace/name`.
        let name = text(object, name).split(':').next().unwrap_or_default();
        found.push((*word, Text::new(word, [name])));
    }
    let managed_by = text(object, "/metadata/labels/app.kubernetes.io~1managed-by");
    if found.is_empty() && !managed_by.is_empty() && managed_by != "binnacle" {
        found.push((&words::MANAGED_BY, Text::new(&words::MANAGED_BY, [managed_by])));
    }
    let owners = list(object, "/metadata/ownerReferences").iter();
    let controllers = owners.filter(|owner| owner.get("controller") == Some(&Value::Bool(true)));
    let mut said: Vec<Text> = found.into_iter().map(|(_, text)| text).collect();
    said.extend(
        controllers.map(|owner| Text::new(&words::OWNER, [text(owner, "/kind"), text(owner, "/name")])),
    );
    if said.is_empty() {
        let appliers: BTreeSet<String> = of(object)
            .into_iter()
            .filter(|owner| owner.operation == "Apply" && owner.subresource.is_empty())
            .map(|owner| owner.manager)
            .filter(|manager| !NOT_KEEPERS.iter().any(|own| manager.starts_with(own)))
            .collect();
        said.extend(appliers.into_iter().map(|manager| Text::new(&words::APPLIER, [manager])));
    }
    said
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Lang;

    #[test]
    fn field_sets_are_read_as_places() {
        let object = json!({"metadata": {"managedFields": [
            {"manager": "old", "operation": "Update", "time": "2026-01-01T00:00:00Z", "fieldsV1": {"f:data": {".": {}, "f:a.b": {}}}},
            {"manager": "ctl", "operation": "Apply", "subresource": "status", "time": "2026-02-01T00:00:00Z", "fieldsV1": {
                "f:spec": {"f:containers": {"k:{\"name\":\"web\"}": {
                    ".": {}, "f:image": {}, "f:ports": {"k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {".": {}}}}}},
                "f:metadata": {"f:finalizers": {"v:\"x/y\"": {}}}}},
        ]}});
        let owners = of(&object);
        assert_eq!(owners.iter().map(|owner| owner.manager.as_str()).collect::<Vec<_>>(), ["ctl", "old"]);
        assert_eq!(owners[0].subresource, "status");
        assert_eq!(
            owners[0].places,
            [
                "metadata.finalizers[=x/y]",
                "spec.containers[name=web].image",
                "spec.containers[name=web].ports[containerPort=80,protocol=TCP]",
            ]
        );
        assert_eq!(owners[1].places, ["data[a.b]"]);
        assert_eq!(of(&json!({"metadata": {"managedFields": [3, {"fieldsV1": []}]}})).len(), 2);
    }

    #[test]
    fn whoever_keeps_it_is_named() {
        let meta = |value: Value| json!({ "metadata": value });
        let owner =
            json!([{"kind": "MysqlCluster", "name": "db", "controller": true}, {"kind": "X", "name": "y"}]);
        let applied = json!([{"manager": "terraform", "operation": "Apply"}, {"manager": "kubectl", "operation": "Apply"}]);
        let rows = [
            (json!({}), vec![]),
            (
                json!({"annotations": {"meta.helm.sh/release-name": "web"}, "labels": {"app.kubernetes.io/managed-by": "Helm"}}),
                vec!["Helm's release web"],
            ),
            (
                json!({"labels": {"app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": "web"}}),
                vec!["Helm's release web"],
            ),
            (
                json!({"annotations": {"argocd.argoproj.io/tracking-id": "shop:apps/StatefulSet:a/b"}}),
                vec!["Argo CD's application shop keeps"],
            ),
            (json!({"labels": {"kustomize.toolkit.fluxcd.io/name": "infra"}}), vec!["Kustomization infra"]),
            (json!({"labels": {"helm.toolkit.fluxcd.io/name": "web"}}), vec!["HelmRelease web"]),
            (json!({"labels": {"app.kubernetes.io/managed-by": "crossplane"}}), vec!["crossplane manages"]),
            (json!({"labels": {"app.kubernetes.io/managed-by": "binnacle"}}), vec![]),
            (json!({ "ownerReferences": owner }), vec!["MysqlCluster db owns"]),
            (json!({ "managedFields": applied }), vec!["terraform applies"]),
        ];
        for (metadata, expected) in rows {
            let said: Vec<String> =
                keepers(&meta(metadata.clone())).iter().map(|text| text.render(Lang::En)).collect();
            assert_eq!(said.len(), expected.len(), "{metadata}: {said:?}");
            for (said, part) in said.iter().zip(expected) {
                assert!(said.contains(part), "{said}");
            }
        }
    }
}
