//! Create from YAML: the doctor's word, the plan, and where a field stands in the text.

use binnacle_model::{
    FieldPath,
    diagnosis::{Diagnosis, Finding, TextRange},
    plan::{Plan, PlanRequest},
};
use leptos::{prelude::*, server_fn::codec::Post};

use super::{ApiError, TextJson};
#[cfg(feature = "ssr")]
use super::{fail, session};

/// Everything the paste doctor has to say of a text for a cluster.
#[server(prefix = "/api", endpoint = "yaml/diagnose", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn diagnose(cluster: String, text: String) -> Result<Diagnosis, ApiError> {
    let (backend, caller) = session()?;
    backend.diagnose(&caller, &cluster, text).await.map_err(fail)
}

/// The text with every repair applied, and what was repaired.
#[server(prefix = "/api", endpoint = "yaml/repair", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn repair_all(cluster: String, text: String) -> Result<(String, Vec<Finding>), ApiError> {
    let (backend, caller) = session()?;
    backend.repair(&caller, &cluster, text).await.map_err(fail)
}

/// Where fields stand in the text; `None` for those that cannot be found.
#[server(prefix = "/api", endpoint = "yaml/locate", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn locate(text: String, places: Vec<(u32, FieldPath)>) -> Result<Vec<Option<TextRange>>, ApiError> {
    let (backend, caller) = session()?;
    backend.locate(&caller, text, places).await.map_err(fail)
}

/// Orders the objects and dry-runs each.
#[server(name = PlanObjects, prefix = "/api", endpoint = "yaml/plan", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn plan(request: PlanRequest) -> Result<Plan, ApiError> {
    let (backend, caller) = session()?;
    backend.plan(&caller, &request).await.map_err(fail)
}
