//! Clusters.

use binnacle_model::cluster::{
    ClusterDetail, ClusterEdit, ClusterInput, ClusterRow, KubeconfigReport, VerifyReport,
};
use leptos::{prelude::*, server_fn::codec::Post};

use super::{ApiError, TextJson};
#[cfg(feature = "ssr")]
use super::{fail, session};

/// All clusters.
#[server(prefix = "/api", endpoint = "clusters/list", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn list_clusters() -> Result<Vec<ClusterRow>, ApiError> {
    let (backend, caller) = session()?;
    backend.clusters(&caller).await.map_err(fail)
}

/// One cluster's page.
#[server(prefix = "/api", endpoint = "clusters/get", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn get_cluster(name: String) -> Result<ClusterDetail, ApiError> {
    let (backend, caller) = session()?;
    backend.cluster(&caller, &name).await.map_err(fail)
}

/// Reads a pasted kubeconfig.
#[server(prefix = "/api", endpoint = "clusters/read-kubeconfig", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn read_kubeconfig(kubeconfig: String) -> Result<KubeconfigReport, ApiError> {
    let (backend, caller) = session()?;
    backend.read_kubeconfig(&caller, &kubeconfig).await.map_err(fail)
}

/// Calls the cluster behind a pasted kubeconfig.
#[server(prefix = "/api", endpoint = "clusters/verify", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn verify_cluster(kubeconfig: String, context: String) -> Result<VerifyReport, ApiError> {
    let (backend, caller) = session()?;
    backend.verify_cluster(&caller, &kubeconfig, &context).await.map_err(fail)
}

/// Registers a cluster.
#[server(prefix = "/api", endpoint = "clusters/integrate", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn integrate_cluster(input: ClusterInput) -> Result<(), ApiError> {
    let (backend, caller) = session()?;
    backend.integrate_cluster(&caller, &input).await.map_err(fail)
}

/// What the edit form starts from.
#[server(prefix = "/api", endpoint = "clusters/for-edit", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn cluster_for_edit(name: String) -> Result<ClusterEdit, ApiError> {
    let (backend, caller) = session()?;
    backend.cluster_for_edit(&caller, &name).await.map_err(fail)
}

/// Changes a registration.
#[server(prefix = "/api", endpoint = "clusters/edit", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn edit_cluster(name: String, edit: ClusterEdit) -> Result<(), ApiError> {
    let (backend, caller) = session()?;
    backend.edit_cluster(&caller, &name, &edit).await.map_err(fail)
}

/// Forgets a cluster.
#[server(prefix = "/api", endpoint = "clusters/remove", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn remove_cluster(name: String) -> Result<(), ApiError> {
    let (backend, caller) = session()?;
    backend.remove_cluster(&caller, &name).await.map_err(fail)
}
