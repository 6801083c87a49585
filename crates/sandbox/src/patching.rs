//! The patches of the sandbox by their media types, also for tests that need no server.

use serde_json::Value;

use crate::{patch, schema};

/// What a patch may be sent as; server-side apply has a way of its own.
pub const MEDIA_TYPES: [&str; 3] =
    ["application/merge-patch+json", "application/strategic-merge-patch+json", "application/json-patch+json"];

/// Why a patch was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The media type is none of [`MEDIA_TYPES`].
    #[error("not a type of patches")]
    Type,
    /// An operation of a JSON patch cannot be done.
    #[error("{0}")]
    Operation(String),
}

/// Carries out a patch on an object of a kind. After an error the object may be half-changed.
pub fn patch(
    media_type: &str,
    kind: &'static str,
    current: &mut Value,
    patch: &Value,
) -> Result<(), Problem> {
    match media_type {
        "application/merge-patch+json" => patch::merge(current, patch),
        "application/strategic-merge-patch+json" => {
            patch::strategic(current, patch, &schema::of_kind(kind));
        }
        "application/json-patch+json" => {
            patch::json_patch(current, patch).map_err(Problem::Operation)?;
        }
        _ => return Err(Problem::Type),
    }
    Ok(())
}
