//! `/welcome`.

use http::StatusCode;

use super::app::{TestApp, text, value};
use crate::auth;

#[tokio::test]
async fn a_link_survives_being_looked_at_and_works_once() {
    let app = TestApp::new().await;
    let link = auth::new_link(&app.state.store, auth::ADMIN).await.unwrap();
    let token = link.expose().split('=').nth(1).unwrap().to_owned();
    for _ in 0..3 {
        let page = app.get(link.expose(), &[]).await;
        assert_eq!(page.status(), StatusCode::OK);
        assert!(!page.headers().contains_key("set-cookie"));
        let page = text(page).await;
        assert!(page.contains("Sign in as admin") && page.contains("Set a password first"), "{page}");
    }
    let used = app.post_form("/welcome", &format!("token={token}"), &[]).await;
    assert_eq!(used.status(), StatusCode::SEE_OTHER);
    assert_eq!(value(&used, "location"), "/");
    let cookie = value(&used, "set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(app.get("/clusters", &[("cookie", &cookie)]).await.status(), StatusCode::OK);

    assert_eq!(app.post_form("/welcome", &format!("token={token}"), &[]).await.status(), StatusCode::GONE);
    assert_eq!(app.get(link.expose(), &[]).await.status(), StatusCode::GONE);
    let again = app.get(link.expose(), &[("cookie", &cookie)]).await;
    assert_eq!(value(&again, "location"), "/", "who is in already goes on");
}

#[tokio::test]
async fn the_link_can_lead_to_a_password_while_there_is_none() {
    let app = TestApp::new().await;
    let link = auth::new_link(&app.state.store, auth::ADMIN).await.unwrap();
    let token = link.expose().split('=').nth(1).unwrap();
    let used = app.post_form("/welcome", &format!("token={token}&then=password"), &[]).await;
    assert_eq!(value(&used, "location"), "/password");

    app.set_password().await;
    let link = auth::new_link(&app.state.store, auth::ADMIN).await.unwrap();
    assert!(!text(app.get(link.expose(), &[]).await).await.contains("Set a password first"));
}

#[tokio::test]
async fn guessing_is_limited() {
    let app = TestApp::new().await;
    let mut last = StatusCode::OK;
    for number in 0..11 {
        last = app.post_form("/welcome", &format!("token=guess{number}"), &[]).await.status();
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}
