//! Values as the API server prints them in messages where it prints its own internal Go structs.

use serde_json::{Map, Value, json};

use crate::value::Object;

/// A StatefulSet's or Deployment's strategy.
pub(super) fn strategy(strategy: &Value) -> Value {
    json!({"Type": strategy.text("/type"), "RollingUpdate": strategy.get("rollingUpdate").map(rolling_update)})
}

/// The parameters of a StatefulSet's rolling update.
pub(super) fn rolling_update(rolling: &Value) -> Value {
    json!({"Partition": rolling["partition"], "MaxUnavailable": rolling["maxUnavailable"]})
}

/// A container's security context.
pub(super) fn security_context(context: &Value) -> Value {
    const FIELDS: [&str; 12] = [
        "capabilities",
        "privileged",
        "seLinuxOptions",
        "windowsOptions",
        "runAsUser",
        "runAsGroup",
        "runAsNonRoot",
        "readOnlyRootFilesystem",
        "allowPrivilegeEscalation",
        "procMount",
        "seccompProfile",
        "appArmorProfile",
    ];
    FIELDS
        .iter()
        .map(|field| {
            let name = if *field == "seLinuxOptions" { "SELinuxOptions".to_owned() } else { capital(field) };
            (name, context[*field].clone())
        })
        .collect::<Map<String, Value>>()
        .into()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// A StatefulSet's claim templates.
pub(super) fn claims(list: &[Value]) -> Value {
    if list.is_empty() {
        return Value::Null;
    }
    list.iter()
        .map(|claim| {
            let mut shown = Map::new();
            if let Some(metadata) = claim["metadata"].as_object() {
                shown.extend(metadata.clone());
            }
            let spec = &claim["spec"];
            shown.insert(
                "Spec".to_owned(),
                json!({"AccessModes": spec["accessModes"], "Selector": spec["selector"],
                    "Resources": {"Limits": spec.at("/resources/limits"), "Requests": spec.at("/resources/requests")},
                    "VolumeName": spec.text("/volumeName"), "StorageClassName": spec["storageClassName"], "VolumeMode": spec["volumeMode"],
                    "DataSource": spec["dataSource"], "DataSourceRef": spec["dataSourceRef"], "VolumeAttributesClassName": spec["volumeAttributesClassName"]}),
            );
            shown.insert(
                "Status".to_owned(),
                json!({"Phase": "Pending", "AccessModes": null, "Capacity": null, "Conditions": null, "AllocatedResources": null,
                    "AllocatedResourceStatuses": null, "CurrentVolumeAttributesClassName": null, "ModifyVolumeStatus": null, "HealthStatus": null}),
            );
            Value::Object(shown)
        })
        .collect()
}
