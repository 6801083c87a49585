//! What the app's pages and server functions find in their context.

use binnacle_app::{request::RequestInfo, turns::Turn, ui::assets::Assets};
use http::{HeaderValue, header, request::Parts};
use leptos::{
    context::{provide_context, use_context},
    nonce::use_nonce,
};
use leptos_axum::ResponseOptions;

use crate::{
    auth::Session,
    middleware::{headers::console_policy, language, theme},
    state::AppState,
    store::now,
};

/// Provides the backend, the assets, who asks and how; and sets the page's content security policy,
/// which names the nonce that leptos writes into the page's own scripts.
pub fn context(state: AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    let assets = Assets(std::sync::Arc::new(state.assets.logical().clone()));
    move || {
        provide_context(state.backend.clone());
        provide_context(assets.clone());
        // Without a request (the list of routes is made at start) there is nobody to tell of.
        let Some(parts) = use_context::<Parts>() else { return };
        if let Some(turn) = parts.extensions.get::<Turn>() {
            provide_context(turn.clone());
        }
        if let Some(session) = parts.extensions.get::<Session>() {
            provide_context(RequestInfo {
                caller: session.caller.clone(),
                lang: language(&parts.headers),
                theme: theme(&parts.headers).map(str::to_owned),
                now: now(),
            });
        }
        if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) {
            // The gate has checked that the host is one of ours.
            let host =
                parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
            let scheme = if state.https { "wss" } else { "ws" };
            let policy = console_policy(&nonce, &format!("{scheme}://{host}"));
            if let Ok(value) = HeaderValue::from_str(&policy) {
                response.insert_header(header::CONTENT_SECURITY_POLICY, value);
            }
        }
    }
}
