//! Numbers and truth values where Kubernetes takes text only.

use serde_json::Value;

use super::{
    Fix,
    read::{Node, Shape},
    scalars::source,
    spacing::quote,
    text::ByteEdit,
};
use crate::{Severity, Text, words::doctor as words};

/// Fields whose value is text in every kind that has them.
const TEXTS: &[&str] = &[
    "claimName",
    "configMapName",
    "host",
    "hostname",
    "image",
    "name",
    "namespace",
    "nodeName",
    "priorityClassName",
    "schedulerName",
    "secretName",
    "serviceAccountName",
    "serviceName",
    "storageClassName",
    "subPath",
    "subdomain",
    "topologyKey",
    "volumeName",
    "workingDir",
];

/// Lists whose elements carry a `value` that is text.
const WITH_VALUE: &[&str] = &["env", "httpHeaders", "options", "sysctls", "tolerations"];

/// All places of one object of Kubernetes' own: labels, annotations, environment values, arguments, names, the data
/// of a ConfigMap.
pub(super) fn strings(text: &str, root: &Node, fixes: &mut Vec<Fix>) {
    if root.text("kind").is_some_and(|kind| kind == "ConfigMap" || kind == "Secret") {
        for name in ["data", "stringData"] {
            if let Some((_, node)) = root.get(name) {
                members(text, node, fixes);
            }
        }
        if let Some((_, metadata)) = root.get("metadata") {
            metadata_strings(text, metadata, fixes);
        }
        return;
    }
    below(text, root, fixes);
}

fn metadata_strings(text: &str, metadata: &Node, fixes: &mut Vec<Fix>) {
    for name in ["labels", "annotations"] {
        if let Some((_, node)) = metadata.get(name) {
            members(text, node, fixes);
        }
    }
    if let Some((key, node)) = metadata.get("namespace") {
        fixes.extend(as_text(text, &key.text, node));
    }
}

fn below(text: &str, node: &Node, fixes: &mut Vec<Fix>) {
    match &node.shape {
        Shape::Scalar(_) => {}
        Shape::List(items) => items.iter().for_each(|item| below(text, item, fixes)),
        Shape::Map(all) => {
            for (key, member) in all {
                match (key.text.as_str(), &member.shape) {
                    ("metadata", _) => metadata_strings(text, member, fixes),
                    ("matchLabels" | "nodeSelector", _) => members(text, member, fixes),
                    ("args" | "command" | "values", Shape::List(items)) => {
                        for item in items {
                            fixes.extend(as_text(text, &key.text, item));
                        }
                    }
                    // Schemas of custom resources describe fields of these names.
                    ("openAPIV3Schema", _) => {}
                    (name, Shape::Scalar(_)) if TEXTS.contains(&name) => {
                        fixes.extend(as_text(text, name, member));
                    }
                    (name, Shape::List(items)) => {
                        if WITH_VALUE.contains(&name) {
                            for (own, value) in items.iter().filter_map(|item| item.get("value")) {
                                fixes.extend(as_text(text, &own.text, value));
                            }
                        }
                        below(text, member, fixes);
                    }
                    _ => below(text, member, fixes),
                }
            }
        }
    }
}

fn members(text: &str, node: &Node, fixes: &mut Vec<Fix>) {
    if let Shape::Map(all) = &node.shape {
        for (key, member) in all {
            fixes.extend(as_text(text, &key.text, member));
        }
    }
}

/// A number or truth value that must be text.
pub(super) fn as_text(text: &str, name: &str, node: &Node) -> Option<Fix> {
    let Shape::Scalar(Value::Number(_) | Value::Bool(_)) = &node.shape else { return None };
    let written = source(text, node);
    let fix = Fix::new(
        "text-expected",
        Severity::Error,
        node.start,
        node.end,
        Text::new(&words::DOCTOR_TEXT_EXPECTED, [name, written]),
    );
    let plain =
        !written.is_empty() && written.chars().all(|c| c.is_ascii_alphanumeric() || "+-._".contains(c));
    Some(if plain {
        fix.mend(&words::DOCTOR_ADD_QUOTES, vec![ByteEdit::new(node.start, node.end, quote(written))])
    } else {
        fix
    })
}
