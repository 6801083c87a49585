//! Words and numbers that YAML has read in more than one way: YAML 1.1, which kubectl's reader follows in part
//! (`sigs.k8s.io/yaml`, `goyaml.v2/resolve.go`), and YAML 1.2.

use serde_json::Value;

use super::{
    Fix, known,
    read::{Key, Node, Shape},
    scan::{Line, What, scan},
    spacing::quote,
    text::ByteEdit,
};
use crate::{Severity, Text, words::doctor as words};

/// Truth values of YAML 1.1 that YAML 1.2 reads as text.
const BOOLEANS: &[&str] =
    &["y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF"];

/// Permissions as people write them, whose leading 0 got lost. None is the decimal form of permissions in use.
const MODES: &[&str] = &[
    "400", "440", "444", "500", "550", "555", "600", "640", "644", "660", "664", "666", "700", "750", "755",
    "770", "775", "777",
];

/// The most that permissions can be: 0777.
const MODE_MAX: i64 = 0o777;

/// What stands in the text at a node.
pub(super) fn source<'a>(text: &'a str, node: &Node) -> &'a str {
    text.get(node.start..node.end).unwrap_or_default()
}

/// A key that other readers take for a truth value.
pub(super) fn key(text: &str, key: &Key) -> Option<Fix> {
    let plain = text.get(key.start..key.end) == Some(key.text.as_str());
    (plain && BOOLEANS.contains(&key.text.as_str())).then(|| boolean(&key.text, key.start, key.end))
}

/// A value that other readers take for another one, or that likely means another number. `name` is the field it
/// belongs to.
pub(super) fn value(text: &str, name: &str, node: &Node) -> Option<Fix> {
    let Shape::Scalar(value) = &node.shape else { return None };
    let written = source(text, node);
    match value {
        Value::String(value) if written == value => word(value, node),
        Value::Number(number) => numeral(name, written, number.as_i64()?, node),
        _ => None,
    }
}

fn boolean(written: &str, start: usize, end: usize) -> Fix {
    Fix::new("yaml-1-1-boolean", Severity::Warning, start, end, Text::new(&words::DOCTOR_BOOLEAN, [written]))
        .mend(&words::DOCTOR_ADD_QUOTES, vec![ByteEdit::new(start, end, quote(written))])
}

fn word(written: &str, node: &Node) -> Option<Fix> {
    if BOOLEANS.contains(&written) {
        return Some(boolean(written, node.start, node.end));
    }
    let number = sexagesimal(written)?;
    let say = Text::new(&words::DOCTOR_SEXAGESIMAL, [written, &number]);
    Some(
        Fix::new("yaml-1-1-sexagesimal", Severity::Note, node.start, node.end, say)
            .mend(&words::DOCTOR_ADD_QUOTES, vec![ByteEdit::new(node.start, node.end, quote(written))]),
    )
}

/// `22:22` is 1342 to a reader of YAML 1.1 (<https://yaml.org/type/int.html>).
fn sexagesimal(written: &str) -> Option<String> {
    let (first, rest) = written.split_once(':')?;
    let mut sum: u64 = first.parse().ok().filter(|_| first.bytes().all(|b| b.is_ascii_digit()))?;
    for part in rest.split(':') {
        let digits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        let part: u64 = part.parse().ok().filter(|part| digits && *part < 60)?;
        sum = sum.checked_mul(60)?.checked_add(part)?;
    }
    Some(sum.to_string())
}

/// Texts tagged as binary, which YAML decodes and Kubernetes wants as they are written.
pub(super) fn binary(text: &str) -> Vec<Fix> {
    const TAG: &str = "!!binary";
    if !text.contains(TAG) {
        return Vec::new();
    }
    let tagged = |line: &Line| text.get(line.value..line.end).is_some_and(|value| value.starts_with(TAG));
    let lines = scan(text, true);
    let found = lines.iter().filter(|line| line.what == What::Entry && tagged(line)).map(|line| {
        let end = line.value + TAG.len();
        let rest = text.get(end..line.end).unwrap_or_default();
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        Fix::new("binary-tag", Severity::Error, line.value, end, words::DOCTOR_BINARY)
            .mend(&words::DOCTOR_REMOVE_TAG, vec![ByteEdit::new(line.value, end + blank, "")])
    });
    found.collect()
}

/// A leading 0 that makes a number octal, or its lack where one is meant.
fn numeral(name: &str, written: &str, number: i64, node: &Node) -> Option<Fix> {
    if known::is_mode(name) && MODES.contains(&written) {
        let say = Text::new(&words::DOCTOR_MODE, [written.to_owned(), format!("0{number:o}")]);
        let severity = if number > MODE_MAX { Severity::Error } else { Severity::Warning };
        return Some(
            Fix::new("mode-decimal", severity, node.start, node.end, say)
                .mend(&words::DOCTOR_REPLACE, vec![ByteEdit::insert(node.start, "0")]),
        );
    }
    let octal = written.len() > 1 && written.starts_with('0') && written.bytes().all(|b| b.is_ascii_digit());
    (octal && known::is_integer(name)).then(|| {
        let say = Text::new(&words::DOCTOR_OCTAL, [written.to_owned(), number.to_string()]);
        Fix::new("octal-number", Severity::Warning, node.start, node.end, say)
    })
}
