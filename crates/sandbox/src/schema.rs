//! Reading objects as the API server does: known fields only, right types, Go's messages.

use std::collections::HashMap;
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use binnacle_model::schema::TABLE;
use serde_json::{Map, Value};

use crate::quantity::Quantity;
use crate::value::is_empty;

/// The API server reports no more strict errors than this.
const MAX_UNKNOWN: usize = 100;

/// How a list is merged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ListKind {
    /// Keys of a list map for server-side apply; `set` alone marks a set.
    pub(crate) keys: Vec<&'static str>,
    /// Whether strategic merge merges the list.
    pub(crate) merges: bool,
    /// Key of strategic merge, empty for lists of plain values.
    pub(crate) merge_key: &'static str,
}

/// Type of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    /// A plain type by its name: `string`, `int32`, `int64`, `bool`, `number`, `quantity`, `intOrString`,
    /// `time`, `microTime`, `bytes`, `any`.
    Plain(&'static str),
    /// An object with named fields.
    Struct(&'static str),
    /// A map from text.
    Map(Box<Type>),
    /// A list.
    List(Box<Type>, ListKind),
}

type Fields = HashMap<&'static str, Type>;

fn types() -> &'static HashMap<&'static str, Fields> {
    static TYPES: OnceLock<HashMap<&'static str, Fields>> = OnceLock::new();
    TYPES.get_or_init(|| {
        TABLE
            .lines()
            .filter(|line| !line.starts_with(['#', ':']))
            .filter_map(|line| {
                let mut words = line.split(' ');
                let name = words.next()?;
                let fields = words
                    .filter_map(|word| word.split_once('='))
                    .map(|(field, ty)| (field, parse(ty)))
                    .collect();
                Some((name, fields))
            })
            .collect()
    })
}

fn parse(text: &'static str) -> Type {
    let text = text.strip_suffix('!').unwrap_or(text);
    // The values that a text can have are validation's to check.
    let text = if text.ends_with(')') { text.split('(').next().unwrap_or(text) } else { text };
    if let Some(rest) = text.strip_prefix('{') {
        return Type::Map(Box::new(parse(rest.strip_suffix('}').unwrap_or(rest))));
    }
    if let Some(rest) = text.strip_prefix('[') {
        let (item, marks) = rest.rsplit_once(']').unwrap_or((rest, ""));
        let (keys, merge) = match marks.split_once('~') {
            Some((keys, merge)) => (keys, Some(merge)),
            None => (marks, None),
        };
        let keys = keys.strip_prefix('@').map(|keys| keys.split(',').collect()).unwrap_or_default();
        let kind = ListKind { keys, merges: merge.is_some(), merge_key: merge.unwrap_or_default() };
        return Type::List(Box::new(parse(item)), kind);
    }
    if text.starts_with(|first: char| first.is_ascii_uppercase()) {
        Type::Struct(text)
    } else {
        Type::Plain(text)
    }
}

/// The type of a field of a struct.
pub(crate) fn field(owner: &Type, name: &str) -> Option<&'static Type> {
    match owner {
        Type::Struct(owner) => types().get(owner)?.get(name),
        _ => None,
    }
}

/// The type of a kind's objects.
pub(crate) fn of_kind(kind: &'static str) -> Type {
    Type::Struct(kind)
}

/// An object as decoded.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// The object without unknown fields, nulls and empty values.
    pub(crate) object: Value,
    /// `unknown field "…"` per field that nobody knows, in document order.
    pub(crate) unknown: Vec<String>,
}

/// Decodes an object of a kind; the error is Go's sentence about the first wrong type.
pub(crate) fn decode(kind: &'static str, value: Value) -> Result<Decoded, String> {
    let mut walk = Walk { unknown: Vec::new(), path: String::new(), plain_path: Vec::new() };
    let object = walk.value(value, &of_kind(kind), "")?.unwrap_or(Value::Object(Map::new()));
    Ok(Decoded { object, unknown: walk.unknown })
}

struct Walk {
    unknown: Vec<String>,
    /// Path with list places, for unknown fields.
    path: String,
    /// Path without them, for type errors.
    plain_path: Vec<String>,
}

/// Fields whose Go type is not a pointer and that vanish at zero or false.
const VANISH_AT_ZERO: &[&str] = &[
    "minReadySeconds",
    "hostPort",
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
    "stdin",
    "stdinOnce",
    "tty",
    "readOnly",
    "hostNetwork",
    "hostPID",
    "hostIPC",
    "nodePort",
    "publishNotReadyAddresses",
    "healthCheckNodePort",
    "paused",
    "unschedulable",
    "generation",
    "readyReplicas",
    "updatedReplicas",
    "currentReplicas",
    "unavailableReplicas",
    "unavailable",
    "observedGeneration",
    "active",
    "succeeded",
    "failed",
    "fullyLabeledReplicas",
    "terminatingReplicas",
];
/// Fields that stay when empty: pointers to text, or fields without `omitempty`.
const STAY_EMPTY: &[&str] =
    &["storageClassName", "verbs", "apiGroup", "rules", "topologyKey", "ip", "mountPath", "key", "endpoints"];

impl Walk {
    /// Decodes one value; `None` where it vanishes.
    fn value(&mut self, value: Value, ty: &Type, owner: &str) -> Result<Option<Value>, String> {
        if value.is_null() {
            return Ok(None);
        }
        match (ty, value) {
            (Type::Struct(name), Value::Object(map)) => Ok(Some(self.fields(map, name)?)),
            (Type::Map(item), Value::Object(map)) => {
                let mut out = Map::new();
                for (key, value) in map {
                    // Go names a map's own field in a type error, not the key.
                    let length = self.path.len();
                    self.path.push_str(&format!(".{key}"));
                    let decoded = self.value(value, item, owner)?;
                    self.path.truncate(length);
                    let zero = if matches!(**item, Type::Plain("string" | "bytes")) {
                        "".into()
                    } else {
                        Value::Null
                    };
                    out.insert(key, decoded.unwrap_or(zero));
                }
                Ok(Some(Value::Object(out)))
            }
            (Type::List(item, _), Value::Array(list)) => {
                let mut out = Vec::with_capacity(list.len());
                for (place, value) in list.into_iter().enumerate() {
                    let length = self.path.len();
                    self.path.push_str(&format!("[{place}]"));
                    let decoded = self.value(value, item, owner)?;
                    self.path.truncate(length);
                    out.push(decoded.unwrap_or_else(|| zero_of(item)));
                }
                Ok(Some(Value::Array(out)))
            }
            (Type::Plain(plain), value) => self.plain(value, plain, owner).map(Some),
            (ty, value) => Err(self.mismatch(&value, &go_name(ty, owner, self.last()), owner)),
        }
    }

    fn fields(&mut self, map: Map<String, Value>, name: &'static str) -> Result<Value, String> {
        let mut out = Map::new();
        let known = types().get(name);
        for (key, value) in map {
            let Some(ty) = known.and_then(|known| known.get(key.as_str())) else {
                if self.unknown.len() < MAX_UNKNOWN {
                    let dot = if self.path.is_empty() { "" } else { "." };
                    self.unknown.push(format!("unknown field \"{}{dot}{key}\"", self.path));
                }
                continue;
            };
            let mark = self.enter(&key);
            let decoded = self.value(value, ty, name)?;
            self.leave(mark);
            let Some(decoded) = decoded else { continue };
            let vanishes = match ty {
                Type::Struct(_) | Type::Plain("any" | "quantity" | "intOrString") => false,
                Type::Plain("int32" | "int64") => decoded == 0 && VANISH_AT_ZERO.contains(&key.as_str()),
                Type::Plain("bool") => decoded == false && VANISH_AT_ZERO.contains(&key.as_str()),
                _ => is_empty(&decoded) && !STAY_EMPTY.contains(&key.as_str()),
            };
            if !vanishes {
                out.insert(key, decoded);
            }
        }
        Ok(Value::Object(out))
    }

    fn plain(&mut self, value: Value, plain: &str, owner: &str) -> Result<Value, String> {
        match (plain, &value) {
            ("any", _)
            | ("bool", Value::Bool(_))
            | ("number", Value::Number(_))
            | ("string", Value::String(_)) => Ok(value),
            ("int32", Value::Number(number)) => match number.as_i64().or_else(|| whole(number.as_f64())) {
                Some(whole) if i32::try_from(whole).is_ok() => Ok(whole.into()),
                _ => Err(self.mismatch_as(&format!("number {number}"), "int32", owner)),
            },
            ("int64", Value::Number(number)) => match number.as_i64().or_else(|| whole(number.as_f64())) {
                Some(whole) => Ok(whole.into()),
                None => Err(self.mismatch_as(&format!("number {number}"), "int64", owner)),
            },
            ("intOrString", Value::Number(number)) => match number.as_i64() {
                Some(whole) if i32::try_from(whole).is_ok() => Ok(value),
                _ => Err(format!("json: cannot unmarshal number {number} into Go value of type int32")),
            },
            ("intOrString", Value::String(_)) => Ok(value),
            ("quantity", Value::String(text)) => match Quantity::parse(text) {
                Ok(quantity) => Ok(quantity.to_string().into()),
                Err(problem) => Err(problem.to_owned()),
            },
            ("quantity", Value::Number(number)) => match Quantity::parse(&number.to_string()) {
                Ok(quantity) => Ok(quantity.to_string().into()),
                Err(problem) => Err(problem.to_owned()),
            },
            ("quantity", _) => Err(crate::quantity::BAD_FORMAT.to_owned()),
            ("time" | "microTime", Value::String(text)) => match crate::value::millis_of(text) {
                Some(_) => Ok(value),
                None => Err(format!(
                    "parsing time {value} as \"2006-01-02T15:04:05Z07:00\": cannot parse {value} as \"2006\""
                )),
            },
            ("bytes", Value::String(text)) => match STANDARD.decode(text.as_bytes()) {
                Ok(_) => Ok(value),
                Err(
                    base64::DecodeError::InvalidByte(place, _)
                    | base64::DecodeError::InvalidLastSymbol(place, _),
                ) => Err(format!("illegal base64 data at input byte {place}")),
                Err(_) => Err(format!("illegal base64 data at input byte {}", text.len())),
            },
            _ => {
                let ty = match plain {
                    "bytes" => "[]uint8",
                    "string" => go_text(owner, self.last()),
                    "intOrString" => "int32",
                    "number" => "float64",
                    other => other,
                };
                Err(self.mismatch(&value, ty, owner))
            }
        }
    }

    fn last(&self) -> &str {
        self.plain_path.last().map_or("", String::as_str)
    }

    fn enter(&mut self, key: &str) -> usize {
        let length = self.path.len();
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(key);
        self.plain_path.push(key.to_owned());
        length
    }

    fn leave(&mut self, mark: usize) {
        self.path.truncate(mark);
        self.plain_path.pop();
    }

    fn mismatch(&self, value: &Value, ty: &str, owner: &str) -> String {
        let found = match value {
            Value::Bool(_) => "bool",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) | Value::Null => "object",
        };
        self.mismatch_as(found, ty, owner)
    }

    fn mismatch_as(&self, found: &str, ty: &str, owner: &str) -> String {
        if self.plain_path.is_empty() {
            return format!("json: cannot unmarshal {found} into Go value of type {ty}");
        }
        format!(
            "json: cannot unmarshal {found} into Go struct field {}.{} of type {ty}",
            plain_name(owner),
            self.plain_path.join(".")
        )
    }
}

fn whole(number: Option<f64>) -> Option<i64> {
    // Within 2^53 a double holds every whole number, so the cast loses nothing.
    number
        .filter(|number| number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0)
        .map(|number| number as i64)
}

/// What Go puts in place of a null inside a list.
fn zero_of(ty: &Type) -> Value {
    match ty {
        Type::Plain("string" | "bytes") => "".into(),
        Type::Plain("int32" | "int64") => 0.into(),
        Type::Struct(_) => Value::Object(Map::new()),
        _ => Value::Null,
    }
}

/// Named text types that Go prints by their own name.
fn go_text(owner: &str, field: &str) -> &'static str {
    match (owner, field) {
        ("Container", "imagePullPolicy") => "v1.PullPolicy",
        ("PodSpec", "restartPolicy") => "v1.RestartPolicy",
        ("PodSpec", "dnsPolicy") => "v1.DNSPolicy",
        (_, "protocol") => "v1.Protocol",
        ("ServiceSpec", "type") => "v1.ServiceType",
        ("StatefulSetSpec", "podManagementPolicy") => "v1.PodManagementPolicyType",
        _ => "string",
    }
}

/// A type's name without the number that tells it from others of that name.
fn plain_name(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

fn go_name(ty: &Type, owner: &str, field: &str) -> String {
    match ty {
        Type::Plain("quantity") => "resource.Quantity".to_owned(),
        Type::Plain("string") => go_text(owner, field).to_owned(),
        Type::Plain("bytes") => "[]uint8".to_owned(),
        Type::Plain(name) => (*name).to_owned(),
        Type::Struct(name) => format!("v1.{}", plain_name(name)),
        Type::Map(item) if **item == Type::Plain("quantity") => "v1.ResourceList".to_owned(),
        Type::Map(item) => format!("map[string]{}", go_name(item, "", "")),
        Type::List(item, _) => format!("[]{}", go_name(item, "", "")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn unknown_fields_are_named_with_their_place() {
        let object =
            json!({"spec": {"foo": 1, "template": {"spec": {"containers": [{"name": "a", "imag": "b"}]}}}});
        let decoded = decode("StatefulSet", object).expect("types are right");
        assert_eq!(
            decoded.unknown,
            [r#"unknown field "spec.foo""#, r#"unknown field "spec.template.spec.containers[0].imag""#]
        );
        assert_eq!(decoded.object, json!({"spec": {"template": {"spec": {"containers": [{"name": "a"}]}}}}));
    }

    #[test]
    fn wrong_types_are_told_as_go_does() {
        let table = [
            (
                json!({"spec": {"replicas": "3"}}),
                "json: cannot unmarshal string into Go struct field StatefulSetSpec.spec.replicas of type int32",
            ),
            (
                json!({"metadata": {"labels": []}}),
                "json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string",
            ),
            (
                json!({"spec": {"template": {"spec": {"containers": {}}}}}),
                "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container",
            ),
        ];
        for (object, message) in table {
            assert_eq!(decode("StatefulSet", object).expect_err("a type is wrong"), message);
        }
    }

    #[test]
    fn empty_values_vanish_as_in_go() {
        let object = json!({"metadata": {"labels": {}, "name": "a"}, "spec": {"volumeClaimTemplates": [{"spec": {"storageClassName": ""}}]}});
        let decoded = decode("StatefulSet", object).expect("types are right");
        assert_eq!(
            decoded.object,
            json!({"metadata": {"name": "a"}, "spec": {"volumeClaimTemplates": [{"spec": {"storageClassName": ""}}]}})
        );
    }
}
