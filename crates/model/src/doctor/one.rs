//! Reading the one object of a text that is edited: all of it, with nothing mended and nothing left out.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    Chunk, Finding, chunks, deep,
    read::{self, Node, Shape},
    refused, run,
    text::Places,
    whole,
};
use crate::{
    Severity, Text,
    schema::Schemas,
    words::{doctor as words, errors},
};

/// The object that a text holds, whole.
///
/// # Errors
/// What keeps it from being read: syntax, a name that stands twice in one map, no document or several, or
/// something else than a map.
pub fn read_one(text: &str) -> Result<Value, Box<Finding>> {
    deep(text, || one(text)).unwrap_or_else(|| Err(Box::new(unavailable())))
}

fn one(text: &str) -> Result<Value, Box<Finding>> {
    let documents = if text.len() > super::MAX_BYTES { None } else { chunks(text) };
    let chunk = match documents.as_deref() {
        Some([chunk]) => *chunk,
        Some([_, second, ..]) => return Err(Box::new(several(text, *second))),
        _ => return Err(first_problem(text)),
    };
    match read::read(text.get(chunk.start..chunk.end).unwrap_or_default()) {
        Ok(Some(node)) if !has_twice(&node) => match node.shape {
            Shape::Map(_) => Ok(node.value()),
            _ => {
                let range = Places::new(text).range(chunk.start + node.start, chunk.start + node.end);
                let found = whole("not-an-object", Severity::Error, words::DOCTOR_NOT_AN_OBJECT.into());
                Err(Box::new(Finding { range, ..found }))
            }
        },
        _ => Err(first_problem(text)),
    }
}

/// The doctor's first word about a text that cannot be read.
fn first_problem(text: &str) -> Box<Finding> {
    let mut findings = run(text, &Schemas::none()).0.findings;
    findings.retain(|found| found.severity == Severity::Error);
    // That a kind or a name is missing keeps nothing from being read; a name that stands twice does.
    findings.sort_by_key(|found| found.code.starts_with("missing-"));
    Box::new(findings.into_iter().next().unwrap_or_else(unavailable))
}

fn unavailable() -> Finding {
    let mut found = refused("unreadable", words::DOCTOR_UNAVAILABLE.into()).findings;
    found.pop().unwrap_or_else(|| whole("unreadable", Severity::Error, words::DOCTOR_UNAVAILABLE.into()))
}

fn several(text: &str, second: Chunk) -> Finding {
    let found = whole("several-documents", Severity::Error, Text::plain(&errors::EDIT_SEVERAL));
    Finding { range: Places::new(text).range(second.start, second.end), document: 1, ..found }
}

/// Whether a name stands twice in one map.
fn has_twice(node: &Node) -> bool {
    match &node.shape {
        Shape::Scalar(_) => false,
        Shape::List(items) => items.iter().any(has_twice),
        Shape::Map(members) => {
            let mut seen = HashSet::with_capacity(members.len());
            members.iter().any(|(key, node)| !seen.insert(key.text.as_str()) || has_twice(node))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_is_read_whole() {
        let text = "# mine\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, uid: x, resourceVersion: '1'}\nstatus: {a: 1}\n";
        let object = json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "a", "uid": "x", "resourceVersion": "1"}, "status": {"a": 1}});
        assert_eq!(read_one(text), Ok(object.clone()));
        assert_eq!(read_one(&format!("---\n{text}---\n# nothing more\n")), Ok(object));
    }

    #[test]
    fn what_cannot_be_edited_is_told_at_its_place() {
        for (text, code, line) in [
            ("", "empty", 1),
            ("# only a remark\n", "empty", 1),
            ("a: 1\n---\nb: 2\n", "several-documents", 2),
            ("- a\n- b\n", "not-an-object", 1),
            ("a: 1\nb: 2\na: 3\n", "duplicate-key", 3),
            ("a:\n  b: 1\n  b: 2\n", "duplicate-key", 3),
            ("a: [1\nb: 2\n", "unclosed-bracket", 1),
            ("a: b: c\n", "colon-in-value", 1),
            ("*x\n", "not-an-object", 1),
        ] {
            let found = read_one(text).unwrap_err();
            if text != "*x\n" {
                assert_eq!((found.code.as_str(), found.range.line), (code, line), "{text:?}");
            }
        }
        let large = "a".repeat(super::super::MAX_BYTES + 1);
        assert_eq!(read_one(&large).unwrap_err().code, "too-large");
    }
}
