//! What can be read and is still not an object Kubernetes would take: keys that come twice, words
//! that other readers take for truth values, missing names, versions that are gone.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    Fix, known,
    read::{Key, Node, Shape},
    spacing::quote,
    text::{self, ByteEdit},
};
use crate::{Severity, Text, words::doctor as words};

/// Start, end and next start of a line.
type Span = (usize, usize, usize);

/// Everything about one readable document.
pub(super) fn meaning(text: &str, root: &Node) -> Vec<Fix> {
    let mut fixes = Vec::new();
    if !matches!(root.shape, Shape::Map(_)) {
        let end = root
            .end
            .min(root.start + text[root.start.min(text.len())..].lines().next().unwrap_or_default().len());
        fixes.push(Fix::new("not-an-object", Severity::Error, root.start, end, words::DOCTOR_NOT_AN_OBJECT));
        return fixes;
    }
    walk(text, &text::lines(text), root, &mut fixes);
    if let (Some("List"), Some((items, _))) = (root.text("kind"), root.get("items")) {
        fixes.push(Fix::new("list-of-objects", Severity::Error, items.start, items.end, words::DOCTOR_LIST));
        return fixes;
    }
    identity(text, root, &mut fixes);
    if root.text("kind").is_some_and(|kind| known::kind(kind).is_some()) {
        strings(text, root, &mut fixes);
    }
    fixes
}

/// Keys that come twice and words of YAML 1.1, at any depth (the reader bounds it).
fn walk(text: &str, lines: &[Span], node: &Node, fixes: &mut Vec<Fix>) {
    match &node.shape {
        Shape::Scalar(Value::String(value)) => {
            // Other readers, kubectl's among them, take these for true and false.
            let lower = value.to_ascii_lowercase();
            if matches!(lower.as_str(), "yes" | "no" | "on" | "off") && source(text, node) == value {
                fixes.push(
                    Fix::new(
                        "yaml-1-1-boolean",
                        Severity::Warning,
                        node.start,
                        node.end,
                        Text::new(&words::DOCTOR_BOOLEAN, [value]),
                    )
                    .mend(&words::DOCTOR_ADD_QUOTES, vec![ByteEdit::new(node.start, node.end, quote(value))]),
                );
            }
        }
        Shape::Scalar(_) => {}
        Shape::List(items) => items.iter().for_each(|item| walk(text, lines, item, fixes)),
        Shape::Map(members) => {
            let mut seen: HashMap<&str, (&Key, &Node)> = HashMap::new();
            for (key, member) in members {
                match seen.get(key.text.as_str()) {
                    // Members merged in from an anchor (`<<`) stand at the place of the merge.
                    Some((first, _)) if first.start == key.start => {}
                    Some((first, value)) => fixes.push(duplicate(text, lines, first, value, key, member)),
                    None => {
                        seen.insert(&key.text, (key, member));
                    }
                }
                walk(text, lines, member, fixes);
            }
        }
    }
}

fn source<'a>(text: &'a str, node: &Node) -> &'a str {
    text.get(node.start..node.end).unwrap_or_default()
}

fn duplicate(text: &str, lines: &[Span], first: &Key, value: &Node, key: &Key, member: &Node) -> Fix {
    let mut fix = Fix::new(
        "duplicate-key",
        Severity::Error,
        key.start,
        key.end,
        Text::new(&words::DOCTOR_DUPLICATE, [key.text.clone(), String::new()]),
    );
    // Its line in the whole text is known where places are turned into lines.
    fix.lines = Some((first.start, first.start));
    if value.is_same(member)
        && let Some(edit) = whole_lines(text, lines, key.start, member.end.max(key.end))
    {
        return fix.mend(&words::DOCTOR_REMOVE_SECOND, vec![edit]);
    }
    fix
}

/// The removal of the lines from `start` to `end`, if nothing else stands on them.
fn whole_lines(text: &str, lines: &[Span], start: usize, end: usize) -> Option<ByteEdit> {
    let from = lines.get(lines.partition_point(|(line, _, _)| *line <= start).checked_sub(1)?)?;
    let to = lines.get(lines.partition_point(|(line, _, _)| *line < end).checked_sub(1)?)?;
    let before = text.get(from.0..start)?;
    let after = text.get(end.min(to.1)..to.1)?.trim_start();
    (before.bytes().all(|b| b == b' ') && (after.is_empty() || after.starts_with('#')))
        .then(|| ByteEdit::new(from.0, to.2, ""))
}

/// `apiVersion`, `kind` and `metadata.name`.
fn identity(text: &str, root: &Node, fixes: &mut Vec<Fix>) {
    let first_line = text.get(root.start..).unwrap_or_default().lines().next().unwrap_or_default();
    let top = (root.start, root.start + first_line.len());
    let kind = root.text("kind").filter(|kind| !kind.is_empty());
    let version = root.text("apiVersion").filter(|version| !version.is_empty());
    let known = kind.and_then(known::kind);
    match (root.get("kind"), kind) {
        (Some((_, node)), Some(kind)) => {
            if let Some((name, _, _)) = known
                && name != kind
            {
                fixes.push(
                    Fix::new(
                        "kind-case",
                        Severity::Error,
                        node.start,
                        node.end,
                        Text::new(&words::DOCTOR_KIND_CASE, [kind, name]),
                    )
                    .mend(&words::DOCTOR_REPLACE, vec![ByteEdit::new(node.start, node.end, name)]),
                );
            }
        }
        (member, _) => {
            let (start, end) = member.map_or(top, |(key, _)| (key.start, key.end));
            fixes.push(Fix::new("missing-kind", Severity::Error, start, end, words::DOCTOR_MISSING_KIND));
        }
    }
    match (root.get("apiVersion"), version) {
        (Some((_, node)), Some(version)) => {
            if let Some((name, right, removed)) = known
                && (removed.contains(&version) || known::wrong_group(name, version))
            {
                let gone = removed.contains(&version);
                let (code, word) = if gone {
                    ("removed-version", words::DOCTOR_REMOVED_VERSION)
                } else {
                    ("wrong-version", words::DOCTOR_WRONG_VERSION)
                };
                fixes.push(
                    Fix::new(
                        code,
                        Severity::Error,
                        node.start,
                        node.end,
                        Text::new(&word, [name, version, right]),
                    )
                    .mend(&words::DOCTOR_REPLACE, vec![ByteEdit::new(node.start, node.end, right)]),
                );
            }
        }
        (None, _) => {
            let mut fix = Fix::new(
                "missing-api-version",
                Severity::Error,
                top.0,
                top.1,
                words::DOCTOR_MISSING_API_VERSION,
            );
            if let (Some((key, _)), Some((_, right, _))) = (root.get("kind"), known)
                && let Some(before) = text.get(..key.start)
                && let Some(indent) = before.rsplit(['\n', '\r']).next()
                && indent.bytes().all(|b| b == b' ')
            {
                let line_break = text::line_break(text);
                let line = format!("apiVersion: {right}{line_break}{indent}");
                fix = fix.mend(&words::DOCTOR_ADD_API_VERSION, vec![ByteEdit::insert(key.start, line)]);
            }
            fixes.push(fix);
        }
        (Some((key, _)), None) => {
            fixes.push(Fix::new(
                "missing-api-version",
                Severity::Error,
                key.start,
                key.end,
                words::DOCTOR_MISSING_API_VERSION,
            ));
        }
    }
    let metadata = root.get("metadata");
    let name = metadata.and_then(|(_, metadata)| metadata.text("name")).filter(|name| !name.is_empty());
    if name.is_none() {
        let unnamed = metadata.and_then(|(_, metadata)| metadata.get("name"));
        let (start, end) = unnamed
            .map(|(key, _)| (key.start, key.end))
            .or_else(|| metadata.map(|(key, _)| (key.start, key.end)))
            .unwrap_or(top);
        let number = unnamed
            .filter(|(_, node)| matches!(node.shape, Shape::Scalar(Value::Number(_) | Value::Bool(_))));
        match number {
            Some((_, node)) => fixes.extend(as_text(text, "name", node)),
            None => {
                fixes.push(Fix::new("missing-name", Severity::Error, start, end, words::DOCTOR_MISSING_NAME));
            }
        }
    }
}

/// Numbers and truth values where Kubernetes takes text only: labels, annotations, environment
/// values, arguments, ConfigMap data.
fn strings(text: &str, root: &Node, fixes: &mut Vec<Fix>) {
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
                    ("args" | "command", Shape::List(items)) => {
                        for item in items {
                            fixes.extend(as_text(text, &key.text, item));
                        }
                    }
                    ("env", Shape::List(items)) => {
                        for (name, value) in items.iter().filter_map(|item| item.get("value")) {
                            fixes.extend(as_text(text, &name.text, value));
                        }
                    }
                    // Schemas of custom resources describe fields of these names.
                    ("openAPIV3Schema", _) => {}
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
fn as_text(text: &str, name: &str, node: &Node) -> Option<Fix> {
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
