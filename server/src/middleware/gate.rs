//! Keeps foreign pages out: cross-site request forgery, cross-site sockets, DNS rebinding.
//!
//! Three questions. Is the console known by the name the request uses (`Host`)? If the request can
//! change something or opens a socket: do `Origin` and `Sec-Fetch-Site` say that it comes from the
//! console itself? If it only reads: is it not another site's script or frame that reads?

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use binnacle_model::{AppError, Text, words::signin};
use http::{HeaderMap, Method, StatusCode, header};

use crate::{
    config::Origin,
    middleware::{Asker, error_json},
    pages,
    state::AppState,
};

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// `Host` names someone else, twice, or nobody.
    Host,
    /// It does not come from this console.
    Foreign,
}

/// Probes come by whatever address the orchestrator knows, and read nothing.
const ANY_HOST: [&str; 2] = ["/healthz", "/readyz"];

/// Judges a request by its method, path and headers.
///
/// # Errors
/// When it must not go on.
pub fn judge(
    origins: &[Origin],
    method: &Method,
    path: &str,
    authority: Option<&str>,
    headers: &HeaderMap,
) -> Result<(), Refusal> {
    if ANY_HOST.contains(&path) && matches!(*method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    let host = host(authority, headers).ok_or(Refusal::Host)?;
    let own = origins.iter().find(|origin| origin.authority == host).ok_or(Refusal::Host)?;

    let fetch_site = single(headers, "sec-fetch-site")?;
    let is_safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if !is_safe || headers.contains_key(header::UPGRADE) {
        let origin = single(headers, "origin")?;
        // A browser sends at least one of the two. A request with neither is a program's, and
        // programs can say where they come from.
        return match (fetch_site, origin) {
            (None, None) => Err(Refusal::Foreign),
            (Some(site), _) if site != "same-origin" => Err(Refusal::Foreign),
            (_, Some(origin)) if origin != own.as_text() => Err(Refusal::Foreign),
            _ => Ok(()),
        };
    }
    let is_navigation = single(headers, "sec-fetch-mode")? == Some("navigate")
        && single(headers, "sec-fetch-dest")? == Some("document");
    match fetch_site {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) if is_navigation => Ok(()),
        Some(_) => Err(Refusal::Foreign),
    }
}

/// The one name the request uses for us, in lower case.
fn host(authority: Option<&str>, headers: &HeaderMap) -> Option<String> {
    let mut values = headers.get_all(header::HOST).iter();
    let named = values.next();
    if values.next().is_some() {
        return None;
    }
    let named = match named {
        Some(value) => Some(value.to_str().ok()?),
        None => None,
    };
    match (named, authority) {
        (Some(named), Some(authority)) if !named.eq_ignore_ascii_case(authority) => None,
        (named, authority) => named.or(authority).map(str::to_ascii_lowercase),
    }
}

/// A header that may be there once.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Refusal::Foreign),
        _ => Err(Refusal::Foreign),
    }
}

/// The layer.
pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let uri = request.uri();
    let authority = uri.authority().map(|authority| authority.as_str());
    match judge(&state.origins, request.method(), uri.path(), authority, request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => {
            state.metrics.refused();
            tracing::warn!(?refusal, "refused a request that is not from this console");
            answer(&state, &Asker::of(&request), refusal)
        }
    }
}

fn answer(state: &AppState, asker: &Asker, refusal: Refusal) -> Response {
    let (status, title, why) = match refusal {
        Refusal::Host => {
            let known = state.origins.first().map(Origin::as_text).unwrap_or_default();
            (
                StatusCode::MISDIRECTED_REQUEST,
                signin::UNKNOWN_HOST,
                Text::new(&signin::UNKNOWN_HOST_WHY, [known]),
            )
        }
        Refusal::Foreign => {
            (StatusCode::FORBIDDEN, signin::FOREIGN_REQUEST, signin::FOREIGN_REQUEST_WHY.into())
        }
    };
    if asker.page {
        return pages::message(state, asker, status, title, &why, None);
    }
    let mut response = error_json(&AppError::Refused { text: why });
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    type Pairs = &'static [(&'static str, &'static str)];

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, http::HeaderValue::from_static(value));
        }
        map
    }

    fn origins() -> Vec<Origin> {
        ["localhost:3000", "127.0.0.1:3000"]
            .map(|authority| Origin { scheme: "http", authority: authority.to_owned() })
            .to_vec()
    }

    #[test]
    fn mutations_and_sockets_need_to_come_from_the_console() {
        // Every combination of host, origin and fetch site, judged by the rule in words: the host is
        // ours, and each of the two that is there names it, and one is there.
        let hosts = [
            ("localhost:3000", true),
            ("LOCALHOST:3000", true),
            ("evil.test:3000", false),
            ("localhost", false),
            ("localhost:3000.evil.test", false),
        ];
        let from = [
            (None, true, false),
            (Some("http://localhost:3000"), true, true),
            (Some("http://127.0.0.1:3000"), false, true),
            (Some("https://localhost:3000"), false, true),
            (Some("http://localhost:3001"), false, true),
            (Some("http://evil.test"), false, true),
            (Some("http://localhost:3000.evil.test"), false, true),
            (Some("null"), false, true),
            (Some(""), false, true),
        ];
        let sites = [
            (None, true, false),
            (Some("same-origin"), true, true),
            (Some("same-site"), false, true),
            (Some("cross-site"), false, true),
            (Some("none"), false, true),
            (Some("Same-Origin"), false, true),
        ];
        let mut judged = 0;
        for (host, host_good) in hosts {
            for (origin, origin_good, has_origin) in from {
                for (site, site_good, has_site) in sites {
                    let mut pairs = vec![("host", host)];
                    pairs.extend(origin.map(|origin| ("origin", origin)));
                    pairs.extend(site.map(|site| ("sec-fetch-site", site)));
                    let good = origin_good && site_good && (has_origin || has_site);
                    let expected = match (host_good, good) {
                        (false, _) => Err(Refusal::Host),
                        (true, false) => Err(Refusal::Foreign),
                        (true, true) => Ok(()),
                    };
                    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
                        assert_eq!(
                            judge(&origins(), &method, "/api/x", None, &headers(&pairs)),
                            expected,
                            "{pairs:?}"
                        );
                        judged += 1;
                    }
                    pairs.push(("upgrade", "websocket"));
                    assert_eq!(
                        judge(&origins(), &Method::GET, "/live", None, &headers(&pairs)),
                        expected,
                        "{pairs:?}"
                    );
                }
            }
        }
        assert!(judged > 1000);
    }

    #[test]
    fn reading_is_for_navigations_and_the_console_itself() {
        let cases: &[(Pairs, Result<(), Refusal>)] = &[
            (&[("host", "localhost:3000")], Ok(())),
            (&[("host", "localhost:3000"), ("sec-fetch-site", "same-origin")], Ok(())),
            (&[("host", "localhost:3000"), ("sec-fetch-site", "none")], Ok(())),
            (
                &[
                    ("host", "localhost:3000"),
                    ("sec-fetch-site", "cross-site"),
                    ("sec-fetch-mode", "navigate"),
                    ("sec-fetch-dest", "document"),
                ],
                Ok(()),
            ),
            (
                &[
                    ("host", "localhost:3000"),
                    ("sec-fetch-site", "cross-site"),
                    ("sec-fetch-mode", "navigate"),
                    ("sec-fetch-dest", "iframe"),
                ],
                Err(Refusal::Foreign),
            ),
            (
                &[
                    ("host", "localhost:3000"),
                    ("sec-fetch-site", "cross-site"),
                    ("sec-fetch-mode", "no-cors"),
                    ("sec-fetch-dest", "script"),
                ],
                Err(Refusal::Foreign),
            ),
            (&[("host", "localhost:3000"), ("sec-fetch-site", "same-site")], Err(Refusal::Foreign)),
            (&[("host", "localhost:3000"), ("host", "localhost:3000")], Err(Refusal::Host)),
            (&[("host", "rebound.test:3000")], Err(Refusal::Host)),
            (&[], Err(Refusal::Host)),
        ];
        for (pairs, expected) in cases {
            assert_eq!(
                judge(&origins(), &Method::GET, "/clusters", None, &headers(pairs)),
                *expected,
                "{pairs:?}"
            );
        }
        assert_eq!(judge(&origins(), &Method::GET, "/x", Some("localhost:3000"), &headers(&[])), Ok(()));
        assert_eq!(
            judge(&origins(), &Method::GET, "/x", Some("evil.test"), &headers(&[("host", "localhost:3000")])),
            Err(Refusal::Host)
        );
    }

    #[test]
    fn probes_may_come_by_any_name_but_only_read() {
        let probe = headers(&[("host", "10.1.2.3:3000")]);
        assert_eq!(judge(&origins(), &Method::GET, "/healthz", None, &probe), Ok(()));
        assert_eq!(judge(&origins(), &Method::GET, "/readyz", None, &probe), Ok(()));
        assert_eq!(judge(&origins(), &Method::POST, "/readyz", None, &probe), Err(Refusal::Host));
        assert_eq!(judge(&origins(), &Method::GET, "/healthz/x", None, &probe), Err(Refusal::Host));
    }
}
