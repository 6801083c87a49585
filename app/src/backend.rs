//! What the console's pages need from a server, in model types only.
//!
//! The server implements it over `crates/cluster`; tests implement it with fixed answers. Every call
//! takes the caller (design rule 5) and ends within a deadline (rule 4).

use std::sync::Arc;

use async_trait::async_trait;
use binnacle_model::{
    FieldPath, Result,
    cluster::{
        ClusterDetail, ClusterEdit, ClusterInput, ClusterRow, KubeconfigReport, NamespaceRow, VerifyReport,
    },
    diagnosis::{Diagnosis, Finding, TextRange},
    edit::{EditAnswer, EditOutcome, EditRequest, EditableObject, FieldOwner},
    object::{ObjectRef, WorkloadKind},
    plan::{Created, DryRun, Plan, PlanRequest},
    session::Caller,
    workload::{DeletePlan, ListPage, ListQuery, WorkloadDetail},
};
use serde_json::Value;

/// The backend as pages find it in the context.
pub type SharedBackend = Arc<dyn Backend>;

/// What the pages need.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// All clusters, by name, with the numbers that the caller may see. Waits a blink at most for the
    /// clusters to say which.
    async fn clusters(&self, caller: &Caller) -> Result<Vec<ClusterRow>>;

    /// One cluster's page.
    async fn cluster(&self, caller: &Caller, name: &str) -> Result<ClusterDetail>;

    /// Reads a pasted kubeconfig; touches no network.
    async fn read_kubeconfig(&self, caller: &Caller, kubeconfig: &str) -> Result<KubeconfigReport>;

    /// Calls the cluster with one context of a pasted kubeconfig and says what was found.
    async fn verify_cluster(&self, caller: &Caller, kubeconfig: &str, context: &str) -> Result<VerifyReport>;

    /// Registers a cluster: verifies once more, creates the admin binding where it is missing, seals
    /// the credential and starts watching.
    async fn integrate_cluster(&self, caller: &Caller, input: &ClusterInput) -> Result<()>;

    /// What the edit form starts from.
    async fn cluster_for_edit(&self, caller: &Caller, name: &str) -> Result<ClusterEdit>;

    /// Changes a registration; a new credential must reach the same cluster.
    async fn edit_cluster(&self, caller: &Caller, name: &str, edit: &ClusterEdit) -> Result<()>;

    /// Forgets a cluster; nothing in it is touched.
    async fn remove_cluster(&self, caller: &Caller, name: &str) -> Result<()>;

    /// Namespaces the caller may see.
    async fn namespaces(&self, caller: &Caller, cluster: &str) -> Result<Vec<NamespaceRow>>;

    /// Creates a namespace.
    async fn create_namespace(&self, caller: &Caller, cluster: &str, name: &str) -> Result<()>;

    /// One page of a workload list, out of the watch cache, only what the caller may see.
    async fn list(&self, caller: &Caller, query: &ListQuery) -> Result<ListPage>;

    /// One workload's page.
    async fn workload(
        &self,
        caller: &Caller,
        cluster: &str,
        kind: WorkloadKind,
        namespace: &str,
        name: &str,
    ) -> Result<WorkloadDetail>;

    /// Whether an object is there: for the live duplicate check of names.
    async fn exists(&self, caller: &Caller, target: &ObjectRef) -> Result<bool>;

    /// What deleting would do.
    async fn plan_delete(&self, caller: &Caller, target: &ObjectRef) -> Result<DeletePlan>;

    /// Deletes an object if it still is the one with that uid.
    async fn delete(&self, caller: &Caller, target: &ObjectRef, uid: &str) -> Result<()>;

    /// Strict dry run of creating one object.
    async fn dry_run(&self, caller: &Caller, cluster: &str, object: &Value) -> Result<DryRun>;

    /// Everything the paste doctor has to say. It thinks for up to a second, so it does so where it holds
    /// up nobody, and for few at a time; so do the two below.
    async fn diagnose(&self, caller: &Caller, cluster: &str, text: String) -> Result<Diagnosis>;

    /// The text with every repair applied, and what was repaired.
    async fn repair(&self, caller: &Caller, cluster: &str, text: String) -> Result<(String, Vec<Finding>)>;

    /// Where fields of documents stand in the text; `None` for those that cannot be found.
    async fn locate(
        &self,
        caller: &Caller,
        text: String,
        places: Vec<(u32, FieldPath)>,
    ) -> Result<Vec<Option<TextRange>>>;

    /// Orders objects for creation and dry-runs each.
    async fn plan(&self, caller: &Caller, request: &PlanRequest) -> Result<Plan>;

    /// Creates one object: POST, strict; an existing name is an error, never an overwrite (rule 3).
    async fn create(&self, caller: &Caller, cluster: &str, object: &Value) -> Result<Created>;

    /// Opens a live object for editing.
    async fn open_edit(&self, caller: &Caller, target: &ObjectRef) -> Result<EditableObject>;

    /// What saving an edit would do; nothing is written. A text that cannot be read, or is about another
    /// object, is [`Invalid`](binnacle_model::AppError::Invalid) at its place.
    async fn review_edit(&self, caller: &Caller, edit: &EditRequest) -> Result<EditAnswer>;

    /// Saves an edit: once, or not at all (design rule 3). After a
    /// [`Timeout`](binnacle_model::AppError::Timeout) it is unknown whether it was saved.
    async fn save_edit(&self, caller: &Caller, edit: &EditRequest) -> Result<EditOutcome>;

    /// Who set which fields of an object.
    async fn field_owners(&self, caller: &Caller, target: &ObjectRef) -> Result<Vec<FieldOwner>>;
}
