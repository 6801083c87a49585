//! A schema as a table: how it is kept.

use std::fmt::Write as _;

use super::{Field, Fields, MAX_FIELDS, MAX_TYPES, Schema, Type};

/// Levels of lists and maps in one type.
const MAX_DEPTH: usize = 64;

impl Schema {
    /// Reads a table. `None` when it is none, or larger than any that [`Schema::to_table`] writes.
    pub fn from_table(text: &str) -> Option<Schema> {
        let mut schema = Schema::default();
        let mut count = 0;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split(' ');
            let name = words.next().filter(|name| !name.is_empty())?;
            if let Some(api_version) = name.strip_prefix(':') {
                let kinds = schema.kinds.entry(api_version.into()).or_default();
                for word in words {
                    let (kind, ty) = word.split_once('=')?;
                    kinds.insert(decode(kind).into(), ty.into());
                }
                continue;
            }
            let mut fields = Fields { open: name.ends_with('*'), ..Fields::default() };
            for word in words {
                let (field, ty) = word.split_once('=')?;
                let (ty, required) = match ty.strip_suffix('!') {
                    Some(ty) => (ty, true),
                    None => (ty, false),
                };
                fields.fields.insert(decode(field).into(), Field { ty: parse(ty, 0)?, required });
                count += 1;
            }
            schema.types.insert(name.trim_end_matches('*').into(), fields);
            if count > MAX_FIELDS || schema.types.len() > MAX_TYPES {
                return None;
            }
        }
        (!schema.is_empty()).then_some(schema)
    }

    /// The table of a schema, which [`Schema::from_table`] reads back.
    pub fn to_table(&self) -> String {
        let mut out = String::new();
        for (api_version, kinds) in &self.kinds {
            let _ = write!(out, ":{api_version}");
            for (kind, ty) in kinds {
                let _ = write!(out, " {}={ty}", encode(kind));
            }
            out.push('\n');
        }
        for (name, fields) in &self.types {
            let _ = write!(out, "{name}{}", if fields.open { "*" } else { "" });
            for (field, Field { ty, required }) in &fields.fields {
                let _ = write!(out, " {}=", encode(field));
                write_type(&mut out, ty);
                out.push_str(if *required { "!" } else { "" });
            }
            out.push('\n');
        }
        out
    }
}

fn write_type(out: &mut String, ty: &Type) {
    let plain = match ty {
        Type::Any => "any",
        Type::Bool => "bool",
        Type::Whole(32) => "int32",
        Type::Whole(_) => "int64",
        Type::Number => "number",
        Type::Text(_) => "string",
        Type::Quantity => "quantity",
        Type::IntOrString => "intOrString",
        Type::Time(false) => "time",
        Type::Time(true) => "microTime",
        Type::Bytes => "bytes",
        Type::Struct(name) => name,
        Type::Map(_) | Type::List(..) => "",
    };
    out.push_str(plain);
    match ty {
        Type::Text(values) if !values.is_empty() => {
            let values: Vec<String> = values.iter().map(|value| encode(value)).collect();
            let _ = write!(out, "({})", values.join("|"));
        }
        Type::Map(item) => {
            out.push('{');
            write_type(out, item);
            out.push('}');
        }
        Type::List(item, marks) => {
            out.push('[');
            write_type(out, item);
            let _ = write!(out, "]{marks}");
        }
        _ => {}
    }
}

fn parse(text: &str, depth: usize) -> Option<Type> {
    if depth > MAX_DEPTH {
        return None;
    }
    if let Some(rest) = text.strip_prefix('{') {
        return Some(Type::Map(Box::new(parse(rest.strip_suffix('}')?, depth + 1)?)));
    }
    if let Some(rest) = text.strip_prefix('[') {
        let (item, marks) = rest.rsplit_once(']')?;
        return Some(Type::List(Box::new(parse(item, depth + 1)?), marks.into()));
    }
    Some(match text {
        "any" => Type::Any,
        "bool" => Type::Bool,
        "int32" => Type::Whole(32),
        "int64" => Type::Whole(64),
        "number" => Type::Number,
        "string" => Type::Text(Box::default()),
        "quantity" => Type::Quantity,
        "intOrString" => Type::IntOrString,
        "time" => Type::Time(false),
        "microTime" => Type::Time(true),
        "bytes" => Type::Bytes,
        _ => match text.strip_prefix("string(") {
            Some(values) => {
                let values = values.strip_suffix(')')?.split('|');
                Type::Text(values.map(|value| decode(value).into()).collect())
            }
            None if text.starts_with(|first: char| first.is_ascii_uppercase()) => Type::Struct(text.into()),
            None => return None,
        },
    })
}

/// A name or value of somebody else's as one word of the table.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_./$+".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = (byte == b'%')
            .then(|| text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok()))
            .flatten();
        out.push(code.unwrap_or(byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_names_come_back() {
        for text in ["a", "a b", "x=y!", "[é]", "%41", "", "a|b)", "100%"] {
            assert_eq!(decode(&encode(text)), text);
        }
    }

    #[test]
    fn what_is_no_table_is_none() {
        for text in ["", "x", "Type a=what", "Type a", "Type a=[string", ":v1 Pod", "Type a=string(x", "\n"] {
            assert_eq!(Schema::from_table(text), None, "{text:?}");
        }
        let deep = format!(":v1 A=A\nA a={}any{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(Schema::from_table(&deep), None);
    }
}
