//! What a cluster says its objects look like: kinds, their fields and the types of these, made from the
//! OpenAPI v3 documents that every API server publishes (`/openapi/v3`), and small enough to keep.
//!
//! A schema is written as a table, one type a line, which is how it is kept on disk and how that of
//! Kubernetes itself is kept in the binary ([`TABLE`]).

mod openapi;
mod table;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

use serde_json::Value;

pub use openapi::{Unreadable, read};

/// The built-in kinds of Kubernetes 1.37, recorded from its API server.
pub const TABLE: &str = include_str!("schema/kubernetes.txt");

/// Types of one schema; Kubernetes' largest group version has some 300.
const MAX_TYPES: usize = 8_000;
/// Fields of all types of one schema.
const MAX_FIELDS: usize = 60_000;
/// Group versions that one text can name and have checked.
const MAX_VERSIONS: usize = 20;

/// The kinds of some group versions and all types these are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    types: BTreeMap<Box<str>, Fields>,
    /// By `apiVersion`, then by `kind`: the name of the type.
    kinds: BTreeMap<Box<str>, BTreeMap<Box<str>, Box<str>>>,
}

/// The fields of one type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// Whether fields that are not named here are kept too.
    pub open: bool,
    /// The fields by name.
    pub fields: BTreeMap<Box<str>, Field>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What it holds.
    pub ty: Type,
    /// Whether it must be there.
    pub required: bool,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Nothing is said.
    Any,
    /// `true` or `false`.
    Bool,
    /// A whole number of so many bits (32 or 64).
    Whole(u8),
    /// A number.
    Number,
    /// Text; where some are named, one of these.
    Text(Box<[Box<str>]>),
    /// A quantity (`500m`, `1Gi`), as text or number.
    Quantity,
    /// A whole number or text.
    IntOrString,
    /// A moment (RFC 3339); the flag is for microseconds.
    Time(bool),
    /// Text that is Base64.
    Bytes,
    /// An object with named fields; the name of a type of the same schema.
    Struct(Box<str>),
    /// A map whose keys are free.
    Map(Box<Type>),
    /// A list, and how its elements are told apart: `@` and the keys of a list map, `~` and the key of a
    /// strategic merge, as the table writes them.
    List(Box<Type>, Box<str>),
}

impl Schema {
    /// The fields of a type.
    pub fn fields(&self, name: &str) -> Option<&Fields> {
        self.types.get(name)
    }

    /// The type of a kind's objects.
    pub fn kind(&self, api_version: &str, kind: &str) -> Option<&str> {
        self.kinds.get(api_version)?.get(kind).map(|name| &**name)
    }

    /// The kinds of a group version; `None` when nothing is known of it.
    pub fn kinds(&self, api_version: &str) -> Option<impl Iterator<Item = &str>> {
        Some(self.kinds.get(api_version)?.keys().map(|kind| &**kind))
    }

    /// The group versions that hold a kind.
    pub fn versions_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a str> {
        self.kinds.iter().filter(move |(_, kinds)| kinds.contains_key(kind)).map(|(version, _)| &**version)
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    fn count(&self) -> usize {
        self.types.values().map(|fields| fields.fields.len()).sum()
    }
}

/// The schema of [`TABLE`].
pub fn recorded() -> &'static Schema {
    static RECORDED: OnceLock<Schema> = OnceLock::new();
    RECORDED.get_or_init(|| Schema::from_table(TABLE).unwrap_or_default())
}

/// What the doctor may know when it reads a text: the schemas of the cluster that the text is for, and the
/// recorded one behind them.
#[derive(Clone, Debug, Default)]
pub struct Schemas {
    own: BTreeMap<String, Arc<Schema>>,
    recorded: bool,
    /// Whether the cluster could not be asked, so that the recorded schema stands in.
    pub stands_in: bool,
}

/// What is known of a group version.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Its schema.
    pub schema: &'a Schema,
    /// Whether the cluster itself says so; else it is the recorded schema, and the cluster may know more.
    pub own: bool,
}

impl Schemas {
    /// Nothing is known: only what needs no schema is checked.
    pub fn none() -> Self {
        Schemas::default()
    }

    /// Kubernetes' own kinds, as recorded.
    pub fn recorded() -> Self {
        Schemas { recorded: true, ..Schemas::default() }
    }

    /// Adds what the cluster says of a group version.
    pub fn add(&mut self, api_version: impl Into<String>, schema: Arc<Schema>) {
        self.own.insert(api_version.into(), schema);
    }

    /// Adds the kinds that a CustomResourceDefinition defines, unless the cluster knows its group version.
    pub fn learn(&mut self, definition: &Value) {
        if self.own.len() >= 2 * MAX_VERSIONS {
            return;
        }
        for (api_version, schema) in openapi::defined_by(definition) {
            self.own.entry(api_version).or_insert_with(|| Arc::new(schema));
        }
    }

    /// What is known of a group version.
    pub fn of(&self, api_version: &str) -> Option<Known<'_>> {
        if let Some(schema) = self.own.get(api_version) {
            return Some(Known { schema, own: true });
        }
        let schema = self.recorded.then(recorded)?;
        schema.kinds(api_version).is_some().then_some(Known { schema, own: false })
    }
}

/// The group versions that a text names, as they come; it need not be readable for that.
pub fn api_versions(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, word) in text.match_indices("apiVersion").take(10 * MAX_VERSIONS) {
        let rest = text.get(at + word.len()..).unwrap_or_default();
        let rest = rest.trim_start_matches(['"', '\'', ' ']);
        let Some(rest) = rest.strip_prefix(':') else { continue };
        let rest = rest.trim_start_matches([' ', '"', '\'']);
        let end =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || "./-".contains(c))).unwrap_or(rest.len());
        let version = rest.get(..end).unwrap_or_default();
        if (1..=253).contains(&version.len()) {
            found.insert(version.to_owned());
        }
        if found.len() >= MAX_VERSIONS {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recorded_schema_can_be_read_and_is_whole() {
        let schema = Schema::from_table(TABLE).expect("the table is sound");
        for (version, kind) in
            [("v1", "Pod"), ("apps/v1", "StatefulSet"), ("networking.k8s.io/v1", "Ingress")]
        {
            assert!(schema.kind(version, kind).is_some(), "{version} {kind}");
        }
        // Every type that is named is there, so that nothing goes unchecked.
        fn named<'a>(ty: &'a Type, out: &mut Vec<&'a str>) {
            match ty {
                Type::Struct(name) => out.push(name),
                Type::Map(item) | Type::List(item, _) => named(item, out),
                _ => {}
            }
        }
        let mut names: Vec<&str> =
            schema.kinds.values().flat_map(|kinds| kinds.values().map(|n| &**n)).collect();
        for fields in schema.types.values() {
            fields.fields.values().for_each(|field| named(&field.ty, &mut names));
        }
        let lost: Vec<&&str> = names.iter().filter(|name| schema.fields(name).is_none()).collect();
        assert!(lost.is_empty(), "{lost:?}");
        assert_eq!(Schema::from_table(&schema.to_table()).as_ref(), Some(&schema));
    }

    #[test]
    fn group_versions_are_found_in_any_text() {
        for (text, expected) in [
            ("apiVersion: apps/v1\nkind: X\n---\napiVersion: \"v1\" # x\n", vec!["apps/v1", "v1"]),
            ("{\"apiVersion\":\"batch/v1\",\"kind\":\"Job\"}", vec!["batch/v1"]),
            ("apiVersion\napiVersion:\napiVersion: {{ x }}", vec![]),
            ("apiVersion: ../../secrets", vec!["../../secrets"]),
        ] {
            assert_eq!(api_versions(text).into_iter().collect::<Vec<_>>(), expected, "{text}");
        }
        let many: String = (0..1_000).map(|n| format!("apiVersion: g{n}/v1\n")).collect();
        assert_eq!(api_versions(&many).len(), MAX_VERSIONS);
    }
}
