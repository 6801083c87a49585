//! Who set which field: `metadata.managedFields`, kept at every write as the API server keeps it
//! (k8s.io/apimachinery `util/managedfields`). Objects that the sandbox starts with have none, and get none
//! before somebody applies to them: an API server does not begin in the middle either.

mod compare;
mod set;

use serde_json::{Value, json};

use crate::kind::Kind;
use crate::schema::{self, Type};
use crate::status::ApiError;
use crate::value::{Object, now};
use compare::{Changes, element, fields, member};
use set::{Set, print};

/// Who is named for what was there before the first apply.
const BEFORE_FIRST_APPLY: &str = "before-first-apply";
/// Fields that nobody owns (`managedfields/internal/stripmeta.go`).
const NOBODYS: &[&[&str]] = &[
    &["f:apiVersion"],
    &["f:kind"],
    &["f:metadata", "f:name"],
    &["f:metadata", "f:namespace"],
    &["f:metadata", "f:creationTimestamp"],
    &["f:metadata", "f:selfLink"],
    &["f:metadata", "f:uid"],
    &["f:metadata", "f:generation"],
    &["f:metadata", "f:managedFields"],
    &["f:metadata", "f:resourceVersion"],
];
/// Structs and lists that Go always writes, so that nobody sets them as such.
const ALWAYS_THERE: &[&str] = &[
    "/metadata",
    "/spec",
    "/status",
    "/spec/template",
    "/spec/template/metadata",
    "/spec/template/spec",
    "/spec/template/spec/containers",
    "/spec/containers",
    "/spec/updateStrategy",
    "/spec/strategy",
    "/spec/resources",
    "/spec/jobTemplate",
    "/spec/jobTemplate/metadata",
    "/spec/jobTemplate/spec",
    "/spec/jobTemplate/spec/template",
    "/spec/jobTemplate/spec/template/metadata",
    "/spec/jobTemplate/spec/template/spec",
    "/spec/jobTemplate/spec/template/spec/containers",
    "/rules",
];

/// Who writes, and by which subresource (empty for the object itself).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writer<'a> {
    pub(crate) manager: &'a str,
    pub(crate) subresource: &'a str,
}

/// One entry of `managedFields`.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    manager: String,
    apply: bool,
    api_version: String,
    time: String,
    subresource: String,
    set: Set,
}

impl Entry {
    fn read(value: &Value) -> Self {
        Self {
            manager: value.text("/manager").to_owned(),
            apply: value.text("/operation") == "Apply",
            api_version: value.text("/apiVersion").to_owned(),
            time: value.text("/time").to_owned(),
            subresource: value.text("/subresource").to_owned(),
            set: Set::read(value.at("/fieldsV1")),
        }
    }

    fn write(&self) -> Value {
        let operation = if self.apply { "Apply" } else { "Update" };
        let mut entry = json!({"manager": self.manager, "operation": operation, "apiVersion": self.api_version,
            "time": self.time, "fieldsType": "FieldsV1", "fieldsV1": self.set.write()});
        if !self.subresource.is_empty() {
            entry["subresource"] = self.subresource.as_str().into();
        }
        entry
    }

    /// As a conflict names it.
    fn print(&self) -> String {
        let mut out = format!("{:?}", self.manager);
        if !self.subresource.is_empty() {
            out.push_str(&format!(" with subresource {:?}", self.subresource));
        }
        if !self.apply {
            out.push_str(&format!(" using {}", self.api_version));
        }
        out
    }
}

fn read(object: &Value) -> Vec<Entry> {
    object.list("/metadata/managedFields").iter().map(Entry::read).collect()
}

fn write(object: &mut Value, mut entries: Vec<Entry>) {
    entries.retain(|entry| !entry.set.is_empty());
    if entries.is_empty() {
        object.drop_key("/metadata/managedFields");
        return;
    }
    entries.sort_by(|one, other| {
        let key = |entry: &Entry| {
            (!entry.apply, entry.time.clone(), entry.manager.clone(), entry.subresource.clone())
        };
        key(one).cmp(&key(other))
    });
    object.put("/metadata/managedFields", entries.iter().map(Entry::write).collect::<Vec<Value>>());
}

/// What a writer by that subresource can own.
fn own(mut set: Set, kind: &Kind, subresource: &str) -> Set {
    for path in NOBODYS {
        set.cut(path);
    }
    set.leave(&["f:metadata"]);
    match subresource {
        "status" => set.cut(&["f:spec"]),
        _ if kind.status => set.cut(&["f:status"]),
        _ => {}
    }
    set
}

fn typed(kind: &Kind) -> Type {
    schema::of_kind(kind.kind)
}

/// An object as Go writes it before anything is set.
fn skeleton(object: &Value) -> Value {
    let mut empty = json!({});
    for path in ALWAYS_THERE {
        match object.at(path) {
            Value::Object(_) => empty.put(path, json!({})),
            Value::Array(_) => empty.put(path, json!([])),
            _ => {}
        }
    }
    empty
}

/// Notes who created an object.
pub(crate) fn created(object: &mut Value, kind: &Kind, writer: Writer<'_>) {
    let changes = compare::compare(&skeleton(object), object, &typed(kind));
    let mut entries = Vec::new();
    update(&mut entries, &changes, kind, writer);
    write(object, entries);
}

/// Notes who changed an object; `object` is what becomes of `old`.
pub(crate) fn changed(old: &Value, object: &mut Value, kind: &Kind, writer: Writer<'_>) {
    let mut entries = read(old);
    if !entries.is_empty() {
        let changes = compare::compare(old, object, &typed(kind));
        update(&mut entries, &changes, kind, writer);
    }
    write(object, entries);
}

fn update(entries: &mut Vec<Entry>, changes: &Changes, kind: &Kind, writer: Writer<'_>) {
    let set = own(changes.set(), kind, writer.subresource);
    let removed = own(changes.removed.clone(), kind, writer.subresource);
    let api_version = kind.api_version();
    let is_mine = |entry: &Entry| {
        !entry.apply
            && entry.manager == writer.manager
            && entry.subresource == writer.subresource
            && entry.api_version == api_version
    };
    for entry in entries.iter_mut() {
        entry.set.subtract(&removed);
        if !is_mine(entry) {
            entry.set.subtract(&set);
        }
    }
    if set.is_empty() && removed.is_empty() {
        return;
    }
    match entries.iter_mut().find(|entry| is_mine(entry)) {
        Some(mine) => {
            mine.set.join(&set);
            mine.time = now();
        }
        None => entries.push(Entry {
            manager: writer.manager.to_owned(),
            apply: false,
            api_version,
            time: now(),
            subresource: writer.subresource.to_owned(),
            set,
        }),
    }
}

/// Who owns what once an apply is done.
pub(crate) struct Owners(Vec<Entry>);

/// Prepares an apply to an object: takes out of `merged` what the same manager applied before and no longer does
/// and nobody else owns.
///
/// # Errors
/// 409 when others own what it would change, unless it is forced.
pub(crate) fn apply(
    old: &Value,
    merged: &mut Value,
    applied: &Value,
    kind: &Kind,
    (manager, force): (&str, bool),
) -> Result<Owners, ApiError> {
    let ty = typed(kind);
    let mut entries = read(old);
    if entries.is_empty() {
        let changes = compare::compare(&skeleton(old), old, &ty);
        update(&mut entries, &changes, kind, Writer { manager: BEFORE_FIRST_APPLY, subresource: "" });
    }
    let mine = own(fields(applied, &ty), kind, "");
    let is_mine = |entry: &Entry| entry.apply && entry.manager == manager && entry.subresource.is_empty();
    let mut gone =
        entries.iter().find(|entry| is_mine(entry)).map(|entry| entry.set.clone()).unwrap_or_default();
    gone.subtract(&mine);
    for other in entries.iter().filter(|entry| !is_mine(entry)) {
        gone.subtract(&other.set);
    }
    for path in gone.paths().iter().rev() {
        remove(merged, path, &ty);
    }
    let changes = compare::compare(old, merged, &ty);
    let set = own(changes.set(), kind, "");
    let conflicts: Vec<(String, Vec<Vec<String>>)> = entries
        .iter()
        .filter(|entry| !is_mine(entry))
        .map(|entry| (entry.print(), entry.set.both(&set).paths()))
        .filter(|(_, paths)| !paths.is_empty())
        .collect();
    if !conflicts.is_empty() && !force {
        return Err(conflict(conflicts));
    }
    for entry in entries.iter_mut().filter(|entry| !is_mine(entry)) {
        entry.set.subtract(&set);
        entry.set.subtract(&changes.removed);
    }
    match entries.iter_mut().find(|entry| is_mine(entry)) {
        Some(entry) if entry.set == mine => {}
        Some(entry) => {
            entry.set = mine;
            entry.time = now();
        }
        None => entries.push(by_apply(manager, kind, mine)),
    }
    Ok(Owners(entries))
}

fn by_apply(manager: &str, kind: &Kind, set: Set) -> Entry {
    Entry {
        manager: manager.to_owned(),
        apply: true,
        api_version: kind.api_version(),
        time: now(),
        subresource: String::new(),
        set,
    }
}

/// Notes what an apply did; the defaults that came with it belong to nobody.
pub(crate) fn applied(object: &mut Value, owners: Owners) {
    write(object, owners.0);
}

/// Notes who created an object by applying it.
pub(crate) fn created_by_apply(object: &mut Value, configuration: &Value, kind: &Kind, manager: &str) {
    let set = own(fields(configuration, &typed(kind)), kind, "");
    write(object, vec![by_apply(manager, kind, set)]);
}

/// Removes a place, and maps that are empty without it.
fn remove(value: &mut Value, path: &[String], ty: &Type) {
    let Some((first, rest)) = path.split_first() else { return };
    if let (Some(key), Value::Object(map)) = (first.strip_prefix("f:"), &mut *value) {
        if rest.is_empty() {
            map.shift_remove(key);
        } else if let (Some(inner), (Some(ty), _)) = (map.get_mut(key), member(ty, key)) {
            remove(inner, rest, &ty);
            if inner.as_object().is_some_and(serde_json::Map::is_empty) {
                map.shift_remove(key);
            }
        }
    } else if let (Type::List(item, kind), Value::Array(list)) = (ty, value) {
        let place = list.iter().position(|one| element(one, kind) == *first);
        match place {
            Some(place) if rest.is_empty() => {
                list.remove(place);
            }
            Some(place) => {
                if let Some(found) = list.get_mut(place) {
                    remove(found, rest, item);
                }
            }
            None => {}
        }
    }
}

/// 409 with the places that others own (`managedfields/internal/conflict.go`).
fn conflict(mut found: Vec<(String, Vec<Vec<String>>)>) -> ApiError {
    found.sort();
    let causes: Vec<Value> = found
        .iter()
        .flat_map(|(manager, paths)| {
            paths.iter().map(move |path| {
                json!({"reason": "FieldManagerConflict", "message": format!("conflict with {manager}"),
                    "field": print(path)})
            })
        })
        .collect();
    let message = match found.as_slice() {
        [(manager, paths)] if paths.len() == 1 => {
            let place = paths.first().map(|path| print(path)).unwrap_or_default();
            format!("Apply failed with 1 conflict: conflict with {manager}: {place}")
        }
        _ => {
            let parts: Vec<String> = found
                .iter()
                .map(|(manager, paths)| {
                    let lines: Vec<String> = paths.iter().map(|path| format!("- {}", print(path))).collect();
                    format!("conflicts with {manager}:\n{}", lines.join("\n"))
                })
                .collect();
            format!("Apply failed with {} conflicts: {}", causes.len(), parts.join("\n"))
        }
    };
    ApiError::apply_conflict(message, causes)
}
