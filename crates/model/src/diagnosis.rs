//! What the paste doctor says about a text: data only, so that the browser can read it without
//! carrying the YAML reader. The doctor itself is `binnacle_model::doctor`, on the server.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{FieldPath, Severity, Text};

/// A stretch of the text that was diagnosed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TextRange {
    /// First place, in UTF-16 code units from the start of the text (what browsers count).
    pub start: u32,
    /// The place after the last, in UTF-16 code units.
    pub end: u32,
    /// Line of `start`, from 1.
    pub line: u32,
    /// Column of `start`, from 1, counted in Unicode scalar values.
    pub column: u32,
}

/// One replacement in the text that was diagnosed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Edit {
    /// First place that is replaced, in UTF-16 code units.
    pub start: u32,
    /// The place after the last that is replaced; `start` for an insertion.
    pub end: u32,
    /// What stands there afterwards.
    pub insert: String,
}

/// A way to mend a finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Repair {
    /// What the button says.
    pub label: Text,
    /// The replacements, sorted by place and never overlapping; applied all at once.
    pub edits: Vec<Edit>,
}

/// One thing the doctor noticed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Finding {
    /// A stable name in kebab-case (`dash-space`), for tests and for the log.
    pub code: String,
    /// How much it matters; only [`Severity::Error`] keeps a text from being sent.
    pub severity: Severity,
    /// The place.
    pub range: TextRange,
    /// What is wrong and what to do.
    pub text: Text,
    /// The document it is in, counted from 0.
    pub document: u32,
    /// How to mend it, where that is certain enough to offer.
    pub repair: Option<Repair>,
}

/// A field the server owns, which will not be sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stripped {
    /// The document it is in, counted from 0.
    pub document: u32,
    /// The field.
    pub path: FieldPath,
    /// Why it is not sent.
    pub text: Text,
    /// Whether leaving it out changes what the object would do, so that people must see it.
    pub warn: bool,
}

/// One document that can be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Its place in the text, counted from 0 (unreadable ones count too).
    pub index: u32,
    /// Where it stands.
    pub range: TextRange,
    /// Kubernetes' `apiVersion`; empty when missing.
    pub api_version: String,
    /// Kubernetes' `kind`; empty when missing.
    pub kind: String,
    /// `metadata.name`; empty when missing.
    pub name: String,
    /// `metadata.namespace`, when the text names one.
    pub namespace: Option<String>,
    /// What would be sent: the document without the fields the server owns.
    pub object: Value,
}

/// All the doctor has to say about a text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// What it noticed, by place.
    pub findings: Vec<Finding>,
    /// The documents that can be read as the text stands.
    pub documents: Vec<Document>,
    /// What will not be sent.
    pub stripped: Vec<Stripped>,
    /// Whether nothing keeps the text from being sent: no finding is an error.
    pub complete: bool,
}
