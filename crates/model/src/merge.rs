//! Merging two changes of one object by path: what only one side changed is taken, what both changed alike is
//! alike, and what both changed each in its way is a conflict that a person decides.
//!
//! Lists are merged item by item where their items can be told apart (`patch/align.rs`: merge keys), else as a
//! whole. The fields that the server owns ([`SERVER_OWNED`]) take no part.

mod lists;
mod place;

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::edit::{Choice, Conflict, Difference, Side};
pub(crate) use place::Place;

/// Members of `metadata` that the API server sets at each write, whoever sends what
/// (`k8s.io/apiserver/pkg/registry/rest.BeforeUpdate`).
pub const SERVER_OWNED: &[&str] = &["managedFields", "resourceVersion", "generation", "selfLink"];

/// Members of `metadata` that never change in an object's life. A text that leaves them out means no harm.
pub const FOR_LIFE: &[&str] =
    &["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"];

/// What merging gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Merge {
    /// The merged object, without what the server owns; where nobody decided a conflict it has mine.
    pub object: Value,
    /// What was taken from theirs, mine having left it alone.
    pub taken: Vec<Difference>,
    /// What both changed and no choice decides.
    pub conflicts: Vec<Conflict>,
}

/// An object as it is edited: without `managedFields`, whose writers are the API server's to note, and without
/// `status`, which is the cluster's to report. uid and `resourceVersion` stay. It begins as people write objects,
/// which API servers do not (`kind` comes first there).
pub fn editable(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(map) = object.as_object_mut() {
        map.shift_remove("status");
        for key in ["metadata", "kind", "apiVersion"] {
            if let Some(value) = map.shift_remove(key) {
                map.shift_insert(0, key.to_owned(), value);
            }
        }
    }
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.shift_remove("managedFields");
        metadata.shift_remove("selfLink");
    }
    object
}

/// An object as it is compared: [`editable`], and without what changes at each write ([`SERVER_OWNED`]).
pub fn comparable(object: &Value) -> Value {
    let mut object = editable(object);
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        for owned in SERVER_OWNED {
            metadata.shift_remove(*owned);
        }
    }
    object
}

/// Merges what `theirs` and `mine` made of `base`. A choice counts while it is about the same three values.
pub fn merge(base: &Value, theirs: &Value, mine: &Value, choices: &[Choice]) -> Merge {
    let (base, theirs, mut mine) = (comparable(base), comparable(theirs), comparable(mine));
    keep_for_life(&base, &mut mine);
    let mut by_place: HashMap<&str, Vec<&Choice>> = HashMap::new();
    for choice in choices {
        by_place.entry(&choice.conflict.place).or_default().push(choice);
    }
    let mut merging = Merging { choices: by_place, taken: Vec::new(), conflicts: Vec::new() };
    let object = merging.value(&Place::root(), Some(&base), Some(&theirs), Some(&mine)).unwrap_or(mine);
    Merge { object, taken: merging.taken, conflicts: merging.conflicts }
}

fn keep_for_life(base: &Value, mine: &mut Value) {
    let Some(before) = base.get("metadata").and_then(Value::as_object) else { return };
    let Some(metadata) = mine.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    for key in FOR_LIFE {
        if let (Some(value), None) = (before.get(*key), metadata.get(*key)) {
            metadata.insert((*key).to_owned(), value.clone());
        }
    }
}

/// Where two objects differ, leaf by leaf; what is there in one of them only is one difference.
pub fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut out = Vec::new();
    compare(&Place::root(), Some(&comparable(before)), Some(&comparable(after)), &mut out);
    out
}

fn compare(place: &Place, before: Option<&Value>, after: Option<&Value>, out: &mut Vec<Difference>) {
    match (before, after) {
        _ if before == after => {}
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            for key in union(old.keys(), new.keys()) {
                compare(&place.key(key), old.get(key), new.get(key), out);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            if !lists::compare(place, old, new, out) {
                out.push(difference(place, before, after));
            }
        }
        _ => out.push(difference(place, before, after)),
    }
}

fn difference(place: &Place, before: Option<&Value>, after: Option<&Value>) -> Difference {
    Difference { place: place.to_string(), before: before.cloned(), after: after.cloned() }
}

/// The first's in their order, then the second's that are new.
fn union<'a>(
    first: impl Iterator<Item = &'a String>,
    second: impl Iterator<Item = &'a String>,
) -> impl Iterator<Item = &'a String> {
    let first: Vec<&String> = first.collect();
    let known: std::collections::HashSet<&String> = first.iter().copied().collect();
    let new: Vec<&String> = second.filter(|key| !known.contains(key)).collect();
    first.into_iter().chain(new)
}

struct Merging<'a> {
    /// By their places.
    choices: HashMap<&'a str, Vec<&'a Choice>>,
    taken: Vec<Difference>,
    conflicts: Vec<Conflict>,
}

impl Merging<'_> {
    /// What becomes of one place; `None` is a place that is not there.
    fn value(
        &mut self,
        place: &Place,
        base: Option<&Value>,
        theirs: Option<&Value>,
        mine: Option<&Value>,
    ) -> Option<Value> {
        if theirs == mine || theirs == base {
            return mine.cloned();
        }
        if mine == base {
            compare(place, base, theirs, &mut self.taken);
            return theirs.cloned();
        }
        match (base, theirs, mine) {
            (_, Some(Value::Object(theirs)), Some(Value::Object(mine))) => {
                let nothing = Map::new();
                let base = base.and_then(Value::as_object).unwrap_or(&nothing);
                Some(Value::Object(self.map(place, base, theirs, mine)))
            }
            (_, Some(Value::Array(theirs_list)), Some(Value::Array(mine_list))) => {
                let base_list = base.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                match self.list(place, base_list, theirs_list, mine_list) {
                    Some(list) => Some(Value::Array(list)),
                    None => self.decide(place, base, theirs, mine),
                }
            }
            _ => self.decide(place, base, theirs, mine),
        }
    }

    fn map(
        &mut self,
        place: &Place,
        base: &Map<String, Value>,
        theirs: &Map<String, Value>,
        mine: &Map<String, Value>,
    ) -> Map<String, Value> {
        let mut out = Map::new();
        for key in union(mine.keys(), union(theirs.keys(), base.keys())) {
            let merged = self.value(&place.key(key), base.get(key), theirs.get(key), mine.get(key));
            out.extend(merged.map(|value| (key.clone(), value)));
        }
        out
    }

    /// Both changed it: a choice about these very values decides, else it is a conflict, and mine stays for now.
    fn decide(
        &mut self,
        place: &Place,
        base: Option<&Value>,
        theirs: Option<&Value>,
        mine: Option<&Value>,
    ) -> Option<Value> {
        let conflict = Conflict {
            place: place.to_string(),
            base: base.cloned(),
            theirs: theirs.cloned(),
            mine: mine.cloned(),
        };
        let mut made = self.choices.get(conflict.place.as_str()).into_iter().flatten();
        match made.find(|choice| choice.conflict == conflict).map(|choice| choice.side) {
            Some(Side::Theirs) => return theirs.cloned(),
            Some(Side::Mine) => {}
            None => self.conflicts.push(conflict),
        }
        mine.cloned()
    }
}
