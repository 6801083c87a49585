//! The session guard: whatever is not on the public list needs a session. Unknown paths too.

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};
use binnacle_model::AppError;

use crate::{
    auth::session_of,
    middleware::{Asker, error_json},
    pages,
    router::is_public,
    state::AppState,
};

/// The layer. It judges by the route that matched, not by the text of the path, so that no spelling
/// of a path can slip by.
pub async fn layer(
    State(state): State<AppState>,
    matched: Option<MatchedPath>,
    mut request: Request,
    next: Next,
) -> Response {
    if matched.as_ref().is_some_and(|path| is_public(path.as_str())) {
        return next.run(request).await;
    }
    match session_of(&state, request.headers()).await {
        Ok(Some(session)) => {
            request.extensions_mut().insert(session);
            next.run(request).await
        }
        Ok(None) => {
            let asker = Asker::of(&request);
            if asker.page && request.method().is_safe() {
                let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
                return Redirect::to(&pages::login_path(target)).into_response();
            }
            error_json(&AppError::Unauthenticated)
        }
        Err(error) => pages::internal(&state, &Asker::of(&request), &error),
    }
}
