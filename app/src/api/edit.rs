//! Editing live objects: opening, reviewing, saving, and who set what.

use binnacle_model::{
    edit::{EditAnswer, EditOutcome, EditRequest, EditableObject, FieldOwner},
    object::ObjectRef,
};
use leptos::{prelude::*, server_fn::codec::Post};

use super::{ApiError, TextJson};
#[cfg(feature = "ssr")]
use super::{fail, session};

/// Opens a live object for editing.
#[server(prefix = "/api", endpoint = "edit/open", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn open_edit(target: ObjectRef) -> Result<EditableObject, ApiError> {
    let (backend, caller) = session()?;
    backend.open_edit(&caller, &target).await.map_err(fail)
}

/// What saving an edit would do; nothing is written.
#[server(prefix = "/api", endpoint = "edit/review", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn review_edit(edit: EditRequest) -> Result<EditAnswer, ApiError> {
    let (backend, caller) = session()?;
    backend.review_edit(&caller, &edit).await.map_err(fail)
}

/// Saves an edit: once, or not at all.
#[server(prefix = "/api", endpoint = "edit/save", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn save_edit(edit: EditRequest) -> Result<EditOutcome, ApiError> {
    let (backend, caller) = session()?;
    backend.save_edit(&caller, &edit).await.map_err(fail)
}

/// Who set which fields of an object.
#[server(prefix = "/api", endpoint = "edit/owners", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn field_owners(target: ObjectRef) -> Result<Vec<FieldOwner>, ApiError> {
    let (backend, caller) = session()?;
    backend.field_owners(&caller, &target).await.map_err(fail)
}
