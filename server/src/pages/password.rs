//! `/password`: set or change one's own password.

use std::time::Instant;

use axum::{
    Extension, Form,
    extract::{Request, State},
    response::{IntoResponse as _, Redirect, Response},
};
use binnacle_model::words::signin;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::{
    Field, alert, internal, page,
    sign_in::{set_cookie, unreadable},
};
use crate::{
    auth::{
        Session,
        password::{LONGEST, SHORTEST},
        sign_in,
    },
    html::escape,
    middleware::{Asker, client_address},
    secret::Secret,
    state::AppState,
};

/// `GET /password`.
pub async fn password(
    State(state): State<AppState>,
    Extension(session): Extension<Session>,
    request: Request,
) -> Response {
    let asker = Asker::of(&request);
    match has_password(&state, &session).await {
        Ok(has) => form(&state, &asker, &session, StatusCode::OK, has, None),
        Err(error) => internal(&state, &asker, &error),
    }
}

async fn has_password(state: &AppState, session: &Session) -> Result<bool, crate::store::StoreError> {
    let user = state.store.user(&session.caller.user).await?;
    Ok(user.is_some_and(|user| user.password.is_some()))
}

fn form(
    state: &AppState,
    asker: &Asker,
    session: &Session,
    status: StatusCode,
    has_password: bool,
    problem: Option<&str>,
) -> Response {
    let lang = asker.lang;
    let (title, why) = if has_password {
        (signin::CHANGE_PASSWORD, signin::CHANGE_PASSWORD_WHY)
    } else {
        (signin::SET_PASSWORD, signin::SET_PASSWORD_WHY)
    };
    let field = |name, label, autocomplete, help, is_first| {
        Field { name, label, kind: "password", autocomplete, value: "", help, is_first }.html(lang)
    };
    let current = if has_password {
        field("current", signin::CURRENT_PASSWORD, "current-password", None, true)
    } else {
        String::new()
    };
    let rule = signin::PASSWORD_RULE.fill(lang, &[&SHORTEST.to_string()]);
    let body = format!(
        "<form class=\"login-card\" method=\"post\" action=\"/password\">\n<h1>{title}</h1>\n<p>{why}</p>\n{alert}\
         <input type=\"hidden\" name=\"user\" autocomplete=\"username\" value=\"{user}\">\n{current}{new}{again}\
         <button class=\"button button-primary\" type=\"submit\">{title}</button>\n\
         <a class=\"button button-secondary\" href=\"/\">{later}</a>\n</form>",
        title = escape(title.text(lang)),
        why = escape(why.text(lang)),
        alert = alert(problem),
        user = escape(&session.caller.user),
        new = field("new", signin::NEW_PASSWORD, "new-password", Some(rule), !has_password),
        again = field("again", signin::REPEAT_PASSWORD, "new-password", None, false),
        later = escape(signin::SET_PASSWORD_LATER.text(lang)),
    );
    page(state, asker, status, title.text(lang), &body)
}

/// The form of `/password`.
#[derive(Debug, Deserialize)]
pub struct PasswordForm {
    current: Option<Secret>,
    new: Secret,
    again: Secret,
}

/// `POST /password`.
pub async fn set_password(
    State(state): State<AppState>,
    Extension(session): Extension<Session>,
    request: Request,
) -> Response {
    let asker = Asker::of(&request);
    let address = client_address(&state, &request);
    let headers: HeaderMap = request.headers().clone();
    let Ok(Form(input)) = axum::RequestExt::extract::<Form<PasswordForm>, _>(request).await else {
        return unreadable(&state, &asker);
    };
    let lang = asker.lang;
    let user = match state.store.user(&session.caller.user).await {
        Ok(user) => user,
        Err(error) => return internal(&state, &asker, &error),
    };
    let hash = user.and_then(|user| user.password);
    let has_password = hash.is_some();
    let refuse =
        |status, problem: String| form(&state, &asker, &session, status, has_password, Some(&problem));
    if has_password {
        // A browser left open must not be enough to take the account over.
        if let Err(wait) = state.limiter.attempt(address, Some(&session.caller.user), Instant::now()) {
            let problem = signin::TOO_MANY_ATTEMPTS.fill(lang, &[&wait.to_string()]);
            return refuse(StatusCode::TOO_MANY_REQUESTS, problem);
        }
        let current = input.current.clone().unwrap_or_else(|| Secret::new(""));
        if !state.hasher.verify(current, hash).await {
            return refuse(StatusCode::FORBIDDEN, signin::WRONG_CURRENT_PASSWORD.text(lang).to_owned());
        }
    }
    let problem = if input.new.expose().chars().count() < SHORTEST {
        Some(signin::PASSWORD_SHORT.fill(lang, &[&SHORTEST.to_string()]))
    } else if input.new.expose().len() > LONGEST {
        Some(signin::PASSWORD_LONG.fill(lang, &[&LONGEST.to_string()]))
    } else if input.new != input.again {
        Some(signin::PASSWORDS_DIFFER.text(lang).to_owned())
    } else {
        None
    };
    if let Some(problem) = problem {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, problem);
    }
    let hash = match state.hasher.hash(input.new).await {
        Ok(hash) => hash,
        Err(error) => return internal(&state, &asker, &error),
    };
    if let Err(error) = state.store.set_password(&session.caller.user, &hash).await {
        return internal(&state, &asker, &error);
    }
    tracing::info!(user = session.caller.user, "password set; other sessions ended");
    match sign_in(&state, &headers, &session.caller.user).await {
        Ok(cookie) => {
            let mut response = Redirect::to("/").into_response();
            set_cookie(&mut response, &cookie);
            response
        }
        Err(error) => internal(&state, &asker, &error),
    }
}
