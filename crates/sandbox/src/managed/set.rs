//! Sets of fields, as `metadata.managedFields[].fieldsV1` writes them (sigs.k8s.io/structured-merge-diff,
//! `fieldpath`).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A set of places: `f:name` a member, `k:{…}` an item of a list by its keys, `v:…` an item by its value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Set {
    /// Whether the place itself is in the set.
    here: bool,
    below: BTreeMap<String, Set>,
}

impl Set {
    /// Reads `fieldsV1`.
    pub(crate) fn read(fields: &Value) -> Self {
        Self { here: false, below: below(fields) }
    }

    /// Writes `fieldsV1`.
    pub(crate) fn write(&self) -> Value {
        let mut map = Map::new();
        if self.here && !self.below.is_empty() {
            map.insert(".".to_owned(), Value::Object(Map::new()));
        }
        for (element, set) in &self.below {
            map.insert(element.clone(), set.write());
        }
        Value::Object(map)
    }

    /// Whether there is no place in it.
    pub(crate) fn is_empty(&self) -> bool {
        !self.here && self.below.values().all(Set::is_empty)
    }

    /// Adds a place.
    pub(crate) fn insert(&mut self, path: &[String]) {
        match path.split_first() {
            None => self.here = true,
            Some((first, rest)) => self.below.entry(first.clone()).or_default().insert(rest),
        }
    }

    /// Takes out a place and all below it.
    pub(crate) fn cut(&mut self, path: &[&str]) {
        match path {
            [] => {}
            [last] => {
                self.below.remove(*last);
            }
            [first, rest @ ..] => {
                if let Some(set) = self.below.get_mut(*first) {
                    set.cut(rest);
                }
            }
        }
        self.tidy();
    }

    /// Takes out a place, not what is below it.
    pub(crate) fn leave(&mut self, path: &[&str]) {
        match path.split_first() {
            None => self.here = false,
            Some((first, rest)) => {
                if let Some(set) = self.below.get_mut(*first) {
                    set.leave(rest);
                }
            }
        }
        self.tidy();
    }

    /// Adds all places of another set.
    pub(crate) fn join(&mut self, other: &Set) {
        self.here |= other.here;
        for (element, set) in &other.below {
            self.below.entry(element.clone()).or_default().join(set);
        }
    }

    /// Takes out all places of another set.
    pub(crate) fn subtract(&mut self, other: &Set) {
        self.here &= !other.here;
        for (element, set) in &other.below {
            if let Some(mine) = self.below.get_mut(element) {
                mine.subtract(set);
            }
        }
        self.tidy();
    }

    /// The places that are in both.
    pub(crate) fn both(&self, other: &Set) -> Set {
        let below = self
            .below
            .iter()
            .filter_map(|(element, set)| Some((element.clone(), set.both(other.below.get(element)?))))
            .filter(|(_, set)| !set.is_empty())
            .collect();
        Set { here: self.here && other.here, below }
    }

    /// All places, those above before those below.
    pub(crate) fn paths(&self) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        self.collect(&mut Vec::new(), &mut found);
        found
    }

    fn collect(&self, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
        if self.here {
            found.push(path.clone());
        }
        for (element, set) in &self.below {
            path.push(element.clone());
            set.collect(path, found);
            path.pop();
        }
    }

    fn tidy(&mut self) {
        self.below.retain(|_, set| !set.is_empty());
    }
}

fn below(fields: &Value) -> BTreeMap<String, Set> {
    let members = fields.as_object().into_iter().flatten();
    members
        .filter(|(element, _)| *element != ".")
        .map(|(element, fields)| {
            let leaf = fields.as_object().is_none_or(Map::is_empty);
            (element.clone(), Set { here: leaf || fields.get(".").is_some(), below: below(fields) })
        })
        .collect()
}

/// A place as the API server prints it in a conflict: `.spec.containers[name="main"].image`.
pub(crate) fn print(path: &[String]) -> String {
    let mut out = String::new();
    for element in path {
        match element.split_once(':') {
            Some(("f", name)) => {
                out.push('.');
                out.push_str(name);
            }
            Some(("k", keys)) => {
                let keys: Map<String, Value> = serde_json::from_str(keys).unwrap_or_default();
                let keys: Vec<String> = keys.iter().map(|(key, value)| format!("{key}={value}")).collect();
                out.push_str(&format!("[{}]", keys.join(",")));
            }
            Some(("v", value)) => out.push_str(&format!("[={value}]")),
            _ => out.push_str(element),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn sets_are_read_written_and_counted_against_each_other() {
        let fields = json!({"f:metadata": {"f:labels": {".": {}, "f:app": {}}},
            "f:spec": {"f:containers": {"k:{\"name\":\"main\"}": {".": {}, "f:image": {}}}}});
        let mut set = Set::read(&fields);
        assert_eq!(set.write(), fields);
        let printed: Vec<String> = set.paths().iter().map(|path| print(path)).collect();
        assert_eq!(
            printed,
            [
                ".metadata.labels",
                ".metadata.labels.app",
                ".spec.containers[name=\"main\"]",
                ".spec.containers[name=\"main\"].image"
            ]
        );
        let labels = Set::read(&json!({"f:metadata": {"f:labels": {"f:app": {}, "f:other": {}}}}));
        assert_eq!(set.both(&labels).write(), json!({"f:metadata": {"f:labels": {"f:app": {}}}}));
        set.subtract(&labels);
        assert_eq!(set.write()["f:metadata"], json!({"f:labels": {}}));
        set.join(&labels);
        set.cut(&["f:spec"]);
        assert_eq!(set.write(), json!({"f:metadata": {"f:labels": {".": {}, "f:app": {}, "f:other": {}}}}));
        set.leave(&["f:metadata", "f:labels"]);
        assert_eq!(set, labels);
    }
}
