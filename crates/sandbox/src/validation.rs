//! The API server's rules for what may be stored, in its own words and field paths.

use serde_json::Value;

use crate::kind::Kind;
use crate::status::Cause;
use crate::value::Object;

mod container;
mod core;
mod go;
pub(crate) mod names;
pub(crate) mod older;
mod pod;
mod workload;

/// Annotations may be this large in all (256 KiB).
const ANNOTATIONS_SIZE: usize = 256 * 1024;

/// The broken rules of a new object.
pub(crate) fn create(kind: &Kind, object: &Value) -> Vec<Cause> {
    let mut causes = Vec::new();
    metadata(kind, object, &mut causes);
    body(kind, object, false, &mut causes);
    causes
}

/// The broken rules of a changed object.
pub(crate) fn update(kind: &Kind, object: &Value, old: &Value) -> Vec<Cause> {
    let mut causes = Vec::new();
    labels(object.at("/metadata/labels"), "metadata.labels", &mut causes);
    annotations(object.at("/metadata/annotations"), "metadata.annotations", &mut causes);
    if object.deleting() {
        let old_finalizers = old.list("/metadata/finalizers");
        let new: Vec<String> = object
            .list("/metadata/finalizers")
            .iter()
            .filter(|one| !old_finalizers.contains(one))
            .filter_map(Value::as_str)
            .map(|one| format!("{one:?}"))
            .collect();
        if !new.is_empty() {
            let detail = format!(
                "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
                new.join(", ")
            );
            causes.push(Cause::forbidden("metadata.finalizers", &detail));
        }
    }
    body(kind, object, true, &mut causes);
    match kind.kind {
        "StatefulSet" => workload::stateful_set_update(object, old, &mut causes),
        "Deployment" | "DaemonSet" | "ReplicaSet" => {
            immutable(object, old, &["selector"], &mut causes);
        }
        "Job" => immutable(object, old, &["selector", "completionMode"], &mut causes),
        "ConfigMap" | "Secret" => core::immutable_data(object, old, &mut causes),
        "Pod" => pod::update(object, old, &mut causes),
        "PersistentVolumeClaim" => core::claim_update(object, old, &mut causes),
        "RoleBinding" | "ClusterRoleBinding" if object.at("/roleRef") != old.at("/roleRef") => {
            causes.push(Cause::invalid("roleRef", object.at("/roleRef"), "cannot change roleRef"));
        }
        _ => {}
    }
    causes
}

fn body(kind: &Kind, object: &Value, update: bool, causes: &mut Vec<Cause>) {
    match kind.kind {
        "StatefulSet" => workload::stateful_set(object, update, causes),
        "Deployment" => workload::deployment(object, causes),
        "ReplicaSet" => workload::replica_set(object, causes),
        "DaemonSet" => workload::daemon_set(object, causes),
        "Job" => workload::job(object.at("/spec"), "spec", causes),
        "CronJob" => workload::cron_job(object, causes),
        "Pod" if !update => pod::spec(object.at("/spec"), "spec", causes),
        "Service" => core::service(object, causes),
        "ConfigMap" => core::config_map(object, causes),
        "Secret" => core::secret(object, causes),
        "PersistentVolumeClaim" if !update => core::claim_spec(object.at("/spec"), "spec", causes),
        "Role" | "ClusterRole" => core::role(object, kind.namespaced, causes),
        "RoleBinding" | "ClusterRoleBinding" => core::binding(object, causes),
        _ => {}
    }
}

/// Fields of the spec that may not change.
fn immutable(object: &Value, old: &Value, fields: &[&str], causes: &mut Vec<Cause>) {
    for field in fields {
        let path = format!("/spec/{field}");
        if object.at(&path) != old.at(&path) {
            causes.push(Cause::invalid(format!("spec.{field}"), object.at(&path), "field is immutable"));
        }
    }
}

fn metadata(kind: &Kind, object: &Value, causes: &mut Vec<Cause>) {
    let rule: fn(&str) -> Vec<String> = match kind.kind {
        "Namespace" | "StatefulSet" | "Service" => names::dns_label,
        "Role" | "RoleBinding" | "ClusterRole" | "ClusterRoleBinding" => names::path_segment,
        _ => names::dns_subdomain,
    };
    let generate = object.text("/metadata/generateName");
    if !generate.is_empty() {
        let base = generate.strip_suffix('-').map_or_else(|| generate.to_owned(), |base| format!("{base}a"));
        for problem in rule(&base) {
            causes.push(Cause::invalid("metadata.generateName", &generate.into(), &problem));
        }
    }
    let name = object.name();
    if name.is_empty() {
        causes.push(Cause::required("metadata.name", "name or generateName is required"));
    } else {
        for problem in rule(name) {
            causes.push(Cause::invalid("metadata.name", &name.into(), &problem));
        }
        if kind.kind == "CronJob" && name.len() > 52 {
            causes.push(Cause::invalid("metadata.name", &name.into(), "must be no more than 52 characters"));
        }
    }
    labels(object.at("/metadata/labels"), "metadata.labels", causes);
    annotations(object.at("/metadata/annotations"), "metadata.annotations", causes);
    for (place, owner) in object.list("/metadata/ownerReferences").iter().enumerate() {
        for field in ["apiVersion", "kind", "name", "uid"] {
            if owner[field].as_str().unwrap_or_default().is_empty() {
                causes.push(Cause::required(
                    format!("metadata.ownerReferences[{place}].{field}"),
                    "must not be empty",
                ));
            }
        }
    }
    let owners = object.at("/metadata/ownerReferences");
    let controllers: Vec<String> = object
        .list("/metadata/ownerReferences")
        .iter()
        .filter(|owner| owner["controller"] == true)
        .map(|owner| format!("{}/{}", owner.text("/kind"), owner.text("/name")))
        .collect();
    if let [first, second, ..] = controllers.as_slice() {
        let detail = format!(
            "Only one reference can have Controller set to true. Found \"true\" in references for {first} and {second}"
        );
        causes.push(Cause::invalid("metadata.ownerReferences", owners, &detail));
    }
    for finalizer in object.list("/metadata/finalizers").iter().filter_map(Value::as_str) {
        for problem in names::qualified_name(finalizer) {
            causes.push(Cause::invalid("metadata.finalizers", &finalizer.into(), &problem));
        }
        if !finalizer.contains('/') && !matches!(finalizer, "orphan" | "foregroundDeletion" | "kubernetes") {
            causes.push(Cause::invalid(
                "metadata.finalizers",
                &finalizer.into(),
                "name is neither a standard finalizer name nor is it fully qualified",
            ));
        }
    }
}

/// Keys and values of labels.
pub(crate) fn labels(labels: &Value, field: &str, causes: &mut Vec<Cause>) {
    for (key, value) in labels.as_object().into_iter().flatten() {
        for problem in names::qualified_name(key) {
            causes.push(Cause::invalid(field, &key.as_str().into(), &problem));
        }
        for problem in names::label_value(value.as_str().unwrap_or_default()) {
            causes.push(Cause::invalid(field, value, &problem));
        }
    }
}

/// Keys and size of annotations.
pub(crate) fn annotations(annotations: &Value, field: &str, causes: &mut Vec<Cause>) {
    let mut size = 0;
    for (key, value) in annotations.as_object().into_iter().flatten() {
        for problem in names::qualified_name(&key.to_lowercase()) {
            causes.push(Cause::invalid(field, &key.as_str().into(), &problem));
        }
        size += key.len() + value.as_str().map_or(0, str::len);
    }
    if size > ANNOTATIONS_SIZE {
        causes.push(Cause::too_long(field, ANNOTATIONS_SIZE));
    }
}

/// A whole number that may not be negative.
pub(crate) fn not_negative(object: &Value, pointer: &str, field: impl Into<String>, causes: &mut Vec<Cause>) {
    if let Some(number) = object.int(pointer).filter(|number| *number < 0) {
        causes.push(Cause::invalid(field, &number.into(), "must be greater than or equal to 0"));
    }
}

/// A port number.
pub(crate) fn port_number(number: i64, field: impl Into<String>, causes: &mut Vec<Cause>) {
    if !(1..=65535).contains(&number) {
        causes.push(Cause::invalid(field, &number.into(), "must be between 1 and 65535, inclusive"));
    }
}

/// A port by number or name.
pub(crate) fn port_or_name(port: &Value, field: &str, causes: &mut Vec<Cause>) {
    if let Some(name) = port.as_str() {
        for problem in names::port_name(name) {
            causes.push(Cause::invalid(field, port, &problem));
        }
    } else {
        port_number(port.as_i64().unwrap_or(0), field, causes);
    }
}

/// A text outside a fixed set; absent texts are left to other rules.
pub(crate) fn one_of(
    object: &Value,
    pointer: &str,
    field: impl Into<String>,
    known: &[&str],
    causes: &mut Vec<Cause>,
) {
    let text = object.text(pointer);
    if !text.is_empty() && !known.contains(&text) {
        causes.push(Cause::not_supported(field, &text.into(), known));
    }
}

/// A name that must be a DNS label.
pub(crate) fn label_name(text: &str, field: &str, causes: &mut Vec<Cause>) {
    for problem in names::dns_label(text) {
        causes.push(Cause::invalid(field, &text.into(), &problem));
    }
}

/// A name that must be a DNS subdomain.
pub(crate) fn subdomain_name(text: &str, field: &str, causes: &mut Vec<Cause>) {
    for problem in names::dns_subdomain(text) {
        causes.push(Cause::invalid(field, &text.into(), &problem));
    }
}

/// A label selector's parts.
pub(crate) fn label_selector(selector: &Value, field: &str, causes: &mut Vec<Cause>) {
    labels(selector.at("/matchLabels"), &format!("{field}.matchLabels"), causes);
    for (place, expression) in selector.list("/matchExpressions").iter().enumerate() {
        let at = format!("{field}.matchExpressions[{place}]");
        let values = expression.list("/values");
        match expression.text("/operator") {
            "In" | "NotIn" if values.is_empty() => {
                causes.push(Cause::required(
                    format!("{at}.values"),
                    "must be specified when `operator` is 'In' or 'NotIn'",
                ));
            }
            "Exists" | "DoesNotExist" if !values.is_empty() => {
                causes.push(Cause::forbidden(
                    format!("{at}.values"),
                    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
                ));
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            other => causes.push(Cause::invalid(
                format!("{at}.operator"),
                &other.into(),
                "not a valid selector operator",
            )),
        }
        for problem in names::qualified_name(expression.text("/key")) {
            causes.push(Cause::invalid(format!("{at}.key"), &expression.text("/key").into(), &problem));
        }
        for (value_place, value) in values.iter().enumerate() {
            for problem in names::label_value(value.as_str().unwrap_or_default()) {
                causes.push(Cause::invalid(format!("{at}.values[{value_place}]"), value, &problem));
            }
        }
    }
}

/// A map with its keys in order, as Go prints maps.
pub(crate) fn sorted(map: &Value) -> Value {
    let Value::Object(fields) = map else { return Value::Null };
    let mut keys: Vec<&String> = fields.keys().collect();
    keys.sort();
    keys.into_iter().filter_map(|key| fields.get(key).map(|value| (key.clone(), value.clone()))).collect()
}
