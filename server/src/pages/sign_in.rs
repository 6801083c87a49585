//! `/login`, `/welcome`, `/logout`.

use std::time::Instant;

use axum::{
    Form,
    extract::{Query, Request, State},
    response::{IntoResponse as _, Redirect, Response},
};
use binnacle_model::{Lang, words::signin};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::{Field, alert, internal, login_path, page, same_origin_path};
use crate::{
    auth::{Session, cookie, session_of, sign_in, token_id},
    html::{escape, query_value},
    middleware::{Asker, client_address},
    pages,
    secret::Secret,
    state::AppState,
    store::now,
};

/// The query of `/login`.
#[derive(Debug, Default, Deserialize)]
pub struct LoginQuery {
    /// Where to go afterwards.
    #[serde(default)]
    next: String,
    /// A language to switch to.
    lang: Option<String>,
}

/// `GET /login`.
pub async fn login(
    State(state): State<AppState>,
    Query(query): Query<LoginQuery>,
    request: Request,
) -> Response {
    let mut asker = Asker::of(&request);
    match session_of(&state, request.headers()).await {
        Ok(Some(_)) => return Redirect::to(same_origin_path(&query.next)).into_response(),
        Ok(None) => {}
        Err(error) => return internal(&state, &asker, &error),
    }
    let chosen = query.lang.as_deref().and_then(Lang::from_tag);
    asker.lang = chosen.unwrap_or(asker.lang);
    let mut response = form(&state, &asker, StatusCode::OK, "", &query.next, None);
    if let Some(lang) = chosen {
        let secure = if state.https { "; Secure" } else { "" };
        let value =
            format!("{}={}; Path=/; SameSite=Lax; Max-Age=31536000{secure}", cookie::LANG, lang.tag());
        set_cookie(&mut response, &value);
    }
    response
}

fn form(
    state: &AppState,
    asker: &Asker,
    status: StatusCode,
    user: &str,
    next: &str,
    problem: Option<&str>,
) -> Response {
    let lang = asker.lang;
    let next = same_origin_path(next);
    let user_field = Field {
        name: "user",
        label: signin::USER_NAME,
        kind: "text",
        autocomplete: "username",
        value: user,
        help: None,
        is_first: user.is_empty(),
    };
    let password_field = Field {
        name: "password",
        label: signin::PASSWORD_FIELD,
        kind: "password",
        autocomplete: "current-password",
        value: "",
        help: None,
        is_first: !user.is_empty(),
    };
    let (other, other_tag) = match lang {
        Lang::En => (signin::OTHER_LANGUAGE, Lang::Zh.tag()),
        Lang::Zh => (signin::OTHER_LANGUAGE, Lang::En.tag()),
    };
    let body = format!(
        "<form class=\"login-card\" method=\"post\" action=\"/login\">\n<h1>{title}</h1>\n{alert}\
         <input type=\"hidden\" name=\"next\" value=\"{next}\">\n{user}{password}\
         <button class=\"button button-primary\" type=\"submit\">{title}</button>\n</form>\n\
         <p class=\"field-note\"><a href=\"/login?lang={other_tag}&amp;next={next_query}\" lang=\"{other_tag}\" hreflang=\"{other_tag}\">{other}</a></p>",
        title = escape(signin::SIGN_IN.text(lang)),
        alert = alert(problem),
        next = escape(next),
        user = user_field.html(lang),
        password = password_field.html(lang),
        next_query = query_value(next),
        other = escape(other.text(lang)),
    );
    page(state, asker, status, signin::SIGN_IN.text(lang), &body)
}

/// The form of `/login`.
#[derive(Debug, Deserialize)]
pub struct LoginForm {
    user: String,
    password: Secret,
    #[serde(default)]
    next: String,
}

/// `POST /login`.
pub async fn log_in(State(state): State<AppState>, request: Request) -> Response {
    let asker = Asker::of(&request);
    let address = client_address(&state, &request);
    let headers = request.headers().clone();
    let Ok(Form(input)) = axum::RequestExt::extract::<Form<LoginForm>, _>(request).await else {
        return unreadable(&state, &asker);
    };
    if let Err(wait) = state.limiter.attempt(address, Some(&input.user), Instant::now()) {
        return too_many(&state, &asker, &input, wait);
    }
    let user = match state.store.user(&input.user).await {
        Ok(user) => user,
        Err(error) => return internal(&state, &asker, &error),
    };
    let hash = user.as_ref().and_then(|user| user.password.clone());
    let is_long = input.password.expose().len() > crate::auth::password::LONGEST;
    let fits = !is_long && state.hasher.verify(input.password.clone(), hash).await;
    match user {
        Some(user) if fits => {
            tracing::info!(user = user.name, "signed in with a password");
            into_console(&state, &asker, &headers, &user.name, same_origin_path(&input.next)).await
        }
        _ => {
            state.metrics.failed_sign_in();
            tracing::warn!(%address, "a sign-in failed");
            let problem = signin::WRONG_PASSWORD.text(asker.lang);
            form(&state, &asker, StatusCode::UNAUTHORIZED, &input.user, &input.next, Some(problem))
        }
    }
}

fn too_many(state: &AppState, asker: &Asker, input: &LoginForm, wait: u32) -> Response {
    let problem = signin::TOO_MANY_ATTEMPTS.fill(asker.lang, &[&wait.to_string()]);
    let status = StatusCode::TOO_MANY_REQUESTS;
    let mut response = form(state, asker, status, &input.user, &input.next, Some(&problem));
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    response
}

/// The answer to a form whose fields are missing or twice.
pub(super) fn unreadable(state: &AppState, asker: &Asker) -> Response {
    let why = signin::BAD_REQUEST_WHY.into();
    pages::message(state, asker, StatusCode::BAD_REQUEST, signin::BAD_REQUEST, &why, None)
}

/// Starts a session and leads on. The target was checked to be ours.
async fn into_console(
    state: &AppState,
    asker: &Asker,
    headers: &HeaderMap,
    user: &str,
    target: &str,
) -> Response {
    match sign_in(state, headers, user).await {
        Ok(cookie) => {
            let mut response = Redirect::to(target).into_response();
            set_cookie(&mut response, &cookie);
            response
        }
        Err(error) => internal(state, asker, &error),
    }
}

/// Adds a `Set-Cookie`.
pub(super) fn set_cookie(response: &mut Response, cookie: &str) {
    // Names, tokens and numbers only: always a good header value.
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// The token of a sign-in link, in query and form.
#[derive(Debug, Deserialize)]
pub struct Welcome {
    token: Secret,
    /// `password` when the person wants to set one.
    then: Option<String>,
}

/// `GET /welcome?token=…`: shows a button and uses nothing up, so that a preview or prefetch of the
/// link does no harm.
pub async fn welcome(State(state): State<AppState>, request: Request) -> Response {
    let asker = Asker::of(&request);
    let token = match Query::<Welcome>::try_from_uri(request.uri()) {
        Ok(Query(query)) => query.token,
        Err(_) => return link_over(&state, &asker, request.headers()).await,
    };
    let user = match state.store.peek_link(&token_id(token.expose()), now()).await {
        Ok(Some(user)) => user,
        Ok(None) => return link_over(&state, &asker, request.headers()).await,
        Err(error) => return internal(&state, &asker, &error),
    };
    let has_password = match state.store.user(&user).await {
        Ok(known) => known.is_some_and(|user| user.password.is_some()),
        Err(error) => return internal(&state, &asker, &error),
    };
    let title = signin::SIGN_IN_AS.fill(asker.lang, &[&user]);
    // Who came by the first link has no other way in next time.
    let second = if has_password {
        String::new()
    } else {
        format!(
            "<button class=\"button button-secondary\" type=\"submit\" name=\"then\" value=\"password\">{}</button>\n",
            escape(signin::SET_PASSWORD_FIRST.text(asker.lang))
        )
    };
    let body = format!(
        "<form class=\"login-card\" method=\"post\" action=\"/welcome\">\n<h1>{title}</h1>\n<p>{why}</p>\n\
         <input type=\"hidden\" name=\"token\" value=\"{token}\">\n\
         <button class=\"button button-primary\" type=\"submit\" autofocus>{title}</button>\n{second}</form>",
        title = escape(&title),
        why = escape(signin::WELCOME_WHY.text(asker.lang)),
        token = escape(token.expose()),
    );
    page(&state, &asker, StatusCode::OK, &title, &body)
}

/// A link that works no more: whoever is signed in already just goes on.
async fn link_over(state: &AppState, asker: &Asker, headers: &HeaderMap) -> Response {
    match session_of(state, headers).await {
        Ok(Some(_)) => Redirect::to("/").into_response(),
        Ok(None) => {
            let why = signin::LINK_OVER_WHY.into();
            let link = Some((signin::GO_TO_SIGN_IN, "/login"));
            pages::message(state, asker, StatusCode::GONE, signin::LINK_OVER, &why, link)
        }
        Err(error) => internal(state, asker, &error),
    }
}

/// `POST /welcome`: uses the link up and signs in.
pub async fn use_link(State(state): State<AppState>, request: Request) -> Response {
    let asker = Asker::of(&request);
    let address = client_address(&state, &request);
    let headers = request.headers().clone();
    let Ok(Form(input)) = axum::RequestExt::extract::<Form<Welcome>, _>(request).await else {
        return unreadable(&state, &asker);
    };
    if let Err(wait) = state.limiter.attempt(address, None, Instant::now()) {
        let why = binnacle_model::Text::new(&signin::TOO_MANY_ATTEMPTS, [wait.to_string()]);
        let status = StatusCode::TOO_MANY_REQUESTS;
        return pages::message(
            &state,
            &asker,
            status,
            signin::SIGN_IN,
            &why,
            Some((signin::GO_TO_SIGN_IN, "/login")),
        );
    }
    let user = match state.store.take_link(&token_id(input.token.expose()), now()).await {
        Ok(Some(user)) => user,
        Ok(None) => return link_over(&state, &asker, &headers).await,
        Err(error) => return internal(&state, &asker, &error),
    };
    tracing::info!(user, "signed in with a one-time link");
    let target = if input.then.as_deref() == Some("password") { "/password" } else { "/" };
    into_console(&state, &asker, &headers, &user, target).await
}

/// `POST /logout`.
pub async fn log_out(State(state): State<AppState>, request: Request) -> Response {
    let asker = Asker::of(&request);
    if let Some(session) = request.extensions().get::<Session>()
        && let Err(error) = state.store.end_session(&session.id).await
    {
        return internal(&state, &asker, &error);
    }
    let mut response = Redirect::to(&login_path("/")).into_response();
    set_cookie(&mut response, &cookie::clear_session(state.https));
    response
}
