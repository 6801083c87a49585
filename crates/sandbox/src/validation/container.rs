//! Rules for containers: names, images, ports, variables, mounts, resources, probes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{go, label_name, names, not_negative, one_of, port_number, port_or_name, subdomain_name};
use crate::quantity::Quantity;
use crate::status::Cause;
use crate::value::Object;

const PROTOCOLS: [&str; 3] = ["SCTP", "TCP", "UDP"];
const PULL_POLICIES: [&str; 3] = ["Always", "IfNotPresent", "Never"];
/// Fields that a variable may read.
const FIELD_PATHS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
/// Resources that a variable may read.
const RESOURCE_PATHS: [&str; 6] = [
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

/// The regular containers of a pod.
pub(super) fn containers(list: &[Value], volumes: &BTreeSet<String>, field: &str, causes: &mut Vec<Cause>) {
    if list.is_empty() {
        causes.push(Cause::required(field, ""));
        return;
    }
    let mut seen = BTreeSet::new();
    for (place, container) in list.iter().enumerate() {
        let at = format!("{field}[{place}]");
        common(container, volumes, &at, causes);
        if !seen.insert(container.text("/name").to_owned()) {
            causes.push(Cause::duplicate(
                format!("{at}.name"),
                &container["name"].as_str().unwrap_or_default().into(),
            ));
        }
        lifecycle_and_probes(container, &at, causes);
    }
    host_ports(list, field, causes);
}

/// The init containers of a pod.
pub(super) fn init_containers(
    list: &[Value],
    regular: &[Value],
    volumes: &BTreeSet<String>,
    field: &str,
    causes: &mut Vec<Cause>,
) {
    let mut seen: BTreeSet<String> = regular.iter().map(|one| one.text("/name").to_owned()).collect();
    for (place, container) in list.iter().enumerate() {
        let at = format!("{field}[{place}]");
        common(container, volumes, &at, causes);
        let name = container.text("/name");
        if seen.contains(name) {
            causes.push(Cause::duplicate(format!("{at}.name"), &name.into()));
        } else if !name.is_empty() {
            seen.insert(name.to_owned());
        }
        if container["restartPolicy"] == "Always" {
            lifecycle_and_probes(container, &at, causes);
            continue;
        }
        for part in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
            if container.get(part).is_some() {
                causes.push(Cause::forbidden(
                    format!("{at}.{part}"),
                    "may not be set for init containers without restartPolicy=Always",
                ));
            }
        }
    }
}

fn common(container: &Value, volumes: &BTreeSet<String>, at: &str, causes: &mut Vec<Cause>) {
    let name = container.text("/name");
    if name.is_empty() {
        causes.push(Cause::required(format!("{at}.name"), ""));
    } else {
        label_name(name, &format!("{at}.name"), causes);
    }
    if container.text("/image").is_empty() {
        causes.push(Cause::required(format!("{at}.image"), ""));
    }
    one_of(
        container,
        "/terminationMessagePolicy",
        format!("{at}.terminationMessagePolicy"),
        &["FallbackToLogsOnError", "File"],
        causes,
    );
    ports(container.list("/ports"), &format!("{at}.ports"), causes);
    env(container.list("/env"), &format!("{at}.env"), causes);
    env_from(container.list("/envFrom"), &format!("{at}.envFrom"), causes);
    mounts(container.list("/volumeMounts"), volumes, &format!("{at}.volumeMounts"), causes);
    one_of(container, "/imagePullPolicy", format!("{at}.imagePullPolicy"), &PULL_POLICIES, causes);
    resources(container.at("/resources"), &format!("{at}.resources"), causes);
    if container.at("/securityContext/privileged") == true
        && container.at("/securityContext/allowPrivilegeEscalation") == false
    {
        let security = go::security_context(container.at("/securityContext"));
        causes.push(Cause::invalid(
            format!("{at}.securityContext"),
            &security,
            "cannot set `allowPrivilegeEscalation` to false and `privileged` to true",
        ));
    }
}

fn ports(list: &[Value], field: &str, causes: &mut Vec<Cause>) {
    let mut seen = BTreeSet::new();
    for (place, port) in list.iter().enumerate() {
        let at = format!("{field}[{place}]");
        let name = port.text("/name");
        if !name.is_empty() {
            let problems = names::port_name(name);
            if problems.is_empty() && !seen.insert(name.to_owned()) {
                causes.push(Cause::duplicate(format!("{at}.name"), &name.into()));
            }
            for problem in problems {
                causes.push(Cause::invalid(format!("{at}.name"), &name.into(), &problem));
            }
        }
        match port.int("/containerPort").unwrap_or(0) {
            0 => causes.push(Cause::required(format!("{at}.containerPort"), "")),
            number => port_number(number, format!("{at}.containerPort"), causes),
        }
        if let Some(number) = port.int("/hostPort") {
            port_number(number, format!("{at}.hostPort"), causes);
        }
        one_of(port, "/protocol", format!("{at}.protocol"), &PROTOCOLS, causes);
    }
}

fn host_ports(list: &[Value], field: &str, causes: &mut Vec<Cause>) {
    let mut seen = BTreeSet::new();
    for (place, container) in list.iter().enumerate() {
        for (port_place, port) in container.list("/ports").iter().enumerate() {
            let Some(number) = port.int("/hostPort") else { continue };
            let key = format!("{}/{}/{number}", port.text("/protocol"), port.text("/hostIP"));
            if !seen.insert(key.clone()) {
                causes.push(Cause::duplicate(
                    format!("{field}[{place}].ports[{port_place}].hostPort"),
                    &key.into(),
                ));
            }
        }
    }
}

fn env(list: &[Value], field: &str, causes: &mut Vec<Cause>) {
    for (place, variable) in list.iter().enumerate() {
        let at = format!("{field}[{place}]");
        let name = variable.text("/name");
        if name.is_empty() {
            causes.push(Cause::required(format!("{at}.name"), ""));
        } else {
            for problem in names::env_name(name) {
                causes.push(Cause::invalid(format!("{at}.name"), &name.into(), &problem));
            }
        }
        if let Some(from) = variable.get("valueFrom") {
            value_from(variable, from, &format!("{at}.valueFrom"), causes);
        }
    }
}

fn value_from(variable: &Value, from: &Value, at: &str, causes: &mut Vec<Cause>) {
    let mut sources = 0;
    if let Some(reference) = from.get("fieldRef") {
        sources += 1;
        let path = reference.text("/fieldPath");
        if path.is_empty() {
            causes.push(Cause::required(format!("{at}.fieldRef.fieldPath"), ""));
        } else if !FIELD_PATHS.contains(&path)
            && !path.starts_with("metadata.labels['")
            && !path.starts_with("metadata.annotations['")
        {
            let detail = format!("error converting fieldPath: field label not supported: {path}");
            causes.push(Cause::invalid(format!("{at}.fieldRef.fieldPath"), &path.into(), &detail));
        }
    }
    if let Some(reference) = from.get("resourceFieldRef") {
        sources += 1;
        let resource = reference.text("/resource");
        if resource.is_empty() {
            causes.push(Cause::required(format!("{at}.resourceFieldRef.resource"), ""));
        } else if !RESOURCE_PATHS.contains(&resource) && !resource.contains(".hugepages-") {
            causes.push(Cause::not_supported(
                format!("{at}.resourceFieldRef.resource"),
                &resource.into(),
                &RESOURCE_PATHS,
            ));
        }
    }
    for kind in ["configMapKeyRef", "secretKeyRef"] {
        let Some(reference) = from.get(kind) else { continue };
        sources += 1;
        subdomain_name(reference.text("/name"), &format!("{at}.{kind}.name"), causes);
        let key = reference.text("/key");
        if key.is_empty() {
            causes.push(Cause::required(format!("{at}.{kind}.key"), ""));
        } else {
            for problem in names::config_key(key) {
                causes.push(Cause::invalid(format!("{at}.{kind}.key"), &key.into(), &problem));
            }
        }
    }
    if from.get("fileKeyRef").is_some() {
        sources += 1;
    }
    let nothing = "".into();
    if sources == 0 {
        causes.push(Cause::invalid(at, &nothing, "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"));
    } else if !variable.text("/value").is_empty() {
        causes.push(Cause::invalid(at, &nothing, "may not be specified when `value` is not empty"));
    } else if sources > 1 {
        causes.push(Cause::invalid(at, &nothing, "may not have more than one field specified at a time"));
    }
}

fn env_from(list: &[Value], field: &str, causes: &mut Vec<Cause>) {
    for (place, source) in list.iter().enumerate() {
        let at = format!("{field}[{place}]");
        let prefix = source.text("/prefix");
        if !prefix.is_empty() {
            for problem in names::env_name(prefix) {
                causes.push(Cause::invalid(format!("{at}.prefix"), &prefix.into(), &problem));
            }
        }
        let mut sources = 0;
        for kind in ["configMapRef", "secretRef"] {
            let Some(reference) = source.get(kind) else { continue };
            sources += 1;
            match reference.text("/name") {
                "" => causes.push(Cause::required(format!("{at}.{kind}.name"), "")),
                name => subdomain_name(name, &format!("{at}.{kind}.name"), causes),
            }
        }
        match sources {
            0 => causes.push(Cause::invalid(
                field,
                &"".into(),
                "must specify one of: `configMapRef` or `secretRef`",
            )),
            1 => {}
            _ => causes.push(Cause::invalid(
                field,
                &"".into(),
                "may not have more than one field specified at a time",
            )),
        }
    }
}

fn mounts(list: &[Value], volumes: &BTreeSet<String>, field: &str, causes: &mut Vec<Cause>) {
    let mut seen = BTreeSet::new();
    for (place, mount) in list.iter().enumerate() {
        let at = format!("{field}[{place}]");
        let name = mount.text("/name");
        if name.is_empty() {
            causes.push(Cause::required(format!("{at}.name"), ""));
        }
        if !volumes.contains(name) {
            causes.push(Cause::not_found(format!("{at}.name"), &name.into()));
        }
        let path = mount.text("/mountPath");
        if path.is_empty() {
            causes.push(Cause::required(format!("{at}.mountPath"), ""));
        }
        if !seen.insert(path.to_owned()) {
            causes.push(Cause::invalid(format!("{at}.mountPath"), &path.into(), "must be unique"));
        }
        let sub = mount.text("/subPath");
        if sub.starts_with('/') {
            causes.push(Cause::invalid(format!("{field}.subPath"), &sub.into(), "must be a relative path"));
        }
        if sub.split('/').any(|part| part == "..") {
            causes.push(Cause::invalid(format!("{field}.subPath"), &sub.into(), "must not contain '..'"));
        }
        if !sub.is_empty() && !mount.text("/subPathExpr").is_empty() {
            let detail = "subPathExpr and subPath are mutually exclusive";
            causes.push(Cause::invalid(
                format!("{at}.subPathExpr"),
                &mount.text("/subPathExpr").into(),
                detail,
            ));
        }
    }
}

/// Resource requests and limits of a container.
fn resources(resources: &Value, field: &str, causes: &mut Vec<Cause>) {
    let read = |part: &str| -> BTreeMap<String, Quantity> {
        resources[part]
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.clone(), Quantity::parse(value.as_str()?).ok()?)))
            .collect()
    };
    let (limits, requests) = (read("limits"), read("requests"));
    for (part, map) in [("limits", &limits), ("requests", &requests)] {
        for (name, quantity) in map {
            let at = format!("{field}.{part}[{name}]");
            resource_name(name, &at, causes);
            amount(name, *quantity, &at, causes);
            if part == "limits" {
                continue;
            }
            let at = format!("{field}.requests");
            let shown = quantity.to_string().into();
            match limits.get(name) {
                Some(limit) if !overcommit(name) && quantity.nanos() != limit.nanos() => {
                    causes.push(Cause::invalid(
                        at,
                        &shown,
                        &format!("must be equal to {name} limit of {limit}"),
                    ));
                }
                Some(limit) if quantity.nanos() > limit.nanos() => {
                    causes.push(Cause::invalid(
                        at,
                        &shown,
                        &format!("must be less than or equal to {name} limit of {limit}"),
                    ));
                }
                None if !overcommit(name) => {
                    causes.push(Cause::required(
                        format!("{field}.limits"),
                        "Limit must be set for non overcommitable resources",
                    ));
                }
                _ => {}
            }
        }
    }
}

/// Plain resources may be promised more than once; devices and huge pages may not.
fn overcommit(name: &str) -> bool {
    (!name.contains('/') || name.starts_with("kubernetes.io/")) && !name.starts_with("hugepages-")
}

fn resource_name(name: &str, at: &str, causes: &mut Vec<Cause>) {
    let value = name.into();
    let problems = names::qualified_name(name);
    for problem in &problems {
        causes.push(Cause::invalid(at, &value, problem));
    }
    if name.contains('/') || !problems.is_empty() {
        return;
    }
    if matches!(name, "cpu" | "memory" | "ephemeral-storage") || name.starts_with("hugepages-") {
        return;
    }
    if !matches!(name, "storage" | "pods" | "services" | "secrets" | "configmaps" | "persistentvolumeclaims")
    {
        causes.push(Cause::invalid(at, &value, "must be a standard resource type or fully qualified"));
    }
    causes.push(Cause::invalid(at, &value, "must be a standard resource for containers"));
}

/// A quantity of a resource: not negative, and whole where the resource is.
pub(super) fn amount(name: &str, quantity: Quantity, at: &str, causes: &mut Vec<Cause>) {
    if quantity.nanos() < 0 {
        causes.push(Cause::invalid(at, &quantity.to_string().into(), "must be greater than or equal to 0"));
    }
    if name.contains('/') && !quantity.is_whole() {
        causes.push(Cause::invalid(at, &quantity.to_string().into(), "must be an integer"));
    }
}

fn lifecycle_and_probes(container: &Value, at: &str, causes: &mut Vec<Cause>) {
    for hook in ["postStart", "preStop"] {
        if let Some(handler) = container.at("/lifecycle").get(hook) {
            self::handler(
                handler,
                &format!("{at}.lifecycle.{hook}"),
                &["exec", "httpGet", "tcpSocket", "sleep"],
                causes,
            );
        }
    }
    for kind in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let Some(probe) = container.get(kind) else { continue };
        let at = format!("{at}.{kind}");
        handler(probe, &at, &["exec", "httpGet", "tcpSocket", "grpc"], causes);
        for field in
            ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"]
        {
            not_negative(probe, &format!("/{field}"), format!("{at}.{field}"), causes);
        }
        if let Some(grace) = probe.int("/terminationGracePeriodSeconds") {
            if kind == "readinessProbe" {
                causes.push(Cause::invalid(
                    format!("{at}.terminationGracePeriodSeconds"),
                    &grace.into(),
                    "must not be set for readinessProbes",
                ));
            } else if grace <= 0 {
                causes.push(Cause::invalid(
                    format!("{at}.terminationGracePeriodSeconds"),
                    &grace.into(),
                    "must be greater than 0",
                ));
            }
        }
        if kind != "readinessProbe"
            && let Some(threshold) = probe.int("/successThreshold").filter(|threshold| *threshold != 1)
        {
            causes.push(Cause::invalid(format!("{at}.successThreshold"), &threshold.into(), "must be 1"));
        }
    }
}

fn handler(handler: &Value, at: &str, kinds: &[&str], causes: &mut Vec<Cause>) {
    let mut found = 0;
    for kind in kinds {
        let Some(action) = handler.get(*kind) else { continue };
        found += 1;
        let at = format!("{at}.{kind}");
        if found > 1 {
            causes.push(Cause::forbidden(at, "may not specify more than 1 handler type"));
            continue;
        }
        match *kind {
            "exec" if action.list("/command").is_empty() => {
                causes.push(Cause::required(format!("{at}.command"), ""));
            }
            "httpGet" => {
                port_or_name(action.at("/port"), &format!("{at}.port"), causes);
                one_of(action, "/scheme", format!("{at}.scheme"), &["HTTP", "HTTPS"], causes);
            }
            "tcpSocket" | "grpc" => port_or_name(action.at("/port"), &format!("{at}.port"), causes),
            _ => {}
        }
    }
    if found == 0 {
        causes.push(Cause::required(at, "must specify a handler type"));
    }
}
