//! Patches: JSON merge patch (RFC 7386), JSON patch (RFC 6902), strategic merge, and apply.

use serde_json::{Map, Value};

use crate::schema::{self, ListKind, Type};
use crate::value::Object;

pub(crate) mod apply;

/// Merges as RFC 7386 says.
pub(crate) fn merge(current: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *current = patch.clone();
        return;
    };
    if !current.is_object() {
        *current = Value::Object(Map::new());
    }
    let Value::Object(map) = current else { return };
    for (key, value) in patch {
        if value.is_null() {
            map.shift_remove(key);
        } else {
            merge(map.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// Carries out an RFC 6902 patch; the error says which operation cannot be done.
pub(crate) fn json_patch(current: &mut Value, patch: &Value) -> Result<(), String> {
    let Value::Array(operations) = patch else {
        return Err("json: cannot unmarshal object into Go value of type jsonpatch.Patch".to_owned());
    };
    for operation in operations {
        let path = operation.text("/path").to_owned();
        let value = operation.get("value").cloned();
        match operation.text("/op") {
            "add" => insert(current, &path, value.ok_or("missing value")?)?,
            "replace" => match current.pointer_mut(&path) {
                Some(place) => *place = value.ok_or("missing value")?,
                None => {
                    return Err(format!(
                        "replace operation does not apply: doc is missing key: {path}: missing value"
                    ));
                }
            },
            "remove" => {
                take(current, &path).ok_or_else(|| {
                    format!("remove operation does not apply: doc is missing path: \"{path}\": missing value")
                })?;
            }
            "move" => {
                let from = operation.text("/from");
                let value = take(current, from)
                    .ok_or_else(|| format!("error in move for path: '{path}': missing value"))?;
                insert(current, &path, value)?;
            }
            "copy" => {
                let from = operation.text("/from");
                let value = current
                    .pointer(from)
                    .cloned()
                    .ok_or_else(|| format!("error in copy for path: '{path}': missing value"))?;
                insert(current, &path, value)?;
            }
            "test" => {
                if *current.at(&path) != value.unwrap_or(Value::Null) {
                    return Err(format!("testing value {path} failed: test failed"));
                }
            }
            other => return Err(format!("Unexpected kind: {other}")),
        }
    }
    Ok(())
}

fn insert(current: &mut Value, path: &str, value: Value) -> Result<(), String> {
    let Some((parent, key)) = path.rsplit_once('/') else {
        *current = value;
        return Ok(());
    };
    let missing = || format!("add operation does not apply: doc is missing path: \"{path}\": missing value");
    match current.pointer_mut(parent).ok_or_else(missing)? {
        Value::Object(map) => {
            map.insert(key.replace("~1", "/").replace("~0", "~"), value);
        }
        Value::Array(list) if key == "-" => list.push(value),
        Value::Array(list) => match key.parse::<usize>() {
            Ok(place) if place <= list.len() => list.insert(place, value),
            _ => {
                return Err(format!(
                    "add operation does not apply: doc is missing path: \"{path}\": invalid index referenced"
                ));
            }
        },
        _ => return Err(missing()),
    }
    Ok(())
}

fn take(current: &mut Value, path: &str) -> Option<Value> {
    let (parent, key) = path.rsplit_once('/')?;
    match current.pointer_mut(parent)? {
        Value::Object(map) => map.shift_remove(&key.replace("~1", "/").replace("~0", "~")),
        Value::Array(list) => {
            let place = key.parse::<usize>().ok()?;
            (place < list.len()).then(|| list.remove(place))
        }
        _ => None,
    }
}

/// Carries out a strategic merge patch on an object of a type.
pub(crate) fn strategic(current: &mut Value, patch: &Value, ty: &Type) {
    let Value::Object(fields) = patch else {
        *current = patch.clone();
        return;
    };
    match fields.get("$patch").and_then(Value::as_str) {
        Some("replace") => {
            let mut fields = fields.clone();
            fields.shift_remove("$patch");
            *current = Value::Object(fields);
            return;
        }
        Some("delete") => {
            *current = Value::Object(Map::new());
            return;
        }
        _ => {}
    }
    if !current.is_object() {
        *current = Value::Object(Map::new());
    }
    let Value::Object(map) = current else { return };
    if let Some(keep) = fields.get("$retainKeys").and_then(Value::as_array) {
        map.retain(|key, _| keep.iter().any(|one| one == key.as_str()));
    }
    for (key, value) in fields {
        if let Some(field) = key.strip_prefix("$deleteFromPrimitiveList/") {
            if let (Some(Value::Array(list)), Value::Array(gone)) = (map.get_mut(field), value) {
                list.retain(|one| !gone.contains(one));
            }
            continue;
        }
        if key.starts_with('$') {
            continue;
        }
        if value.is_null() {
            map.shift_remove(key);
            continue;
        }
        let field_type = match ty {
            Type::Map(item) => Some(&**item),
            _ => schema::field(ty, key),
        };
        match (field_type, value) {
            (Some(Type::List(item, kind)), Value::Array(patches)) if kind.merges => {
                let list = map.entry(key.clone()).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(list) = list {
                    let before = list.clone();
                    merge_list(list, patches, item, kind);
                    let order = fields.get(&format!("$setElementOrder/{key}")).and_then(Value::as_array);
                    *list = reorder(list, order.unwrap_or(patches), &before, kind.merge_key);
                }
            }
            (Some(ty @ (Type::Struct(_) | Type::Map(_))), Value::Object(_)) => {
                strategic(map.entry(key.clone()).or_insert(Value::Null), value, ty);
            }
            _ => {
                map.insert(key.clone(), value.clone());
            }
        }
    }
}

fn merge_list(list: &mut Vec<Value>, patches: &[Value], item: &Type, kind: &ListKind) {
    if kind.merge_key.is_empty() {
        for value in patches {
            if !list.contains(value) {
                list.push(value.clone());
            }
        }
        return;
    }
    if patches.iter().any(|patch| patch["$patch"] == "replace" && patch.get(kind.merge_key).is_none()) {
        *list = patches.iter().filter(|patch| patch.get("$patch").is_none()).cloned().collect();
        return;
    }
    for patch in patches {
        let key = &patch[kind.merge_key];
        let place = list.iter().position(|one| one[kind.merge_key] == *key);
        match (place, patch["$patch"] == "delete") {
            (Some(place), true) => {
                list.remove(place);
            }
            (Some(place), false) => {
                if let Some(found) = list.get_mut(place) {
                    strategic(found, patch, item);
                }
            }
            (None, true) => {}
            (None, false) => {
                let mut new = Value::Object(Map::new());
                strategic(&mut new, patch, item);
                list.push(new);
            }
        }
    }
}

/// The order that the API server gives a merged list: the patch's items in the patch's order, the others
/// before those of them that they stood before.
fn reorder(list: &[Value], order: &[Value], before: &[Value], merge_key: &str) -> Vec<Value> {
    let same = |one: &Value, other: &Value| {
        if merge_key.is_empty() { one == other } else { one[merge_key] == other[merge_key] }
    };
    let place = |all: &[Value], value: &Value| all.iter().position(|one| same(one, value));
    let (mut named, rest): (Vec<&Value>, Vec<&Value>) =
        list.iter().partition(|value| place(order, value).is_some());
    named.sort_by_key(|value| place(order, value));
    let (mut named, mut rest) = (named.into_iter().peekable(), rest.into_iter().peekable());
    let mut out = Vec::with_capacity(list.len());
    loop {
        let take_rest = match (named.peek(), rest.peek()) {
            (None, None) => return out,
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (Some(one), Some(other)) => {
                matches!((place(before, other), place(before, one)), (Some(rest), Some(named)) if rest < named)
            }
        };
        let next = if take_rest { rest.next() } else { named.next() };
        out.extend(next.cloned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn strategic_merge_follows_the_merge_keys() {
        let mut object = json!({"spec": {"template": {"spec": {"containers": [
            {"name": "a", "image": "x:1", "env": [{"name": "K", "value": "1"}]}, {"name": "b", "image": "y:1"}]}}}});
        let patch = json!({"spec": {"template": {"spec": {"containers": [
            {"name": "a", "image": "x:2", "env": [{"name": "L", "value": "2"}]}, {"name": "b", "$patch": "delete"}]}}}});
        strategic(&mut object, &patch, &schema::of_kind("StatefulSet"));
        assert_eq!(
            object,
            json!({"spec": {"template": {"spec": {"containers": [{"name": "a", "image": "x:2",
                "env": [{"name": "L", "value": "2"}, {"name": "K", "value": "1"}]}]}}}})
        );
    }

    #[test]
    fn json_patches_apply_or_say_why() {
        let mut object = json!({"a": {"b": [1, 2]}});
        let patch = json!([{"op": "add", "path": "/a/b/-", "value": 3}, {"op": "remove", "path": "/a/b/0"},
            {"op": "replace", "path": "/a/b/0", "value": 9}, {"op": "test", "path": "/a/b", "value": [9, 3]}]);
        json_patch(&mut object, &patch).expect("applies");
        assert_eq!(object, json!({"a": {"b": [9, 3]}}));
        let failing = json!([{"op": "test", "path": "/a/b", "value": []}]);
        assert_eq!(
            json_patch(&mut object, &failing),
            Err("testing value /a/b failed: test failed".to_owned())
        );
    }

    #[test]
    fn merge_patch_removes_by_null() {
        let mut object = json!({"a": 1, "b": {"c": 2, "d": 3}});
        merge(&mut object, &json!({"a": null, "b": {"c": 4}}));
        assert_eq!(object, json!({"b": {"c": 4, "d": 3}}));
    }
}
