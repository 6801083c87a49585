//! What stands around every handler, outermost first: headers, observation (request id, log line,
//! counters, caught panics), the gate (host, origin), body limits, compression, the session guard.

pub mod gate;
pub mod guard;
pub mod headers;
pub mod limits;
pub mod nul;
pub mod observe;
pub mod turn;

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::Request;
use binnacle_model::{AppError, Lang};
use http::{HeaderMap, header};

use crate::{auth::cookie, state::AppState};

/// The other end of the connection, put into each request by the listener.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// The client's address: the peer's, or what a trusted proxy says.
pub fn client_address<B>(state: &AppState, request: &http::Request<B>) -> IpAddr {
    let peer = request.extensions().get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0);
    if !state.trusted_proxies.contains(&peer.to_canonical()) {
        return peer;
    }
    // From the right: each hop appends, so the first that is no proxy of ours is the client, and what
    // stands left of it is only the client's word.
    let hops: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in hops.into_iter().rev() {
        match hop.trim().parse::<IpAddr>() {
            Ok(address) if state.trusted_proxies.contains(&address) => {}
            Ok(address) => return address,
            Err(_) => return peer,
        }
    }
    peer
}

/// Whether an answer should be a page (a person's navigation) rather than an [`AppError`].
pub fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html"))
}

/// The language a request asks for: the chosen one, else the first we speak.
pub fn language(headers: &HeaderMap) -> Lang {
    let chosen = cookie::value(headers, cookie::LANG).and_then(Lang::from_tag);
    let accepted = || {
        let header = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        // Browsers send them in order of preference.
        header.split(',').find_map(|part| Lang::from_tag(part.split(';').next().unwrap_or_default().trim()))
    };
    chosen.or_else(accepted).unwrap_or_default()
}

/// The theme a request asks for.
pub fn theme(headers: &HeaderMap) -> Option<&'static str> {
    match cookie::value(headers, cookie::THEME) {
        Some("light") => Some("light"),
        Some("dark") => Some("dark"),
        _ => None,
    }
}

/// An error for programs: the browser's server function calls, mostly.
pub fn error_json(error: &AppError) -> axum::response::Response {
    use axum::response::IntoResponse as _;
    let status =
        http::StatusCode::from_u16(error.status()).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    (status, axum::Json(error)).into_response()
}

/// The parts of a request that answers need after the request is gone.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Language.
    pub lang: Lang,
    /// Theme.
    pub theme: Option<&'static str>,
    /// Whether a page is wanted.
    pub page: bool,
}

impl Asker {
    /// Out of a request.
    pub fn of(request: &Request) -> Self {
        let headers = request.headers();
        Asker {
            lang: language(headers),
            theme: theme(headers),
            page: wants_page(headers) && !request.uri().path().starts_with("/api/"),
        }
    }
}
