//! Failures as the API server words them: `Status` objects with reason, code, details and causes.

use serde_json::{Map, Value, json};

use crate::kind::{Kind, qualified};

/// One failed field, as in `details.causes`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cause {
    /// Machine-readable reason, such as `FieldValueRequired`.
    pub(crate) reason: &'static str,
    /// Message without the field.
    pub(crate) message: String,
    /// Path of the field.
    pub(crate) field: String,
}

impl Cause {
    fn build(reason: &'static str, head: String, detail: &str, field: impl Into<String>) -> Self {
        let message = if detail.is_empty() { head } else { format!("{head}: {detail}") };
        Self { reason, message, field: field.into() }
    }

    /// A field that must be given.
    pub(crate) fn required(field: impl Into<String>, detail: &str) -> Self {
        Self::build("FieldValueRequired", "Required value".to_owned(), detail, field)
    }

    /// A value that breaks a rule.
    pub(crate) fn invalid(field: impl Into<String>, value: &Value, detail: &str) -> Self {
        Self::build("FieldValueInvalid", format!("Invalid value: {}", print(value)), detail, field)
    }

    /// A field that may not be set here.
    pub(crate) fn forbidden(field: impl Into<String>, detail: &str) -> Self {
        Self::build("FieldValueForbidden", "Forbidden".to_owned(), detail, field)
    }

    /// A value that stands twice.
    pub(crate) fn duplicate(field: impl Into<String>, value: &Value) -> Self {
        Self::build("FieldValueDuplicate", format!("Duplicate value: {}", print(value)), "", field)
    }

    /// A reference to something that is not there.
    pub(crate) fn not_found(field: impl Into<String>, value: &Value) -> Self {
        Self::build("FieldValueNotFound", format!("Not found: {}", print(value)), "", field)
    }

    /// A value outside a fixed set; `known` is printed in the order given.
    pub(crate) fn not_supported(field: impl Into<String>, value: &Value, known: &[&str]) -> Self {
        let known: Vec<String> = known.iter().map(|one| format!("{one:?}")).collect();
        let detail = format!("supported values: {}", known.join(", "));
        Self::build("FieldValueNotSupported", format!("Unsupported value: {}", print(value)), &detail, field)
    }

    /// A text or map over its size.
    pub(crate) fn too_long(field: impl Into<String>, bytes: usize) -> Self {
        Self::build(
            "FieldValueTooLong",
            "Too long".to_owned(),
            &format!("may not be more than {bytes} bytes"),
            field,
        )
    }

    /// `field: message`, as the whole message joins them.
    fn line(&self) -> String {
        format!("{}: {}", self.field, self.message)
    }
}

/// Go's way of printing a value: text quoted, the rest as JSON.
fn print(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        other => other.to_string(),
    }
}

/// A request that failed, ready to be sent as a `Status`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ApiError {
    /// HTTP status code.
    pub(crate) code: u16,
    /// `reason` of the Status.
    pub(crate) reason: &'static str,
    /// Whole message.
    pub(crate) message: String,
    /// `details`, empty when there are none.
    pub(crate) details: Map<String, Value>,
}

impl ApiError {
    fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), details: Map::new() }
    }

    fn about(mut self, group: &str, plural_or_kind: &str, name: &str) -> Self {
        if !name.is_empty() {
            self.details.insert("name".to_owned(), name.into());
        }
        if !group.is_empty() {
            self.details.insert("group".to_owned(), group.into());
        }
        if !plural_or_kind.is_empty() {
            self.details.insert("kind".to_owned(), plural_or_kind.into());
        }
        self
    }

    /// 400 with the message as it stands.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    /// 500 with the API server's preface.
    pub(crate) fn internal(why: &str) -> Self {
        let mut error = Self::new(500, "InternalError", format!("Internal error occurred: {why}"));
        error.details.insert("causes".to_owned(), json!([{"message": why}]));
        error
    }

    /// 500 of a plain error, which has no reason.
    pub(crate) fn plain(why: impl Into<String>) -> Self {
        Self::new(500, "", why)
    }

    /// 401.
    pub(crate) fn unauthorized() -> Self {
        Self::new(401, "Unauthorized", "Unauthorized")
    }

    /// 403 of the authorizer or of an admission check; `why` follows the colon.
    pub(crate) fn forbidden(group: &str, plural: &str, name: &str, why: &str) -> Self {
        let resource = qualified(plural, group);
        let head = if name.is_empty() {
            format!("{resource} is forbidden: {why}")
        } else {
            format!("{resource} \"{name}\" is forbidden: {why}")
        };
        Self::new(403, "Forbidden", head).about(group, plural, name)
    }

    /// 403 for a path that is no resource.
    pub(crate) fn forbidden_path(why: &str) -> Self {
        let mut error = Self::new(403, "Forbidden", format!("forbidden: {why}"));
        error.details = Map::new();
        error
    }

    /// 404 for an object.
    pub(crate) fn not_found(kind: &Kind, name: &str) -> Self {
        Self::new(404, "NotFound", format!("{} \"{name}\" not found", kind.qualified())).about(
            kind.group,
            kind.plural,
            name,
        )
    }

    /// 404 for a path that nothing serves.
    pub(crate) fn no_such_path() -> Self {
        Self::new(404, "NotFound", "the server could not find the requested resource")
    }

    /// 405.
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
    }

    /// 409 for a name that is taken.
    pub(crate) fn already_exists(kind: &Kind, name: &str) -> Self {
        Self::new(409, "AlreadyExists", format!("{} \"{name}\" already exists", kind.qualified())).about(
            kind.group,
            kind.plural,
            name,
        )
    }

    /// 409 for a stale version.
    pub(crate) fn conflict(kind: &Kind, name: &str, why: &str) -> Self {
        let message = format!("Operation cannot be fulfilled on {} \"{name}\": {why}", kind.qualified());
        Self::new(409, "Conflict", message).about(kind.group, kind.plural, name)
    }

    /// 409 for an apply to what others own.
    pub(crate) fn apply_conflict(message: String, causes: Vec<Value>) -> Self {
        let mut error = Self::new(409, "Conflict", message);
        error.details.insert("causes".to_owned(), causes.into());
        error
    }

    /// 409 for a deletion whose conditions are not met; it names the kind, not the resource.
    pub(crate) fn failed_precondition(kind: &Kind, name: &str, why: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} \"{name}\": {why}",
            qualified(kind.kind, kind.group)
        );
        Self::new(409, "Conflict", message).about(kind.group, kind.kind, name)
    }

    /// 410: the version asked for is no longer kept.
    pub(crate) fn expired(message: impl Into<String>) -> Self {
        Self::new(410, "Expired", message)
    }

    /// 415 for a body or patch type.
    pub(crate) fn unsupported_media(message: impl Into<String>) -> Self {
        Self::new(415, "UnsupportedMediaType", message)
    }

    /// 413.
    pub(crate) fn too_large(limit: usize) -> Self {
        Self::new(413, "RequestEntityTooLarge", format!("Request entity too large: limit is {limit}"))
    }

    /// 504 for a version from the future.
    pub(crate) fn version_too_large(asked: u64, current: u64) -> Self {
        let mut error = Self::new(
            504,
            "Timeout",
            format!("Timeout: Too large resource version: {asked}, current: {current}"),
        );
        error.details.insert(
            "causes".to_owned(),
            json!([{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]),
        );
        error.details.insert("retryAfterSeconds".to_owned(), 1.into());
        error
    }

    /// 422 with its causes.
    pub(crate) fn invalid(kind: &Kind, name: &str, causes: &[Cause]) -> Self {
        Self::invalid_as(kind.group, kind.kind, name, causes)
    }

    /// 422 for a kind that is not stored.
    pub(crate) fn invalid_as(group: &str, kind: &str, name: &str, causes: &[Cause]) -> Self {
        let mut lines: Vec<String> = Vec::new();
        for cause in causes {
            let line = cause.line();
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        let joined =
            if let [one] = lines.as_slice() { one.clone() } else { format!("[{}]", lines.join(", ")) };
        let mut error =
            Self::new(422, "Invalid", format!("{} \"{name}\" is invalid: {joined}", qualified(kind, group)))
                .about(group, kind, name);
        let mut seen: Vec<&Cause> = Vec::new();
        for cause in causes {
            if !seen.contains(&cause) {
                seen.push(cause);
            }
        }
        let causes: Vec<Value> = seen
            .iter()
            .map(|cause| json!({"reason": cause.reason, "message": cause.message, "field": cause.field}))
            .collect();
        error.details.insert("causes".to_owned(), Value::Array(causes));
        error
    }

    /// 422 for a patch whose result has fields that nobody knows.
    pub(crate) fn invalid_patch(patch: &str, problem: &str) -> Self {
        let cause = Cause::invalid("patch", &patch.into(), problem);
        let mut error = Self::invalid_as("", "", "", std::slice::from_ref(&cause));
        error.details.shift_remove("kind");
        error
    }

    /// 422 for a JSON patch that does not apply.
    pub(crate) fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(422, "Invalid", message)
    }

    /// The `Status` object.
    pub(crate) fn status(&self) -> Value {
        let mut status = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message,
        });
        if !self.reason.is_empty() {
            status["reason"] = self.reason.into();
        }
        if !self.details.is_empty() || matches!(self.reason, "Forbidden" | "NotFound" | "MethodNotAllowed") {
            status["details"] = Value::Object(self.details.clone());
        }
        status["code"] = self.code.into();
        status
    }
}
