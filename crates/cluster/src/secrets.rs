//! The values of a Secret that is being sent: an API server, or a webhook of its own, may quote them in what it
//! answers, and they must not come back in an error, a warning or a log.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use binnacle_model::{hidden, object::text};
use serde_json::Value;

/// What stands in a value's place.
const DOTS: &str = "•••";
/// Characters by which a value is found again: an answer may be cut within it.
const BEGINNING: usize = 8;
/// Values of fewer characters are no secrets, and would be found everywhere.
const LEAST: usize = 4;

/// The values of one Secret; none of any other object.
#[derive(Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// The values of an object that is a Secret, as they are written, decoded and quoted.
    pub(crate) fn of(object: &Value) -> Self {
        Self::of_all(&[object])
    }

    /// The values of several objects, as [`Secrets::of`].
    pub(crate) fn of_all(objects: &[&Value]) -> Self {
        let mut values = Vec::new();
        for object in objects.iter().filter(|object| text(object, "/kind") == "Secret") {
            for pointer in ["/data", "/stringData"] {
                collect(object.pointer(pointer), &mut values);
            }
        }
        let decoded = values.iter().filter_map(|value| {
            let bytes = BASE64_STANDARD.decode(value.split_whitespace().collect::<String>()).ok()?;
            String::from_utf8(bytes).ok()
        });
        let decoded: Vec<String> = decoded.collect();
        values.extend(decoded);
        let quoted: Vec<String> = values
            .iter()
            .map(|value| {
                let quoted = Value::from(value.as_str()).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            })
            .collect();
        values.extend(quoted);
        let shown: Vec<String> = values.iter().map(|value| hidden::visible(value).into_owned()).collect();
        values.extend(shown);
        values.retain(|value| value.chars().count() >= LEAST);
        values.sort();
        values.dedup();
        Secrets(values)
    }

    /// The text without the values: whatever begins as one does is taken out as far as it goes on like it.
    pub(crate) fn without(&self, text: String) -> String {
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some((at, alike)) = self.first(rest) {
            out.push_str(&rest[..at]);
            out.push_str(DOTS);
            rest = &rest[at + alike..];
        }
        if out.is_empty() && rest.len() == text.len() {
            return text;
        }
        out.push_str(rest);
        out
    }

    /// Where the first value stands in a text, and how far: of several that begin alike, the one that goes farthest.
    fn first(&self, text: &str) -> Option<(usize, usize)> {
        let found = self.0.iter().filter_map(|value| {
            let at = text.find(beginning(value))?;
            let pairs = text[at..].chars().zip(value.chars());
            let alike = pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum::<usize>();
            Some((at, alike))
        });
        found.min_by_key(|(at, alike)| (*at, std::cmp::Reverse(*alike)))
    }
}

/// What a value is found by.
fn beginning(value: &str) -> &str {
    let end = value.char_indices().nth(BEGINNING).map_or(value.len(), |(end, _)| end);
    &value[..end]
}

/// Every text and number below a value.
fn collect(value: Option<&Value>, into: &mut Vec<String>) {
    match value {
        Some(Value::String(text)) => into.push(text.clone()),
        Some(Value::Number(number)) => into.push(number.to_string()),
        Some(Value::Array(items)) => items.iter().for_each(|item| collect(Some(item), into)),
        Some(Value::Object(map)) => map.values().for_each(|value| collect(Some(value), into)),
        Some(Value::Null | Value::Bool(_)) | None => {}
    }
}

#[cfg(test)]
mod tests;
