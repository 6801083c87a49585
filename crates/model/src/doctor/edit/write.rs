//! Values as YAML, written into a text that others wrote: at a column, in brackets or not, in the style of
//! what stood there before.

use serde_json::Value;

use super::tree::{Collection, Part, Shape};
use crate::yaml::to_yaml;

/// How a document indents.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// Columns from a key to the keys below it.
    pub step: usize,
    /// Columns from a key to the dashes below it.
    pub dash: usize,
}

/// As [`to_yaml`] does.
pub(super) const PLAIN: Style = Style { step: 2, dash: 0 };

/// What stands before a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// `key:`
    Colon,
    /// `-`
    Dash,
}

/// A value as the rest of the line that a colon or dash is on, and whole lines below it.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub head: String,
    pub body: String,
}

impl Written {
    fn head(head: impl Into<String>) -> Self {
        Written { head: head.into(), body: String::new() }
    }

    /// After something that stands at `column`.
    fn behind(self, column: usize, what: &str, out: &mut String) {
        spaces(column, out);
        out.push_str(what);
        if !self.head.is_empty() {
            out.push(' ');
            out.push_str(&self.head);
        }
        out.push('\n');
        out.push_str(&self.body);
    }
}

fn spaces(count: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', count));
}

impl Style {
    /// A value behind a key or dash at `column`.
    pub(super) fn value(self, value: &Value, after: After, column: usize) -> Written {
        let mut body = String::new();
        match (value, after) {
            (Value::Object(map), After::Colon) if !map.is_empty() => {
                self.lines(value, column + self.step, &mut body);
                Written { head: String::new(), body }
            }
            (Value::Array(list), After::Colon) if !list.is_empty() => {
                self.lines(value, column + self.dash, &mut body);
                Written { head: String::new(), body }
            }
            (Value::Object(_) | Value::Array(_), After::Dash) if !is_empty(value) => {
                // The first line goes on behind the dash.
                self.lines(value, column + 2, &mut body);
                let end = body.find('\n').map_or(body.len(), |end| end + 1);
                let rest = body.split_off(end);
                Written { head: body.trim_matches([' ', '\n']).to_owned(), body: rest }
            }
            _ => scalar(value, column),
        }
    }

    /// A map or list that is not empty, as whole lines.
    pub(super) fn lines(self, value: &Value, column: usize, out: &mut String) {
        match value {
            Value::Object(map) => {
                for (name, value) in map {
                    self.member(name, value, column, out);
                }
            }
            Value::Array(list) => {
                for value in list {
                    self.item(value, column, out);
                }
            }
            _ => scalar(value, column).behind(column, "", out),
        }
    }

    pub(super) fn member(self, name: &str, value: &Value, column: usize, out: &mut String) {
        self.value(value, After::Colon, column).behind(column, &format!("{}:", key(name)), out);
    }

    pub(super) fn item(self, value: &Value, column: usize, out: &mut String) {
        self.value(value, After::Dash, column).behind(column, "-", out);
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

/// A value as [`to_yaml`] writes it behind a key; texts of several lines as blocks below `column`.
fn scalar(value: &Value, column: usize) -> Written {
    match value {
        Value::Null => Written::head("null"),
        Value::Bool(_) => Written::head(value.to_string()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Written::head(number.to_string()),
        Value::String(text) if text.contains('\n') => literal(text, column, column + 2)
            .filter(|_| !ends_empty(text))
            .unwrap_or_else(|| Written::head(double(text))),
        _ => Written::head(token(value)),
    }
}

/// A value without line breaks as [`to_yaml`] writes it.
fn token(value: &Value) -> String {
    let line = to_yaml(&Value::Array(vec![value.clone()]));
    match line.strip_prefix("- ").and_then(|rest| rest.strip_suffix('\n')) {
        Some(token) if !token.contains('\n') => token.to_owned(),
        _ => match value {
            Value::String(text) => double(text),
            _ => value.to_string(),
        },
    }
}

/// Whether a text ends in empty lines, which a block holds by taking in the empty lines that follow it.
fn ends_empty(text: &str) -> bool {
    text.ends_with("\n\n") || text == "\n"
}

/// A key as [`to_yaml`] writes it.
fn key(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '.' | '/' | '_');
    let first = name.starts_with(|c: char| c.is_ascii_alphabetic());
    // Words of one or two letters may be booleans (`y`, `on`).
    if first && name.len() > 2 && name.len() < 256 && name.chars().all(plain) && !is_word(name) {
        return name.to_owned();
    }
    token(&Value::String(name.to_owned()))
}

/// What YAML 1.1 has as a word of its own.
fn is_word(name: &str) -> bool {
    ["yes", "true", "null", "off", "false", "inf", "nan"].iter().any(|word| name.eq_ignore_ascii_case(word))
}

/// A text in double quotes, everything escaped that is not seen.
pub(super) fn double(text: &str) -> String {
    let json = Value::String(text.to_owned()).to_string();
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

/// A text in single quotes, if it can be.
pub(super) fn single(text: &str) -> Option<String> {
    let seen = !text.chars().any(is_unseen) && !text.contains('\n');
    seen.then(|| format!("'{}'", text.replace('\'', "''")))
}

/// Characters that stand in no text as they are.
fn is_unseen(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// A text as a block behind something at `column`, its lines at `indent`; if it can be.
fn literal(text: &str, column: usize, indent: usize) -> Option<Written> {
    let blank = text.trim().is_empty() || text.trim_start_matches(['\n', ' ']).starts_with('\t');
    if blank || text.chars().any(|c| is_unseen(c) && c != '\t') {
        return None;
    }
    // Where the first line that is not empty begins with a space, its column has to be told.
    let told = text.trim_start_matches('\n').starts_with(' ');
    let mark = if told { (indent - column.min(indent)).to_string() } else { String::new() };
    if told && !(column < indent && indent - column < 10) {
        return None;
    }
    let chomp = match (text.ends_with('\n'), ends_empty(text)) {
        (false, _) => "-",
        (true, false) => "",
        (true, true) => "+",
    };
    let mut body = String::with_capacity(text.len() + text.len() / 8);
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        if !line.is_empty() {
            spaces(indent, &mut body);
            body.push_str(line);
        }
        body.push('\n');
    }
    Some(Written { head: format!("|{mark}{chomp}"), body })
}

/// A value in the place of another: in the style of the other where that style can hold it.
pub(super) fn like(shape: &Shape, before: &Value, value: &Value, column: usize) -> Written {
    let plain = || scalar(value, column);
    let (Value::String(text), Value::String(before)) = (value, before) else {
        return match (value, shape) {
            (Value::String(text), Shape::Single) => single(text).map_or_else(plain, Written::head),
            _ => plain(),
        };
    };
    match shape {
        Shape::Single => single(text).map_or_else(plain, Written::head),
        Shape::Double if !text.contains('\n') || before.contains('\n') => Written::head(double(text)),
        Shape::Block { folded, indent, .. } if !ends_empty(text) => {
            let indent = if *indent > column { *indent } else { column + 2 };
            let line = text.strip_suffix('\n').unwrap_or(text);
            match literal(text, column, indent) {
                // A text that is one line reads the same folded or not.
                Some(mut written) if *folded && !line.contains('\n') => {
                    written.head.replace_range(0..1, ">");
                    written
                }
                Some(written) => written,
                None => plain(),
            }
        }
        _ => plain(),
    }
}

/// How values are written in brackets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flow {
    /// Keys and texts in double quotes, as JSON has them.
    pub quoted: bool,
    /// What follows a key's colon.
    pub space: bool,
    /// Entries on lines of their own, at this column.
    pub column: Option<usize>,
    pub step: usize,
}

impl Flow {
    pub(super) fn member(self, name: &str, value: &Value) -> String {
        let space = if self.space { " " } else { "" };
        format!("{}:{space}{}", self.key(name), self.value(value))
    }

    pub(super) fn key(self, name: &str) -> String {
        if self.quoted || !is_plain(name) { double(name) } else { key(name) }
    }

    /// The same for a value that takes the place of the whole map or list, at `column`.
    pub(super) fn outside(self, column: usize) -> Self {
        Flow { column: self.column.map(|_| column), ..self }
    }

    /// A value in brackets; its own entries are one step deeper.
    pub(super) fn value(self, value: &Value) -> String {
        let deeper = Flow { column: self.column.map(|column| column + self.step), ..self };
        let entries: Vec<String> = match value {
            Value::Object(map) => map.iter().map(|(name, value)| deeper.member(name, value)).collect(),
            Value::Array(list) => list.iter().map(|value| deeper.value(value)).collect(),
            Value::String(text) if self.quoted || !is_plain(text) => return double(text),
            Value::String(_) => return token(value),
            Value::Number(number) if number.is_f64() => return token(value),
            _ => return value.to_string(),
        };
        let (open, close) = if value.is_object() { ('{', '}') } else { ('[', ']') };
        let mut out = String::from(open);
        if let (Some(column), Some(inner), false) = (self.column, deeper.column, entries.is_empty()) {
            for (number, entry) in entries.iter().enumerate() {
                out.push_str(if number == 0 { "\n" } else { ",\n" });
                spaces(inner, &mut out);
                out.push_str(entry);
            }
            out.push('\n');
            spaces(column, &mut out);
        } else {
            out.push_str(&entries.join(if self.space { ", " } else { "," }));
        }
        out.push(close);
        out
    }
}

/// Whether a text stands in brackets without quotes (whatever it may be taken for apart from that).
fn is_plain(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphanumeric())
        && text.ends_with(|c: char| c.is_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '/' | '_' | ' ' | '@' | '+' | '='))
}

/// Whether a map or list in brackets has its keys or texts in double quotes.
pub(super) fn is_quoted(text: &str, collection: &Collection) -> bool {
    let mut any = false;
    let quoted = collection.entries.iter().all(|entry| {
        let quote = text.as_bytes().get(entry.start) == Some(&b'"');
        any |= quote;
        quote || (!collection.map && !is_bare_text(text, &entry.part))
    });
    quoted && any
}

/// Whether an item is a text without double quotes (and no number or the like, which never has any).
fn is_bare_text(text: &str, part: &Part) -> bool {
    let token = text.get(part.start..part.end).unwrap_or_default();
    match part.shape {
        Shape::Plain => serde_json::from_str::<Value>(token).is_err(),
        Shape::Single => true,
        _ => false,
    }
}
