//! Workloads: lists, pages, creating and deleting.

use binnacle_model::{
    object::{ObjectRef, WorkloadKind},
    plan::{Created, DryRun},
    workload::{DeletePlan, ListPage, ListQuery, WorkloadDetail},
};
use leptos::{prelude::*, server_fn::codec::Post};
use serde_json::Value;

use super::{ApiError, TextJson};
#[cfg(feature = "ssr")]
use super::{fail, session};

/// One page of a list.
#[server(prefix = "/api", endpoint = "workloads/list", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn list_workloads(query: ListQuery) -> Result<ListPage, ApiError> {
    let (backend, caller) = session()?;
    backend.list(&caller, &query).await.map_err(fail)
}

/// One workload's page.
#[server(prefix = "/api", endpoint = "workloads/get", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn get_workload(
    cluster: String,
    kind: WorkloadKind,
    namespace: String,
    name: String,
) -> Result<WorkloadDetail, ApiError> {
    let (backend, caller) = session()?;
    backend.workload(&caller, &cluster, kind, &namespace, &name).await.map_err(fail)
}

/// Whether an object of that name is there.
#[server(prefix = "/api", endpoint = "objects/exists", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn object_exists(target: ObjectRef) -> Result<bool, ApiError> {
    let (backend, caller) = session()?;
    backend.exists(&caller, &target).await.map_err(fail)
}

/// What deleting would do.
#[server(prefix = "/api", endpoint = "objects/plan-delete", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn plan_delete(target: ObjectRef) -> Result<DeletePlan, ApiError> {
    let (backend, caller) = session()?;
    backend.plan_delete(&caller, &target).await.map_err(fail)
}

/// Deletes the object with that uid.
#[server(prefix = "/api", endpoint = "objects/delete", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn delete_object(target: ObjectRef, uid: String) -> Result<(), ApiError> {
    let (backend, caller) = session()?;
    backend.delete(&caller, &target, &uid).await.map_err(fail)
}

/// Strict dry run of a create.
#[server(name = DryRunObject, prefix = "/api", endpoint = "objects/dry-run", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn dry_run(cluster: String, object: Value) -> Result<DryRun, ApiError> {
    let (backend, caller) = session()?;
    backend.dry_run(&caller, &cluster, &object).await.map_err(fail)
}

/// Creates one object.
#[server(prefix = "/api", endpoint = "objects/create", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn create_object(cluster: String, object: Value) -> Result<Created, ApiError> {
    let (backend, caller) = session()?;
    backend.create(&caller, &cluster, &object).await.map_err(fail)
}
