//! Files that are pasted for Kubernetes objects and are input of another tool.

use serde_json::Value;

use super::{
    Fix,
    read::{Node, Shape},
};
use crate::{Severity, Word, words::doctor as words};

/// What only a kustomization says (`sigs.k8s.io/kustomize/api/types.Kustomization`).
const KUSTOMIZATION: &[&str] = &[
    "bases",
    "commonAnnotations",
    "commonLabels",
    "components",
    "configMapGenerator",
    "configurations",
    "crds",
    "generatorOptions",
    "generators",
    "helmCharts",
    "images",
    "namePrefix",
    "nameSuffix",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replacements",
    "resources",
    "secretGenerator",
    "transformers",
];

/// What a document without a kind is, when another tool reads it.
pub(super) fn strange(text: &str, root: &Node) -> Option<Fix> {
    let (code, word) = recognised(root)?;
    let line = text.get(root.start..).unwrap_or_default().lines().next().unwrap_or_default();
    Some(Fix::new(code, Severity::Error, root.start, root.start + line.trim_end().len(), word))
}

fn recognised(root: &Node) -> Option<(&'static str, Word)> {
    let Shape::Map(members) = &root.shape else { return None };
    let version = root.text("apiVersion").unwrap_or_default();
    match root.text("kind") {
        // Flux' Kustomization, of another group, is an object.
        Some("Kustomization" | "Component") if version.starts_with("kustomize.config.k8s.io/") => {
            return Some(("kustomization", words::DOCTOR_KUSTOMIZATION));
        }
        Some("Config") if root.get("clusters").is_some() && root.get("contexts").is_some() => {
            return Some(("kubeconfig", words::DOCTOR_KUBECONFIG));
        }
        Some(_) => return None,
        None => {}
    }
    let scalar = |name: &str| root.get(name).is_some_and(|(_, node)| matches!(node.shape, Shape::Scalar(_)));
    if matches!(version, "v1" | "v2") && scalar("name") && scalar("version") {
        return Some(("helm-chart", words::DOCTOR_CHART));
    }
    if root.get("apiVersion").is_some() || root.get("metadata").is_some() {
        return None;
    }
    if root.get("services").is_some_and(|(_, services)| is_compose(services)) {
        return Some(("compose-file", words::DOCTOR_COMPOSE));
    }
    if is_values(root) {
        return Some(("helm-values", words::DOCTOR_VALUES));
    }
    let all = !members.is_empty()
        && members.iter().all(|(key, _)| KUSTOMIZATION.contains(&&*key.text) || key.text == "namespace");
    let certain = members.iter().any(|(key, _)| KUSTOMIZATION.contains(&&*key.text) && key.text != "images");
    (all && certain).then_some(("kustomization", words::DOCTOR_KUSTOMIZATION))
}

fn is_compose(services: &Node) -> bool {
    matches!(&services.shape, Shape::Map(members) if !members.is_empty() && members.iter().all(|(_, service)| {
        service.get("image").is_some() || service.get("build").is_some()
    }))
}

/// What `helm create` writes into `values.yaml`.
fn is_values(root: &Node) -> bool {
    let switch = |name: &str| {
        root.get(name)
            .and_then(|(_, node)| node.get("enabled"))
            .is_some_and(|(_, node)| matches!(node.shape, Shape::Scalar(Value::Bool(_))))
    };
    ["replicaCount", "nameOverride", "fullnameOverride"].iter().any(|name| root.get(name).is_some())
        || root.get("image").is_some_and(|(_, image)| image.get("repository").is_some())
        || switch("ingress")
        || switch("autoscaling")
}
