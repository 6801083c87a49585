//! The text of an edit: reading it, and carrying changes into it.

use binnacle_model::{
    AppError, FieldPath, Issue, Result, Text, doctor, merge, patch,
    words::{Arg, yaml as words},
    yaml,
};
use serde_json::Value;

/// The object that a text holds.
///
/// # Errors
/// [`AppError::Invalid`] with what the doctor says about a text that cannot be read.
pub(super) fn read(text: &str) -> Result<Value> {
    doctor::read_one(text).map_err(|found| {
        let at = [found.range.line.to_string(), found.range.column.to_string()];
        let args = at.into_iter().map(Arg::from).chain([Arg::from(found.text)]);
        AppError::invalid(Issue::error(FieldPath::root(), Text::new(&words::AT_PLACE, args)))
    })
}

/// The text with what makes `goal` of the object in it; comments and all else stay. `whole` is the object that
/// `goal` is about as the cluster has it: what the cluster writes and the text repeats is brought up to date.
pub(super) fn carry(text: &str, mine: &Value, goal: &Value, whole: &Value) -> String {
    let mut goal = merge::comparable(goal);
    if let Some(status) = mine.get("status")
        && let Some(map) = goal.as_object_mut()
    {
        map.insert("status".to_owned(), whole.get("status").unwrap_or(status).clone());
    }
    if let (Some(metadata), Some(own)) = (
        goal.get_mut("metadata").and_then(Value::as_object_mut),
        mine.get("metadata").and_then(Value::as_object),
    ) {
        for key in merge::FOR_LIFE.iter().filter(|key| !own.contains_key(**key)) {
            metadata.shift_remove(*key);
        }
        for key in merge::SERVER_OWNED.iter().filter(|key| own.contains_key(**key)) {
            if let Some(value) = whole.pointer(&format!("/metadata/{key}")) {
                metadata.insert((*key).to_owned(), value.clone());
            }
        }
    }
    let ops = patch::diff(mine, &goal);
    doctor::edit(text, 0, &ops).unwrap_or_else(|error| {
        tracing::warn!(%error, "an edited text is written anew");
        yaml::to_yaml(&goal)
    })
}
