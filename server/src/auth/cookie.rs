//! Cookies: the session's, the language's and the theme's.

use std::time::Duration;

use http::{HeaderMap, header::COOKIE};

use crate::secret::Secret;

/// Holds the language a person chose.
pub const LANG: &str = "binnacle_lang";
/// Holds the theme a person chose: `light` or `dark`.
pub const THEME: &str = "binnacle_theme";

/// Under HTTPS the `__Host-` prefix makes browsers refuse the cookie from anywhere but this very host
/// (RFC 6265bis, section 4.1.3.2).
pub fn session_name(https: bool) -> &'static str {
    if https { "__Host-binnacle" } else { "binnacle" }
}

/// The value of a request's cookie. Of several with one name none is taken: a browser sends two only
/// when someone planted one.
pub fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut found = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// `Set-Cookie` of a new session.
pub fn set_session(https: bool, token: &Secret, lifetime: Duration) -> String {
    let name = session_name(https);
    let secure = if https { "; Secure" } else { "" };
    format!(
        "{name}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{secure}",
        token.expose(),
        lifetime.as_secs()
    )
}

/// `Set-Cookie` that takes the session's cookie away.
pub fn clear_session(https: bool) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{secure}", session_name(https))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_read_by_exact_name() {
        let cases = [
            (&["binnacle=a"][..], Some("a")),
            (&["x=1; binnacle=a; y=2"], Some("a")),
            (&["x=1", "binnacle=a"], Some("a")),
            (&["Binnacle=a"], None),
            (&["__Host-binnacle=a"], None),
            (&["binnacle"], None),
            (&["binnacle=a; binnacle=b"], None),
            (&["binnacle=a", "binnacle=b"], None),
            (&[], None),
        ];
        for (headers, expected) in cases {
            let mut map = HeaderMap::new();
            for header in headers {
                map.append(COOKIE, http::HeaderValue::from_static(header));
            }
            assert_eq!(value(&map, "binnacle"), expected, "{headers:?}");
        }
    }

    #[test]
    fn session_cookies_carry_every_flag() {
        let plain = set_session(false, &Secret::new("t"), Duration::from_secs(60));
        assert_eq!(plain, "binnacle=t; Path=/; HttpOnly; SameSite=Strict; Max-Age=60");
        let secure = set_session(true, &Secret::new("t"), Duration::from_secs(60));
        assert_eq!(secure, "__Host-binnacle=t; Path=/; HttpOnly; SameSite=Strict; Max-Age=60; Secure");
        assert!(clear_session(true).contains("Max-Age=0; Secure"));
    }
}
