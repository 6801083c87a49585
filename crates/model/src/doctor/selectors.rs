//! Selectors and the labels of the pods they have to find
//! (`k8s.io/kubernetes/pkg/apis/apps/validation`: required, immutable, and matching the template).

use std::collections::HashMap;

use serde_json::Value;

use super::{
    Fix, kinds,
    read::{Key, Node, Shape},
    scalars::source,
    spacing::quote,
    text::{self, ByteEdit},
};
use crate::{Severity, Text, words::doctor as words};

/// Kinds of `apps` that find their pods by a selector they have to name.
const KINDS: &[&str] = &["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"];

/// Everything about the selector of one workload.
pub(super) fn selectors(text: &str, root: &Node, fixes: &mut Vec<Fix>) {
    let kind = root.text("kind").unwrap_or_default();
    let version = root.text("apiVersion").unwrap_or_default();
    if !KINDS.contains(&kind) || kinds::own(kind, version).is_none() {
        return;
    }
    let Some((_, spec)) = root.get("spec") else { return };
    let Some((at, template)) = spec.get("template") else { return };
    let metadata = template.get("metadata");
    let labels = metadata.and_then(|(_, metadata)| metadata.get("labels"));
    let labels = labels.map(|(_, labels)| pairs(labels)).unwrap_or_default();
    match spec.get("selector") {
        None => {
            let say = Text::new(&words::DOCTOR_SELECTOR_MISSING, [kind]);
            let fix = Fix::new("missing-selector", Severity::Error, at.start, at.end, say);
            let lines = nested(text, &["selector:", "  matchLabels:"], "    ", &labels);
            let edit = (!labels.is_empty()).then(|| before(text, at.start, &lines)).flatten();
            fixes.push(match edit {
                Some(edit) => fix.mend(&words::DOCTOR_ADD_SELECTOR, vec![edit]),
                None => fix,
            });
        }
        Some((_, selector)) => {
            let Some((_, wanted)) = selector.get("matchLabels") else { return };
            let wanted = pairs(wanted);
            if wanted.is_empty() {
                return;
            }
            if labels.is_empty() {
                let say = Text::new(&words::DOCTOR_LABELS_MISSING, [kind]);
                let (start, end) = metadata.map_or((at.start, at.end), |(key, _)| (key.start, key.end));
                let fix = Fix::new("missing-template-labels", Severity::Error, start, end, say);
                fixes.push(match give(text, template, &wanted) {
                    Some(edit) => fix.mend(&words::DOCTOR_GIVE_LABELS, vec![edit]),
                    None => fix,
                });
                return;
            }
            let named: HashMap<&str, &Node> = labels.iter().map(|(key, node)| (&*key.text, *node)).collect();
            let missing: Vec<Pair<'_>> =
                wanted.iter().filter(|(key, _)| !named.contains_key(&*key.text)).copied().collect();
            fixes.extend(lacking(text, &missing, labels.first().map(|(key, _)| key.start)));
            fixes.extend(wanted.into_iter().filter_map(|pair| mismatch(text, pair, &named)));
        }
    }
}

type Pair<'a> = (&'a Key, &'a Node);

/// Labels that are text, or will be once they are put in quotes.
fn pairs(node: &Node) -> Vec<Pair<'_>> {
    match &node.shape {
        Shape::Map(members) => {
            let scalar = |node: &Node| matches!(node.shape, Shape::Scalar(ref value) if !value.is_null());
            members.iter().filter(|(_, node)| scalar(node)).map(|(key, node)| (key, node)).collect()
        }
        _ => Vec::new(),
    }
}

/// The value of a label as text.
fn plain(text: &str, node: &Node) -> String {
    match &node.shape {
        Shape::Scalar(Value::String(value)) => value.clone(),
        _ => source(text, node).to_owned(),
    }
}

/// The value as it is written, in quotes where it is no text without them.
fn written(text: &str, node: &Node) -> String {
    match &node.shape {
        Shape::Scalar(Value::String(_)) => source(text, node).to_owned(),
        _ => quote(source(text, node)),
    }
}

/// Labels that are named in one sentence.
const NAMED: usize = 5;

/// Labels that the selector asks for and the template does not have.
fn lacking(text: &str, missing: &[Pair<'_>], first: Option<usize>) -> Option<Fix> {
    let (key, node) = missing.first()?;
    let mut named: Vec<String> = missing
        .iter()
        .take(NAMED)
        .map(|(key, node)| format!("{}: {}", key.text, plain(text, node)))
        .collect();
    if missing.len() > NAMED {
        named.push("…".to_owned());
    }
    let say = Text::new(&words::DOCTOR_SELECTOR_LABEL, [named.join(", ")]);
    let fix = Fix::new("selector-mismatch", Severity::Error, key.start, end(key, node), say);
    let edit = first.and_then(|first| before(text, first, &nested(text, &[], "", missing)));
    Some(match edit {
        Some(edit) => fix.mend(&words::DOCTOR_GIVE_LABELS, vec![edit]),
        None => fix,
    })
}

/// Where a label ends; its value may stand elsewhere, at an anchor.
fn end(key: &Key, node: &Node) -> usize {
    if node.start > key.end { node.end } else { key.end }
}

/// A label that the selector asks for and the template has with another value.
fn mismatch(text: &str, (key, node): Pair<'_>, labels: &HashMap<&str, &Node>) -> Option<Fix> {
    let (other, value) = (labels.get(key.text.as_str())?, plain(text, node));
    let found = plain(text, other);
    if found == value {
        return None;
    }
    let say = Text::new(&words::DOCTOR_SELECTOR_VALUE, [&key.text, &value, &found]);
    let edit = ByteEdit::new(other.start, other.end, written(text, node));
    Some(
        Fix::new("selector-mismatch", Severity::Error, key.start, end(key, node), say)
            .mend(&words::DOCTOR_GIVE_LABELS, vec![edit]),
    )
}

/// Labels for a template that has none.
fn give(text: &str, template: &Node, wanted: &[Pair<'_>]) -> Option<ByteEdit> {
    match template.get("metadata") {
        None => {
            let Shape::Map(members) = &template.shape else { return None };
            let lines = nested(text, &["metadata:", "  labels:"], "    ", wanted);
            before(text, members.first()?.0.start, &lines)
        }
        Some((_, metadata)) if metadata.get("labels").is_none() => {
            let Shape::Map(members) = &metadata.shape else { return None };
            before(text, members.first()?.0.start, &nested(text, &["labels:"], "  ", wanted))
        }
        Some(_) => None,
    }
}

fn nested(text: &str, heads: &[&str], indent: &str, pairs: &[Pair<'_>]) -> Vec<String> {
    let members = pairs.iter().map(|(key, node)| {
        let name = text.get(key.start..key.end).unwrap_or_default();
        format!("{indent}{name}: {}", written(text, node))
    });
    heads.iter().map(|head| (*head).to_owned()).chain(members).collect()
}

/// Lines put before the one that begins at `at`, as deep as that. `None` where something else stands before it.
fn before(text: &str, at: usize, lines: &[String]) -> Option<ByteEdit> {
    let indent = text.get(..at)?.rsplit(['\n', '\r']).next()?;
    if !indent.bytes().all(|byte| byte == b' ') {
        return None;
    }
    let line_break = text::line_break(text);
    let joined: String = lines.iter().map(|line| format!("{line}{line_break}{indent}")).collect();
    Some(ByteEdit::insert(at, joined))
}
