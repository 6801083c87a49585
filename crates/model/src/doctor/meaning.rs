//! What can be read and is still not an object Kubernetes would take: keys that come twice, words
//! that other readers take for truth values, missing names, versions that are gone.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    Fix,
    fields::fields,
    kinds::{self, Kind},
    listed::listed,
    read::{Key, Node, Shape},
    scalars,
    selectors::selectors,
    strange::strange,
    strings::{as_text, strings},
    text::{self, ByteEdit},
    values::values,
};
use crate::{Severity, Text, schema::Schemas, words::doctor as words};

/// Start, end and next start of a line.
pub(super) type Span = (usize, usize, usize);

/// Everything about one readable document.
pub(super) fn meaning(text: &str, root: &Node, schemas: &Schemas) -> Vec<Fix> {
    let mut fixes = Vec::new();
    if !matches!(root.shape, Shape::Map(_)) {
        let end = root
            .end
            .min(root.start + text[root.start.min(text.len())..].lines().next().unwrap_or_default().len());
        fixes.push(Fix::new("not-an-object", Severity::Error, root.start, end, words::DOCTOR_NOT_AN_OBJECT));
        return fixes;
    }
    if let Some(fix) = strange(text, root) {
        return vec![fix];
    }
    walk(text, &text::lines(text), "", root, &mut fixes);
    fixes.extend(scalars::binary(text));
    if let Some(fix) = listed(text, root) {
        // Its items are looked at once they are documents.
        fixes.retain(|fix| fix.code == "duplicate-key");
        if fixes.is_empty() {
            fixes.push(fix);
        }
        return fixes;
    }
    identity(text, root, &mut fixes);
    let own = root.text("kind").zip(root.text("apiVersion"));
    if own.is_some_and(|(kind, version)| kinds::own(kind, version).is_some()) {
        strings(text, root, &mut fixes);
        values(text, root, &mut fixes);
        selectors(text, root, &mut fixes);
    }
    fields(text, root, schemas, &mut fixes);
    fixes
}

/// Keys that come twice and what YAML 1.1 reads otherwise, at any depth (the reader bounds it). `name` is the field
/// that holds the node.
fn walk(text: &str, lines: &[Span], name: &str, node: &Node, fixes: &mut Vec<Fix>) {
    match &node.shape {
        Shape::Scalar(_) => fixes.extend(scalars::value(text, name, node)),
        Shape::List(items) => items.iter().for_each(|item| walk(text, lines, name, item, fixes)),
        Shape::Map(members) => {
            let mut seen: HashMap<&str, (&Key, &Node)> = HashMap::new();
            for (key, member) in members {
                fixes.extend(scalars::key(text, key));
                match seen.get(key.text.as_str()) {
                    // Members merged in from an anchor (`<<`) stand at the place of the merge.
                    Some((first, _)) if first.start == key.start => {}
                    Some((first, value)) => fixes.push(duplicate(text, lines, first, value, key, member)),
                    None => {
                        seen.insert(&key.text, (key, member));
                    }
                }
                walk(text, lines, &key.text, member, fixes);
            }
        }
    }
}

fn duplicate(text: &str, lines: &[Span], first: &Key, value: &Node, key: &Key, member: &Node) -> Fix {
    let mut fix = Fix::new(
        "duplicate-key",
        Severity::Error,
        key.start,
        key.end,
        Text::new(&words::DOCTOR_DUPLICATE, ["", "", &key.text]),
    );
    fix.lines = Some((first.start, key.start));
    if value.is_same(member)
        && let Some(edit) = whole_lines(text, lines, key.start, member.end.max(key.end))
    {
        return fix.mend(&words::DOCTOR_REMOVE_SECOND, vec![edit]);
    }
    fix
}

/// The removal of the lines from `start` to `end`, if nothing else stands on them.
pub(super) fn whole_lines(text: &str, lines: &[Span], start: usize, end: usize) -> Option<ByteEdit> {
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
    let known = kind.and_then(kinds::kind);
    match (root.get("kind"), kind) {
        (Some((_, node)), Some(kind)) => {
            if let Some(known) = known
                && known.name != kind
            {
                let name = known.name;
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
            if let Some(known) = known {
                fixes.extend(version_of(known, version, node));
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
            if let (Some((key, _)), Some(known)) = (root.get("kind"), known)
                && !known.right().is_empty()
                && let Some(before) = text.get(..key.start)
                && let Some(indent) = before.rsplit(['\n', '\r']).next()
                && indent.bytes().all(|b| b == b' ')
            {
                let line_break = text::line_break(text);
                let line = format!("apiVersion: {}{line_break}{indent}", known.right());
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

/// The oldest minor of Kubernetes 1 that a cluster may be of; what is gone only later is still served there.
const OLDEST: u32 = 34;

/// A version that no longer serves a kind of Kubernetes' own, or never did.
fn version_of(kind: &Kind, version: &str, node: &Node) -> Option<Fix> {
    let (name, right) = (kind.name, kind.right());
    let (code, severity, say) = match kind.gone_since(version) {
        Some(since) if right.is_empty() => {
            let instead = match name {
                "PodSecurityPolicy" => &words::DOCTOR_USE_POD_SECURITY,
                _ => &words::DOCTOR_USE_TEMPLATE,
            };
            let args = vec![name.into(), since.to_string().into(), Text::plain(instead).into()];
            let say = Text { args, ..Text::plain(&words::DOCTOR_REMOVED_KIND) };
            return Some(Fix::new("removed-version", Severity::Error, node.start, node.end, say));
        }
        Some(since) => {
            let word =
                if kind.reshaped { words::DOCTOR_REMOVED_RESHAPED } else { words::DOCTOR_REMOVED_VERSION };
            let severity = if since > OLDEST { Severity::Warning } else { Severity::Error };
            ("removed-version", severity, Text::new(&word, [name, version, right, &since.to_string()]))
        }
        None if !right.is_empty() && kinds::is_wrong(kind, version) => (
            "wrong-version",
            Severity::Error,
            Text::new(&words::DOCTOR_WRONG_VERSION, [name, version, right]),
        ),
        None => return None,
    };
    let edit = ByteEdit::new(node.start, node.end, right);
    Some(Fix::new(code, severity, node.start, node.end, say).mend(&words::DOCTOR_REPLACE, vec![edit]))
}
