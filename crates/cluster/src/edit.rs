//! Editing live objects, as the caller (design rule 3).
//!
//! A text is never sent. What it changed of the object that it began from is merged into the live object
//! (`binnacle_model::merge`), and only the places that then differ go to the cluster, as a JSON Patch that begins
//! with the uid and the `resourceVersion` of what was read: an API server answers 409 when either is no longer
//! so (recorded in `crates/sandbox/tests/contract`), and the merge begins anew.

mod look;
mod review;
mod secret;
mod thinking;
mod typed;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use binnacle_model::{
    AppError, Result, Text,
    edit::{EditAnswer, EditOutcome, EditRequest, EditableObject, FieldOwner, Gone},
    merge,
    object::{ObjectRef, text},
    owners, patch,
    rules::immutable,
    session::Caller,
    words::errors as words,
    yaml,
};
use serde_json::{Value, json};

use crate::{
    access::Question,
    brief,
    cluster::{Cluster, forbidden},
    connection::{Call, Identity},
    failure::Failure,
    secrets::Secrets,
    writes::FIELD_MANAGER,
};
use look::{Look, Seen};
use thinking::{finish, think};

/// Times that an edit is merged anew because the object changed between reading and writing it.
const ATTEMPTS: u32 = 5;
/// Largest text that is edited, in bytes: twice as much, as JSON, must pass the console's limit of a request.
const LARGEST: usize = 768 << 10;
/// The same in words.
const LARGEST_WORDS: &str = "768 KiB";

/// What the cluster said to a patch.
enum Verdict {
    /// The object as it is now, or would be, and warnings.
    Accepted(Value, Vec<String>),
    /// Why not.
    Refused(AppError),
    /// The object is not any more what was read.
    Stale,
}

impl Cluster {
    /// Opens a live object for editing.
    pub(crate) async fn open_edit(&self, caller: &Caller, target: &ObjectRef) -> Result<EditableObject> {
        let object = self.read_object(caller, target).await?;
        let mut opened = think({
            let target = target.clone();
            move || opened(target, &object)
        })
        .await?;
        if opened.refused.is_none() {
            opened.refused = self.patch_refused(caller, target).await;
        }
        Ok(opened)
    }

    /// What saving an edit would do; nothing is written.
    pub(crate) async fn review_edit(&self, caller: &Caller, edit: &EditRequest) -> Result<EditAnswer> {
        let edit = Arc::new(edit.clone());
        for _ in 0..ATTEMPTS {
            let seen = match self.look(caller, &edit).await? {
                Look::Here(seen) => seen,
                Look::Gone(gone) => return Ok(EditAnswer::Gone(gone)),
            };
            let verdict = match seen.immutable_changed() {
                Some(refused) => Verdict::Refused(refused),
                None if seen.ops.is_empty() => Verdict::Accepted(seen.live.clone(), Vec::new()),
                None => self.patch(caller, &edit.target, &seen, true).await?,
            };
            if let Verdict::Stale = verdict {
                continue;
            }
            let review = think(move || review::of(&edit, *seen, verdict)).await?;
            return Ok(EditAnswer::Review(Box::new(review)));
        }
        Err(conflict(&edit.target))
    }

    /// Saves an edit: once, or not at all.
    pub(crate) async fn save_edit(&self, caller: &Caller, edit: &EditRequest) -> Result<EditOutcome> {
        let edit = Arc::new(edit.clone());
        for _ in 0..ATTEMPTS {
            let seen = match self.look(caller, &edit).await? {
                Look::Here(seen) => seen,
                Look::Gone(gone) => return Ok(EditOutcome::Gone(gone)),
            };
            if !seen.merge.conflicts.is_empty() || seen.immutable_changed().is_some() {
                return Ok(match self.review_edit(caller, &edit).await? {
                    EditAnswer::Review(review) => EditOutcome::Review(review),
                    EditAnswer::Gone(gone) => EditOutcome::Gone(gone),
                });
            }
            // A save that is repeated because nobody knew what became of it has nothing left to write.
            let verdict = match seen.ops.is_empty() {
                true => Verdict::Accepted(seen.live.clone(), Vec::new()),
                false => self.patch(caller, &edit.target, &seen, false).await?,
            };
            match verdict {
                Verdict::Stale => {}
                Verdict::Accepted(object, warnings) => {
                    return finish(move || review::saved(&edit, *seen, &object, warnings)).await;
                }
                refused @ Verdict::Refused(_) => {
                    let review = think(move || review::of(&edit, *seen, refused)).await?;
                    return Ok(EditOutcome::Review(Box::new(review)));
                }
            }
        }
        Err(conflict(&edit.target))
    }

    /// Who set which fields of an object.
    pub(crate) async fn field_owners(&self, caller: &Caller, target: &ObjectRef) -> Result<Vec<FieldOwner>> {
        let object = self.read_object(caller, target).await?;
        think(move || owners::of(&object).into_iter().map(shown).collect()).await
    }

    /// Reads the live object and merges the edit with it.
    async fn look(&self, caller: &Caller, edit: &Arc<EditRequest>) -> Result<Look> {
        let live = match self.read_object(caller, &edit.target).await {
            Ok(live) => live,
            Err(AppError::NotFound { .. }) => return Ok(Look::Gone(Gone::Deleted)),
            Err(error) => return Err(error),
        };
        let edit = Arc::clone(edit);
        think(move || look::look(&edit, live)).await?
    }

    /// Sends what differs, guarded by what was read.
    async fn patch(&self, caller: &Caller, target: &ObjectRef, seen: &Seen, dry: bool) -> Result<Verdict> {
        let resource = self.resource_of(caller, target).await?;
        let mut path = resource.object(target.namespace.as_deref(), &target.name);
        path.push_str(&format!("?fieldValidation=Strict&fieldManager={FIELD_MANAGER}"));
        if dry {
            path.push_str("&dryRun=All");
        }
        let body = guarded(&seen.live, &patch::json_patch(&seen.ops));
        let call = Call::json_patch(path, body.to_string());
        // What is quoted of a Secret may be quoted in part, or as Go writes it.
        let secrets = Secrets::of_all(&[&seen.live, &seen.merge.object]);
        let failure = match self.connection.call(Identity::Caller(caller), call).await {
            Ok(reply) => {
                let object = reply.json().map_err(|f| self.object_error(f, "patch", &resource, target))?;
                let warnings = reply.warnings.into_iter().map(|warning| secrets.without(warning)).collect();
                return Ok(Verdict::Accepted(object, warnings));
            }
            Err(failure) => failure.without(&secrets),
        };
        if is_stale(&failure) {
            return Ok(Verdict::Stale);
        }
        if let Some(issue) = failure.wrong_type(&seen.merge.object) {
            return Ok(Verdict::Refused(AppError::invalid(issue)));
        }
        match self.object_error(failure, "patch", &resource, target) {
            error @ (AppError::Unreachable { .. } | AppError::Timeout { .. }) => Err(error),
            error => Ok(Verdict::Refused(error)),
        }
    }

    /// Why the caller may not change the object; nothing when that is not known.
    async fn patch_refused(&self, caller: &Caller, target: &ObjectRef) -> Option<AppError> {
        let resource = self.resource_of(caller, target).await.ok()?;
        let namespace = target.namespace.as_deref().unwrap_or_default();
        let question =
            Question::new("patch", &resource.group, &resource.plural, namespace).named(&target.name);
        let scope = if namespace.is_empty() { &self.name } else { namespace };
        match self.access.may(&self.connection, caller, question).await {
            Ok(false) => Some(forbidden("patch", &resource.qualified(), scope)),
            Ok(true) | Err(_) => None,
        }
    }
}

/// Who set which fields, as it is shown.
fn shown(owner: FieldOwner) -> FieldOwner {
    FieldOwner {
        manager: brief::name(owner.manager),
        operation: brief::name(owner.operation),
        subresource: brief::name(owner.subresource),
        time: brief::name(owner.time),
        places: owner.places.into_iter().map(brief::sentence).collect(),
    }
}

/// An object as it is opened, as far as that needs nobody's leave.
fn opened(target: ObjectRef, object: &Value) -> EditableObject {
    let base = merge::editable(object);
    let written = yaml::to_yaml(&merge::comparable(object));
    let refused = if !text(object, "/metadata/deletionTimestamp").is_empty() {
        Some(Text::new(&words::EDIT_TERMINATING, [&target.kind, &target.name]))
    } else if written.len() > LARGEST {
        Some(Text::new(&words::EDIT_LARGE, [LARGEST_WORDS]))
    } else {
        None
    };
    EditableObject {
        text: written,
        keepers: owners::keepers(object).into_iter().map(brief::message).collect(),
        immutable: immutable::fields(&base),
        refused: refused.map(|text| AppError::Refused { text }),
        base,
        target,
    }
}

/// A patch that changes nothing of another object than the one that was read, nor of a later state of it.
fn guarded(live: &Value, ops: &Value) -> Value {
    let guard = |field: &str| {
        let path = format!("/metadata/{field}");
        json!({"op": "add", "value": text(live, &path), "path": path})
    };
    let ops = ops.as_array().into_iter().flatten().cloned();
    [guard("uid"), guard("resourceVersion")].into_iter().chain(ops).collect()
}

/// Whether the object was another one than what the patch was made for: it has another version (409), is not
/// there (404), or lacks a place that the patch speaks of. That last one is answered with 422 and no cause
/// (k8s.io/apiserver, `handlers/patch.go`).
fn is_stale(failure: &Failure) -> bool {
    match failure {
        Failure::Status(status) => match status.code {
            404 | 409 => true,
            422 => status.message == "the server rejected our request due to an error in our request",
            _ => false,
        },
        _ => false,
    }
}

fn conflict(target: &ObjectRef) -> AppError {
    AppError::Conflict { kind: brief::sentence(&target.kind), name: brief::sentence(&target.name) }
}
