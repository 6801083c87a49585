//! The OpenAPI v3 documents of the served group versions, made from the table that the types are read from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::OnceLock;

use aws_lc_rs::digest::{SHA512, digest};
use binnacle_model::schema::{Schema, Type, recorded};
use serde_json::{Map, Value, json};

use crate::kind::{GROUPS, KINDS, REVIEWS};

/// What every object holds, and the documents tell readers by its name what an object is.
const OBJECT_META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
/// What is a plain type of the table and a named one of the documents.
const QUANTITY: &str = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const INT_OR_STRING: &str = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
const TIME: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.Time";
const MICRO_TIME: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime";

/// Documents by their path below `/openapi/v3/`, written once: all clusters serve the same ones.
fn documents() -> &'static BTreeMap<String, Vec<u8>> {
    static DOCUMENTS: OnceLock<BTreeMap<String, Vec<u8>>> = OnceLock::new();
    DOCUMENTS.get_or_init(|| {
        let groups = std::iter::once("").chain(GROUPS.iter().copied());
        groups
            .map(|group| {
                let path = if group.is_empty() { "api/v1".to_owned() } else { format!("apis/{group}/v1") };
                (path, serde_json::to_vec(&write(recorded(), group)).unwrap_or_default())
            })
            .collect()
    })
}

/// `/openapi/v3`: every document, with the digest of its bytes as the API server gives it.
pub(crate) fn index() -> Value {
    static INDEX: OnceLock<Value> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        let mut paths = Map::new();
        for (path, document) in documents() {
            let mut hash = String::new();
            for byte in digest(&SHA512, document).as_ref() {
                let _ = write!(hash, "{byte:02X}");
            }
            let url = format!("/openapi/v3/{path}?hash={hash}");
            paths.insert(path.clone(), json!({"serverRelativeURL": url}));
        }
        json!({"paths": paths})
    });
    index.clone()
}

/// The document at a path below `/openapi/v3/`.
pub(crate) fn document(path: &str) -> Option<&'static [u8]> {
    documents().get(path).map(Vec::as_slice)
}

fn write(schema: &Schema, group: &str) -> Value {
    let kinds = KINDS.iter().filter(|kind| kind.group == group).map(|kind| kind.kind);
    let reviews = REVIEWS.iter().filter(|review| review.group == group).map(|review| review.kind);
    let version = if group.is_empty() { "v1".to_owned() } else { format!("{group}/v1") };
    let mut schemas = Map::new();
    let mut waiting = Vec::new();
    let mut known = BTreeSet::new();
    for kind in kinds.chain(reviews) {
        let Some(name) = schema.kind(&version, kind) else { continue };
        let mut one = object(schema, group, name, &mut waiting);
        one["x-kubernetes-group-version-kind"] = json!([{"group": group, "kind": kind, "version": "v1"}]);
        known.insert(name.to_owned());
        schemas.insert(title(group, name), one);
    }
    while let Some(name) = waiting.pop() {
        if known.insert(name.clone()) {
            let one = object(schema, group, &name, &mut waiting);
            schemas.insert(title(group, &name), one);
        }
    }
    schemas.insert(QUANTITY.to_owned(), json!({"oneOf": [{"type": "string"}, {"type": "number"}]}));
    schemas.insert(
        INT_OR_STRING.to_owned(),
        json!({"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]}),
    );
    schemas.insert(TIME.to_owned(), json!({"type": "string", "format": "date-time"}));
    schemas.insert(MICRO_TIME.to_owned(), json!({"type": "string", "format": "date-time"}));
    json!({
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "unversioned"},
        "paths": {},
        "components": {"schemas": schemas},
    })
}

/// How a group's document names a type of the table. The API server names each after its own package; here
/// those that a group shares with others are named as if they were its own.
fn title(group: &str, name: &str) -> String {
    match (name, group.split('.').next()) {
        ("ObjectMeta", _) => OBJECT_META.to_owned(),
        (_, None | Some("")) => format!("io.k8s.api.core.v1.{name}"),
        (_, Some(group)) => format!("io.k8s.api.{group}.v1.{name}"),
    }
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn object(schema: &Schema, group: &str, name: &str, waiting: &mut Vec<String>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let fields = schema.fields(name).into_iter().flat_map(|fields| &fields.fields);
    for (field, of) in fields {
        properties.insert(field.to_string(), one(&of.ty, group, waiting));
        if of.required {
            required.push(field.to_string());
        }
    }
    let mut out = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        out["required"] = required.into();
    }
    out
}

fn one(ty: &Type, group: &str, waiting: &mut Vec<String>) -> Value {
    match ty {
        Type::Any => json!({}),
        Type::Bool => json!({"type": "boolean"}),
        Type::Whole(bits) => json!({"type": "integer", "format": format!("int{bits}")}),
        Type::Number => json!({"type": "number", "format": "double"}),
        Type::Text(values) if values.is_empty() => json!({"type": "string"}),
        Type::Text(values) => {
            let values: Vec<&str> = values.iter().map(|value| &**value).collect();
            json!({"type": "string", "enum": values})
        }
        Type::Bytes => json!({"type": "string", "format": "byte"}),
        Type::Quantity => reference(QUANTITY),
        Type::IntOrString => reference(INT_OR_STRING),
        Type::Time(false) => reference(TIME),
        Type::Time(true) => reference(MICRO_TIME),
        Type::Struct(name) => {
            waiting.push(name.to_string());
            json!({"allOf": [reference(&title(group, name))]})
        }
        Type::Map(item) => json!({"type": "object", "additionalProperties": one(item, group, waiting)}),
        Type::List(item, marks) => {
            let mut out = json!({"type": "array", "items": one(item, group, waiting)});
            let (keys, merge) = match marks.split_once('~') {
                Some((keys, merge)) => (keys, Some(merge)),
                None => (&**marks, None),
            };
            match keys.strip_prefix('@') {
                Some("set") => out["x-kubernetes-list-type"] = "set".into(),
                Some(keys) => {
                    out["x-kubernetes-list-type"] = "map".into();
                    out["x-kubernetes-list-map-keys"] = keys.split(',').collect::<Vec<_>>().into();
                }
                None => {}
            }
            if let Some(key) = merge {
                out["x-kubernetes-patch-strategy"] = "merge".into();
                if !key.is_empty() {
                    out["x-kubernetes-patch-merge-key"] = key.into();
                }
            }
            out
        }
    }
}

#[cfg(test)]
mod tests {
    use binnacle_model::schema::read;

    use super::*;

    #[test]
    fn what_is_served_reads_as_what_it_was_made_from() {
        for (path, document) in documents() {
            let version = path.trim_start_matches("apis/").trim_start_matches("api/");
            let found = read([document.as_slice()]).expect("the document is OpenAPI");
            for kind in KINDS.iter().filter(|kind| kind.api_version() == version) {
                let (ours, theirs) = (found.kind(version, kind.kind), recorded().kind(version, kind.kind));
                let fields = |schema: &Schema, name: Option<&str>| {
                    let fields = schema.fields(name.expect("the kind is served")).expect("its type is there");
                    fields.fields.keys().cloned().collect::<Vec<_>>()
                };
                assert_eq!(fields(&found, ours), fields(recorded(), theirs), "{version} {}", kind.kind);
            }
        }
    }
}
