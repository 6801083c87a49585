//! `/password`.

use http::StatusCode;

use super::app::{PASSWORD, TestApp, text, value};

fn form(current: Option<&str>, new: &str, again: &str) -> String {
    let current =
        current.map(|current| format!("current={}&", current.replace(' ', "+"))).unwrap_or_default();
    format!("{current}new={}&again={}", new.replace(' ', "+"), again.replace(' ', "+"))
}

#[tokio::test]
async fn a_first_password_needs_no_current_one_and_ends_other_sessions() {
    let app = TestApp::new().await;
    let (here, elsewhere) = (app.sign_in().await, app.sign_in().await);
    let page = text(app.get("/password", &[("cookie", &here)]).await).await;
    assert!(page.contains("Set password") && !page.contains("name=\"current\""));
    let set = app.post_form("/password", &form(None, PASSWORD, PASSWORD), &[("cookie", &here)]).await;
    assert_eq!(set.status(), StatusCode::SEE_OTHER);
    let fresh = value(&set, "set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(app.get("/clusters", &[("cookie", &fresh)]).await.status(), StatusCode::OK);
    for old in [here, elsewhere] {
        assert_eq!(app.get("/clusters", &[("cookie", &old)]).await.status(), StatusCode::SEE_OTHER);
    }
    let login =
        app.post_form("/login", &format!("user=admin&password={}", PASSWORD.replace(' ', "+")), &[]).await;
    assert_eq!(login.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn changing_it_needs_the_current_one() {
    let app = TestApp::new().await;
    app.set_password().await;
    let cookie = app.sign_in().await;
    let new = "another long sentence";
    for (current, status) in [
        (None, StatusCode::FORBIDDEN),
        (Some("not this one"), StatusCode::FORBIDDEN),
        (Some(PASSWORD), StatusCode::SEE_OTHER),
    ] {
        let answer = app.post_form("/password", &form(current, new, new), &[("cookie", &cookie)]).await;
        assert_eq!(answer.status(), status, "{current:?}");
    }
}

#[tokio::test]
async fn weak_and_mistyped_ones_are_refused_with_the_reason() {
    let app = TestApp::new().await;
    let cookie = app.sign_in().await;
    let long = "x".repeat(1025);
    for (new, again, reason) in [
        ("s3cr3t", "s3cr3t", "shorter than 12"),
        (long.as_str(), long.as_str(), "longer than 1024"),
        ("twelve chars", "twelve charz", "differ"),
    ] {
        let answer = app.post_form("/password", &form(None, new, again), &[("cookie", &cookie)]).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = text(answer).await;
        assert!(page.contains(reason), "{page}");
        assert!(!page.contains(new), "what was typed is not sent back");
    }
}
