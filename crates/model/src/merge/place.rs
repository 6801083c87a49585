//! A place as people read it.

use std::fmt;

use crate::FieldPath;

/// A place whose list items are named by what they are told apart by
/// (`spec.template.spec.containers[name=web].image`); else as [`FieldPath`] writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place(String);

impl Place {
    pub(crate) fn root() -> Self {
        Place::default()
    }

    /// One map member below.
    pub(crate) fn key(&self, key: &str) -> Self {
        let own = FieldPath::root().key(key).to_string();
        if self.0.is_empty() || own.starts_with('[') {
            return Place(format!("{}{own}", self.0));
        }
        Place(format!("{}.{own}", self.0))
    }

    /// One list item below.
    pub(crate) fn item(&self, identity: &str) -> Self {
        Place(format!("{}[{identity}]", self.0))
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
