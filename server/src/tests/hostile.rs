//! A cluster whose every text is hostile, through the whole console: what it says is text on every page, with what
//! is hidden in it made visible, and no answer is a flood.

use std::{sync::Arc, time::Duration};

use axum::{Router, body::Body};
use binnacle_app::backend::Backend as _;
use binnacle_model::{
    hidden::is_hidden,
    live::Topic,
    object::WorkloadKind,
    session::{Caller, Role},
    workload::ListQuery,
};
use binnacle_sandbox::Sandbox;
use http::{Method, StatusCode};
use serde_json::Value;
use tower::ServiceExt as _;

use super::app::{self, request};
use crate::{auth, backend::ServerBackend, live::Changes as _, router, state::AppState, store::Store};

const CLUSTER: &str = "hostile";

/// What no answer may hold as markup: the texts of `contents/hostile.json`, as a browser would obey them.
const MARKUP: [&str; 6] =
    ["<script>alert", "<img src=x", "<svg onload", "<iframe srcdoc", "href=\"javascript:", "href=\"//evil"];

/// The page's text without its scripts, in which hydration reads the objects as they are.
fn without_scripts(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, script)) = rest.split_once("<script") {
        out.push_str(before);
        rest = script.split_once("</script>").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// Every text below a value, with its place.
fn texts(value: &Value, place: &str, into: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => into.push((place.to_owned(), text.clone())),
        Value::Array(items) => items.iter().for_each(|item| texts(item, place, into)),
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| texts(value, &format!("{place}.{key}"), into));
        }
        _ => {}
    }
}

/// Nothing of an answer but the object itself holds a hidden character or is longer than a page shows.
fn assert_shown(what: &str, answer: &impl serde::Serialize) {
    let mut found = Vec::new();
    texts(&serde_json::to_value(answer).unwrap(), "", &mut found);
    assert!(!found.is_empty(), "{what} says nothing");
    for (place, text) in found.iter().filter(|(place, _)| !place.starts_with(".object")) {
        let end = text.chars().take(80).collect::<String>();
        assert!(!text.contains(is_hidden), "{what}{place} holds {end:?}");
        assert!(text.chars().count() <= 4_001, "{what}{place} has {} characters", text.chars().count());
    }
}

struct Console {
    router: Router,
    cookie: String,
}

impl Console {
    async fn get(&self, path: &str) -> (StatusCode, String) {
        let response = self
            .router
            .clone()
            .oneshot(request(Method::GET, path, &[("cookie", &self.cookie)], Body::empty()))
            .await
            .unwrap();
        (response.status(), app::text(response).await)
    }
}

#[tokio::test]
async fn whatever_a_cluster_says_is_text_on_every_page() {
    let sandbox = Sandbox::hostile(7).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    store.ensure_user(auth::ADMIN, Role::Admin).await.unwrap();
    let backend = Arc::new(ServerBackend::start(store.clone(), true).await.unwrap());
    backend.add_sandbox(sandbox.clusters());
    let admin = Caller { user: auth::ADMIN.to_owned(), role: Role::Admin };
    let kind = WorkloadKind::StatefulSet;
    let query = ListQuery { page_size: 500, ..ListQuery::all(CLUSTER, kind) };

    let mut changes = backend.watch(&Topic::List { query: query.clone() });
    let work = async {
        loop {
            let page = backend.list(&admin, &query).await.unwrap();
            if page.rows.len() > 100 && page.freshness.stale.is_none() {
                return page;
            }
            changes.changed().await.unwrap();
        }
    };
    let page = tokio::time::timeout(Duration::from_secs(60), work).await.expect("the list never came");
    assert_shown("the list", &page);
    assert_shown("the clusters", &backend.clusters(&admin).await.unwrap());
    assert_shown("the cluster", &backend.cluster(&admin, CLUSTER).await.unwrap());
    assert_shown("the namespaces", &backend.namespaces(&admin, CLUSTER).await.unwrap());

    let mut paths: Vec<String> = [
        "/clusters",
        "/clusters/integrate",
        "/clusters/hostile",
        "/clusters/hostile/edit",
        "/clusters/hostile/statefulsets",
        "/clusters/hostile/statefulsets?namespace=hostile",
        "/clusters/hostile/statefulsets?q=%3Cscript%3Ealert(1)%3C/script%3E&namespace=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E",
        "/clusters/hostile/statefulsets/create",
        "/clusters/hostile/create-yaml",
        "/clusters/%3Cscript%3Ealert(1)%3C%2Fscript%3E/statefulsets",
        "/clusters/hostile/statefulsets/%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    ]
    .map(str::to_owned)
    .to_vec();
    let named: Vec<&str> =
        page.rows.iter().map(|row| row.name.as_str()).filter(|name| name.starts_with("payload-")).collect();
    assert!(named.len() > 60, "{named:?}");
    for row in page.rows.iter().filter(|row| row.namespace == CLUSTER && row.name.starts_with("payload-")) {
        let detail = backend.workload(&admin, CLUSTER, kind, CLUSTER, &row.name).await.unwrap();
        assert!(detail.pods.as_ref().is_ok_and(|pods| !pods.is_empty()), "{}", row.name);
        assert!(detail.events.as_ref().is_ok_and(|events| events.len() >= 2), "{}", row.name);
        assert_shown(&row.name, &detail);
        for tab in ["pods", "containers", "events", "yaml"] {
            paths.push(format!("/clusters/hostile/statefulsets/hostile/{}?tab={tab}", row.name));
        }
    }
    println!("rows: {} (pages of a hostile cluster)", paths.len());

    let state =
        AppState::new(&app::config(&[]), 3000, store, backend.clone(), backend.clone(), app::assets());
    let cookie = auth::sign_in(&state, &http::HeaderMap::new(), auth::ADMIN).await.unwrap();
    binnacle_app::turns::install();
    let console = Console {
        router: router::build(&state, leptos_axum::generate_route_list(binnacle_app::App)),
        cookie: cookie.split(';').next().unwrap().to_owned(),
    };
    let mut shown = 0;
    for path in paths {
        let (status, html) = console.get(&path).await;
        // A name that is none is found nowhere; that is told, and no fault of the console's.
        assert!(!status.is_server_error(), "{path}: {status}");
        let start = html.chars().take(200).collect::<String>();
        let visible = without_scripts(&html);
        for markup in MARKUP {
            // What stands in a script is read as JSON: only what would end the script counts there.
            let within = if markup.starts_with('<') { &html } else { &visible };
            if let Some((before, after)) = within.split_once(markup) {
                let around: String =
                    before.chars().rev().take(200).collect::<Vec<_>>().into_iter().rev().collect();
                panic!("{path} holds {around}{markup}{}", after.chars().take(100).collect::<String>());
            }
        }
        // A form edits what there is, as it is.
        let is_form = path.ends_with("/edit");
        if let Some((at, c)) = visible.char_indices().find(|(_, c)| is_hidden(*c) && !is_form) {
            let around: String =
                visible[..at].chars().rev().take(200).collect::<Vec<_>>().into_iter().rev().collect();
            panic!("{path} holds {c:?} after {around}");
        }
        shown += usize::from(visible.contains("&lt;script&gt;alert(1)"));
        assert!(html.contains("</html>") || html.contains("<body"), "{path}: {start}");
    }
    assert!(shown > 10, "the payload is text on {shown} pages");

    backend.shutdown().await;
    sandbox.stop().await;
}
