//! Pages as the server renders them, over a backend of fixed answers: each state of a list says what a
//! person needs to know, by role and name.

// Views are types nested as deep as the page.
#![recursion_limit = "1024"]

mod fake;

use binnacle_model::{
    AppError, Lang, Text,
    cluster::Freshness,
    session::Role,
    status::{WorkloadState, WorkloadStatus},
};
use fake::{Fake, cluster_row, render, row};

#[tokio::test]
async fn a_list_shows_rows_reasons_and_who_may_do_what() {
    let mut rows = vec![row("default", "web", 3, 3), row("team", "queue", 1, 2)];
    rows[1].status = WorkloadStatus {
        state: WorkloadState::NotReady,
        reason: Some(Text::raw("Pod queue-1: ImagePullBackOff")),
    };
    let html =
        render("/clusters/prod/statefulsets", Fake { rows, ..Fake::default() }, Lang::En, Role::Admin).await;
    for said in [
        "<h1 class=\"page-title\">",
        "/clusters/prod/statefulsets/default/web",
        "Pod queue-1: ImagePullBackOff",
        "Not ready",
        "3/3",
        "1/2",
        "Actions for queue",
        "aria-sort",
        "href=\"/clusters/prod/statefulsets/create\"",
    ] {
        assert!(html.contains(said), "{said} is missing in\n{html}");
    }
}

#[tokio::test]
async fn a_list_says_why_it_is_empty_stale_or_forbidden() {
    let stale = Freshness { as_of: Some(940), stale: Some(Text::raw("connection refused")) };
    let cases = [
        ("/clusters/prod/statefulsets", Fake::default(), "No StatefulSets here yet"),
        ("/clusters/prod/statefulsets?q=zzz", Fake::default(), "Nothing matches these filters"),
        (
            "/clusters/prod/statefulsets",
            Fake { freshness: stale, ..Fake::default() },
            "1 min old: connection refused",
        ),
        (
            "/clusters/prod/statefulsets",
            Fake {
                failure: Some(AppError::Forbidden {
                    verb: "list".into(),
                    resource: "statefulsets.apps".into(),
                    scope: "prod".into(),
                    message: "no rule".into(),
                }),
                ..Fake::default()
            },
            "You may not list statefulsets.apps in prod",
        ),
        (
            "/clusters/prod/statefulsets",
            Fake {
                limited_to: Some(vec!["team".into()]),
                rows: vec![row("team", "a", 1, 1)],
                ..Fake::default()
            },
            "only the namespaces that you may list: team",
        ),
        ("/clusters/prod/nothings", Fake::default(), "This page does not exist"),
    ];
    for (path, fake, said) in cases {
        let html = render(path, fake, Lang::En, Role::User).await;
        assert!(html.contains(said), "{path}: {said} is missing in\n{html}");
    }
}

#[tokio::test]
async fn clusters_are_listed_with_reasons_and_a_user_learns_why_not() {
    let mut dead = cluster_row("reef");
    dead.state = binnacle_model::cluster::ClusterState::Unknown;
    dead.freshness = Freshness { as_of: None, stale: Some(Text::raw("connection refused")) };
    let fake = || Fake { clusters: vec![cluster_row("prod"), dead.clone()], ..Fake::default() };
    let html = render("/clusters", fake(), Lang::En, Role::User).await;
    for said in ["/clusters/prod", "Running", "connection refused", "Only console administrators"] {
        assert!(html.contains(said), "{said} is missing in\n{html}");
    }
    let html = render("/clusters", fake(), Lang::En, Role::Admin).await;
    assert!(!html.contains("Only console administrators"), "{html}");
}

#[tokio::test]
async fn pages_speak_the_readers_language() {
    let html = render("/clusters", Fake::default(), Lang::Zh, Role::Admin).await;
    assert!(html.contains("还没有集群"), "{html}");
}

#[tokio::test]
async fn hostile_names_are_text() {
    let mut evil = row("default", "web", 1, 1);
    evil.images = vec!["x/<script>alert(1)</script>".into()];
    evil.status.reason = Some(Text::raw("\"><img src=x onerror=alert(1)>"));
    let html = render(
        "/clusters/prod/statefulsets",
        Fake { rows: vec![evil], ..Fake::default() },
        Lang::En,
        Role::Admin,
    )
    .await;
    let body = html.split("<tbody>").nth(1).unwrap_or_default();
    assert!(!body.contains("<script>alert") && !body.contains("<img"), "{body}");
}

#[tokio::test]
async fn no_text_is_rendered_inside_textareas() {
    for path in ["/clusters/integrate", "/clusters/prod/create-yaml", "/clusters/prod/statefulsets/create"] {
        let html = render(path, Fake::default(), Lang::En, Role::Admin).await;
        assert!(html.contains("<textarea"), "{path} has none\n{html}");
        for area in html.split("<textarea").skip(1) {
            let inside = area.split_once('>').map_or("", |(_, rest)| rest);
            assert!(inside.starts_with("</textarea>"), "{path}: {area}");
        }
    }
}
