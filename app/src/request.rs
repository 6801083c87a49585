//! What a page knows about the request that made it: who asks, in which language and theme.
//!
//! The server puts it into the context and into one `<meta>`; the browser reads it from there, so
//! that both render the same first page.

use binnacle_model::{
    Lang,
    session::{Caller, Role},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Facts of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestInfo {
    /// Who asks.
    pub caller: Caller,
    /// The page's language.
    pub lang: Lang,
    /// `light` or `dark` when set, else the system decides.
    pub theme: Option<String>,
    /// Seconds since the Unix epoch when the page was rendered: ages are the same on both sides.
    pub now: i64,
}

/// Name of the `<meta>` that carries [`RequestInfo`].
pub const META: &str = "binnacle-request";

/// The request of this page. Outside a request (the router lists its routes at start with none)
/// there is nobody, and nothing may be read.
pub fn use_request() -> RequestInfo {
    use_context().unwrap_or_else(|| RequestInfo {
        caller: Caller { user: String::new(), role: Role::User },
        lang: Lang::En,
        theme: None,
        now: 0,
    })
}
