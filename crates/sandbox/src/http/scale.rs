//! The `/scale` subresource.

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use super::{Call, json_response, write};
use crate::kind::Kind;
use crate::registry::{self, Options};
use crate::schema;
use crate::selector::LabelSelector;
use crate::status::{ApiError, Cause};
use crate::value::Object;

/// Answers a call for an object's scale.
pub(super) fn answer(
    call: &Call<'_>,
    kind: &'static Kind,
    namespace: &str,
    name: &str,
) -> Result<Response, ApiError> {
    let mut state = call.cluster.store.lock();
    let object = state.get(kind, namespace, name).ok_or_else(|| ApiError::not_found(kind, name))?;
    let mut options = Options::of(call)?;
    options.subresource = "scale";
    let mut warnings = Vec::new();
    let wanted = match call.parts.method {
        Method::GET => return Ok(json_response(200, &scale_of(&object), &[])),
        Method::PUT => {
            let body = write::parse(call.body)?;
            decode(&options, &mut warnings, body)?
        }
        Method::PATCH => {
            let patched = write::patched(call, "Scale", &scale_of(&object))?;
            decode(&options, &mut warnings, patched)?
        }
        _ => return Err(ApiError::method_not_allowed()),
    };
    let version = wanted.text("/metadata/resourceVersion");
    if !version.is_empty() && version != object.text("/metadata/resourceVersion") {
        return Err(ApiError::conflict(kind, name, registry::MODIFIED));
    }
    let replicas = wanted.int("/spec/replicas").unwrap_or(0);
    if replicas < 0 {
        let detail = "must be greater than or equal to 0";
        return Err(ApiError::invalid_as(
            "autoscaling",
            "Scale",
            name,
            &[Cause::invalid("spec.replicas", &replicas.into(), detail)],
        ));
    }
    let mut changed = Value::clone(&object);
    changed.put("/spec/replicas", replicas);
    let stored = registry::replace(&mut state, kind, &object, changed, None, &options)?;
    Ok(json_response(200, &scale_of(&stored), &warnings))
}

fn decode(options: &Options, warnings: &mut Vec<String>, body: Value) -> Result<Value, ApiError> {
    let decoded = schema::decode("Scale", body).map_err(|problem| {
        ApiError::bad_request(format!("Scale in version \"v1\" cannot be handled as a Scale: {problem}"))
    })?;
    options.judge_unknown("Scale", decoded.unknown, warnings)?;
    Ok(decoded.object)
}

fn scale_of(object: &Value) -> Value {
    let mut metadata = json!({"name": object.name(), "namespace": object.namespace(), "uid": object.uid(),
        "resourceVersion": object.text("/metadata/resourceVersion")});
    metadata["creationTimestamp"] = object.at("/metadata/creationTimestamp").clone();
    let mut scale = json!({"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata, "spec": {},
        "status": {"replicas": object.int("/status/replicas").unwrap_or(0),
            "selector": LabelSelector::from_object(object.at("/spec/selector")).text()}});
    match object.int("/spec/replicas").unwrap_or(1) {
        0 => {}
        replicas => scale["spec"]["replicas"] = replicas.into(),
    }
    scale
}
