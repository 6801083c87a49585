//! Rules for Services, ConfigMaps, Secrets, claims and RBAC objects.

use std::collections::BTreeSet;

use serde_json::Value;

use super::container::amount;
use super::{label_name, labels, names, one_of, port_number, port_or_name, subdomain_name};
use crate::quantity::Quantity;
use crate::status::Cause;
use crate::value::Object;

/// A ConfigMap or Secret may hold this much (1 MiB).
const DATA_SIZE: usize = 1024 * 1024;

/// A Service.
pub(super) fn service(object: &Value, causes: &mut Vec<Cause>) {
    let spec = object.at("/spec");
    let kind = spec.text("/type");
    let headless = spec.text("/clusterIP") == "None";
    let ports = spec.list("/ports");
    if ports.is_empty() && !headless && kind != "ExternalName" {
        causes.push(Cause::required("spec.ports", ""));
    }
    if kind == "ExternalName" {
        match spec.text("/externalName").trim_end_matches('.') {
            "" => causes.push(Cause::required("spec.externalName", "")),
            name => subdomain_name(name, "spec.externalName", causes),
        }
    }
    if headless && matches!(kind, "LoadBalancer" | "NodePort") {
        causes.push(Cause::invalid(
            "spec.clusterIPs[0]",
            &"None".into(),
            &format!("may not be set to 'None' for {kind} services"),
        ));
    }
    let mut seen = BTreeSet::new();
    let mut pairs = BTreeSet::new();
    for (place, port) in ports.iter().enumerate() {
        let at = format!("spec.ports[{place}]");
        let name = port.text("/name");
        if ports.len() > 1 && name.is_empty() {
            causes.push(Cause::required(format!("{at}.name"), ""));
        } else if !name.is_empty() {
            label_name(name, &format!("{at}.name"), causes);
            if !seen.insert(name.to_owned()) {
                causes.push(Cause::duplicate(format!("{at}.name"), &name.into()));
            }
        }
        port_number(port.int("/port").unwrap_or(0), format!("{at}.port"), causes);
        one_of(port, "/protocol", format!("{at}.protocol"), &["SCTP", "TCP", "UDP"], causes);
        port_or_name(port.at("/targetPort"), &format!("{at}.targetPort"), causes);
    }
    labels(spec.at("/selector"), "spec.selector", causes);
    one_of(spec, "/sessionAffinity", "spec.sessionAffinity", &["ClientIP", "None"], causes);
    one_of(spec, "/type", "spec.type", &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"], causes);
    if kind == "ClusterIP" {
        for (place, _) in ports.iter().enumerate().filter(|(_, port)| port.int("/nodePort").is_some()) {
            causes.push(Cause::forbidden(
                format!("spec.ports[{place}].nodePort"),
                "may not be used when `type` is 'ClusterIP'",
            ));
        }
    }
    for (place, port) in ports.iter().enumerate() {
        if !pairs.insert((port.text("/protocol").to_owned(), port.int("/port"))) {
            let shown = serde_json::json!({"Name": "", "Protocol": port["protocol"], "AppProtocol": null, "Port": port["port"], "TargetPort": 0, "NodePort": 0});
            causes.push(Cause::duplicate(format!("spec.ports[{place}]"), &shown));
        }
    }
}

fn keys(data: &Value, field: &str, causes: &mut Vec<Cause>) -> usize {
    let mut size = 0;
    for (key, value) in data.as_object().into_iter().flatten() {
        for problem in names::config_key(key) {
            causes.push(Cause::invalid(format!("{field}[{key}]"), &key.as_str().into(), &problem));
        }
        size += value.as_str().map_or(0, str::len);
    }
    size
}

/// A ConfigMap.
pub(super) fn config_map(object: &Value, causes: &mut Vec<Cause>) {
    let size = keys(object.at("/data"), "data", causes);
    for (key, _) in object.at("/binaryData").as_object().into_iter().flatten() {
        if object.at("/data").get(key).is_some() {
            causes.push(Cause::invalid(
                format!("data[{key}]"),
                &key.as_str().into(),
                "duplicate of key present in binaryData",
            ));
        }
    }
    let binary = keys(object.at("/binaryData"), "binaryData", causes) / 4 * 3;
    if size + binary > DATA_SIZE {
        causes.push(Cause::too_long("[]", DATA_SIZE));
    }
}

/// A Secret.
pub(super) fn secret(object: &Value, causes: &mut Vec<Cause>) {
    let data = object.at("/data");
    if keys(data, "data", causes) / 4 * 3 > DATA_SIZE {
        causes.push(Cause::too_long("data", DATA_SIZE));
    }
    let needed: &[&str] = match object.text("/type") {
        "kubernetes.io/tls" => &["tls.crt", "tls.key"],
        "kubernetes.io/dockerconfigjson" => &[".dockerconfigjson"],
        "kubernetes.io/dockercfg" => &[".dockercfg"],
        "kubernetes.io/ssh-auth" => &["ssh-privatekey"],
        "kubernetes.io/basic-auth" if data.get("username").is_none() && data.get("password").is_none() => {
            &["username", "password"]
        }
        _ => &[],
    };
    for key in needed.iter().filter(|key| data.get(**key).is_none()) {
        causes.push(Cause::required(format!("data[{key}]"), ""));
    }
}

/// What may change in data that was declared immutable.
pub(super) fn immutable_data(object: &Value, old: &Value, causes: &mut Vec<Cause>) {
    if object.at("/type") != old.at("/type") {
        causes.push(Cause::invalid("type", object.at("/type"), "field is immutable"));
    }
    if old["immutable"] != true {
        return;
    }
    let detail = "field is immutable when `immutable` is set";
    if object["immutable"] != true {
        causes.push(Cause::forbidden("immutable", detail));
    }
    for field in ["data", "binaryData"] {
        if object[field] != old[field] {
            causes.push(Cause::forbidden(field, detail));
        }
    }
}

/// The spec of a claim, at a path.
pub(super) fn claim_spec(spec: &Value, field: &str, causes: &mut Vec<Cause>) {
    const MODES: [&str; 4] = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
    let modes = spec.list("/accessModes");
    if modes.is_empty() {
        causes.push(Cause::required(format!("{field}.accessModes"), "at least 1 access mode is required"));
    }
    for mode in modes.iter().filter(|mode| !MODES.iter().any(|known| *mode == known)) {
        causes.push(Cause::not_supported(format!("{field}.accessModes"), mode, &MODES));
    }
    let at = format!("{field}.resources[storage]");
    match spec.at("/resources/requests/storage").as_str().map(Quantity::parse) {
        Some(Ok(quantity)) if quantity.nanos() <= 0 => {
            causes.push(Cause::invalid(at, &quantity.to_string().into(), "must be greater than zero"));
        }
        Some(Ok(quantity)) => amount("storage", quantity, &at, causes),
        _ => causes.push(Cause::required(at, "")),
    }
    let class = spec.text("/storageClassName");
    if !class.is_empty() {
        subdomain_name(class, &format!("{field}.storageClassName"), causes);
    }
    one_of(spec, "/volumeMode", format!("{field}.volumeMode"), &["Block", "Filesystem"], causes);
}

/// What may change in a claim: its request, upwards.
pub(super) fn claim_update(object: &Value, old: &Value, causes: &mut Vec<Cause>) {
    let rest = |claim: &Value| {
        let mut spec = claim.at("/spec").clone();
        spec.drop_key("/resources");
        if old.text("/spec/volumeName").is_empty() {
            spec.drop_key("/volumeName");
        }
        spec
    };
    if rest(object) != rest(old) {
        causes.push(Cause::forbidden("spec", "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"));
    }
    let size = |claim: &Value| {
        Quantity::parse(claim.text("/spec/resources/requests/storage")).map_or(0, Quantity::nanos)
    };
    if size(object) < size(old) {
        causes.push(Cause::forbidden(
            "spec.resources.requests.storage",
            "field can not be less than status.capacity",
        ));
    }
}

/// The rules of a role.
pub(super) fn role(object: &Value, namespaced: bool, causes: &mut Vec<Cause>) {
    for (place, rule) in object.list("/rules").iter().enumerate() {
        let at = format!("rules[{place}]");
        if rule.list("/verbs").is_empty() {
            causes.push(Cause::required(format!("{at}.verbs"), ""));
        }
        let paths = rule.list("/nonResourceURLs");
        if !paths.is_empty() {
            if namespaced {
                causes.push(Cause::invalid(
                    format!("{at}.nonResourceURLs"),
                    &rule["nonResourceURLs"],
                    "namespaced rules cannot apply to non-resource URLs",
                ));
            }
            continue;
        }
        if rule.list("/apiGroups").is_empty() {
            causes.push(Cause::required(
                format!("{at}.apiGroups"),
                "resource rules must supply at least one api group",
            ));
        }
        if rule.list("/resources").is_empty() {
            causes.push(Cause::required(
                format!("{at}.resources"),
                "resource rules must supply at least one resource",
            ));
        }
    }
}

/// A binding's role and subjects.
pub(super) fn binding(object: &Value, causes: &mut Vec<Cause>) {
    let group = object.text("/roleRef/apiGroup");
    if group != "rbac.authorization.k8s.io" {
        causes.push(Cause::not_supported("roleRef.apiGroup", &group.into(), &["rbac.authorization.k8s.io"]));
    }
    let kind = object.text("/roleRef/kind");
    if !matches!(kind, "Role" | "ClusterRole") {
        causes.push(Cause::not_supported("roleRef.kind", &kind.into(), &["Role", "ClusterRole"]));
    }
    if object.text("/roleRef/name").is_empty() {
        causes.push(Cause::required("roleRef.name", ""));
    }
    for (place, subject) in object.list("/subjects").iter().enumerate() {
        let at = format!("subjects[{place}]");
        if subject.text("/name").is_empty() {
            causes.push(Cause::required(format!("{at}.name"), ""));
        }
        let kind = subject.text("/kind");
        match kind {
            "ServiceAccount"
                if object["kind"] == "ClusterRoleBinding" && subject.text("/namespace").is_empty() =>
            {
                causes.push(Cause::required(format!("{at}.namespace"), ""));
            }
            "ServiceAccount" | "User" | "Group" => {}
            _ => causes.push(Cause::not_supported(
                format!("{at}.kind"),
                &kind.into(),
                &["ServiceAccount", "User", "Group"],
            )),
        }
    }
}
