//! Which fields an object has, and which differ between two (sigs.k8s.io/structured-merge-diff, `typed`).

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::set::Set;
use crate::schema::{self, ListKind, Type};

/// Types whose members are owned together (`x-kubernetes-map-type: atomic` in the published OpenAPI document).
const ATOMIC: &[&str] = &[
    "ConfigMapKeySelector",
    "EndpointAddress",
    "EndpointPort",
    "EvictionResponder",
    "FileKeySelector",
    "LabelSelector",
    "LocalObjectReference",
    "NodeSelector",
    "NodeSelectorTerm",
    "ObjectFieldSelector",
    "ObjectReference",
    "OwnerReference",
    "ResourceFieldSelector",
    "RoleRef",
    "ScopeSelector",
    "SecretKeySelector",
    "SecretReference",
    "ServiceBackendPort",
    "Subject",
    "TopologySelectorTerm",
    "TypedLocalObjectReference",
];
/// Maps whose members are: owner and field.
const ATOMIC_FIELDS: &[(&str, &str)] = &[("PodSpec", "nodeSelector"), ("ServiceSpec", "selector")];

/// What differs between two objects.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) added: Set,
    pub(super) removed: Set,
    pub(super) modified: Set,
}

impl Changes {
    /// What the second object sets anew or otherwise.
    pub(super) fn set(&self) -> Set {
        let mut set = self.added.clone();
        set.join(&self.modified);
        set
    }
}

/// Compares two objects of a type.
pub(super) fn compare(before: &Value, after: &Value, ty: &Type) -> Changes {
    let mut changes = Changes::default();
    walk(Some(before), Some(after), ty, &mut Vec::new(), &mut changes);
    changes
}

/// The type of a member, and whether what is below it is owned together.
pub(super) fn member(owner: &Type, key: &str) -> (Option<Type>, bool) {
    match owner {
        Type::Map(item) => (Some(Type::clone(item)), is_atomic(item)),
        other => {
            let found = schema::field(other, key).cloned();
            let named = matches!(other, Type::Struct(owner) if ATOMIC_FIELDS.contains(&(owner, key)));
            let atomic = named || found.as_ref().is_none_or(is_atomic);
            (found, atomic)
        }
    }
}

fn is_atomic(ty: &Type) -> bool {
    match ty {
        Type::Plain(_) => true,
        Type::Struct(name) => ATOMIC.contains(name),
        Type::Map(_) => false,
        Type::List(_, kind) => kind.keys.is_empty(),
    }
}

/// An item of a list that is no list of values only: `k:{…}` by its keys, `v:…` by its value.
pub(super) fn element(item: &Value, kind: &ListKind) -> String {
    if kind.keys == ["set"] {
        return format!("v:{item}");
    }
    let mut keys: Vec<&str> = kind.keys.clone();
    keys.sort_unstable();
    let keys: Map<String, Value> = keys
        .into_iter()
        .map(|key| match &item[key] {
            // The one key with a default.
            Value::Null if key == "protocol" => (key.to_owned(), "TCP".into()),
            value => (key.to_owned(), value.clone()),
        })
        .filter(|(_, value)| !value.is_null())
        .collect();
    format!("k:{}", Value::Object(keys))
}

fn is_nothing(value: Option<&Value>) -> bool {
    value.is_none_or(|value| value.is_null() || value.as_object().is_some_and(Map::is_empty))
}

fn walk(
    before: Option<&Value>,
    after: Option<&Value>,
    ty: &Type,
    path: &mut Vec<String>,
    changes: &mut Changes,
) {
    note(before, after, false, path, changes);
    match ty {
        Type::Struct(_) | Type::Map(_) => {
            if is_nothing(before) && is_nothing(after) {
                return;
            }
            let nothing = Map::new();
            let old = before.and_then(Value::as_object).unwrap_or(&nothing);
            let new = after.and_then(Value::as_object).unwrap_or(&nothing);
            for key in old.keys().chain(new.keys().filter(|key| !old.contains_key(*key))) {
                let (member, atomic) = member(ty, key);
                path.push(format!("f:{key}"));
                descend(old.get(key), new.get(key), member.filter(|_| !atomic), path, changes);
                path.pop();
            }
        }
        Type::List(item, kind) => {
            let old = before.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let new = after.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let inner = (!is_atomic(item)).then(|| Type::clone(item));
            // Of items that are told apart by nothing, the first counts.
            let named = |list: &'_ [Value]| list.iter().map(|one| element(one, kind)).collect::<Vec<_>>();
            let (old_names, new_names) = (named(old), named(new));
            let index = |names: &[String]| -> HashMap<String, usize> {
                names.iter().cloned().enumerate().rev().map(|(at, name)| (name, at)).collect()
            };
            let (of_old, of_new) = (index(&old_names), index(&new_names));
            for (one, name) in old.iter().zip(old_names) {
                let other = of_new.get(&name).and_then(|place| new.get(*place));
                path.push(name);
                descend(Some(one), other, inner.clone(), path, changes);
                path.pop();
            }
            for (one, name) in new.iter().zip(new_names) {
                if !of_old.contains_key(&name) {
                    path.push(name);
                    descend(None, Some(one), inner.clone(), path, changes);
                    path.pop();
                }
            }
        }
        Type::Plain(_) => note(before, after, true, path, changes),
    }
}

fn descend(
    before: Option<&Value>,
    after: Option<&Value>,
    ty: Option<Type>,
    path: &mut Vec<String>,
    changes: &mut Changes,
) {
    match ty {
        Some(ty) => walk(before, after, &ty, path, changes),
        None => note(before, after, true, path, changes),
    }
}

/// Notes one place. A map or list that is there on both sides is not itself changed.
fn note(before: Option<&Value>, after: Option<&Value>, leaf: bool, path: &[String], changes: &mut Changes) {
    if path.is_empty() {
        return;
    }
    match (before, after) {
        (None, Some(_)) => changes.added.insert(path),
        (Some(_), None) => changes.removed.insert(path),
        (Some(old), Some(new)) if leaf && old != new => changes.modified.insert(path),
        _ => {}
    }
}

/// The fields that an applied configuration has.
pub(super) fn fields(applied: &Value, ty: &Type) -> Set {
    let mut set = Set::default();
    gather(applied, Some(ty), &mut Vec::new(), &mut set);
    set
}

fn gather(value: &Value, ty: Option<&Type>, path: &mut Vec<String>, set: &mut Set) {
    match (ty, value) {
        (Some(ty @ (Type::Struct(_) | Type::Map(_))), Value::Object(map)) => {
            for (key, value) in map {
                let (member, atomic) = member(ty, key);
                path.push(format!("f:{key}"));
                gather(value, member.as_ref().filter(|_| !atomic), path, set);
                if is_nothing(Some(value)) || matches!(ty, Type::Map(_)) {
                    set.insert(path);
                }
                path.pop();
            }
        }
        (Some(Type::List(item, kind)), Value::Array(list)) => {
            for value in list {
                path.push(element(value, kind));
                gather(value, Some(&**item).filter(|item| !is_atomic(item)), path, set);
                set.insert(path);
                path.pop();
            }
        }
        _ if path.is_empty() => {}
        _ => set.insert(path),
    }
}
