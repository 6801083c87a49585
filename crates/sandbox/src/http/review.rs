//! Access reviews: what may somebody do.

use axum::response::Response;
use serde_json::{Value, json};

use super::{Call, json_response, write};
use crate::auth::User;
use crate::kind::Review;
use crate::rbac::{self, Attributes};
use crate::registry::Options;
use crate::schema;
use crate::status::{ApiError, Cause};
use crate::store::State;
use crate::validation::older;
use crate::value::Object;

/// Answers a posted review.
pub(super) fn answer(call: &Call<'_>, review: &Review, namespace: &str) -> Result<Response, ApiError> {
    let body = write::parse(call.body)?;
    let kind = review.kind;
    let decoded = schema::decode(kind, body).map_err(|problem| {
        ApiError::bad_request(format!("{kind} in version \"v1\" cannot be handled as a {kind}: {problem}"))
    })?;
    let mut warnings = Vec::new();
    Options::of(call)?.judge_unknown(kind, decoded.unknown, &mut warnings)?;
    let mut object = decoded.object;
    object.put("/kind", kind);
    object.put("/apiVersion", format!("{}/v1", review.group));
    let state = call.cluster.store.lock();
    let status = match kind {
        "SelfSubjectReview" => json!({"userInfo": {"username": call.user.name, "groups": call.user.groups}}),
        "SelfSubjectRulesReview" => rules(&state, &call.user, &object)?,
        "SelfSubjectAccessReview" => access(&state, &call.user, &object)?,
        _ => {
            if kind == "LocalSubjectAccessReview"
                && object.text("/spec/resourceAttributes/namespace") != namespace
            {
                return Err(ApiError::bad_request(format!(
                    "spec.resourceAttributes.namespace must match namespace: {namespace}"
                )));
            }
            let groups =
                object.list("/spec/groups").iter().filter_map(Value::as_str).map(str::to_owned).collect();
            let user = User { name: object.text("/spec/user").to_owned(), groups };
            if user.name.is_empty() && user.groups.is_empty() {
                let cause = Cause::invalid(
                    "spec.user",
                    &"".into(),
                    "at least one of user or group must be specified",
                );
                return Err(invalid(&cause));
            }
            access(&state, &user, &object)?
        }
    };
    object.put("/metadata", json!({}));
    object.put("/status", status);
    Ok(json_response(201, &object, &warnings))
}

/// Reviews fail without naming their kind.
fn invalid(cause: &Cause) -> ApiError {
    let mut error = ApiError::invalid_as("authorization.k8s.io", "", "", std::slice::from_ref(cause));
    error.details.shift_remove("kind");
    error
}

fn access(state: &State, user: &User, object: &Value) -> Result<Value, ApiError> {
    let spec = object.at("/spec");
    let asked = match (spec.get("resourceAttributes"), spec.get("nonResourceAttributes")) {
        (Some(resource), None) => Attributes {
            verb: resource.text("/verb").to_owned(),
            group: resource.text("/group").to_owned(),
            resource: resource.text("/resource").to_owned(),
            subresource: resource.text("/subresource").to_owned(),
            namespace: resource.text("/namespace").to_owned(),
            name: resource.text("/name").to_owned(),
            path: None,
        },
        (None, Some(path)) => Attributes {
            verb: path.text("/verb").to_owned(),
            path: Some(path.text("/path").to_owned()),
            ..Attributes::default()
        },
        (both, _) => {
            let (value, detail) = if both.is_some() {
                (
                    spec.at("/nonResourceAttributes").clone(),
                    "cannot be specified in combination with resourceAttributes",
                )
            } else {
                (Value::Null, "exactly one of nonResourceAttributes or resourceAttributes must be specified")
            };
            let field = match both {
                Some(_) => "spec.nonResourceAttributes",
                None if state.minor < older::PRESENT => "spec.resourceAttributes",
                None => "spec",
            };
            return Err(invalid(&Cause::invalid(field, &value, detail)));
        }
    };
    Ok(if rbac::allows(state, user, &asked) { json!({"allowed": true}) } else { json!({"allowed": false}) })
}

fn rules(state: &State, user: &User, object: &Value) -> Result<Value, ApiError> {
    let namespace = object.text("/spec/namespace");
    if namespace.is_empty() {
        return Err(ApiError::bad_request("no namespace on request"));
    }
    let mut resource_rules = Vec::new();
    let mut path_rules = Vec::new();
    if user.is_in("system:masters") {
        resource_rules.push(json!({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}));
        path_rules.push(json!({"verbs": ["*"], "nonResourceURLs": ["*"]}));
    }
    for rule in rbac::rules(state, user, namespace) {
        let paths = rule.get("nonResourceURLs").is_some();
        if paths { path_rules.push(rule) } else { resource_rules.push(rule) }
    }
    Ok(json!({"resourceRules": resource_rules, "nonResourceRules": path_rules, "incomplete": false}))
}
