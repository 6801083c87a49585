//! One thing that is wrong at one place.

use serde::{Deserialize, Serialize};

use crate::{FieldPath, Text};

/// How much an issue matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Worth knowing; nothing needs to change.
    Note,
    /// Accepted, but probably not meant.
    Warning,
    /// Will be refused.
    Error,
}

/// One thing that is wrong at one place (design rule 7): the same path names a form control, an
/// API server's `causes[].field` and a range of YAML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// The place in the object.
    pub path: FieldPath,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong and what to do, in one sentence.
    pub text: Text,
}

impl Issue {
    /// Something that will be refused.
    pub fn error(path: FieldPath, text: impl Into<Text>) -> Self {
        Issue { path, severity: Severity::Error, text: text.into() }
    }

    /// Something probably not meant.
    pub fn warning(path: FieldPath, text: impl Into<Text>) -> Self {
        Issue { path, severity: Severity::Warning, text: text.into() }
    }
}
