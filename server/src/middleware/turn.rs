//! Gives each request the lock by which its page and its data take turns ([`binnacle_app::turns`]).

use axum::{body::Body, extract::Request, middleware::Next, response::Response};
use binnacle_app::turns::Turn;

use super::nul::is_html;

/// The layer.
pub async fn layer(mut request: Request, next: Next) -> Response {
    let turn = Turn::default();
    request.extensions_mut().insert(turn.clone());
    let response = turn.of(next.run(request)).await;
    if !is_html(&response) {
        return response;
    }
    response.map(|body| Body::from_stream(turn.of(body.into_data_stream())))
}
