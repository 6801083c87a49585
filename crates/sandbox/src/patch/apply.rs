//! Server-side apply: merging by list keys.

use serde_json::{Map, Value};

use crate::schema::{self, ListKind, Type};

/// Merges an applied configuration into an object.
pub(crate) fn apply(current: &mut Value, applied: &Value, ty: &Type) {
    match (ty, applied) {
        (Type::Struct(_) | Type::Map(_), Value::Object(fields)) => {
            if !current.is_object() {
                *current = Value::Object(Map::new());
            }
            let Value::Object(map) = current else { return };
            for (key, value) in fields {
                let place = map.entry(key.clone()).or_insert(Value::Null);
                match member(ty, key) {
                    Some(ty) => apply(place, value, ty),
                    None => *place = value.clone(),
                }
            }
        }
        (Type::List(item, kind), Value::Array(items)) if !kind.keys.is_empty() => {
            if !current.is_array() {
                *current = Value::Array(Vec::new());
            }
            let Value::Array(list) = current else { return };
            for value in items {
                match list.iter_mut().find(|one| same(one, value, kind)) {
                    Some(found) => apply(found, value, item),
                    None => list.push(value.clone()),
                }
            }
        }
        _ => *current = applied.clone(),
    }
}

fn member<'a>(ty: &'a Type, key: &str) -> Option<&'a Type> {
    match ty {
        Type::Map(item) => Some(item),
        other => schema::field(other, key),
    }
}

fn key_value(value: &Value, key: &str) -> Value {
    match (&value[key], key) {
        // The one key with a default.
        (Value::Null, "protocol") => "TCP".into(),
        (found, _) => found.clone(),
    }
}

fn same(one: &Value, other: &Value, kind: &ListKind) -> bool {
    if kind.keys == ["set"] {
        return one == other;
    }
    kind.keys.iter().all(|key| key_value(one, key) == key_value(other, key))
}
