//! Namespaces.

use binnacle_model::cluster::NamespaceRow;
use leptos::{prelude::*, server_fn::codec::Post};

use super::{ApiError, TextJson};
#[cfg(feature = "ssr")]
use super::{fail, session};

/// Namespaces the caller may see.
#[server(prefix = "/api", endpoint = "namespaces/list", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn list_namespaces(cluster: String) -> Result<Vec<NamespaceRow>, ApiError> {
    let (backend, caller) = session()?;
    backend.namespaces(&caller, &cluster).await.map_err(fail)
}

/// Creates a namespace.
#[server(prefix = "/api", endpoint = "namespaces/create", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn create_namespace(cluster: String, name: String) -> Result<(), ApiError> {
    let (backend, caller) = session()?;
    backend.create_namespace(&caller, &cluster, &name).await.map_err(fail)
}
