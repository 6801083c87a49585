//! Fields that cannot change once an object exists.
//!
//! The table says what the API server's validation of updates says (k8s.io/kubernetes,
//! `pkg/apis/*/validation`, functions named `Validate*Update`; both minors that are tested agree on it). It is not
//! all that the server refuses: what depends on more than the two objects is left to the dry run.

use serde_json::Value;

use crate::{FieldPath, Segment};

/// When a rule holds.
#[derive(Clone, Copy, Debug)]
enum When {
    /// Always: a field that is not there cannot be added either.
    Always,
    /// Once the field has a value.
    Set,
    /// While the member at this pointer has that value, before the change.
    If(&'static str, Is),
    /// Unless the member at this pointer has that value, before or after the change.
    Unless(&'static str, Is),
}

/// A value that a rule depends on.
#[derive(Clone, Copy, Debug)]
enum Is {
    True,
    Text(&'static str),
}

/// Members of maps at a place; `[]` in it stands for every item of a list.
struct Rule {
    group: &'static str,
    kind: &'static str,
    place: &'static str,
    /// Members of the place that may change, of those that it has. Where there are none the place is meant as a
    /// whole.
    except: &'static [&'static str],
    when: When,
}

const fn whole(group: &'static str, kind: &'static str, place: &'static str) -> Rule {
    Rule { group, kind, place, except: &[], when: When::Always }
}

const fn but(
    group: &'static str,
    kind: &'static str,
    place: &'static str,
    except: &'static [&'static str],
) -> Rule {
    Rule { group, kind, place, except, when: When::Always }
}

const fn when(group: &'static str, kind: &'static str, place: &'static str, when: When) -> Rule {
    Rule { group, kind, place, except: &[], when }
}

/// Of every object (`ValidateObjectMetaAccessorUpdate`, and the path of the request).
const ALWAYS: [&str; 6] = [
    "apiVersion",
    "kind",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "metadata.creationTimestamp",
];

const APPS: &str = "apps";
const BATCH: &str = "batch";
const RBAC: &str = "rbac.authorization.k8s.io";
const STORAGE: &str = "storage.k8s.io";
const EXTENSIONS: &str = "apiextensions.k8s.io";

const RULES: &[Rule] = &[
    // ValidateStatefulSetUpdate: "updates to statefulset spec for fields other than …" names what may change;
    // this is the rest.
    whole(APPS, "StatefulSet", "spec.serviceName"),
    whole(APPS, "StatefulSet", "spec.selector"),
    whole(APPS, "StatefulSet", "spec.podManagementPolicy"),
    whole(APPS, "StatefulSet", "spec.volumeClaimTemplates"),
    // ValidateDeploymentUpdate and its like, in the strategies of apps/v1.
    whole(APPS, "Deployment", "spec.selector"),
    whole(APPS, "DaemonSet", "spec.selector"),
    whole(APPS, "ReplicaSet", "spec.selector"),
    whole(APPS, "ControllerRevision", "data"),
    // ValidateJobSpecUpdate. A suspended Job's template may change in parts, an Indexed Job may grow.
    whole(BATCH, "Job", "spec.selector"),
    when(BATCH, "Job", "spec.template", When::Unless("/spec/suspend", Is::True)),
    when(BATCH, "Job", "spec.completions", When::Unless("/spec/completionMode", Is::Text("Indexed"))),
    whole(BATCH, "Job", "spec.completionMode"),
    whole(BATCH, "Job", "spec.podFailurePolicy"),
    whole(BATCH, "Job", "spec.successPolicy"),
    whole(BATCH, "Job", "spec.backoffLimitPerIndex"),
    whole(BATCH, "Job", "spec.managedBy"),
    // ValidatePodUpdate: "pod updates may not change fields other than …". What may be changed while the pod
    // waits for its scheduling gates is left to the dry run.
    but(
        "",
        "Pod",
        "spec",
        &[
            "containers",
            "initContainers",
            "activeDeadlineSeconds",
            "terminationGracePeriodSeconds",
            "tolerations",
            "schedulingGates",
            "nodeSelector",
            "affinity",
        ],
    ),
    but("", "Pod", "spec.containers[]", &["image"]),
    but("", "Pod", "spec.initContainers[]", &["image"]),
    // ValidatePersistentVolumeClaimUpdate: "spec is immutable after creation except …"; what is empty until a
    // claim is bound may be set once.
    whole("", "PersistentVolumeClaim", "spec.accessModes"),
    whole("", "PersistentVolumeClaim", "spec.selector"),
    whole("", "PersistentVolumeClaim", "spec.volumeMode"),
    whole("", "PersistentVolumeClaim", "spec.dataSource"),
    whole("", "PersistentVolumeClaim", "spec.dataSourceRef"),
    when("", "PersistentVolumeClaim", "spec.volumeName", When::Set),
    when("", "PersistentVolumeClaim", "spec.storageClassName", When::Set),
    // ValidateServiceUpdate and the allocators: the first address and family of a Service stay its own, unless
    // it becomes a mere alias.
    when("", "Service", "spec.clusterIP", When::Set),
    when("", "Service", "spec.clusterIPs[0]", When::Set),
    when("", "Service", "spec.ipFamilies[0]", When::Set),
    // ValidateSecretUpdate, ValidateConfigMapUpdate.
    when("", "Secret", "type", When::Set),
    when("", "Secret", "data", When::If("/immutable", Is::True)),
    when("", "Secret", "stringData", When::If("/immutable", Is::True)),
    when("", "Secret", "immutable", When::If("/immutable", Is::True)),
    when("", "ConfigMap", "data", When::If("/immutable", Is::True)),
    when("", "ConfigMap", "binaryData", When::If("/immutable", Is::True)),
    when("", "ConfigMap", "immutable", When::If("/immutable", Is::True)),
    // ValidateRoleBindingUpdate, ValidateClusterRoleBindingUpdate.
    whole(RBAC, "RoleBinding", "roleRef"),
    whole(RBAC, "ClusterRoleBinding", "roleRef"),
    // ValidateStorageClassUpdate.
    whole(STORAGE, "StorageClass", "provisioner"),
    whole(STORAGE, "StorageClass", "parameters"),
    whole(STORAGE, "StorageClass", "reclaimPolicy"),
    whole(STORAGE, "StorageClass", "volumeBindingMode"),
    // ValidatePriorityClassUpdate.
    whole("scheduling.k8s.io", "PriorityClass", "value"),
    whole("scheduling.k8s.io", "PriorityClass", "preemptionPolicy"),
    // ValidateEndpointSliceUpdate, ValidateIngressClassUpdate.
    whole("discovery.k8s.io", "EndpointSlice", "addressType"),
    whole("networking.k8s.io", "IngressClass", "spec.controller"),
    // ValidateCustomResourceDefinitionUpdate, once its names are established.
    whole(EXTENSIONS, "CustomResourceDefinition", "spec.group"),
    whole(EXTENSIONS, "CustomResourceDefinition", "spec.scope"),
    whole(EXTENSIONS, "CustomResourceDefinition", "spec.names.kind"),
    whole(EXTENSIONS, "CustomResourceDefinition", "spec.names.plural"),
];

/// The fields of a live object that cannot be changed, of those that it has.
pub fn fields(object: &Value) -> Vec<FieldPath> {
    places(object, object).into_iter().filter(|place| at(place, object).is_some()).collect()
}

/// The fields that cannot be changed and that differ between a live object and what is to become of it.
pub fn changed(before: &Value, after: &Value) -> Vec<FieldPath> {
    places(before, after).into_iter().filter(|place| at(place, before) != at(place, after)).collect()
}

/// The value at a place; a null is as good as nothing.
fn at<'a>(place: &FieldPath, object: &'a Value) -> Option<&'a Value> {
    place.get(object).filter(|value| !value.is_null())
}

/// Every place of either object that a rule is about.
fn places(before: &Value, after: &Value) -> Vec<FieldPath> {
    let mut found: Vec<FieldPath> = ALWAYS.iter().map(|place| FieldPath::from(*place)).collect();
    let api_version = crate::object::text(before, "/apiVersion");
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    let kind = crate::object::text(before, "/kind");
    for rule in RULES.iter().filter(|rule| rule.group == group && rule.kind == kind) {
        for place in expand(rule.place, before, after) {
            if !holds(rule.when, &place, before, after) {
                continue;
            }
            match members(&place, rule.except, before, after) {
                Some(members) => found.extend(members),
                None => found.push(place),
            }
        }
    }
    found
}

fn holds(when: When, place: &FieldPath, before: &Value, after: &Value) -> bool {
    let has = |object: &Value, pointer: &str, value: Is| {
        object.pointer(pointer).is_some_and(|found| match value {
            Is::True => *found == Value::Bool(true),
            Is::Text(text) => found.as_str() == Some(text),
        })
    };
    let is_alias = has(after, "/spec/type", Is::Text("ExternalName"));
    match when {
        When::Always => true,
        When::Set => at(place, before).is_some_and(|value| value.as_str() != Some("")) && !is_alias,
        When::If(pointer, value) => has(before, pointer, value),
        When::Unless(pointer, value) => !has(before, pointer, value) && !has(after, pointer, value),
    }
}

/// The places that a rule's place stands for.
fn expand(place: &str, before: &Value, after: &Value) -> Vec<FieldPath> {
    let Some((list, _)) = place.split_once("[]") else { return vec![FieldPath::from(place)] };
    let list = FieldPath::from(list);
    let length = |object: &Value| list.get(object).and_then(Value::as_array).map_or(0, Vec::len);
    (0..length(before).max(length(after))).map(|index| list.index(index)).collect()
}

/// The members of a map that may not change (what is new in it is left to the dry run: it may be misspelt);
/// `None` where the place is meant as a whole, or is no map in one
/// of the objects.
fn members(place: &FieldPath, except: &[&str], before: &Value, after: &Value) -> Option<Vec<FieldPath>> {
    if except.is_empty() {
        return None;
    }
    let before = place.get(before)?.as_object()?;
    place.get(after)?.as_object()?;
    let fixed = before.keys().filter(|key| !except.contains(&key.as_str()));
    Some(
        fixed
            .map(|key| {
                let mut place = place.clone();
                place.0.push(Segment::Key(key.clone()));
                place
            })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(places: &[FieldPath]) -> Vec<String> {
        places.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_cannot_change_by_kind() {
        let set = |spec: Value| json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"}, "spec": spec});
        let job = |spec: Value| json!({"apiVersion": "batch/v1", "kind": "Job", "spec": spec});
        let core = |kind: &str, rest: Value| {
            let mut object = json!({"apiVersion": "v1", "kind": kind});
            object.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
            object
        };
        let pod = |containers: Value| core("Pod", json!({"spec": {"containers": containers}}));
        let table: Vec<(Value, Value, &[&str])> = vec![
            (
                set(json!({"replicas": 1, "template": {}})),
                set(json!({"replicas": 2, "template": {"a": 1}})),
                &[],
            ),
            (set(json!({"serviceName": "a"})), set(json!({"serviceName": "b"})), &["spec.serviceName"]),
            (set(json!({})), set(json!({"volumeClaimTemplates": []})), &["spec.volumeClaimTemplates"]),
            (set(json!({"serviceName": "a"})), set(json!({})), &["spec.serviceName"]),
            (set(json!({"serviceName": null})), set(json!({})), &[]),
            (job(json!({"template": 1})), job(json!({"template": 2})), &["spec.template"]),
            (job(json!({"suspend": true, "template": 1})), job(json!({"suspend": true, "template": 2})), &[]),
            (job(json!({"completions": 1})), job(json!({"completions": 2})), &["spec.completions"]),
            (
                job(json!({"completions": 1, "completionMode": "Indexed"})),
                job(json!({"completions": 2, "completionMode": "Indexed"})),
                &[],
            ),
            (pod(json!([{"name": "a", "image": "x"}])), pod(json!([{"name": "a", "image": "y"}])), &[]),
            (
                pod(json!([{"name": "a", "env": []}])),
                pod(json!([{"name": "b"}])),
                &["spec.containers[0].name", "spec.containers[0].env"],
            ),
            (
                pod(json!([{"name": "a"}])),
                pod(json!([{"name": "a"}, {"name": "b"}])),
                &["spec.containers[1]"],
            ),
            (
                core("Service", json!({"spec": {"clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"]}})),
                core("Service", json!({"spec": {"clusterIP": "10.0.0.2", "clusterIPs": ["10.0.0.2"]}})),
                &["spec.clusterIP", "spec.clusterIPs[0]"],
            ),
            (
                core("Service", json!({"spec": {"clusterIP": "10.0.0.1"}})),
                core("Service", json!({"spec": {"type": "ExternalName", "externalName": "x"}})),
                &[],
            ),
            (
                core("PersistentVolumeClaim", json!({"spec": {"accessModes": ["RWO"]}})),
                core("PersistentVolumeClaim", json!({"spec": {"accessModes": ["RWO"], "volumeName": "v"}})),
                &[],
            ),
            (
                core("PersistentVolumeClaim", json!({"spec": {"volumeName": "v", "resources": 1}})),
                core("PersistentVolumeClaim", json!({"spec": {"volumeName": "w", "resources": 2}})),
                &["spec.volumeName"],
            ),
            (core("ConfigMap", json!({"data": {"a": "1"}})), core("ConfigMap", json!({"data": {}})), &[]),
            (
                core("ConfigMap", json!({"data": {"a": "1"}, "immutable": true})),
                core("ConfigMap", json!({"data": {}})),
                &["data", "immutable"],
            ),
            (core("Secret", json!({"type": "a"})), core("Secret", json!({"type": "b"})), &["type"]),
            (core("Gadget", json!({"spec": 1})), core("Gadget", json!({"spec": 2})), &[]),
            (
                core("Gadget", json!({"metadata": {"name": "a", "labels": {"a": "b"}}})),
                core("Gadget", json!({"metadata": {"name": "b"}})),
                &["metadata.name"],
            ),
        ];
        for (before, after, expected) in table {
            assert_eq!(names(&changed(&before, &after)), expected, "{before} -> {after}");
            assert_eq!(changed(&before, &before), [], "{before}");
        }
    }

    #[test]
    fn only_what_is_there_is_marked() {
        let set = json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"},
            "spec": {"replicas": 1, "serviceName": "web", "selector": {"matchLabels": {"a": "b"}}}});
        assert_eq!(
            names(&fields(&set)),
            ["apiVersion", "kind", "metadata.name", "spec.serviceName", "spec.selector"]
        );
    }

    #[test]
    fn nothing_panics_on_odd_objects() {
        for odd in [json!(null), json!([]), json!({"apiVersion": "v1", "kind": "Pod", "spec": []})] {
            assert_eq!(changed(&odd, &odd), []);
            let _ = changed(&odd, &json!({"spec": {"containers": 1}}));
        }
    }
}
