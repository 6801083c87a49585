//! Editing a live object: what is opened, what saving would do, and what came of it.
//!
//! The editor keeps a text and the object that it was opened from (the base). A review merges the text
//! with the live object ([`crate::merge`]) and dry-runs the result; saving sends only what differs from
//! the live object, guarded by its `resourceVersion` and uid (design rule 3).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{AppError, FieldPath, Text, object::ObjectRef};

/// A live object, opened for editing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EditableObject {
    /// Which object.
    pub target: ObjectRef,
    /// The object as it was read, without what is not edited ([`crate::merge::editable`]); uid and
    /// `resourceVersion` are in its metadata.
    pub base: Value,
    /// The base as YAML, without what changes at each write ([`crate::merge::comparable`]): its `resourceVersion`
    /// is the base's to remember, and no line that moves in everybody's text.
    pub text: String,
    /// Who else manages it and may undo an edit, in sentences: Helm, Argo CD, Flux, an operator.
    pub keepers: Vec<Text>,
    /// Fields that cannot be changed on a live object of this kind, of those that the base has.
    pub immutable: Vec<FieldPath>,
    /// Why saving would be refused, when that is known beforehand (a missing right).
    pub refused: Option<AppError>,
}

/// Which side of a conflict is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// What the text says.
    Mine,
    /// What the live object says.
    Theirs,
}

/// An edit, to be reviewed or saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EditRequest {
    /// Which object.
    pub target: ObjectRef,
    /// What the text was made from.
    pub base: Value,
    /// The text as edited.
    pub text: String,
    /// What was chosen, by [`Conflict::place`]. A choice holds for the values that it was made about:
    /// when they changed since, the conflict is asked about anew.
    pub choices: Vec<Choice>,
}

/// A conflict and what was chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// The conflict, as it was shown.
    pub conflict: Conflict,
    /// The side that is kept.
    pub side: Side,
}

/// One place that both sides changed, each in its way. `None` is a field that is not there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// The place for people, items of lists by their merge key:
    /// `spec.template.spec.containers[name=web].image`.
    pub place: String,
    /// What both started from.
    pub base: Option<Value>,
    /// What the live object says.
    pub theirs: Option<Value>,
    /// What the text says.
    pub mine: Option<Value>,
}

/// One place where two objects differ. `None` is a field that is not there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The place for people, as in [`Conflict::place`].
    pub place: String,
    /// What was there.
    pub before: Option<Value>,
    /// What is there now.
    pub after: Option<Value>,
}

/// One line of the text of an object beside the text of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DiffLine {
    /// In both.
    Same(String),
    /// In the live object only.
    Removed(String),
    /// In what would be saved only.
    Added(String),
    /// So many lines of both left out.
    Skipped(u32),
}

/// What saving would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EditReview {
    /// The live object: the base of what follows, once the text is [`EditReview::text`].
    pub base: Value,
    /// The text with what the live object changed merged in; comments and all else stay. Conflicts that
    /// nobody decided keep the text's side.
    pub text: String,
    /// What others changed meanwhile and is part of the text now.
    pub merged: Vec<Difference>,
    /// What has to be decided before anything can be saved.
    pub conflicts: Vec<Conflict>,
    /// What saving would change in the live object; empty when there is nothing to save.
    pub changes: Vec<Difference>,
    /// The same as lines of YAML.
    pub lines: Vec<DiffLine>,
    /// Why the cluster would refuse it: the strict dry run's verdict.
    pub refused: Option<AppError>,
    /// The API server's warnings.
    pub warnings: Vec<String>,
}

/// What became of the object that is edited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Gone {
    /// It is not there any more.
    Deleted,
    /// Another object has its name now: the uid differs.
    Recreated {
        /// The uid of the other one.
        uid: String,
    },
    /// It is being deleted and waits for its finalizers.
    Terminating,
}

/// The answer to an [`EditRequest`] that was to be reviewed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EditAnswer {
    /// What saving would do.
    Review(Box<EditReview>),
    /// There is nothing left to edit; the text is the user's to keep.
    Gone(Gone),
}

/// The answer to an [`EditRequest`] that was to be saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EditOutcome {
    /// Saved, once.
    Saved {
        /// The object as it is now.
        object: Box<EditableObject>,
        /// The text as saved, which keeps its comments.
        text: String,
        /// What others changed meanwhile and was merged.
        merged: Vec<Difference>,
        /// The API server's warnings.
        warnings: Vec<String>,
    },
    /// Nothing was written: there is something to decide, or the cluster would refuse it.
    Review(Box<EditReview>),
    /// Nothing was written: there is nothing left to write to.
    Gone(Gone),
}

/// Who set which fields, out of `metadata.managedFields`
/// (<https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management>).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldOwner {
    /// The manager's name.
    pub manager: String,
    /// `Apply` or `Update`.
    pub operation: String,
    /// The subresource it wrote by; empty for the object itself.
    pub subresource: String,
    /// When it last did, RFC 3339; empty when the entry does not say.
    pub time: String,
    /// The places, items of lists by their merge key, sorted.
    pub places: Vec<String>,
}
