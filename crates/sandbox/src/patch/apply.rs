//! Server-side apply: merging by list keys, taking back what the same manager applied before.

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

/// Removes what `before` applied and `now` no longer does.
pub(crate) fn take_back(current: &mut Value, before: &Value, now: &Value, ty: &Type) {
    match (ty, before, now) {
        (Type::Struct(_) | Type::Map(_), Value::Object(before), Value::Object(now)) => {
            let Value::Object(map) = current else { return };
            for (key, old) in before {
                match (now.get(key), member(ty, key)) {
                    (None, _) => {
                        map.shift_remove(key);
                    }
                    (Some(new), Some(ty)) => {
                        if let Some(place) = map.get_mut(key) {
                            take_back(place, old, new, ty);
                        }
                    }
                    (Some(_), None) => {}
                }
            }
        }
        (Type::List(item, kind), Value::Array(before), Value::Array(now)) if !kind.keys.is_empty() => {
            let Value::Array(list) = current else { return };
            for old in before {
                match now.iter().find(|one| same(one, old, kind)) {
                    None => list.retain(|one| !same(one, old, kind)),
                    Some(new) => {
                        if let Some(found) = list.iter_mut().find(|one| same(one, old, kind)) {
                            take_back(found, old, new, item);
                        }
                    }
                }
            }
        }
        _ => {}
    }
}

/// Paths (as the API server prints them) that `other` applied with another value than `applied` does.
pub(crate) fn conflicts(applied: &Value, other: &Value, ty: &Type, path: &str, found: &mut Vec<String>) {
    match (ty, applied, other) {
        (Type::Struct(_) | Type::Map(_), Value::Object(applied), Value::Object(other)) => {
            for (key, value) in applied {
                let Some(theirs) = other.get(key) else { continue };
                let path = format!("{path}.{key}");
                match member(ty, key) {
                    Some(ty) => conflicts(value, theirs, ty, &path, found),
                    None if value != theirs => found.push(path),
                    None => {}
                }
            }
        }
        (Type::List(item, kind), Value::Array(applied), Value::Array(other)) if !kind.keys.is_empty() => {
            for value in applied {
                if let Some(theirs) = other.iter().find(|one| same(one, value, kind)) {
                    conflicts(value, theirs, item, &format!("{path}[{}]", keys_text(value, kind)), found);
                }
            }
        }
        _ if applied != other => found.push(path.to_owned()),
        _ => {}
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

fn keys_text(value: &Value, kind: &ListKind) -> String {
    kind.keys.iter().map(|key| format!("{key}={}", key_value(value, key))).collect::<Vec<_>>().join(",")
}
