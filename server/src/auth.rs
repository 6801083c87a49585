//! Sign-in: passwords, one-time links, sessions and their cookie.

pub mod cookie;
pub mod limiter;
pub mod password;

use aws_lc_rs::{digest, rand};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use binnacle_model::session::Caller;
use http::HeaderMap;

use crate::{
    secret::Secret,
    state::AppState,
    store::{Store, StoreError, now},
};

/// The console's first user.
pub const ADMIN: &str = "admin";

/// How long a sign-in link works, in seconds: a day, for the person who reads the log tomorrow.
const LINK_LIFETIME: i64 = 86_400;

/// The system gave no randomness.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the system's random number generator failed")]
pub struct NoRandomness;

/// 256 random bits as text that fits a cookie and an address.
///
/// # Errors
/// When the system gives no randomness.
pub fn new_token() -> Result<Secret, NoRandomness> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(bytes)))
}

/// What the store knows of a token: its SHA-256, so that a stolen database opens no session. A plain
/// hash is enough for 256 random bits.
pub fn token_id(token: &str) -> [u8; 32] {
    let mut id = [0; 32];
    id.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    id
}

/// A live session, as the guard leaves it in the request's extensions.
#[derive(Clone, Debug)]
pub struct Session {
    /// Who.
    pub caller: Caller,
    /// The stored id.
    pub id: [u8; 32],
}

/// The session a request brings, if it is alive. Each call counts as use.
///
/// # Errors
/// When the database fails.
pub async fn session_of(state: &AppState, headers: &HeaderMap) -> Result<Option<Session>, StoreError> {
    let Some(token) = cookie::value(headers, cookie::session_name(state.https)) else { return Ok(None) };
    let id = token_id(token);
    let caller = state.store.session(&id, state.lifetimes, now(), true).await?;
    Ok(caller.map(|caller| Session { caller, id }))
}

/// Why a session or link could not be made.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No randomness.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// Starts a session for a user in this browser: the id is always a new one, and the one the browser
/// came with ends, so that a planted id is worth nothing. Gives the cookie's header value.
///
/// # Errors
/// When the store fails.
pub async fn sign_in(state: &AppState, headers: &HeaderMap, user: &str) -> Result<String, IssueError> {
    if let Some(old) = cookie::value(headers, cookie::session_name(state.https)) {
        state.store.end_session(&token_id(old)).await?;
    }
    let token = new_token()?;
    state.store.start_session(&token_id(token.expose()), user, now()).await?;
    Ok(cookie::set_session(state.https, &token, state.lifetimes.absolute))
}

/// Makes a one-time link of a user: the path to open. Earlier links of the user end.
///
/// # Errors
/// When the store fails.
pub async fn new_link(store: &Store, user: &str) -> Result<Secret, IssueError> {
    let token = new_token()?;
    store.put_link(&token_id(token.expose()), user, now() + LINK_LIFETIME).await?;
    Ok(Secret::new(format!("/welcome?token={}", token.expose())))
}
