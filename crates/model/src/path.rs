//! Where something is inside an object.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One step into an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A member of a map.
    Key(String),
    /// An element of a list, counted from 0.
    Index(usize),
}

/// A place inside an object, written as the API server writes `causes[].field`:
/// `spec.template.spec.containers[0].image`, `metadata.labels[app.kubernetes.io/name]`
/// (`k8s.io/apimachinery/pkg/util/validation/field`). Keys that hold a dot, a bracket or only
/// digits are written in brackets.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub struct FieldPath(pub Vec<Segment>);

impl FieldPath {
    /// The whole object.
    pub fn root() -> Self {
        FieldPath::default()
    }

    /// The place one map member below.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        let mut path = self.clone();
        path.0.push(Segment::Key(key.into()));
        path
    }

    /// The place one list element below.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut path = self.clone();
        path.0.push(Segment::Index(index));
        path
    }

    /// Whether this place is `other` or inside it.
    pub fn starts_with(&self, other: &FieldPath) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The value at this place.
    pub fn get<'a>(&self, object: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(object, |value, segment| match segment {
            Segment::Key(key) => value.get(key),
            Segment::Index(index) => value.get(index),
        })
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) if bracketed(key) => write!(f, "[{key}]")?,
                Segment::Key(key) if position == 0 => f.write_str(key)?,
                Segment::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

fn bracketed(key: &str) -> bool {
    key.is_empty() || key.contains(['.', '[', ']', '/', ' ']) || key.bytes().all(|b| b.is_ascii_digit())
}

impl From<FieldPath> for String {
    fn from(path: FieldPath) -> Self {
        path.to_string()
    }
}

/// A path never fails to read: what cannot be split is one key.
impl FromStr for FieldPath {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut segments = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(tail) = rest.strip_prefix('[') {
                let close = tail.find(']').unwrap_or(tail.len());
                let inner = &tail[..close];
                segments.push(match inner.parse::<usize>() {
                    Ok(index) => Segment::Index(index),
                    Err(_) => Segment::Key(inner.trim_matches('"').to_owned()),
                });
                rest = tail.get(close + 1..).unwrap_or_default();
            } else {
                let tail = rest.strip_prefix('.').unwrap_or(rest);
                let end = tail.find(['.', '[']).unwrap_or(tail.len());
                segments.push(Segment::Key(tail[..end].to_owned()));
                rest = &tail[end..];
                if end == 0 && rest.starts_with('.') {
                    rest = &rest[1..];
                }
            }
        }
        Ok(FieldPath(segments))
    }
}

impl From<&str> for FieldPath {
    fn from(text: &str) -> Self {
        match text.parse() {
            Ok(path) => path,
        }
    }
}

impl From<String> for FieldPath {
    fn from(text: String) -> Self {
        FieldPath::from(text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_as_the_api_server_writes_them() {
        for text in [
            "",
            "metadata.name",
            "spec.template.spec.containers[0].image",
            "metadata.labels[app.kubernetes.io/name]",
            "spec.template.spec.containers[0].resources.requests",
            "a[3][4].b",
        ] {
            assert_eq!(FieldPath::from(text).to_string(), text);
        }
    }

    #[test]
    fn odd_text_never_panics() {
        for text in ["..", "[", "]", "a[", "a[b", ".a.", "[]", "a..b"] {
            let _ = FieldPath::from(text).to_string();
        }
    }

    #[test]
    fn a_path_finds_its_value() {
        let object = serde_json::json!({"a": [{"b.c": 1}]});
        assert_eq!(FieldPath::from("a[0][b.c]").get(&object), Some(&serde_json::json!(1)));
        assert_eq!(FieldPath::from("a[1]").get(&object), None);
    }
}
