//! Differences between two objects as operations on places, and what they do.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{FieldPath, Segment};

/// One operation; several are applied in order, each to what the ones before left (RFC 6902).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Op {
    /// Puts a value where one is, or adds a member to a map.
    Set(FieldPath, Value),
    /// Puts an item into a list, before the one that has this index now; the length appends.
    Insert(FieldPath, Value),
    /// Takes out a member or an item.
    Remove(FieldPath),
}
