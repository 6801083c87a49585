//! The YAML reader: serde-saphyr under a budget, giving nodes with their places.

use std::{cell::Cell, collections::HashMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};
use serde_saphyr::{Budget, Error, Options, Spanned, options::DuplicateKeyPolicy};

use super::text;

/// Levels of maps and lists a document may have. Kubernetes' deepest own field is below 30.
pub(super) const MAX_DEPTH: usize = 64;
/// Values and keys a document may have: twice the largest definition we know (about 30,000).
const MAX_NODES: usize = 60_000;
/// Anchors and their uses in one document.
const MAX_ALIASES: usize = 100;
/// Values that all uses of anchors may add up to.
const MAX_REPLAYED: usize = 20_000;

/// Characters (bytes) that all texts may add up to, those that anchors repeat included.
const MAX_TEXT: usize = 2 * super::MAX_BYTES;
/// What is said of a document with more; it ends as the reader's own limits do.
const TOO_MUCH_TEXT: &str = "text size limit exceeded";

thread_local! {
    /// What is left of [`MAX_TEXT`] in the document that this thread reads: the reader counts the values that anchors
    /// repeat and not their length, and hands nothing of ours along.
    static LEFT: Cell<usize> = const { Cell::new(0) };
}

/// Counts a text in.
fn spend<E: de::Error>(bytes: usize) -> Result<(), E> {
    let left = LEFT.get().checked_sub(bytes).ok_or_else(|| E::custom(TOO_MUCH_TEXT))?;
    LEFT.set(left);
    Ok(())
}

/// A value with its place (bytes).
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub start: usize,
    pub end: usize,
    pub shape: Shape,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Scalar(Value),
    List(Vec<Node>),
    /// Members in order; a key may come twice.
    Map(Vec<(Key, Node)>),
}

/// A member's name with its place (bytes).
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub text: String,
    pub start: usize,
    pub end: usize,
}

impl Node {
    /// The value alone; of members with one name the last counts.
    pub(super) fn value(&self) -> Value {
        match &self.shape {
            Shape::Scalar(value) => value.clone(),
            Shape::List(items) => Value::Array(items.iter().map(Node::value).collect()),
            Shape::Map(members) => {
                let mut map = Map::new();
                for (key, node) in members {
                    map.insert(key.text.clone(), node.value());
                }
                Value::Object(map)
            }
        }
    }

    /// Whether both hold the same value, members in any order. It looks at no more than the smaller one
    /// holds. Maps in which a name comes twice are not the same as any: that is mended first.
    pub(super) fn is_same(&self, other: &Node) -> bool {
        match (&self.shape, &other.shape) {
            (Shape::Scalar(one), Shape::Scalar(other)) => one == other,
            (Shape::List(one), Shape::List(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.is_same(other))
            }
            (Shape::Map(one), Shape::Map(other)) if one.len() == other.len() => {
                let (ours, theirs) = (by_name(one), by_name(other));
                ours.len() == one.len()
                    && theirs.len() == other.len()
                    && ours
                        .iter()
                        .all(|(name, node)| theirs.get(name).is_some_and(|there| node.is_same(there)))
            }
            _ => false,
        }
    }

    /// A member by name.
    pub(super) fn get(&self, name: &str) -> Option<&(Key, Node)> {
        match &self.shape {
            Shape::Map(members) => members.iter().find(|(key, _)| key.text == name),
            _ => None,
        }
    }

    /// A member's text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match &self.get(name)?.1.shape {
            Shape::Scalar(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// Whether there is nothing.
    pub(super) fn is_null(&self) -> bool {
        matches!(self.shape, Shape::Scalar(Value::Null))
    }
}

/// A number with a point or exponent, as it is read. `1e3` and `080` are whole numbers to kubectl's reader, and
/// `1000.0` is none to the API server.
pub(super) fn float(value: f64) -> Value {
    match format!("{value}").parse::<i64>() {
        Ok(whole) => Value::from(whole),
        Err(_) => Number::from_f64(value).map_or_else(|| Value::String(value.to_string()), Value::Number),
    }
}

fn by_name(members: &[(Key, Node)]) -> HashMap<&str, &Node> {
    members.iter().map(|(key, node)| (key.text.as_str(), node)).collect()
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Shape>::deserialize(deserializer)?;
        let span = spanned.referenced.span();
        let start = usize::try_from(span.byte_offset().unwrap_or_default()).unwrap_or_default();
        let length = usize::try_from(span.byte_len().unwrap_or_default()).unwrap_or_default();
        let own = start.saturating_add(length);
        let (start, end) = match &spanned.value {
            Shape::Scalar(_) => (start, own),
            Shape::List(items) => (start, items.last().map_or(own, |item| item.end.max(own))),
            Shape::Map(members) => (start, members.last().map_or(own, |(_, node)| node.end.max(own))),
        };
        Ok(Node { start, end, shape: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Shape, E> {
        Ok(Shape::Scalar(Value::Bool(value)))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Shape, E> {
        Ok(Shape::Scalar(Value::from(value)))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Shape, E> {
        Ok(Shape::Scalar(Value::from(value)))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Shape, E> {
        Ok(Shape::Scalar(
            Number::from_i128(value).map_or_else(|| Value::String(value.to_string()), Value::Number),
        ))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Shape, E> {
        Ok(Shape::Scalar(
            Number::from_u128(value).map_or_else(|| Value::String(value.to_string()), Value::Number),
        ))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Shape, E> {
        Ok(Shape::Scalar(float(value)))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Shape, E> {
        spend(value.len())?;
        Ok(Shape::Scalar(Value::String(value.to_owned())))
    }

    fn visit_bytes<E: de::Error>(self, value: &[u8]) -> Result<Shape, E> {
        Ok(Shape::Scalar(Value::String(String::from_utf8_lossy(value).into_owned())))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Shape, E> {
        Ok(Shape::Scalar(Value::Null))
    }

    fn visit_none<E: de::Error>(self) -> Result<Shape, E> {
        Ok(Shape::Scalar(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Shape, D::Error> {
        Shape::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Shape, D::Error> {
        Shape::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Shape, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element::<Node>()? {
            items.push(item);
        }
        Ok(Shape::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Shape, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = access.next_key::<Spanned<String>>()? {
            let span = key.referenced.span();
            let start = usize::try_from(span.byte_offset().unwrap_or_default()).unwrap_or_default();
            let length = usize::try_from(span.byte_len().unwrap_or_default()).unwrap_or_default();
            spend(key.value.len())?;
            let node = access.next_value::<Node>()?;
            members.push((Key { text: key.value, start, end: start.saturating_add(length) }, node));
        }
        Ok(Shape::Map(members))
    }
}

/// Why a document cannot be read.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    /// The place (bytes).
    pub at: usize,
    /// The reader's own words.
    pub message: String,
    /// Whether a limit stopped the reader rather than the text.
    pub limit: bool,
}

/// The reader's rules, the same wherever the console reads YAML of a user: YAML 1.2 booleans,
/// octals as kubectl reads them (`0644` is 420), no unknown tags. Keys that come twice are passed
/// on, so that all of them can be reported at once.
fn options() -> Options {
    let mut budget = Budget::default();
    budget.max_depth = MAX_DEPTH;
    budget.flow_nesting_limit = MAX_DEPTH;
    budget.max_documents = super::MAX_BYTES;
    budget.max_nodes = MAX_NODES;
    budget.max_anchors = MAX_ALIASES;
    budget.max_aliases = MAX_ALIASES;
    let mut options = Options::default();
    options.budget = Some(budget);
    options.alias_limits.max_total_replayed_events = MAX_REPLAYED;
    options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
    options.legacy_octal_numbers = true;
    options.strict_booleans = true;
    options.reject_unsupported_tags = true;
    options.emit_comments = false;
    options.with_snippet = false;
    options
}

/// Reads one document; `None` when it holds nothing.
pub(super) fn read(document: &str) -> Result<Option<Node>, Failure> {
    LEFT.set(MAX_TEXT);
    let nodes: Vec<Node> = serde_saphyr::from_multiple_with_options(document, options())
        .map_err(|error| failure(document, &error))?;
    Ok(nodes.into_iter().next().filter(|node| !node.is_null()))
}

fn failure(document: &str, error: &Error) -> Failure {
    let plain = error.without_snippet();
    let limit = matches!(
        plain,
        Error::Budget { .. }
            | Error::AliasReplayLimitExceeded { .. }
            | Error::AliasExpansionLimitExceeded { .. }
            | Error::AliasReplayStackDepthExceeded { .. }
            | Error::AliasReplayCounterOverflow { .. }
    );
    let message = plain.to_string();
    let limit = limit || message.contains("recursion limit") || message.contains(TOO_MUCH_TEXT);
    let at = plain.location().map_or(document.len(), |location| {
        let line = usize::try_from(location.line()).unwrap_or_default().saturating_sub(1);
        let column = usize::try_from(location.column()).unwrap_or_default().saturating_sub(1);
        match text::lines(document).get(line) {
            None => document.len(),
            Some(&(start, end, _)) => {
                let here = document.get(start..end).unwrap_or_default();
                start + here.char_indices().nth(column).map_or(here.len(), |(at, _)| at)
            }
        }
    });
    Failure { at, message: first_line(&message), limit }
}

/// The first line of the reader's words, without the place (we say it ourselves) and not longer
/// than a sentence.
fn first_line(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let line = match line.split_once(": ") {
        Some((place, rest)) if place.starts_with("error: line ") || place.starts_with("line ") => rest,
        _ => line,
    };
    let line = line.strip_prefix("error: ").unwrap_or(line);
    let line = line.split_once(" at line ").map_or(line, |(words, _)| words);
    line.chars().take(200).collect()
}
