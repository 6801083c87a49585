//! `/login`.

use http::StatusCode;

use super::app::{PASSWORD, TestApp, text, value};

fn form(user: &str, password: &str, next: &str) -> String {
    format!("user={user}&password={}&next={}", password.replace(' ', "+"), next.replace('&', "%26"))
}

#[tokio::test]
async fn the_right_password_signs_in_and_leads_on() {
    let app = TestApp::new().await;
    app.set_password().await;
    let answer = app.post_form("/login", &form("admin", PASSWORD, "/clusters/prod?x=1"), &[]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(value(&answer, "location"), "/clusters/prod?x=1");
    let cookie = value(&answer, "set-cookie");
    assert!(
        cookie.starts_with("binnacle=")
            && cookie.contains("; HttpOnly; SameSite=Strict")
            && !cookie.contains("Secure"),
        "{cookie}"
    );
    let session = cookie.split(';').next().unwrap();
    assert_eq!(app.get("/clusters", &[("cookie", session)]).await.status(), StatusCode::OK);
    assert_eq!(
        app.get("/login", &[("cookie", session)]).await.status(),
        StatusCode::SEE_OTHER,
        "nothing to sign in to"
    );
}

#[tokio::test]
async fn under_https_the_cookie_is_bound_to_this_host() {
    let app = TestApp::with(&["--https", "--public-origin", "https://console.test"]).await;
    app.set_password().await;
    let headers = [("host", "console.test")];
    let origin = [
        ("origin", "https://console.test"),
        ("content-type", "application/x-www-form-urlencoded"),
        headers[0],
    ];
    let answer = app
        .send(super::app::request(http::Method::POST, "/login", &origin, form("admin", PASSWORD, "/").into()))
        .await;
    let cookie = value(&answer, "set-cookie");
    assert!(
        cookie.starts_with("__Host-binnacle=") && cookie.ends_with("; Secure") && cookie.contains("Path=/;"),
        "{cookie}"
    );
    assert!(!cookie.contains("Domain"));
    let plain = cookie.split(';').next().unwrap().replace("__Host-", "");
    let refused = app.get("/clusters", &[headers[0], ("cookie", &plain)]).await;
    assert_eq!(refused.status(), StatusCode::SEE_OTHER, "the unprefixed name is nobody's");
}

#[tokio::test]
async fn wrong_name_wrong_password_and_no_password_look_the_same() {
    let app = TestApp::new().await;
    let unset = app.post_form("/login", &form("admin", "anything at all", "/"), &[]).await;
    app.set_password().await;
    let wrong = app.post_form("/login", &form("admin", "anything at all", "/"), &[]).await;
    let unknown = app.post_form("/login", &form("nobody", "anything at all", "/"), &[]).await;
    let mut bodies = Vec::new();
    for answer in [unset, wrong, unknown] {
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert!(!answer.headers().contains_key("set-cookie"));
        bodies.push(text(answer).await.replace("nobody", "admin"));
    }
    assert_eq!(bodies[0], bodies[1]);
    assert_eq!(bodies[1], bodies[2]);
    assert!(bodies[0].contains("User name or password is wrong") && !bodies[0].contains("anything at all"));
}

#[tokio::test]
async fn attempts_are_limited_and_say_when_to_come_back() {
    let app = TestApp::new().await;
    app.set_password().await;
    let address = std::net::IpAddr::from([0, 0, 0, 0]);
    while app.state.limiter.attempt(address, None, std::time::Instant::now()).is_ok() {}
    let answer = app.post_form("/login", &form("admin", PASSWORD, "/"), &[]).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(value(&answer, "retry-after").parse::<u32>().unwrap() <= 60);
}

#[tokio::test]
async fn a_planted_session_id_is_worth_nothing() {
    let app = TestApp::new().await;
    app.set_password().await;
    let before = app.sign_in().await;
    let answer = app.post_form("/login", &form("admin", PASSWORD, "/"), &[("cookie", &before)]).await;
    let after = value(&answer, "set-cookie").split(';').next().unwrap().to_owned();
    assert_ne!(before, after, "the id rotates");
    assert_eq!(
        app.get("/clusters", &[("cookie", &before)]).await.status(),
        StatusCode::SEE_OTHER,
        "the old one ends"
    );
}

#[tokio::test]
async fn what_a_person_typed_is_shown_as_text() {
    let app = TestApp::new().await;
    let answer = app
        .post_form("/login", "user=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&password=x&next=//evil.test", &[])
        .await;
    let page = text(answer).await;
    assert!(!page.contains("<script") && !page.contains("evil.test"), "{page}");
    assert!(page.contains("&quot;&gt;&lt;script&gt;"));
    let query = text(app.get("/login?next=javascript:alert(1)", &[]).await).await;
    assert!(!query.contains("javascript:"));
}

#[tokio::test]
async fn the_page_speaks_the_readers_language() {
    let app = TestApp::new().await;
    type Headers = &'static [(&'static str, &'static str)];
    let cases: [(&str, Headers, &str); 5] = [
        ("/login", &[], "lang=\"en\""),
        ("/login", &[("accept-language", "fr, zh;q=0.8, en;q=0.5")], "lang=\"zh-CN\""),
        ("/login", &[("accept-language", "zh"), ("cookie", "binnacle_lang=en")], "<html lang=\"en\""),
        ("/login?lang=zh-CN", &[], "<html lang=\"zh-CN\""),
        ("/login?lang=xx", &[], "<html lang=\"en\""),
    ];
    for (path, headers, expected) in cases {
        assert!(text(app.get(path, headers).await).await.contains(expected), "{path} {headers:?}");
    }
    let chosen = app.get("/login?lang=zh-CN", &[]).await;
    assert!(value(&chosen, "set-cookie").starts_with("binnacle_lang=zh-CN; "));
}

#[tokio::test]
async fn a_form_that_is_none_is_refused() {
    let app = TestApp::new().await;
    for body in ["", "user=admin", "user=a&user=b&password=x", "{}"] {
        assert_eq!(app.post_form("/login", body, &[]).await.status(), StatusCode::BAD_REQUEST, "{body}");
    }
}
