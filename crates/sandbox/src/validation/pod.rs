//! Rules for pods and pod templates.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{container, label_name, labels, names, one_of, subdomain_name};
use crate::status::Cause;
use crate::value::Object;

/// The sources a volume may have.
const SOURCES: [&str; 30] = [
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "persistentVolumeClaim",
    "rbd",
    "flexVolume",
    "cinder",
    "cephfs",
    "flocker",
    "downwardAPI",
    "fc",
    "azureFile",
    "configMap",
    "vsphereVolume",
    "quobyte",
    "azureDisk",
    "photonPersistentDisk",
    "portworxVolume",
    "scaleIO",
    "projected",
    "storageos",
    "csi",
    "ephemeral",
    "image",
];
/// Fields of a pod that may change once it lives.
const MUTABLE: &str = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/// A pod template.
pub(super) fn template(template: &Value, field: &str, extra_volumes: &[String], causes: &mut Vec<Cause>) {
    labels(template.at("/metadata/labels"), &format!("{field}.labels"), causes);
    super::annotations(template.at("/metadata/annotations"), &format!("{field}.annotations"), causes);
    whole(template.at("/spec"), &format!("{field}.spec"), extra_volumes, causes);
}

/// A pod's spec.
pub(super) fn spec(spec: &Value, field: &str, causes: &mut Vec<Cause>) {
    whole(spec, field, &[], causes);
}

fn whole(spec: &Value, field: &str, extra_volumes: &[String], causes: &mut Vec<Cause>) {
    let volumes = volumes(spec.list("/volumes"), extra_volumes, &format!("{field}.volumes"), causes);
    let regular = spec.list("/containers");
    container::containers(regular, &volumes, &format!("{field}.containers"), causes);
    container::init_containers(
        spec.list("/initContainers"),
        regular,
        &volumes,
        &format!("{field}.initContainers"),
        causes,
    );
    if spec["hostNetwork"] == true {
        for (place, one) in regular.iter().enumerate() {
            for (port_place, port) in one.list("/ports").iter().enumerate() {
                if let Some(host) =
                    port.int("/hostPort").filter(|host| Some(*host) != port.int("/containerPort"))
                {
                    let at = format!("{field}.containers[{place}].ports[{port_place}].hostPort");
                    causes.push(Cause::invalid(
                        at,
                        &host.into(),
                        "must match `containerPort` when `hostNetwork` is true",
                    ));
                }
            }
        }
    }
    one_of(
        spec,
        "/restartPolicy",
        format!("{field}.restartPolicy"),
        &["Always", "OnFailure", "Never"],
        causes,
    );
    one_of(
        spec,
        "/dnsPolicy",
        format!("{field}.dnsPolicy"),
        &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"],
        causes,
    );
    labels(spec.at("/nodeSelector"), &format!("{field}.nodeSelector"), causes);
    for (place, secret) in spec.list("/imagePullSecrets").iter().enumerate() {
        if secret.text("/name").is_empty() {
            let at = format!("{field}.imagePullSecrets[{place}]");
            causes.push(Cause::required(at, ""));
        }
    }
    let account = spec.text("/serviceAccountName");
    if !account.is_empty() {
        subdomain_name(account, &format!("{field}.serviceAccountName"), causes);
    }
    if let Some(seconds) = spec.int("/activeDeadlineSeconds").filter(|seconds| *seconds < 1) {
        causes.push(Cause::invalid(
            format!("{field}.activeDeadlineSeconds"),
            &seconds.into(),
            "must be between 1 and 2147483647, inclusive",
        ));
    }
    for name in ["hostname", "subdomain"] {
        let text = spec.text(&format!("/{name}"));
        if !text.is_empty() && extra_volumes.is_empty() {
            label_name(text, &format!("{field}.{name}"), causes);
        }
    }
    tolerations(spec.list("/tolerations"), &format!("{field}.tolerations"), causes);
}

/// Checks volumes; answers with the names that may be mounted.
fn volumes(list: &[Value], extra: &[String], field: &str, causes: &mut Vec<Cause>) -> BTreeSet<String> {
    let mut known: BTreeSet<String> = extra.iter().cloned().collect();
    for (place, volume) in list.iter().enumerate() {
        let at = format!("{field}[{place}]");
        let name = volume.text("/name");
        if extra.iter().any(|one| one == name) {
            // A claim template of the same name takes the volume's place.
            continue;
        }
        let before = causes.len();
        sources(volume, &at, causes);
        if name.is_empty() {
            causes.push(Cause::required(format!("{at}.name"), ""));
        } else {
            label_name(name, &format!("{at}.name"), causes);
        }
        if known.contains(name) {
            causes.push(Cause::duplicate(format!("{at}.name"), &name.into()));
        }
        if causes.len() == before {
            known.insert(name.to_owned());
        }
    }
    known
}

fn sources(volume: &Value, at: &str, causes: &mut Vec<Cause>) {
    let given: Vec<&str> = SOURCES.iter().copied().filter(|source| volume.get(*source).is_some()).collect();
    if given.is_empty() {
        causes.push(Cause::required(at, "must specify a volume type"));
    }
    for (place, source) in given.iter().enumerate() {
        let here = format!("{at}.{source}");
        if place > 0 {
            causes.push(Cause::forbidden(here, "may not specify more than 1 volume type"));
            continue;
        }
        let value = &volume[*source];
        match *source {
            "hostPath" if value.text("/path").is_empty() => {
                causes.push(Cause::required(format!("{here}.path"), ""));
            }
            "secret" => {
                if value.text("/secretName").is_empty() {
                    causes.push(Cause::required(format!("{here}.secretName"), ""));
                }
                mode_and_items(value, &here, causes);
            }
            "configMap" => {
                if value.text("/name").is_empty() {
                    causes.push(Cause::required(format!("{here}.name"), ""));
                }
                mode_and_items(value, &here, causes);
            }
            "persistentVolumeClaim" if value.text("/claimName").is_empty() => {
                causes.push(Cause::required(format!("{here}.claimName"), ""));
            }
            _ => {}
        }
    }
}

fn mode_and_items(value: &Value, at: &str, causes: &mut Vec<Cause>) {
    if let Some(mode) = value.int("/defaultMode").filter(|mode| !(0..=0o777).contains(mode)) {
        causes.push(Cause::invalid(
            format!("{at}.defaultMode"),
            &mode.into(),
            "must be a number between 0 and 0777 (octal), both inclusive",
        ));
    }
    for (place, item) in value.list("/items").iter().enumerate() {
        for key in ["key", "path"] {
            if item.text(&format!("/{key}")).is_empty() {
                causes.push(Cause::required(format!("{at}.items[{place}].{key}"), ""));
            }
        }
    }
}

fn tolerations(list: &[Value], field: &str, causes: &mut Vec<Cause>) {
    for (place, toleration) in list.iter().enumerate() {
        let at = format!("{field}[{place}]");
        let (key, operator, effect) =
            (toleration.text("/key"), toleration.text("/operator"), toleration.text("/effect"));
        if !key.is_empty() {
            for problem in names::qualified_name(key) {
                causes.push(Cause::invalid(format!("{at}.key"), &key.into(), &problem));
            }
        }
        if key.is_empty() && operator != "Exists" {
            causes.push(Cause::invalid(
                format!("{at}.operator"),
                &operator.into(),
                "operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
            ));
        }
        if toleration.int("/tolerationSeconds").is_some() && effect != "NoExecute" {
            causes.push(Cause::invalid(
                format!("{at}.effect"),
                &effect.into(),
                "effect must be 'NoExecute' when `tolerationSeconds` is set",
            ));
        }
        match operator {
            "" | "Equal" => {
                for problem in names::label_value(toleration.text("/value")) {
                    causes.push(Cause::invalid(
                        format!("{at}.operator"),
                        &toleration.text("/value").into(),
                        &problem,
                    ));
                }
            }
            "Exists" => {
                if !toleration.text("/value").is_empty() {
                    causes.push(Cause::invalid(
                        format!("{at}.operator"),
                        &toleration["value"],
                        "value must be empty when `operator` is 'Exists'",
                    ));
                }
            }
            other => causes.push(Cause::not_supported(
                format!("{at}.operator"),
                &other.into(),
                &["Equal", "Exists"],
            )),
        }
        one_of(
            toleration,
            "/effect",
            format!("{at}.effect"),
            &["NoSchedule", "PreferNoSchedule", "NoExecute"],
            causes,
        );
    }
}

/// What may change in a living pod.
pub(super) fn update(object: &Value, old: &Value, causes: &mut Vec<Cause>) {
    let strip = |pod: &Value| {
        let mut spec = pod.at("/spec").clone();
        for list in ["containers", "initContainers"] {
            if let Some(Value::Array(items)) = spec.get_mut(list) {
                items.iter_mut().for_each(|item| item.drop_key("/image"));
            }
        }
        for field in ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"] {
            spec.drop_key(&format!("/{field}"));
        }
        spec
    };
    let new = strip(object);
    if new != strip(old) {
        causes.push(Cause::forbidden("spec", MUTABLE));
    }
}
