//! Every route, in one table; everything not on the public list needs a session.

use axum::{
    Router,
    extract::{Request, State},
    middleware::{from_fn, from_fn_with_state},
    response::Response,
    routing::{MethodRouter, get, post},
};
use binnacle_app::shell;
use binnacle_model::{AppError, words::signin};
use http::StatusCode;
use leptos_axum::{AxumRouteListing, LeptosRoutes as _};
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate as _, SizeAbove},
    },
};

use crate::{
    assets, console, health, live,
    middleware::{Asker, error_json, gate, guard, headers, limits, nul, observe, turn},
    pages::{self, password, sign_in},
    state::AppState,
};

/// Routes that need no session. `/metrics` asks for a session or its own token by itself.
pub const PUBLIC: [&str; 6] = ["/login", "/welcome", "/assets/{name}", "/healthz", "/readyz", "/metrics"];

/// Whether a route needs no session.
pub fn is_public(route: &str) -> bool {
    PUBLIC.contains(&route)
}

/// Brotli's and gzip's middle: a page of fifty rows in well under a millisecond, a few per cent over
/// the smallest.
const COMPRESSION: CompressionLevel = CompressionLevel::Precise(5);

/// The server's own routes. The console's pages and server functions come from the app.
pub fn own_routes() -> Vec<(&'static str, MethodRouter<AppState>)> {
    vec![
        ("/login", get(sign_in::login).post(sign_in::log_in)),
        ("/welcome", get(sign_in::welcome).post(sign_in::use_link)),
        ("/logout", post(sign_in::log_out)),
        ("/password", get(password::password).post(password::set_password)),
        ("/live", get(live::live)),
        ("/assets/{name}", get(assets::asset)),
        ("/healthz", get(health::healthz)),
        ("/readyz", get(health::readyz)),
        ("/metrics", get(health::metrics)),
    ]
}

/// The whole router, with every layer.
pub fn build(state: &AppState, pages: Vec<AxumRouteListing>) -> Router {
    with_layers(state.clone(), |mut router| {
        for (path, handler) in own_routes() {
            router = router.route(path, handler);
        }
        router
            .leptos_routes_with_context(state, pages, console::context(state.clone()), shell)
            .fallback(no_such_page)
    })
}

/// Puts the layers around routes, outermost last.
pub fn with_layers(state: AppState, routes: impl FnOnce(Router<AppState>) -> Router<AppState>) -> Router {
    // Fonts and wasm are compressed already; events must not wait in a compressor.
    let worth = SizeAbove::new(256)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("font/"))
        .and(NotForContentType::SSE);
    routes(Router::new())
        .layer(from_fn(turn::layer))
        .layer(from_fn(nul::layer))
        .layer(from_fn_with_state(state.clone(), guard::layer))
        .layer(CompressionLayer::new().quality(COMPRESSION).compress_when(worth))
        .layer(from_fn_with_state(state.clone(), limits::layer))
        .layer(from_fn_with_state(state.clone(), gate::layer))
        .layer(from_fn_with_state(state.clone(), observe::layer))
        // Outside, so that the answer to a panic carries them too.
        .layer(from_fn_with_state(state.clone(), headers::layer))
        .with_state(state)
}

async fn no_such_page(State(state): State<AppState>, request: Request) -> Response {
    let asker = Asker::of(&request);
    if asker.page {
        let why = signin::NO_SUCH_PAGE_WHY.into();
        return pages::message(&state, &asker, StatusCode::NOT_FOUND, signin::NO_SUCH_PAGE, &why, None);
    }
    let name = request.uri().path().to_owned();
    error_json(&AppError::NotFound { kind: "Page".to_owned(), name })
}
