//! Server functions, one file per noun; each is session, backend, error and nothing else.
//!
//! They are public HTTP endpoints: POST with JSON in and out, at fixed paths under `/api`. The
//! router's guard and origin gate stand before them; the backend takes the caller in every call.

#[expect(missing_docs, reason = "the macro makes a struct of each function's arguments")]
pub mod clusters;
#[expect(missing_docs, reason = "the macro makes a struct of each function's arguments")]
pub mod edit;
#[expect(missing_docs, reason = "the macro makes a struct of each function's arguments")]
pub mod namespaces;
#[expect(missing_docs, reason = "the macro makes a struct of each function's arguments")]
pub mod workloads;
#[expect(missing_docs, reason = "the macro makes a struct of each function's arguments")]
pub mod yaml;

use binnacle_model::AppError;
use bytes::Bytes;
use leptos::server_fn::{
    ContentType, Decodes, Encodes, Format, FormatType,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// JSON, read as text. `server_fn`'s own encoding reads bytes, which is a second deserialiser for every type:
/// what the server rendered into the page is read as text already.
pub struct TextJson;

impl ContentType for TextJson {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for TextJson {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for TextJson {
    type Error = serde_json::Error;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_string(output).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for TextJson {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        let text = std::str::from_utf8(&bytes).map_err(serde::de::Error::custom)?;
        serde_json::from_str(text)
    }
}

/// [`AppError`] as the error of server functions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApiError(pub AppError);

impl FromServerFnError for ApiError {
    type Encoder = TextJson;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        // On the server: what was sent is no call of this function.
        #[cfg(feature = "ssr")]
        if let ServerFnErrorErr::Args(_)
        | ServerFnErrorErr::MissingArg(_)
        | ServerFnErrorErr::Deserialization(_) = error
        {
            let text = binnacle_model::words::signin::BAD_REQUEST_WHY.into();
            return answer(http::StatusCode::BAD_REQUEST, AppError::Refused { text });
        }
        ApiError(match error {
            // The guard answers with plain text where there is no session.
            ServerFnErrorErr::Deserialization(text) if text.contains("signed out") => {
                AppError::Unauthenticated
            }
            other => AppError::Transport { message: other.to_string() },
        })
    }
}

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        ApiError(error)
    }
}

/// What a server function needs: the backend and the caller the guard has put into the context.
#[cfg(feature = "ssr")]
fn session() -> Result<(crate::backend::SharedBackend, binnacle_model::session::Caller), ApiError> {
    use leptos::prelude::use_context;

    match (use_context(), use_context::<crate::request::RequestInfo>()) {
        (Some(backend), Some(request)) if !request.caller.user.is_empty() => Ok((backend, request.caller)),
        _ => Err(fail(AppError::Unauthenticated)),
    }
}

/// Sends an error with the HTTP status that says the same.
#[cfg(feature = "ssr")]
fn fail(error: AppError) -> ApiError {
    let status = http::StatusCode::from_u16(error.status());
    answer(status.unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR), error)
}

/// Sends an error with an HTTP status.
#[cfg(feature = "ssr")]
fn answer(status: http::StatusCode, error: AppError) -> ApiError {
    if let Some(response) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(status);
    }
    ApiError(error)
}
