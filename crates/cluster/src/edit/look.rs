//! An edit beside the live object.

use binnacle_model::{
    AppError, FieldPath, Issue, Result, Text,
    edit::{Choice, EditRequest, Gone},
    merge::{self, Merge},
    object::text,
    patch::{self, Op},
    rules::immutable,
    words::errors as words,
};
use serde_json::Value;

use super::{secret::Veil, typed};

/// What there is of the object.
pub(super) enum Look {
    /// It is there.
    Here(Box<Seen>),
    /// There is nothing left to edit.
    Gone(Gone),
}

/// An edit merged with the live object.
pub(super) struct Seen {
    /// The object as it was read, whole.
    pub(super) live: Value,
    /// What the text says.
    pub(super) mine: Value,
    /// Both merged.
    pub(super) merge: Merge,
    /// What makes the merged object of the live one.
    pub(super) ops: Vec<Op>,
    /// What hides the values of a Secret.
    pub(super) veil: Veil,
}

impl Seen {
    /// The refusal of changes that the cluster never takes.
    pub(super) fn immutable_changed(&self) -> Option<AppError> {
        let live = merge::comparable(&self.live);
        let issues: Vec<Issue> = immutable::changed(&live, &self.merge.object)
            .into_iter()
            .map(|place| Issue::error(place, Text::new(&words::EDIT_IMMUTABLE, [text(&live, "/kind")])))
            .collect();
        (!issues.is_empty()).then_some(AppError::Invalid { issues })
    }
}

/// Merges an edit with the live object.
///
/// # Errors
/// [`AppError::Invalid`] when the text cannot be read, is about another object, or changes what the cluster alone
/// writes.
pub(super) fn look(edit: &EditRequest, live: Value) -> Result<Look> {
    let mine = typed::read(&edit.text)?;
    let uid = text(&edit.base, "/metadata/uid");
    if uid.is_empty() {
        return Err(AppError::Refused { text: words::EDIT_BASE.into() });
    }
    let issues = wrong(edit, &mine, &live);
    if !issues.is_empty() {
        return Err(AppError::Invalid { issues });
    }
    let live_uid = text(&live, "/metadata/uid");
    if live_uid != uid {
        return Ok(Look::Gone(Gone::Recreated { uid: live_uid.to_owned() }));
    }
    if !text(&live, "/metadata/deletionTimestamp").is_empty() {
        return Ok(Look::Gone(Gone::Terminating));
    }
    let veil = Veil::over(&[&edit.base, &live, &mine]);
    let choices = chosen(edit, &live, &mine, &veil);
    let merge = merge::merge(&edit.base, &live, &mine, &choices);
    let ops = patch::diff(&merge::comparable(&live), &merge.object);
    Ok(Look::Here(Box::new(Seen { live, mine, merge, ops, veil })))
}

/// The choices about the values themselves: those of a Secret were shown veiled.
fn chosen(edit: &EditRequest, live: &Value, mine: &Value, veil: &Veil) -> Vec<Choice> {
    if !veil.hides() || edit.choices.is_empty() {
        return edit.choices.clone();
    }
    let conflicts = merge::merge(&edit.base, live, mine, &[]).conflicts;
    conflicts
        .into_iter()
        .filter_map(|conflict| {
            let shown = veil.conflict(&conflict);
            let choice = edit.choices.iter().find(|choice| choice.conflict == shown)?;
            Some(Choice { conflict, side: choice.side })
        })
        .collect()
}

/// What in the text says that it is another object, or changes what the cluster alone writes.
fn wrong(edit: &EditRequest, mine: &Value, live: &Value) -> Vec<Issue> {
    let target = &edit.target;
    let root = FieldPath::root();
    let metadata = root.key("metadata");
    let mut issues = Vec::new();
    let identity = [
        (root.key("apiVersion"), target.api_version.as_str()),
        (root.key("kind"), target.kind.as_str()),
        (metadata.key("name"), target.name.as_str()),
        (metadata.key("namespace"), target.namespace.as_deref().unwrap_or_default()),
    ];
    for (place, expected) in identity {
        let there = place.get(mine).filter(|value| !value.is_null());
        let same = there.map_or(expected.is_empty(), |value| value.as_str() == Some(expected));
        if !same {
            issues.push(Issue::error(place, Text::new(&words::EDIT_OTHER_OBJECT, [quoted(expected)])));
        }
    }
    let uid = metadata.key("uid");
    if uid.get(mine).is_some_and(|value| value.as_str() != Some(text(&edit.base, "/metadata/uid"))) {
        issues.push(Issue::error(uid, words::EDIT_OWNED));
    }
    for key in merge::SERVER_OWNED {
        let place = metadata.key(*key);
        let (Some(there), before) = (place.get(mine), place.get(&edit.base)) else { continue };
        if Some(there) != before && Some(there) != place.get(live) {
            let word = if before.is_some() { words::EDIT_OWNED } else { words::EDIT_OWNED_REMOVE };
            issues.push(Issue::error(place, word));
        }
    }
    for key in ["deletionTimestamp", "deletionGracePeriodSeconds"] {
        let place = metadata.key(key);
        if place.get(mine).is_some_and(|value| Some(value) != place.get(&edit.base)) {
            issues.push(Issue::error(place, words::EDIT_OWNED_REMOVE));
        }
    }
    let status = root.key("status");
    if status.get(mine).is_some_and(|value| Some(value) != live.get("status")) {
        issues.push(Issue::error(status, words::EDIT_OWNED_REMOVE));
    }
    issues
}

fn quoted(expected: &str) -> String {
    if expected.is_empty() { "—".to_owned() } else { expected.to_owned() }
}
