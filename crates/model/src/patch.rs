//! Differences between two objects as operations on places, and what they do.

mod align;

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{FieldPath, Segment};
use align::Step;

pub(crate) use align::{Identity, identities};

/// One operation; several are applied in order, each to what the ones before left (RFC 6902).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Op {
    /// Puts a value where one is, or adds a member to a map.
    Set(FieldPath, Value),
    /// Puts an item into a list, before the one that has this index now; the length appends.
    Insert(FieldPath, Value),
    /// Takes out a member or an item.
    Remove(FieldPath),
}

impl Op {
    /// Where it works.
    pub fn path(&self) -> &FieldPath {
        match self {
            Op::Set(path, _) | Op::Insert(path, _) | Op::Remove(path) => path,
        }
    }
}

/// An operation met an object that has not the place it speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchPlace(pub FieldPath);

impl fmt::Display for NoSuchPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no place {}", self.0)
    }
}

impl std::error::Error for NoSuchPlace {}

/// The operations that make `to` of `from`: members by name, items of lists by their merge key or else by their
/// place, so that what both have alike is not touched.
pub fn diff(from: &Value, to: &Value) -> Vec<Op> {
    diff_at(&FieldPath::root(), from, to)
}

/// [`diff`] of what stands at one place of an object.
pub(crate) fn diff_at(path: &FieldPath, from: &Value, to: &Value) -> Vec<Op> {
    let mut ops = Vec::new();
    value(path, from, to, &mut ops);
    ops
}

fn value(path: &FieldPath, from: &Value, to: &Value, ops: &mut Vec<Op>) {
    match (from, to) {
        _ if from == to => {}
        (Value::Object(from), Value::Object(to)) => map(path, from, to, ops),
        (Value::Array(from), Value::Array(to)) => list(path, from, to, ops),
        _ => ops.push(Op::Set(path.clone(), to.clone())),
    }
}

fn map(path: &FieldPath, from: &Map<String, Value>, to: &Map<String, Value>, ops: &mut Vec<Op>) {
    for (key, before) in from {
        match to.get(key) {
            // Before a place is made of it: it is as long as all names above it.
            Some(after) if before == after => {}
            Some(after) => value(&path.key(key), before, after, ops),
            None => ops.push(Op::Remove(path.key(key))),
        }
    }
    for (key, after) in to {
        if !from.contains_key(key) {
            ops.push(Op::Set(path.key(key), after.clone()));
        }
    }
}

fn list(path: &FieldPath, from: &[Value], to: &[Value], ops: &mut Vec<Op>) {
    let name = match path.0.last() {
        Some(Segment::Key(key)) => key.as_str(),
        _ => "",
    };
    let Some(steps) = align::align(name, from, to) else {
        return ops.push(Op::Set(path.clone(), Value::Array(to.to_vec())));
    };
    let mut at = 0;
    for step in steps {
        match step {
            Step::Both(before, after) => {
                if let (Some(before), Some(after)) = (from.get(before), to.get(after)) {
                    value(&path.index(at), before, after, ops);
                }
                at += 1;
            }
            Step::Remove => ops.push(Op::Remove(path.index(at))),
            Step::Insert(after) => {
                ops.extend(to.get(after).map(|after| Op::Insert(path.index(at), after.clone())));
                at += 1;
            }
        }
    }
}

/// Applies operations in order.
///
/// # Errors
/// [`NoSuchPlace`] for the first that cannot be; those before it are applied.
pub fn apply(object: &mut Value, ops: &[Op]) -> Result<(), NoSuchPlace> {
    ops.iter().try_for_each(|op| one(object, op).ok_or_else(|| NoSuchPlace(op.path().clone())))
}

fn one(object: &mut Value, op: &Op) -> Option<()> {
    let Some((last, parents)) = op.path().0.split_last() else {
        return match op {
            Op::Set(_, value) => {
                object.clone_from(value);
                Some(())
            }
            Op::Insert(..) | Op::Remove(_) => None,
        };
    };
    let parent = parents.iter().try_fold(object, |value, segment| match segment {
        Segment::Key(key) => value.get_mut(key),
        Segment::Index(index) => value.get_mut(index),
    })?;
    match (op, parent, last) {
        (Op::Set(_, value), Value::Object(map), Segment::Key(key)) => {
            map.insert(key.clone(), value.clone());
        }
        (Op::Set(_, value), Value::Array(list), Segment::Index(index)) => {
            list.get_mut(*index)?.clone_from(value);
        }
        (Op::Insert(_, value), Value::Array(list), Segment::Index(index)) if *index <= list.len() => {
            list.insert(*index, value.clone());
        }
        (Op::Remove(_), Value::Object(map), Segment::Key(key)) => {
            // The others keep their order.
            map.shift_remove(key)?;
        }
        (Op::Remove(_), Value::Array(list), Segment::Index(index)) if *index < list.len() => {
            list.remove(*index);
        }
        _ => return None,
    }
    Some(())
}

/// The operations as a JSON Patch (RFC 6902).
pub fn json_patch(ops: &[Op]) -> Value {
    ops.iter()
        .map(|op| {
            let path = pointer(op.path());
            match op {
                // `add` replaces a member that is there (RFC 6902, 4.1), but would insert into a list.
                Op::Set(at, value) if matches!(at.0.last(), Some(Segment::Index(_))) => {
                    json!({"op": "replace", "path": path, "value": value})
                }
                Op::Set(_, value) | Op::Insert(_, value) => {
                    json!({"op": "add", "path": path, "value": value})
                }
                Op::Remove(_) => json!({"op": "remove", "path": path}),
            }
        })
        .collect()
}

/// A place as a JSON Pointer (RFC 6901).
pub fn pointer(path: &FieldPath) -> String {
    path.0
        .iter()
        .map(|segment| match segment {
            Segment::Key(key) => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Index(index) => format!("/{index}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ops(from: Value, to: Value) -> Vec<String> {
        diff(&from, &to)
            .into_iter()
            .map(|op| match op {
                Op::Set(path, value) => format!("{path} = {value}"),
                Op::Insert(path, value) => format!("{path} + {value}"),
                Op::Remove(path) => format!("{path} -"),
            })
            .collect()
    }

    #[test]
    fn only_what_differs_is_touched() {
        let rows = [
            (json!({"a": 1}), json!({"a": 1}), vec![]),
            (json!({"a": 1, "b": {"c": 2}}), json!({"b": {"c": 3}, "d": 4}), vec!["a -", "b.c = 3", "d = 4"]),
            (
                json!({"containers": [{"name": "a", "image": "x"}, {"name": "b"}]}),
                json!({"containers": [{"name": "s"}, {"name": "a", "image": "y"}]}),
                vec![r#"containers[0] + {"name":"s"}"#, r#"containers[1].image = "y""#, "containers[2] -"],
            ),
            (
                json!({"containers": [{"name": "a"}, {"name": "b"}]}),
                json!({"containers": [{"name": "b"}, {"name": "a"}]}),
                vec!["containers[0] -", r#"containers[1] + {"name":"a"}"#],
            ),
            (json!({"args": ["a", "b"]}), json!({"args": ["a", "c"]}), vec![r#"args[1] = "c""#]),
            (json!({"args": ["a", "b"]}), json!({"args": ["b"]}), vec!["args[0] -"]),
            (json!({"args": ["a"]}), json!({"args": ["a", "b"]}), vec![r#"args[1] + "b""#]),
            (json!({"a": [1]}), json!({"a": {"b": 1}}), vec![r#"a = {"b":1}"#]),
            (
                json!({"tolerations": [{"key": "a", "tolerationSeconds": 3}]}),
                json!({"tolerations": [{"key": "a", "tolerationSeconds": 4}]}),
                vec!["tolerations[0].tolerationSeconds = 4"],
            ),
        ];
        for (from, to, expected) in rows {
            assert_eq!(ops(from.clone(), to.clone()), expected, "{from} -> {to}");
            let ops = diff(&from, &to);
            let mut object = from;
            apply(&mut object, &ops).unwrap();
            assert_eq!(object, to);
        }
    }

    #[test]
    fn operations_are_a_json_patch() {
        let path = FieldPath::root().key("metadata").key("annotations").key("a/b~c");
        let item = FieldPath::root().key("args").index(1);
        let patch = json_patch(&[
            Op::Set(path, json!("x")),
            Op::Set(item.clone(), json!(1)),
            Op::Insert(item.clone(), json!(2)),
            Op::Remove(item),
        ]);
        let expected = json!([
            {"op": "add", "path": "/metadata/annotations/a~1b~0c", "value": "x"},
            {"op": "replace", "path": "/args/1", "value": 1},
            {"op": "add", "path": "/args/1", "value": 2},
            {"op": "remove", "path": "/args/1"},
        ]);
        assert_eq!(patch, expected);
    }

    #[test]
    fn what_is_not_there_is_an_error() {
        for op in [
            Op::Remove("a".into()),
            Op::Set("b.c".into(), json!(1)),
            Op::Insert("list[3]".into(), json!(1)),
            Op::Remove(FieldPath::root()),
        ] {
            let mut object = json!({"list": [1]});
            assert_eq!(apply(&mut object, std::slice::from_ref(&op)), Err(NoSuchPlace(op.path().clone())));
            assert_eq!(object, json!({"list": [1]}));
        }
    }
}
