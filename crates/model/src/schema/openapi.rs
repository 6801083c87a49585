//! From an OpenAPI v3 document of an API server to a schema. The document is a stranger's: whatever is too
//! much of it is left out, as a type of which nothing is said.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::{Field, Fields, MAX_FIELDS, MAX_TYPES, Schema, Type};

/// Levels of a type that is written inside another.
const MAX_DEPTH: usize = 40;
/// Longest name of a field or value, in bytes.
const MAX_NAME: usize = 253;
/// Values that a field can be told to be one of.
const MAX_VALUES: usize = 200;
/// How a reference to another type begins.
const REFERENCE: &str = "#/components/schemas/";

/// The document is no OpenAPI v3 document.
#[derive(Debug, Error)]
#[error("this is no OpenAPI v3 document: {0}")]
pub struct Unreadable(#[from] serde_json::Error);

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    components: Components,
}

#[derive(Default, Deserialize)]
struct Components {
    #[serde(default)]
    schemas: BTreeMap<String, Raw>,
}

/// What is read of a schema object (OpenAPI 3.0, and Kubernetes' extensions).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Raw {
    #[serde(rename = "$ref")]
    reference: String,
    #[serde(rename = "type")]
    ty: String,
    format: String,
    properties: BTreeMap<String, Raw>,
    required: Vec<String>,
    items: Option<Box<Raw>>,
    #[serde(rename = "additionalProperties")]
    additional: Option<Additional>,
    #[serde(rename = "allOf")]
    all_of: Vec<Raw>,
    #[serde(rename = "enum")]
    values: Vec<Value>,
    #[serde(rename = "x-kubernetes-group-version-kind")]
    kinds: Vec<GroupVersionKind>,
    #[serde(rename = "x-kubernetes-int-or-string")]
    int_or_string: bool,
    #[serde(rename = "x-kubernetes-preserve-unknown-fields")]
    open: bool,
    #[serde(rename = "x-kubernetes-embedded-resource")]
    embedded: bool,
    #[serde(rename = "x-kubernetes-list-type")]
    list_type: String,
    #[serde(rename = "x-kubernetes-list-map-keys")]
    list_keys: Vec<String>,
    #[serde(rename = "x-kubernetes-patch-strategy")]
    patch_strategy: String,
    #[serde(rename = "x-kubernetes-patch-merge-key")]
    patch_key: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Additional {
    Whether(bool),
    Of(Box<Raw>),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct GroupVersionKind {
    group: String,
    version: String,
    kind: String,
}

impl GroupVersionKind {
    fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.clone() } else { format!("{}/{}", self.group, self.version) }
    }
}

/// Reads documents, one for each group version, into one schema: the kinds whose objects can be written,
/// and all types that they need.
///
/// # Errors
/// When one is no OpenAPI v3 document.
pub fn read<'a>(documents: impl IntoIterator<Item = &'a [u8]>) -> Result<Schema, Unreadable> {
    let mut all = BTreeMap::new();
    for document in documents {
        let document: Document = serde_json::from_slice(document)?;
        for (name, raw) in document.components.schemas {
            all.entry(name).or_insert(raw);
        }
    }
    let mut making =
        Making { all: &all, names: BTreeMap::new(), waiting: Vec::new(), schema: Schema::default() };
    for (name, raw) in &all {
        // Lists, options and answers have kinds too, but nobody writes them.
        let metadata = raw.properties.get("metadata").map(Raw::target).unwrap_or_default();
        if !metadata.ends_with(".ObjectMeta") || raw.kinds.len() != 1 {
            continue;
        }
        for kind in raw.kinds.iter().filter(|kind| is_plain(&kind.api_version()) && is_plain(&kind.kind)) {
            let ty = making.name(name);
            let kinds = making.schema.kinds.entry(kind.api_version().into()).or_default();
            kinds.insert(kind.kind.as_str().into(), ty);
        }
    }
    making.finish();
    Ok(making.schema)
}

/// The kinds that a CustomResourceDefinition defines, by group version.
pub(super) fn defined_by(definition: &Value) -> Vec<(String, Schema)> {
    let text = |pointer: &str| definition.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (group, kind) = (text("/spec/group"), text("/spec/names/kind"));
    let versions = definition.pointer("/spec/versions").and_then(Value::as_array);
    let mut out = Vec::new();
    for version in versions.into_iter().flatten().take(20) {
        let name = version.get("name").and_then(Value::as_str).unwrap_or_default();
        let Some(raw) = version.pointer("/schema/openAPIV3Schema") else { continue };
        let Ok(mut raw) = Raw::deserialize(raw) else { continue };
        if !is_plain(group) || !is_plain(kind) || !is_plain(name) {
            continue;
        }
        // What every object has, and a definition need not repeat.
        let text = || Raw { ty: "string".to_owned(), ..Raw::default() };
        for (name, member) in [("apiVersion", text()), ("kind", text()), ("metadata", Raw::default())] {
            raw.properties.insert(name.to_owned(), member);
        }
        let all = BTreeMap::from([(kind.to_owned(), raw)]);
        let mut making =
            Making { all: &all, names: BTreeMap::new(), waiting: Vec::new(), schema: Schema::default() };
        let ty = making.name(kind);
        let api_version = format!("{group}/{name}");
        let kinds = making.schema.kinds.entry(api_version.as_str().into()).or_default();
        kinds.insert(kind.into(), ty);
        making.finish();
        out.push((api_version, making.schema));
    }
    out
}

/// Whether a name of a group version or kind is one.
fn is_plain(text: &str) -> bool {
    (1..=MAX_NAME).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-./".contains(&byte))
}

impl Raw {
    /// Whether members that are not named are taken.
    fn is_free(&self) -> bool {
        !matches!(self.additional, None | Some(Additional::Whether(false)))
    }

    /// What it refers to, alone or as the one part of an `allOf`.
    fn target(&self) -> &str {
        match self.all_of.as_slice() {
            [one] if self.reference.is_empty() => one.reference.strip_prefix(REFERENCE).unwrap_or_default(),
            _ => self.reference.strip_prefix(REFERENCE).unwrap_or_default(),
        }
    }
}

/// A schema on its way.
struct Making<'a> {
    all: &'a BTreeMap<String, Raw>,
    /// Names of types, by those of the document.
    names: BTreeMap<&'a str, Box<str>>,
    /// Types that are named and not made.
    waiting: Vec<(Box<str>, &'a Raw)>,
    schema: Schema,
}

impl<'a> Making<'a> {
    /// The name of a type of the document, which is made later, once: types may refer to themselves.
    fn name(&mut self, name: &str) -> Box<str> {
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        let Some((key, raw)) = self.all.get_key_value(name) else { return "Unknown".into() };
        let free = self.free(name.rsplit('.').next().unwrap_or_default());
        self.names.insert(key, free.clone());
        self.waiting.push((free.clone(), raw));
        self.schema.types.insert(free.clone(), Fields::default());
        free
    }

    /// A name that no type has yet.
    fn free(&self, wish: &str) -> Box<str> {
        let mut wish: String = wish.chars().filter(char::is_ascii_alphanumeric).take(80).collect();
        if !wish.starts_with(|first: char| first.is_ascii_uppercase()) {
            wish.insert(0, 'T');
        }
        let mut name = wish.clone();
        let mut number = self.schema.types.len();
        while self.schema.types.contains_key(name.as_str()) {
            name = format!("{wish}.{number}");
            number += 1;
        }
        name.into()
    }

    fn finish(&mut self) {
        let mut count = 0;
        while let Some((name, raw)) = self.waiting.pop() {
            let full = count + raw.properties.len() > MAX_FIELDS || self.schema.types.len() > MAX_TYPES;
            let fields =
                if full { Fields { open: true, ..Fields::default() } } else { self.fields(&name, raw, 0) };
            self.schema.types.insert(name, fields);
            count = self.schema.count();
        }
    }

    fn fields(&mut self, owner: &str, raw: &'a Raw, depth: usize) -> Fields {
        let mut fields = Fields { open: raw.open || raw.is_free(), ..Fields::default() };
        for (name, member) in &raw.properties {
            if name.len() > MAX_NAME {
                fields.open = true;
                continue;
            }
            let ty = self.ty(owner, member, depth + 1);
            let required = raw.required.contains(name);
            fields.fields.insert(name.as_str().into(), Field { ty, required });
        }
        fields
    }

    fn ty(&mut self, owner: &str, raw: &'a Raw, depth: usize) -> Type {
        let target = raw.target();
        if !target.is_empty() {
            return self.referred(target);
        }
        if depth > MAX_DEPTH || raw.embedded {
            return Type::Any;
        }
        if raw.int_or_string || raw.format == "int-or-string" {
            return Type::IntOrString;
        }
        match raw.ty.as_str() {
            "boolean" => Type::Bool,
            "integer" if raw.format == "int32" => Type::Whole(32),
            "integer" => Type::Whole(64),
            "number" => Type::Number,
            "string" => match raw.format.as_str() {
                "byte" => Type::Bytes,
                "date-time" => Type::Time(false),
                _ => Type::Text(values(raw)),
            },
            "array" => {
                let item = raw.items.as_deref().map_or(Type::Any, |item| self.ty(owner, item, depth + 1));
                Type::List(Box::new(item), marks(raw).into())
            }
            "object" if !raw.properties.is_empty() => {
                let wish = owner.split('.').next().unwrap_or_default();
                let name = self.free(wish);
                self.schema.types.insert(name.clone(), Fields::default());
                self.waiting.push((name.clone(), raw));
                Type::Struct(name)
            }
            "object" if !raw.open => match &raw.additional {
                Some(Additional::Of(item)) => Type::Map(Box::new(self.ty(owner, item, depth + 1))),
                Some(Additional::Whether(_)) | None => Type::Any,
            },
            _ => Type::Any,
        }
    }

    fn referred(&mut self, target: &str) -> Type {
        match target {
            "io.k8s.apimachinery.pkg.api.resource.Quantity" => return Type::Quantity,
            "io.k8s.apimachinery.pkg.util.intstr.IntOrString" => return Type::IntOrString,
            "io.k8s.apimachinery.pkg.apis.meta.v1.Time" => return Type::Time(false),
            "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime" => return Type::Time(true),
            _ => {}
        }
        match self.all.get(target) {
            // Types without fields (raw JSON, sets of fields) take whatever there is.
            Some(raw) if !raw.properties.is_empty() => Type::Struct(self.name(target)),
            _ => Type::Any,
        }
    }
}

/// The values that a text can have; none where that is not said, or not in texts.
fn values(raw: &Raw) -> Box<[Box<str>]> {
    let texts: Option<Vec<Box<str>>> = raw
        .values
        .iter()
        .map(|value| value.as_str().filter(|text| text.len() <= MAX_NAME).map(Box::from))
        .collect();
    texts.filter(|texts| texts.len() <= MAX_VALUES).unwrap_or_default().into()
}

/// How elements of a list are told apart.
fn marks(raw: &Raw) -> String {
    let mut out = String::new();
    let keys: Vec<&str> = raw.list_keys.iter().map(String::as_str).filter(|key| is_plain(key)).collect();
    match raw.list_type.as_str() {
        "map" if !keys.is_empty() && keys.len() <= 10 => out = format!("@{}", keys.join(",")),
        "set" => "@set".clone_into(&mut out),
        _ => {}
    }
    if raw.patch_strategy.split(',').any(|strategy| strategy == "merge") {
        out.push('~');
        out.push_str(Some(raw.patch_key.as_str()).filter(|key| is_plain(key)).unwrap_or_default());
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema(schemas: &Value) -> Schema {
        read([json!({"components": {"schemas": schemas}}).to_string().as_bytes()]).expect("a document")
    }

    fn thing(spec: &Value) -> Value {
        json!({
            "org.example.v1.Thing": {
                "type": "object",
                "properties": {
                    "apiVersion": {"type": "string"}, "kind": {"type": "string"},
                    "metadata": {"allOf": [{"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}]},
                    "spec": spec,
                },
                "x-kubernetes-group-version-kind": [{"group": "example.org", "kind": "Thing", "version": "v1"}],
            },
            "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta": {"type": "object", "properties": {"name": {"type": "string"}}},
        })
    }

    #[test]
    fn a_custom_resource_is_written_with_all_it_says() {
        let found = schema(&thing(&json!({
            "type": "object", "required": ["size"],
            "properties": {
                "size": {"type": "integer", "format": "int32"},
                "mode": {"type": "string", "enum": ["Fast", "Safe and slow"]},
                "port": {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": true},
                "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
                "tags": {"type": "object", "additionalProperties": {"type": "string"}},
                "items": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["id"],
                    "items": {"type": "object", "properties": {"id": {"type": "string"}}}},
            },
        })));
        let expected = ":example.org/v1 Thing=Thing\n\
            ObjectMeta name=string\n\
            Thing apiVersion=string kind=string metadata=ObjectMeta spec=Thing.2\n\
            Thing.2 free=any items=[Thing.3]@id mode=string(Fast|Safe%20and%20slow) port=intOrString size=int32! tags={string}\n\
            Thing.3 id=string\n";
        assert_eq!(found.to_table(), expected);
        assert_eq!(Schema::from_table(expected), Some(found));
    }

    #[test]
    fn types_may_hold_themselves_and_lead_nowhere() {
        let mut all = thing(&json!({"$ref": "#/components/schemas/a.Loop"}));
        all["a.Loop"] = json!({"type": "object", "properties": {
            "again": {"$ref": "#/components/schemas/a.Loop"},
            "gone": {"$ref": "#/components/schemas/a.Gone"}}});
        let table = schema(&all).to_table();
        assert!(table.contains("Loop again=Loop gone=any\n"), "{table}");
    }

    #[test]
    fn what_is_too_much_is_left_out() {
        let mut deep = json!({"type": "string"});
        for _ in 0..30 {
            deep = json!({"type": "array", "items": deep});
        }
        schema(&thing(&deep));
        let fields: serde_json::Map<String, Value> =
            (0..MAX_FIELDS + 10).map(|n| (format!("f{n}"), json!({"type": "string"}))).collect();
        let found = schema(&thing(&json!({"type": "object", "properties": fields})));
        assert!(found.count() < 10, "{}", found.count());
        let hostile = format!("{{\"components\":{{\"schemas\":{}", "{\"a\":".repeat(100_000));
        for text in ["", "[]x", "{\"components\":3}", hostile.as_str()] {
            assert!(read([text.as_bytes()]).is_err());
        }
    }

    #[test]
    fn a_definition_in_the_text_is_learnt() {
        let found = defined_by(
            &json!({"spec": {"group": "example.org", "names": {"kind": "Thing"}, "versions": [
            {"name": "v1", "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"type": "object",
                "properties": {"size": {"type": "integer"}}}}}}},
            {"name": "v2"}]}}),
        );
        let [(version, schema)] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(version, "example.org/v1");
        assert!(schema.kind("example.org/v1", "Thing").is_some());
        assert_eq!(defined_by(&json!({"spec": {"versions": 3}})), []);
    }
}
