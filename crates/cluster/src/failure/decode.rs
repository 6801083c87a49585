//! What the API server says of a body that it could not decode: Go's own sentences, made plain.

use binnacle_model::{FieldPath, Issue, Segment, Text, Word, words::errors as words};
use serde_json::Value;

use super::MOST_ISSUES;
use crate::brief;

/// Elements of lists that are looked at for the value a sentence is about.
const MOST_ELEMENTS: usize = 10_000;

/// Issues of a body that could not be decoded: `strict decoding error: unknown field "spec.foo",
/// duplicate field "spec.bar"` (sigs.k8s.io/json), or a type that does not fit (encoding/json).
pub(super) fn issues(message: &str) -> Vec<Issue> {
    if let Some((_, list)) = message.split_once("strict decoding error: ") {
        return strict(list);
    }
    wrong_type(message, &Value::Null).into_iter().collect()
}

fn strict(list: &str) -> Vec<Issue> {
    let mut issues = Vec::new();
    for part in list.split(", ") {
        let (word, rest) = if let Some(rest) = part.strip_prefix("unknown field \"") {
            (words::OBJECT_UNKNOWN_FIELD, rest)
        } else if let Some(rest) = part.strip_prefix("duplicate field \"") {
            (words::OBJECT_DUPLICATE_FIELD, rest)
        } else {
            continue;
        };
        issues.push(Issue::error(FieldPath::from(rest.trim_end_matches('"')), word));
        if issues.len() >= MOST_ISSUES {
            break;
        }
    }
    issues
}

/// The issue of a value of the wrong type: `json: cannot unmarshal string into Go struct field
/// StatefulSetSpec.spec.replicas of type int32`. Go names no element of a list, so the value is looked
/// for in the object that was sent.
pub(super) fn wrong_type(message: &str, object: &Value) -> Option<Issue> {
    let (_, rest) = message.split_once("json: cannot unmarshal ")?;
    let (found, rest) = rest.split_once(" into Go ")?;
    let (place, wanted) = rest.split_once(" of type ")?;
    let path = place.strip_prefix("struct field ").and_then(|place| place.split_once('.'));
    let path = path.map_or("", |(_, path)| path);
    let named = FieldPath::from(brief::sentence(path).as_str());
    let shape = Shape::of(found);
    let mut left = MOST_ELEMENTS;
    let path =
        shape.and_then(|shape| look(object, &named.0, shape, &FieldPath::root(), &mut left)).unwrap_or(named);
    let text = match (wanted_word(wanted, shape), shape) {
        (Some(wanted), Some(Shape::Number | Shape::Bool)) if wanted.key == words::TYPE_TEXT.key => {
            words::OBJECT_NEEDS_QUOTES.into()
        }
        (Some(wanted), Some(shape)) => {
            Text::new(&words::OBJECT_WRONG_TYPE, [Text::from(wanted), Text::from(shape.word(found))])
        }
        _ => Text::raw(brief::sentence(message)),
    };
    Some(Issue::error(path, text))
}

/// What JSON knows a value to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Text,
    Number,
    Bool,
    List,
    Map,
}

impl Shape {
    /// As Go names it: `number 1.5`, `string`.
    fn of(found: &str) -> Option<Shape> {
        match found.split(' ').next()? {
            "string" => Some(Shape::Text),
            "number" => Some(Shape::Number),
            "bool" => Some(Shape::Bool),
            "array" => Some(Shape::List),
            "object" => Some(Shape::Map),
            _ => None,
        }
    }

    fn is(self, value: &Value) -> bool {
        match self {
            Shape::Text => value.is_string(),
            Shape::Number => value.is_number(),
            Shape::Bool => value.is_boolean(),
            Shape::List => value.is_array(),
            Shape::Map => value.is_object(),
        }
    }

    fn word(self, found: &str) -> Word {
        match self {
            Shape::Text => words::TYPE_TEXT,
            Shape::Number if found.contains('.') => words::TYPE_FRACTION,
            // A whole number that does not fit is one too large, and Go says which.
            Shape::Number if found.len() > "number".len() => words::TYPE_LARGE,
            Shape::Number => words::TYPE_NUMBER,
            Shape::Bool => words::TYPE_BOOL,
            Shape::List => words::TYPE_LIST,
            Shape::Map => words::TYPE_MAP,
        }
    }
}

/// Endings of Go's named text types (`v1.PullPolicy`, `v1.Protocol`); other named types hold fields.
const TEXT_TYPES: &[&str] =
    &["Action", "Effect", "Family", "Mode", "Operator", "Policy", "Protocol", "Scheme", "Type", "UID"];

/// What Go wanted.
fn wanted_word(wanted: &str, found: Option<Shape>) -> Option<Word> {
    let wanted = wanted.split([' ', ',']).next()?;
    let word = match wanted {
        "string" | "[]uint8" => words::TYPE_TEXT,
        "bool" => words::TYPE_BOOL,
        "float32" | "float64" => words::TYPE_NUMBER,
        _ if ["int", "uint"].iter().any(|plain| is_sized(wanted, plain)) => words::TYPE_WHOLE,
        _ if wanted.starts_with("[]") => words::TYPE_LIST,
        _ if wanted.starts_with("map[") => words::TYPE_MAP,
        _ if found != Some(Shape::Text) && TEXT_TYPES.iter().any(|end| wanted.ends_with(end)) => {
            words::TYPE_TEXT
        }
        _ if wanted.contains('.') && found != Some(Shape::Map) => words::TYPE_MAP,
        _ => return None,
    };
    Some(word)
}

/// `int`, `int32`, `int64`.
fn is_sized(wanted: &str, plain: &str) -> bool {
    wanted.strip_prefix(plain).is_some_and(|size| size.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The first value of that shape at a path that names no elements of lists.
fn look(
    value: &Value,
    path: &[Segment],
    shape: Shape,
    at: &FieldPath,
    left: &mut usize,
) -> Option<FieldPath> {
    *left = left.checked_sub(1)?;
    match (value, path) {
        (value, []) if shape.is(value) => Some(at.clone()),
        (Value::Array(items), path) => {
            items.iter().enumerate().find_map(|(index, item)| look(item, path, shape, &at.index(index), left))
        }
        // Go names a map and not its key.
        (Value::Object(members), []) => {
            let found = members.iter().find(|(_, member)| shape.is(member));
            found.map(|(key, _)| at.key(key.as_str()))
        }
        (value, [Segment::Key(key), rest @ ..]) => {
            look(value.get(key)?, rest, shape, &at.key(key.as_str()), left)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use binnacle_model::Lang;
    use serde_json::json;

    use super::*;

    #[test]
    fn wrong_types_are_told_plainly_at_their_place() {
        let object = json!({
            "metadata": {"labels": {"a": "b", "port": 8080}},
            "spec": {"replicas": "3", "template": {"spec": {"containers": [
                {"name": "a", "ports": [{"containerPort": 80}]},
                {"name": "b", "image": 7, "ports": [{"containerPort": 81}, {"containerPort": "82"}]},
            ], "volumes": {}}}},
        });
        let pod = "spec.template.spec";
        for (found, place, wanted, path, said) in [
            (
                "string",
                "StatefulSetSpec.spec.replicas".to_owned(),
                "int32",
                "spec.replicas".to_owned(),
                "The cluster takes a whole number here, and this is text.",
            ),
            (
                "string",
                format!("ContainerPort.{pod}.containers.ports.containerPort"),
                "int32",
                format!("{pod}.containers[1].ports[1].containerPort"),
                "The cluster takes a whole number here, and this is text.",
            ),
            (
                "number",
                format!("Container.{pod}.containers.image"),
                "string",
                format!("{pod}.containers[1].image"),
                "The cluster takes text here. Put the value in quotes.",
            ),
            (
                "number",
                "ObjectMeta.metadata.labels".to_owned(),
                "string",
                "metadata.labels.port".to_owned(),
                "The cluster takes text here. Put the value in quotes.",
            ),
            (
                "object",
                format!("PodSpec.{pod}.volumes"),
                "[]v1.Volume",
                format!("{pod}.volumes"),
                "The cluster takes a list here, and this is a map.",
            ),
            (
                "number 1.5",
                "StatefulSetSpec.spec.other".to_owned(),
                "int32",
                "spec.other".to_owned(),
                "The cluster takes a whole number here, and this is a number with a fraction.",
            ),
            (
                "number 99999999999",
                "X.spec.other".to_owned(),
                "int32",
                "spec.other".to_owned(),
                "The cluster takes a whole number here, and this is a number that is too large.",
            ),
            (
                "bool",
                "Container.spec.pull".to_owned(),
                "v1.PullPolicy",
                "spec.pull".to_owned(),
                "The cluster takes text here. Put the value in quotes.",
            ),
            (
                "string",
                "PodSpec.spec.affinity".to_owned(),
                "v1.Affinity",
                "spec.affinity".to_owned(),
                "The cluster takes a map here, and this is text.",
            ),
        ] {
            let message = format!(
                "X in version \"v1\" cannot be handled as a X: json: cannot unmarshal {found} into Go struct field {place} of type {wanted}"
            );
            let issue = wrong_type(&message, &object).unwrap();
            assert_eq!(
                (issue.path.to_string(), issue.text.render(Lang::En)),
                (path, said.to_owned()),
                "{message}"
            );
        }
    }

    #[test]
    fn sentences_of_other_kinds_stay_as_they_are() {
        assert_eq!(wrong_type("no such thing", &Value::Null), None);
        let odd = "json: cannot unmarshal string into Go value of type chan int";
        assert_eq!(wrong_type(odd, &Value::Null), Some(Issue::error(FieldPath::root(), Text::raw(odd))));
    }
}
