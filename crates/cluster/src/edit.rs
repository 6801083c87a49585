//! Editing live objects, as the caller (design rule 3).

use binnacle_model::{
    AppError, Result,
    edit::{EditAnswer, EditOutcome, EditRequest, EditableObject, FieldOwner},
    object::ObjectRef,
    session::Caller,
};

use crate::cluster::Cluster;

fn not_yet<T>() -> Result<T> {
    Err(AppError::Internal { request_id: String::new() })
}

impl Cluster {
    /// Opens a live object for editing.
    pub(crate) async fn open_edit(&self, caller: &Caller, target: &ObjectRef) -> Result<EditableObject> {
        self.read_object(caller, target).await?;
        not_yet()
    }

    /// What saving an edit would do; nothing is written.
    pub(crate) async fn review_edit(&self, caller: &Caller, edit: &EditRequest) -> Result<EditAnswer> {
        self.read_object(caller, &edit.target).await?;
        not_yet()
    }

    /// Saves an edit: once, or not at all.
    pub(crate) async fn save_edit(&self, caller: &Caller, edit: &EditRequest) -> Result<EditOutcome> {
        self.read_object(caller, &edit.target).await?;
        not_yet()
    }

    /// Who set which fields of an object.
    pub(crate) async fn field_owners(&self, caller: &Caller, target: &ObjectRef) -> Result<Vec<FieldOwner>> {
        self.read_object(caller, target).await?;
        not_yet()
    }
}
