//! Pages the server makes by itself, without the console's wasm: sign-in and errors. Plain HTML, no
//! script, so that they work when nothing else does.

pub mod password;
pub mod sign_in;

use axum::response::{IntoResponse as _, Response};
use binnacle_model::{AppError, Lang, Text, Word, words::signin};
use http::{HeaderValue, StatusCode, Uri, header};

use crate::{
    html::{escape, query_value},
    middleware::{Asker, error_json, observe},
    state::AppState,
};

/// The path of the sign-in page that leads back to a target afterwards.
pub fn login_path(target: &str) -> String {
    match same_origin_path(target) {
        "/" => "/login".to_owned(),
        target => format!("/login?next={}", query_value(target)),
    }
}

/// A path to lead to after sign-in: a path of this console, or else its start. Never another host:
/// browsers read `//host`, `/\host` and control characters in ways of their own.
pub fn same_origin_path(target: &str) -> &str {
    let is_plain = target.starts_with('/')
        && !target.starts_with("//")
        && target.len() <= 2048
        && target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && target.parse::<Uri>().is_ok_and(|uri| uri.authority().is_none());
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let is_page = !["/login", "/logout", "/welcome", "/password", "/live", "/metrics"].contains(&path)
        && !path.starts_with("/api/")
        && !path.starts_with("/assets/");
    if is_plain && is_page { target } else { "/" }
}

/// A page's frame around what it says.
fn document(state: &AppState, asker: &Asker, title: &str, body: &str) -> String {
    let theme = asker.theme.map(|theme| format!(" data-theme=\"{theme}\"")).unwrap_or_default();
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\"{theme}>\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <link rel=\"icon\" type=\"image/svg+xml\" href=\"{icon}\">\n<link rel=\"stylesheet\" href=\"{style}\">\n\
         </head>\n<body>\n<main class=\"login\">\n\
         <p class=\"login-mark\"><img src=\"{icon}\" alt=\"\" width=\"24\" height=\"24\"> Binnacle</p>\n\
         {body}\n</main>\n</body>\n</html>\n",
        lang = asker.lang.tag(),
        title = escape(&signin::PAGE_TITLE.fill(asker.lang, &[title])),
        icon = escape(&state.assets.url("favicon.svg")),
        style = escape(&state.assets.url("style.css")),
    )
}

/// A whole page as an answer.
fn page(state: &AppState, asker: &Asker, status: StatusCode, title: &str, body: &str) -> Response {
    let mut response = (status, axum::response::Html(document(state, asker, title, body))).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(asker.lang.tag()));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language, cookie"));
    response
}

/// A page with one message: what is, why, and where to go on. The request id stands below.
pub fn message(
    state: &AppState,
    asker: &Asker,
    status: StatusCode,
    title: Word,
    why: &Text,
    link: Option<(Word, &str)>,
) -> Response {
    let (word, target) = link.unwrap_or((signin::GO_TO_CONSOLE, "/"));
    let body = format!(
        "<div class=\"login-card\">\n<h1>{}</h1>\n<p>{}</p>\n\
         <a class=\"button button-secondary\" href=\"{}\">{}</a>\n</div>\n<p class=\"field-note\">{}</p>",
        escape(title.text(asker.lang)),
        escape(&why.render(asker.lang)),
        escape(target),
        escape(word.text(asker.lang)),
        escape(&signin::PAGE_REQUEST_ID.fill(asker.lang, &[&observe::current_id()])),
    );
    page(state, asker, status, title.text(asker.lang), &body)
}

/// A fault of ours: the answer says the request id, the log says the rest.
pub fn internal(state: &AppState, asker: &Asker, error: &(dyn std::error::Error + 'static)) -> Response {
    tracing::error!(error, "a request failed");
    failed(state, asker, &observe::current_id())
}

/// The answer to a fault of ours that the log knows already.
pub fn failed(state: &AppState, asker: &Asker, request_id: &str) -> Response {
    if !asker.page {
        return error_json(&AppError::Internal { request_id: request_id.to_owned() });
    }
    let body = format!(
        "<div class=\"login-card\">\n<h1>{}</h1>\n<p>{}</p>\n\
         <a class=\"button button-secondary\" href=\"/\">{}</a>\n</div>\n<p class=\"field-note\">{}</p>",
        escape(signin::PAGE_FAILED.text(asker.lang)),
        escape(signin::PAGE_FAILED_WHY.text(asker.lang)),
        escape(signin::GO_TO_CONSOLE.text(asker.lang)),
        escape(&signin::PAGE_REQUEST_ID.fill(asker.lang, &[request_id])),
    );
    page(state, asker, StatusCode::INTERNAL_SERVER_ERROR, signin::PAGE_FAILED.text(asker.lang), &body)
}

/// An alert above a form; nothing without a text.
fn alert(text: Option<&str>) -> String {
    text.map(|text| {
        format!("<p class=\"field-note\" data-kind=\"error\" role=\"alert\">{}</p>\n", escape(text))
    })
    .unwrap_or_default()
}

/// One labelled input.
struct Field<'a> {
    name: &'a str,
    label: Word,
    kind: &'a str,
    autocomplete: &'a str,
    value: &'a str,
    help: Option<String>,
    is_first: bool,
}

impl Field<'_> {
    fn html(&self, lang: Lang) -> String {
        let (help, described) = match &self.help {
            Some(help) => (
                format!("<p class=\"field-note\" id=\"{}-help\">{}</p>", self.name, escape(help)),
                format!(" aria-describedby=\"{}-help\"", self.name),
            ),
            None => (String::new(), String::new()),
        };
        format!(
            "<div class=\"field\"><label class=\"field-label\" for=\"{name}\">{label}</label>\
             <input class=\"input\" id=\"{name}\" name=\"{name}\" type=\"{kind}\" autocomplete=\"{autocomplete}\" \
             value=\"{value}\" required{described}{autofocus}>{help}</div>\n",
            name = self.name,
            label = escape(self.label.text(lang)),
            kind = self.kind,
            autocomplete = self.autocomplete,
            value = escape(self.value),
            autofocus = if self.is_first { " autofocus" } else { "" },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_console_are_led_to() {
        let cases = [
            ("/", true),
            ("/clusters/prod/statefulsets?q=a%20b&page=2", true),
            ("/loginpage", true),
            ("", false),
            ("clusters", false),
            ("//evil.test", false),
            ("/\\evil.test", false),
            ("/a\\..\\b", false),
            ("https://evil.test/", false),
            ("javascript:alert(1)", false),
            ("/\tevil", false),
            ("/a\r\nSet-Cookie: x=y", false),
            ("/ä", false),
            ("/login", false),
            ("/login?next=/", false),
            ("/logout", false),
            ("/api/clusters", false),
            ("/assets/x.js", false),
        ];
        for (target, is_good) in cases {
            assert_eq!(same_origin_path(target), if is_good { target } else { "/" }, "{target:?}");
        }
        assert_eq!(login_path("/"), "/login");
        assert_eq!(login_path("/clusters?q=a&b=c"), "/login?next=%2Fclusters%3Fq%3Da%26b%3Dc");
        assert_eq!(login_path("//evil.test"), "/login");
    }
}
