//! A place as people read it.

use std::fmt;

use crate::FieldPath;

/// A place whose list items are named by what they are told apart by
/// (`spec.template.spec.containers[name=web].image`); else as [`FieldPath`] writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place(String);

/// Length from which on a place is not told any further, in bytes. Each of a hundred thousand fields is told
/// with all that it is below, and a name may be as long as an object.
const LONGEST: usize = 2_000;
/// What stands for the rest.
const MORE: &str = "…";

impl Place {
    pub(crate) fn root() -> Self {
        Place::default()
    }

    /// One map member below.
    pub(crate) fn key(&self, key: &str) -> Self {
        if self.is_long() {
            return self.clone();
        }
        let key = &key[..key.floor_char_boundary(LONGEST)];
        let own = FieldPath::root().key(key).to_string();
        if self.0.is_empty() || own.starts_with('[') {
            return Place(format!("{}{own}", self.0)).cut();
        }
        Place(format!("{}.{own}", self.0)).cut()
    }

    /// One list item below.
    pub(crate) fn item(&self, identity: &str) -> Self {
        if self.is_long() {
            return self.clone();
        }
        Place(format!("{}[{}]", self.0, &identity[..identity.floor_char_boundary(LONGEST)])).cut()
    }

    fn is_long(&self) -> bool {
        self.0.len() > LONGEST
    }

    /// A place that is not too long to be told.
    fn cut(mut self) -> Self {
        if self.is_long() {
            self.0.truncate(self.0.floor_char_boundary(LONGEST));
            self.0.push_str(MORE);
        }
        self
    }

    /// The name of the member that this place is.
    pub(crate) fn name(&self) -> &str {
        let name = self.0.rsplit('.').next().unwrap_or_default();
        name.rsplit(']').next().unwrap_or_default()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_as_far_as_a_person_reads() {
        let long = "é".repeat(1_000_000);
        for place in [Place::root().key(&long).key("a"), Place::root().item(&long).item(&long).key("b")] {
            assert!(place.to_string().len() <= LONGEST + MORE.len(), "{}", place.0.len());
            assert!(place.to_string().ends_with(MORE));
        }
        let deep = (0..1_000).fold(Place::root(), |place, _| place.key("name").item("a=b"));
        assert!(deep.to_string().len() <= LONGEST + MORE.len());
    }
}
