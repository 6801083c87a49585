//! How a write is meant: dry run, unknown fields, manager.

use crate::http::Call;
use crate::managed::Writer;
use crate::status::{ApiError, Cause};

/// What becomes of unknown fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldValidation {
    /// They are dropped.
    Ignore,
    /// They are dropped and told.
    Warn,
    /// The request fails.
    Strict,
}

/// How a write is meant.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Nothing is stored.
    pub(crate) dry: bool,
    /// What becomes of unknown fields.
    pub(crate) fields: FieldValidation,
    /// Whether the `/status` subresource is written.
    pub(crate) status: bool,
    /// Whether a patch made the object, which names no conditions of its own as a replacement does.
    pub(crate) patch: bool,
    /// Who says that he writes; who applies must.
    pub(crate) manager: String,
    /// What writes, where nobody says so: the client's own name.
    pub(crate) agent: String,
    /// The subresource that is written, empty for the object itself.
    pub(crate) subresource: &'static str,
    /// Whether an apply overrides others.
    pub(crate) force: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            dry: false,
            fields: FieldValidation::Warn,
            status: false,
            patch: false,
            manager: String::new(),
            agent: String::new(),
            subresource: "",
            force: false,
        }
    }
}

impl Options {
    /// Reads the options of a call.
    pub(crate) fn of(call: &Call<'_>) -> Result<Self, ApiError> {
        let query = &call.query;
        let fields = match query.text("fieldValidation") {
            "" | "Warn" => FieldValidation::Warn,
            "Ignore" => FieldValidation::Ignore,
            "Strict" => FieldValidation::Strict,
            other => {
                let cause =
                    Cause::not_supported("fieldValidation", &other.into(), &["", "Ignore", "Strict", "Warn"]);
                return Err(ApiError::invalid_as("meta.k8s.io", "CreateOptions", "", &[cause]));
            }
        };
        let dry = match query.text("dryRun") {
            "" => false,
            "All" => true,
            other => {
                let cause = Cause::not_supported("dryRun", &serde_json::json!([other]), &["All"]);
                return Err(ApiError::invalid_as("meta.k8s.io", "CreateOptions", "", &[cause]));
            }
        };
        Ok(Self {
            dry,
            fields,
            status: false,
            patch: false,
            manager: query.text("fieldManager").to_owned(),
            agent: call.header("user-agent").split('/').next().unwrap_or_default().to_owned(),
            subresource: "",
            force: query.flag("force"),
        })
    }

    /// Who is named as the owner of what is written.
    pub(crate) fn writer(&self) -> Writer<'_> {
        let named = [&self.manager, &self.agent].into_iter().find(|name| !name.is_empty());
        Writer { manager: named.map_or("unknown", String::as_str), subresource: self.subresource }
    }

    /// Refuses unknown fields, or tells them, or neither.
    pub(crate) fn judge_unknown(
        &self,
        kind: &str,
        unknown: Vec<String>,
        warnings: &mut Vec<String>,
    ) -> Result<(), ApiError> {
        match self.fields {
            FieldValidation::Strict if !unknown.is_empty() => Err(ApiError::bad_request(format!(
                "{kind} in version \"v1\" cannot be handled as a {kind}: strict decoding error: {}",
                unknown.join(", ")
            ))),
            FieldValidation::Warn => {
                warnings.extend(unknown);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
