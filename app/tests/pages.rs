//! Pages as the server renders them, over a backend of fixed answers: each state of a list says what a
//! person needs to know, by role and name.

// Views are types nested as deep as the page.
#![recursion_limit = "1024"]

mod fake;

use std::time::Duration;

use binnacle_model::{
    AppError, Lang, Text,
    cluster::{
        Ages as _, ClusterAccess, ClusterDetail, ClusterEdit, ClusterNumbers, ClusterProfile, CredentialEnd,
        Freshness, ReadyCount, Usage, Withheld,
    },
    edit::EditableObject,
    object::ObjectRef,
    session::Role,
    status::{WorkloadState, WorkloadStatus},
    words::errors,
    workload::{EventRow, ListAccess, ListPage},
};
use fake::{Fake, cluster_row, render, row, workload};

#[tokio::test]
async fn a_list_shows_rows_reasons_and_who_may_do_what() {
    let mut rows = vec![row("default", "web", 3, 3), row("team", "queue", 1, 2)];
    rows[1].status =
        WorkloadStatus::new(WorkloadState::NotReady, Some(Text::raw("Pod queue-1: ImagePullBackOff")));
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

/// The opening tag that is followed by these words.
fn tag_before<'a>(html: &'a str, tag: &str, words: &str) -> &'a str {
    let at = html.find(&format!("{words}<")).unwrap_or_else(|| panic!("{words} is missing in\n{html}"));
    let start = html[..at].rfind(tag).unwrap_or_default();
    html[start..at].split('>').next().unwrap_or_default()
}

#[tokio::test]
async fn buttons_that_would_be_refused_are_off_and_say_what_is_missing() {
    let forbidden = |verb: &str| {
        let scope = "prod".to_owned();
        AppError::Forbidden {
            verb: verb.into(),
            resource: "statefulsets.apps".into(),
            scope,
            message: String::new(),
        }
        .text()
    };
    let list = "/clusters/prod/statefulsets";
    let empty = Fake::default();
    let full = Fake { rows: vec![row("team", "web", 1, 1)], ..Fake::default() };
    for (fake, buttons) in [(full, 2), (empty, 3)] {
        let html = render(list, fake.clone(), Lang::En, Role::User).await;
        let is_on = tag_before(&html, "<a ", "Create from YAML");
        assert!(is_on.contains("href=") && !is_on.contains("aria-disabled"), "{is_on}");

        let access = ListAccess { create: Some(forbidden("create")), ..ListAccess::default() };
        let html = render(list, Fake { access, ..fake }, Lang::En, Role::User).await;
        for words in ["Create from YAML", "Create by image"] {
            let is_off = tag_before(&html, "<a ", words);
            for said in
                ["aria-disabled=\"true\"", "tabindex=\"0\"", "may not create statefulsets.apps in prod"]
            {
                assert!(is_off.contains(said), "{words}: {said} is missing in {is_off}");
            }
            assert!(!is_off.contains("href="), "{is_off}");
        }
        assert_eq!(html.matches("aria-disabled=\"true\"").count(), buttons, "{html}");
    }

    let page = "/clusters/prod/statefulsets/team/web";
    for (delete, patch) in [(false, false), (true, false), (false, true)] {
        let mut detail = workload("team", "web");
        detail.access.delete = delete.then(|| forbidden("delete"));
        detail.access.patch = patch.then(|| forbidden("patch"));
        let fake = Fake { workload: Some(detail), ..Fake::default() };
        let html = render(page, fake, Lang::En, Role::User).await;
        for (tag, words, verb, off) in
            [("<button", "Delete StatefulSet", "delete", delete), ("<a ", "Edit YAML", "patch", patch)]
        {
            let button = tag_before(&html, tag, words);
            assert_eq!(button.contains("aria-disabled=\"true\""), off, "{button}");
            assert_eq!(
                button.contains(&format!("may not {verb} statefulsets.apps in prod")),
                off,
                "{button}"
            );
        }
        let leads = html.contains("href=\"/clusters/prod/statefulsets/team/web/edit-yaml\"");
        assert_eq!(leads, !patch, "{html}");
    }
}

#[tokio::test]
async fn what_was_last_known_of_a_lost_cluster_is_marked_so() {
    let why = || Text::raw("no route");
    let mut page = ListPage {
        rows: vec![row("team", "web", 3, 3)],
        matching: 1,
        total: 1,
        counts: vec![(WorkloadState::Running, 1)],
        freshness: Freshness { as_of: Some(820), stale: None },
        limited_to: None,
        access: ListAccess::default(),
        sequence: 1,
    };
    page.grow_stale(why());
    let fake = Fake { rows: page.rows, freshness: page.freshness, ..Fake::default() };
    let list = render("/clusters/prod/statefulsets", fake, Lang::En, Role::Admin).await;

    let mut detail = workload("team", "web");
    detail.freshness.as_of = Some(820);
    detail.grow_stale(why());
    let fake = Fake { workload: Some(detail), ..Fake::default() };
    let one = render("/clusters/prod/statefulsets/team/web", fake, Lang::En, Role::Admin).await;

    for html in [list, one] {
        let badge = tag_before(&html, "<span data-tone", "Running, last seen");
        for said in
            ["data-tone=\"neutral\"", "tabindex=\"0\"", "Exception. What you see is 3 min old: no route"]
        {
            assert!(badge.contains(said), "{said} is missing in {badge}");
        }
        assert!(!html.contains("data-tone=\"running\""), "nothing is green: {html}");
    }
}

#[tokio::test]
async fn a_row_says_its_exact_time_at_its_one_link() {
    let mut web = row("team", "web", 1, 1);
    web.created = 1_795_447_586;
    let html = render(
        "/clusters/prod/statefulsets",
        Fake { rows: vec![web], ..Fake::default() },
        Lang::En,
        Role::User,
    )
    .await;
    let body = html.split("<tbody>").nth(1).unwrap_or_default();
    let link = body.split("<a ").find(|part| part.contains("row-link")).unwrap_or_default();
    for said in ["title=", "data-focus-tip="] {
        assert!(link.contains(&format!("{said}\"web, created 2026-11-23 15:26:26 UTC\"")), "{link}");
    }
    // Its link and its menu: no stop for the time.
    let stops = body.matches("<a ").count()
        + body.matches("<button").count()
        + body.matches("tabindex=\"0\"").count();
    assert_eq!(stops, 2, "{body}");
}

#[tokio::test]
async fn times_of_rows_without_a_link_share_one_stop() {
    let mut detail = workload("team", "web");
    let event = |uid: &str| EventRow {
        uid: uid.into(),
        warning: false,
        reason: "Created".into(),
        message: "made".into(),
        object: "Pod/web-0".into(),
        source: "kubelet".into(),
        count: 1,
        last: 1_795_447_586,
    };
    detail.events = Ok(["a", "b", "c"].map(event).to_vec());
    let fake = Fake { workload: Some(detail), ..Fake::default() };
    let html = render("/clusters/prod/statefulsets/team/web?tab=events", fake, Lang::En, Role::User).await;
    let rows = html.split("<tbody>").find(|part| part.contains("Pod/web-0")).unwrap_or_default();
    let stops = |index: &str| {
        let times = rows.split("<time").skip(1).filter_map(|time| time.split('>').next());
        times.filter(|time| time.contains(&format!("tabindex=\"{index}\""))).count()
    };
    assert_eq!((stops("0"), stops("-1")), (1, 2), "{rows}");
}

#[tokio::test]
async fn a_list_says_why_it_is_empty_stale_or_forbidden() {
    let stale = Freshness { as_of: Some(940), stale: Some(Text::raw("connection refused")) };
    let cases = [
        ("/clusters/prod/statefulsets", Fake::default(), "No StatefulSets here yet"),
        ("/clusters/prod/statefulsets?q=zzz", Fake::default(), "Nothing matches these filters"),
        (
            "/clusters/prod/statefulsets",
            Fake { freshness: stale, rows: vec![row("team", "a", 1, 1)], ..Fake::default() },
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
async fn a_list_is_called_empty_only_when_it_is() {
    let stale = |text: Text| Freshness { as_of: None, stale: Some(text) };
    let list = "/clusters/prod/statefulsets";
    let cases = [
        (
            list,
            Fake { freshness: stale(errors::CLUSTER_LOADING.into()), ..Fake::default() },
            vec!["Reading the list from the cluster", "aria-label=\"Loading\""],
        ),
        (
            list,
            Fake { freshness: stale(Text::new(&errors::CACHE_FORBIDDEN, ["no rule"])), ..Fake::default() },
            vec!["cannot be read at the moment", "The registered credential may not read this: no rule"],
        ),
        (
            list,
            Fake { freshness: stale(Text::raw("connection refused")), ..Fake::default() },
            vec!["cannot be read at the moment", "connection refused"],
        ),
        (
            "/clusters/prod/statefulsets?page=9&size=1",
            Fake { rows: vec![row("team", "a", 1, 1), row("team", "b", 1, 1)], ..Fake::default() },
            vec!["The list has no page 9", "href=\"/clusters/prod/statefulsets?page=2", "pagination"],
        ),
    ];
    for (path, fake, wanted) in cases {
        let html = render(path, fake, Lang::En, Role::User).await;
        assert!(!html.contains("2-2 of 2"), "{path}: a page that is not there has no range\n{html}");
        assert!(!html.contains("No StatefulSets here yet"), "{path} is called empty in\n{html}");
        for said in wanted {
            assert!(html.contains(said), "{path}: {said} is missing in\n{html}");
        }
    }
}

#[tokio::test]
async fn who_is_signed_out_is_led_to_sign_in_and_back() {
    let fake = Fake { failure: Some(AppError::Unauthenticated), ..Fake::default() };
    let html = render("/clusters/prod/statefulsets?q=web", fake, Lang::En, Role::User).await;
    let link = html.split("<a ").find(|part| part.contains("/login")).unwrap_or_default();
    assert!(link.contains("href=\"/login?next=%2Fclusters%2Fprod%2Fstatefulsets%3Fq%3Dweb\""), "{link}");
    assert!(link.contains("rel=\"external\""), "the router does not know it: {link}");
}

#[tokio::test]
async fn what_may_not_be_listed_is_no_link() {
    let detail = |refused: Option<Text>| ClusterDetail {
        row: cluster_row("prod"),
        server: String::new(),
        system_uid: String::new(),
        description: String::new(),
        annotations: vec![],
        region: String::new(),
        zone: String::new(),
        pod_cidrs: vec![],
        nodes: Ok(vec![]),
        access: ClusterAccess { list_workloads: refused, ..ClusterAccess::default() },
    };
    let capacity = async |refused: Option<Text>| {
        let fake = Fake { cluster: Some(detail(refused)), ..Fake::default() };
        let html = render("/clusters/prod", fake, Lang::En, Role::User).await;
        html.split("card-capacity").last().unwrap_or_default().to_owned()
    };
    assert!(capacity(None).await.contains("href=\"/clusters/prod/statefulsets\""));
    let refused = capacity(Some(Text::raw("You may not list StatefulSets"))).await;
    assert!(!refused.contains("href=\"/clusters/prod/statefulsets\""), "{refused}");
    assert!(refused.contains("data-tip=\"You may not list StatefulSets\""), "{refused}");
}

#[tokio::test]
async fn an_error_of_a_label_is_tied_to_its_control() {
    let labels = vec![("bad key".into(), "v".into())];
    let profile = ClusterProfile { labels, ..ClusterProfile::default() };
    let edit = ClusterEdit { profile, credential: None };
    let fake = Fake { edit: Some(edit), ..Fake::default() };
    let html = render("/clusters/prod/edit", fake, Lang::En, Role::Admin).await;
    let key =
        html.split("<input").find(|part| part.contains("id=\"cluster-label-key-0\"")).unwrap_or_default();
    for said in ["aria-invalid=\"true\"", "aria-describedby=\"cluster-label-0-note\""] {
        assert!(key.split('>').next().unwrap_or_default().contains(said), "{said} is missing in\n{key}");
    }
    assert!(html.contains("id=\"cluster-label-0-note\""), "{html}");
    assert_eq!(html.matches("aria-invalid").count(), 1, "{html}");
}

#[tokio::test]
async fn the_frame_can_be_skipped_and_the_drawer_says_what_it_is() {
    let html = render("/clusters", Fake::default(), Lang::En, Role::User).await;
    let skip = html.split("<a ").find(|part| part.contains("skip-link")).unwrap_or_default();
    assert!(skip.contains("href=\"#content\"") && skip.contains("rel=\"external\""), "{skip}");
    let drawer = html.split("<button").find(|part| part.contains("id=\"drawer-button\"")).unwrap_or_default();
    assert!(
        drawer.contains("aria-expanded=\"false\"") && drawer.contains("aria-controls=\"navigation\""),
        "{drawer}"
    );
    assert!(html.contains("id=\"navigation\""), "{html}");
}

#[tokio::test]
async fn cells_without_a_head_on_a_narrow_screen_say_what_they_are() {
    let fake =
        Fake { clusters: vec![cluster_row("prod")], rows: vec![row("team", "a", 1, 1)], ..Fake::default() };
    for (path, labels) in [
        ("/clusters", vec!["Version", "Nodes", "Pods", "CPU requested", "Memory requested", "Distribution"]),
        ("/clusters/prod/statefulsets", vec!["Images"]),
    ] {
        let html = render(path, fake.clone(), Lang::En, Role::User).await;
        for label in labels {
            assert!(
                html.contains(&format!("data-label=\"{label}\"")),
                "{path}: {label} is missing in\n{html}"
            );
        }
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
    // As text too, for a narrow screen: a tooltip needs a pointer.
    let as_text = html.split("cell-reason").skip(1).filter_map(|part| part.split("</span>").next());
    assert_eq!(as_text.filter(|part| part.contains("connection refused")).count(), 1, "{html}");
    let html = render("/clusters", fake(), Lang::En, Role::Admin).await;
    assert!(!html.contains("Only console administrators"), "{html}");
}

#[tokio::test]
async fn a_credential_that_ends_is_warned_of_and_leads_to_where_it_is_renewed() {
    let ending = |end| {
        let mut row = cluster_row("prod");
        (row.credential_expires, row.credential_end) = (Some(1_800_000_000), Some(end));
        Fake { clusters: vec![row], ..Fake::default() }
    };
    for (end, said) in [
        (CredentialEnd::Soon, "Credential ends 2027-01-15"),
        (CredentialEnd::Past, "Credential ended 2027-01-15"),
    ] {
        let html = render("/clusters", ending(end), Lang::En, Role::Admin).await;
        let link = html.split("<a ").find(|part| part.contains(said)).unwrap_or_default();
        assert!(link.contains("href=\"/clusters/prod/edit\""), "{html}");
        let html = render("/clusters", ending(end), Lang::En, Role::User).await;
        let note = html.split("row-note").nth(1).unwrap_or_default();
        assert!(note.contains(said) && !note.contains("<a "), "{html}");
    }
    let mut far = cluster_row("prod");
    far.credential_expires = Some(1_800_000_000);
    let html =
        render("/clusters", Fake { clusters: vec![far], ..Fake::default() }, Lang::En, Role::Admin).await;
    assert!(!html.contains("Credential"), "{html}");
}

#[tokio::test]
async fn numbers_that_may_not_be_seen_say_which_right_they_take() {
    let mut refused = cluster_row("prod");
    let usage = |allocatable| Some(Usage { requested: None, allocatable });
    refused.numbers = ClusterNumbers {
        nodes: Some(ReadyCount { ready: 3, total: 3 }),
        cpu: usage(4_000),
        memory: usage(8 << 30),
        no_pods: Some(Withheld::Caller(Text::raw("You may not list pods"))),
        ..ClusterNumbers::default()
    };
    let html = render(
        "/clusters",
        Fake { clusters: vec![refused.clone()], ..Fake::default() },
        Lang::En,
        Role::User,
    )
    .await;
    let row = html.split("<tbody>").nth(1).unwrap_or_default();
    assert_eq!(row.matches("no access: list pods").count(), 3, "pods, CPU and memory: {row}");
    assert!(row.contains("3/3") && row.contains("data-tip=\"You may not list pods\""), "{row}");

    // What the console itself may not read is no matter of the reader's rights.
    refused.numbers.no_pods = Some(Withheld::Console(Text::raw("The console may not")));
    let fake = Fake { clusters: vec![refused.clone()], ..Fake::default() };
    let html = render("/clusters", fake, Lang::En, Role::User).await;
    assert_eq!(html.matches(">console may not list pods<").count(), 3, "{html}");
    assert!(!html.contains("no access") && html.contains("data-tip=\"The console may not\""), "{html}");

    // Unknown is another thing: what the nodes have is known, what is asked of it not yet.
    refused.numbers.no_pods = None;
    let html =
        render("/clusters", Fake { clusters: vec![refused], ..Fake::default() }, Lang::En, Role::User).await;
    assert!(!html.contains("no access") && html.contains("– / 4<"), "{html}");
}

/// A cluster of which nothing but its name is known.
fn bare_cluster() -> ClusterDetail {
    ClusterDetail {
        row: cluster_row("prod"),
        server: String::new(),
        system_uid: String::new(),
        description: String::new(),
        annotations: vec![],
        region: String::new(),
        zone: String::new(),
        pod_cidrs: vec![],
        nodes: Ok(vec![]),
        access: ClusterAccess::default(),
    }
}

#[tokio::test]
async fn a_clusters_page_shows_all_that_is_known_and_nothing_else() {
    let page = async |detail| {
        render("/clusters/prod", Fake { cluster: Some(detail), ..Fake::default() }, Lang::En, Role::User)
            .await
    };
    let mut full = bare_cluster();
    full.region = "eu-central-1".into();
    full.zone = "eu-central-1a".into();
    full.annotations = vec![("example.com/owner".into(), "Blue team".into())];
    full.pod_cidrs = vec!["10.244.0.0/22".into(), "fd00::/62".into()];
    full.row.numbers.gpus = vec![("nvidia.com/gpu".into(), 12), ("nvidia.com/mig-1g.10gb".into(), 2)];
    full.row.credential_expires = Some(1_800_000_000);
    full.row.credential_end = Some(CredentialEnd::Soon);
    let html = page(full).await;
    for said in [
        "eu-central-1<",
        "eu-central-1a",
        "example.com/owner=Blue team",
        "10.244.0.0/22, fd00::/62",
        "12 × nvidia.com/gpu",
        "2 × nvidia.com/mig-1g.10gb",
        "ends at 2027-01-15 08:00:00 UTC",
    ] {
        assert!(html.contains(said), "{said} is missing in\n{html}");
    }
    let html = page(bare_cluster()).await;
    for absent in ["Region", "Annotations", "Pod CIDRs", "GPUs", "Give it a new kubeconfig"] {
        assert!(!html.contains(absent), "{absent} is in\n{html}");
    }
}

#[tokio::test]
async fn what_people_say_about_a_cluster_can_be_edited() {
    let profile = ClusterProfile {
        region: "eu-central-1".into(),
        annotations: vec![("bad key".into(), "any text at all".into())],
        ..ClusterProfile::default()
    };
    let fake = Fake { edit: Some(ClusterEdit { profile, credential: None }), ..Fake::default() };
    let html = render("/clusters/prod/edit", fake, Lang::En, Role::Admin).await;
    let control = |id: &str| {
        html.split("<input").find(|part| part.contains(&format!("id=\"{id}\""))).unwrap_or_default()
    };
    assert!(control("cluster-region").contains("eu-central-1"), "{html}");
    assert!(!control("cluster-zone").is_empty() && html.contains("Add annotation"), "{html}");
    assert!(control("cluster-annotation-key-0").contains("aria-invalid=\"true\""), "{html}");
    assert!(!control("cluster-annotation-value-0").contains("aria-invalid=\"true\""), "{html}");
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

#[tokio::test]
async fn no_sentence_keeps_a_place_that_was_not_filled() {
    let mut waiting = row("team", "kafka", 1, 3);
    waiting.status = WorkloadStatus::new(WorkloadState::NotReady, Some(Text::raw("Pod kafka-1: Pending")));
    let mut detail = workload("team", "kafka");
    detail.row = waiting.clone();
    let fake = Fake {
        clusters: vec![cluster_row("prod")],
        rows: vec![waiting],
        workload: Some(detail),
        ..Fake::default()
    };
    for path in [
        "/clusters",
        "/clusters/integrate",
        "/clusters/prod/statefulsets?q=kafka&namespace=team&status=notReady",
        "/clusters/prod/statefulsets?q=nothing",
        "/clusters/prod/statefulsets?page=9",
        "/clusters/prod/statefulsets/create",
        "/clusters/prod/statefulsets/team/kafka",
        "/clusters/prod/statefulsets/team/kafka?tab=events",
        "/nowhere",
    ] {
        for lang in [Lang::En, Lang::Zh] {
            let html = render(path, fake.clone(), lang, Role::Admin).await;
            for place in ["{0}", "{1}", "{2}"] {
                assert!(!html.contains(place), "{path}: {place} in\n{html}");
            }
        }
    }
}

#[tokio::test]
async fn nodes_of_a_lost_cluster_are_no_matter_of_rights() {
    for (lost, icon, other) in [(true, "#unplug", "#lock"), (false, "#lock", "#unplug")] {
        let mut detail = bare_cluster();
        detail.row.freshness.stale = lost.then(|| Text::raw("no route"));
        detail.nodes = Err(Text::raw("no answer"));
        let fake = Fake { cluster: Some(detail), ..Fake::default() };
        let html = render("/clusters/prod", fake, Lang::En, Role::User).await;
        let nodes = html.rsplit("state-empty").next().unwrap_or_default();
        assert!(nodes.contains("no answer") && nodes.contains(icon) && !nodes.contains(other), "{nodes}");
    }
}

/// On several threads a page's data may come at any moment of its drawing (`binnacle_app::turns`); without turns
/// one page in some five hundred is drawn without its rows.
#[tokio::test(flavor = "multi_thread", worker_threads = 6)]
async fn a_page_is_drawn_with_its_data_whenever_they_come() {
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..6 {
        readers.spawn(async {
            for _ in 0..250 {
                let rows = vec![row("default", "web", 1, 1)];
                let fake = Fake { rows, takes: Duration::from_micros(300), ..Fake::default() };
                let html = render("/clusters/prod/statefulsets", fake, Lang::En, Role::Admin).await;
                assert!(html.contains("<tbody") && html.contains("table-foot"), "{html}");
            }
        });
    }
    while let Some(reader) = readers.join_next().await {
        reader.unwrap();
    }
}

/// A StatefulSet opened for editing.
fn opened() -> EditableObject {
    EditableObject {
        target: ObjectRef {
            cluster: "prod".into(),
            api_version: "apps/v1".into(),
            kind: "StatefulSet".into(),
            namespace: Some("team".into()),
            name: "web".into(),
        },
        base: serde_json::json!({"metadata": {"name": "web", "uid": "u-1"}, "spec": {"serviceName": "web"}}),
        text: "spec:\n  serviceName: </textarea>\n".into(),
        keepers: vec![Text::raw("Helm's release web keeps this object")],
        immutable: vec!["spec.serviceName".into()],
        refused: None,
    }
}

#[tokio::test]
async fn a_live_object_is_opened_with_what_has_to_be_known_first() {
    let page = "/clusters/prod/statefulsets/team/web/edit-yaml";
    let html = render(page, Fake { opened: Some(opened()), ..Fake::default() }, Lang::En, Role::Admin).await;
    for said in [
        "<h1 class=\"page-title\">",
        "aria-label=\"YAML of StatefulSet web\"",
        "Helm&#x27;s release web keeps this object",
        "Fixed fields",
        "spec.serviceName",
        "Field owners",
        "href=\"/clusters/prod/statefulsets/team/web\"",
    ] {
        assert!(
            html.replace("&#39;", "&#x27;").replace("Helm's", "Helm&#x27;s").contains(said),
            "{said} is missing in\n{html}"
        );
    }
    assert!(html.contains("></textarea>"), "text never stands inside the tags: {html}");
    let review = tag_before(&html, "<button", "Review");
    for said in ["aria-disabled=\"true\"", "You changed nothing yet"] {
        assert!(review.contains(said), "{said} is missing in {review}");
    }
    assert!(!html.contains(">Save<"), "nothing is saved unreviewed: {html}");

    let refused = AppError::Forbidden {
        verb: "patch".into(),
        resource: "statefulsets.apps".into(),
        scope: "team".into(),
        message: String::new(),
    };
    let object = EditableObject { refused: Some(refused), ..opened() };
    let html = render(page, Fake { opened: Some(object), ..Fake::default() }, Lang::En, Role::User).await;
    let review = tag_before(&html, "<button", "Review");
    assert!(review.contains("may not patch statefulsets.apps in team"), "{review}");

    let html = render(page, Fake::default(), Lang::Zh, Role::Admin).await;
    assert!(html.contains("编辑 YAML") && html.contains("role=\"alert\""), "{html}");
}
