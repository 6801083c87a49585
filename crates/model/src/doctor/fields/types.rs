//! Values of the wrong type.

use serde_json::Value;

use super::near;
use crate::{
    FieldPath, Segment, Severity, Text, Word,
    doctor::{
        Fix,
        read::{Node, Shape},
        scalars::source,
        spacing::quote,
        text::ByteEdit,
    },
    schema::Type,
    words::{doctor as words, errors},
};

/// Whether a value can be of a type, as far as its shape tells: what is null, or mended by quotes, can.
pub(super) fn fits(node: &Node, ty: &Type) -> bool {
    node.is_null()
        || match (ty, &node.shape) {
            (Type::Any, _)
            | (Type::Struct(_) | Type::Map(_), Shape::Map(_))
            | (Type::List(..), Shape::List(_)) => true,
            (Type::Struct(_) | Type::Map(_) | Type::List(..), _) => false,
            (_, Shape::Scalar(_)) => true,
            (_, _) => false,
        }
}

/// The finding about a value of the wrong type, if it is one.
pub(super) fn check(text: &str, node: &Node, ty: &Type, path: &FieldPath, sure: Severity) -> Option<Fix> {
    let Shape::Scalar(value) = &node.shape else {
        return Some(mismatch(node, &wanted(ty)?, path));
    };
    match (ty, value) {
        (_, Value::Null)
        | (Type::Any, _)
        | (Type::Bool, Value::Bool(_))
        | (Type::Number, Value::Number(_))
        | (Type::Quantity | Type::IntOrString, Value::Number(_) | Value::String(_))
        | (Type::Bytes | Type::Time(_), Value::String(_)) => None,
        (Type::Whole(_), Value::Number(number)) if number.as_f64().is_some_and(|n| n.fract() == 0.0) => None,
        (Type::Text(values), Value::String(given)) => one_of(text, node, values, given, path, sure),
        (Type::Text(_), _) => {
            let fix = Fix::new(
                "string-expected",
                Severity::Error,
                node.start,
                node.end,
                Text::new(&words::DOCTOR_TEXT_EXPECTED, [&name(path), &shown(text, node)]),
            );
            let written = source(text, node);
            Some(if is_plain(written) {
                fix.mend(&words::DOCTOR_ADD_QUOTES, vec![ByteEdit::new(node.start, node.end, quote(written))])
            } else {
                fix
            })
        }
        (Type::Whole(_) | Type::Number, Value::String(given)) => {
            let whole = matches!(ty, Type::Whole(_));
            let is_number = if whole {
                given.parse::<i64>().is_ok_and(|number| number.to_string() == *given)
            } else {
                given.parse::<f64>().is_ok_and(f64::is_finite) && is_plain(given)
            };
            let fix = Fix { code: "number-expected", ..mismatch(node, &wanted(ty)?, path) };
            Some(if is_number && is_quoted(text, node) {
                fix.mend(
                    &words::DOCTOR_REMOVE_QUOTES,
                    vec![ByteEdit::new(node.start, node.end, given.as_str())],
                )
            } else {
                fix
            })
        }
        (Type::Bool, Value::String(given)) => {
            let meant = match given.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" | "y" => Some("true"),
                "false" | "no" | "off" | "n" => Some("false"),
                _ => None,
            };
            let fix = Fix { code: "boolean-expected", ..mismatch(node, &errors::TYPE_BOOL, path) };
            Some(match meant.filter(|_| is_quoted(text, node) || source(text, node) == given) {
                Some(meant) => {
                    fix.mend(&words::DOCTOR_REPLACE, vec![ByteEdit::new(node.start, node.end, meant)])
                }
                None => fix,
            })
        }
        _ => Some(mismatch(node, &wanted(ty)?, path)),
    }
}

/// The finding that a value is of another type.
pub(super) fn mismatch(node: &Node, wanted: &Word, path: &FieldPath) -> Fix {
    let found = match &node.shape {
        Shape::List(_) => errors::TYPE_LIST,
        Shape::Map(_) => errors::TYPE_MAP,
        Shape::Scalar(Value::Bool(_)) => errors::TYPE_BOOL,
        Shape::Scalar(Value::Number(number)) if number.as_f64().is_some_and(|n| n.fract() != 0.0) => {
            errors::TYPE_FRACTION
        }
        Shape::Scalar(Value::Number(_)) => errors::TYPE_NUMBER,
        Shape::Scalar(_) => errors::TYPE_TEXT,
    };
    let text = Text {
        args: vec![name(path).into(), Text::plain(wanted).into(), Text::from(found).into()],
        ..Text::plain(&words::DOCTOR_WRONG_TYPE)
    };
    // A long value is told at its beginning.
    let end = match &node.shape {
        Shape::Scalar(_) => node.end,
        _ => node.end.min(node.start + 1),
    };
    Fix::new("wrong-type", Severity::Error, node.start, end, text)
}

/// A text that must be one of some.
fn one_of(
    text: &str,
    node: &Node,
    values: &[Box<str>],
    given: &str,
    path: &FieldPath,
    sure: Severity,
) -> Option<Fix> {
    // An empty text is as good as none.
    if values.is_empty() || given.is_empty() || values.iter().any(|value| **value == *given) {
        return None;
    }
    let fix = |text| Fix::new("unknown-value", sure, node.start, node.end, text);
    let (field, given_short) = (name(path), short(given));
    let near = near::nearest(given, values.iter().map(|value| &**value).filter(|value| !value.is_empty()));
    Some(match near {
        Some(near) => {
            let fix = fix(Text::new(&words::DOCTOR_VALUE_NEAR, [field.as_str(), &given_short, near]));
            let written = if is_plain(near) { near.to_owned() } else { quote(near) };
            if is_quoted(text, node) || source(text, node) == given {
                fix.mend(&words::DOCTOR_REPLACE, vec![ByteEdit::new(node.start, node.end, written)])
            } else {
                fix
            }
        }
        None => {
            let all: Vec<&str> =
                values.iter().map(|value| &**value).filter(|value| !value.is_empty()).take(12).collect();
            let more = if values.len() > 13 { ", …" } else { "" };
            let all = format!("{}{more}", all.join(", "));
            fix(Text::new(&words::DOCTOR_VALUE, [field.as_str(), &given_short, &all]))
        }
    })
}

fn wanted(ty: &Type) -> Option<Word> {
    Some(match ty {
        Type::Any => return None,
        Type::Bool => errors::TYPE_BOOL,
        Type::Whole(_) => errors::TYPE_WHOLE,
        Type::Number => errors::TYPE_NUMBER,
        Type::Text(_) | Type::Time(_) | Type::Bytes => errors::TYPE_TEXT,
        Type::Quantity => errors::TYPE_QUANTITY,
        Type::IntOrString => errors::TYPE_INT_OR_TEXT,
        Type::Struct(_) | Type::Map(_) => errors::TYPE_MAP,
        Type::List(..) => errors::TYPE_LIST,
    })
}

/// The field's own name, with its place in a list.
fn name(path: &FieldPath) -> String {
    let from = path.0.iter().rposition(|segment| matches!(segment, Segment::Key(_))).unwrap_or_default();
    FieldPath(path.0.get(from..).unwrap_or_default().to_vec()).to_string()
}

fn shown(text: &str, node: &Node) -> String {
    short(source(text, node).lines().next().unwrap_or_default())
}

/// Not more of a value than a sentence bears.
fn short(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn is_plain(written: &str) -> bool {
    !written.is_empty() && written.chars().all(|c| c.is_ascii_alphanumeric() || "+-._".contains(c))
}

/// Whether the value stands in quotes on one line.
fn is_quoted(text: &str, node: &Node) -> bool {
    let written = source(text, node);
    let quoted = |mark: char| written.len() >= 2 && written.starts_with(mark) && written.ends_with(mark);
    (quoted('"') || quoted('\'')) && !written.contains(['\n', '\r'])
}
