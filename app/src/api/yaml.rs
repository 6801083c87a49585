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

/// Everything the paste doctor has to say.
#[server(prefix = "/api", endpoint = "yaml/diagnose", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn diagnose(text: String) -> Result<Diagnosis, ApiError> {
    session()?;
    Ok(binnacle_model::doctor::diagnose(&text))
}

/// The text with every repair applied, and what was repaired.
#[server(prefix = "/api", endpoint = "yaml/repair", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn repair_all(text: String) -> Result<(String, Vec<Finding>), ApiError> {
    session()?;
    Ok(binnacle_model::doctor::repair_all(&text))
}

/// Where fields stand in the text; `None` for those that cannot be found.
#[server(prefix = "/api", endpoint = "yaml/locate", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn locate(text: String, places: Vec<(u32, FieldPath)>) -> Result<Vec<Option<TextRange>>, ApiError> {
    session()?;
    Ok(places
        .iter()
        .take(200)
        .map(|(document, path)| binnacle_model::doctor::range_of(&text, *document, path))
        .collect())
}

/// Orders the objects and dry-runs each.
#[server(name = PlanObjects, prefix = "/api", endpoint = "yaml/plan", input = Post<TextJson>, output = Post<TextJson>)]
pub async fn plan(request: PlanRequest) -> Result<Plan, ApiError> {
    let (backend, caller) = session()?;
    backend.plan(&caller, &request).await.map_err(fail)
}
