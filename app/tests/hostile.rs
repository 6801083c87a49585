//! Hostile texts in every field of every page: shown as text, whatever the model lets through.

// Views are types nested as deep as the page.
#![recursion_limit = "1024"]

mod fake;

use binnacle_model::{
    Lang, Text,
    cluster::{
        ClusterAccess, ClusterDetail, ClusterEdit, ClusterNumbers, ClusterProfile, Freshness, NodeRow, Usage,
    },
    session::Role,
    status::{PodStatus, PodTone, WorkloadState, WorkloadStatus},
    workload::{ConditionRow, ContainerRow, EventRow, PodRow, WorkloadDetail, WorkloadRow},
};
use fake::{Fake, cluster_row, render, row, workload};

/// The texts that the sandbox's hostile cluster is made of.
fn texts() -> Vec<String> {
    serde_json::from_str(include_str!("../../crates/sandbox/src/contents/hostile.json")).unwrap_or_default()
}

/// A console in which every text is this one.
fn all(text: &str) -> Fake {
    let said = || text.to_owned();
    let pairs = || vec![(said(), said())];
    let why = || Text::raw(said());
    let workload_row = WorkloadRow {
        uid: said(),
        alias: said(),
        status: WorkloadStatus::new(WorkloadState::NotReady, Some(why())),
        images: vec![said(), said()],
        ..row(text, text, 1, 2)
    };
    let pod = PodRow {
        uid: said(),
        name: said(),
        status: PodStatus { word: said(), tone: PodTone::Failing, reason: Some(why()) },
        ready: 0,
        containers: 1,
        restarts: 1,
        node: said(),
        ip: said(),
        created: 0,
    };
    let event = EventRow {
        uid: said(),
        warning: true,
        reason: said(),
        message: said(),
        object: said(),
        source: said(),
        count: 1,
        last: 0,
    };
    let detail = WorkloadDetail {
        row: workload_row.clone(),
        object: serde_json::json!({text: text, "metadata": {"annotations": {text: text}}}),
        description: said(),
        labels: pairs(),
        annotations: pairs(),
        conditions: vec![ConditionRow {
            kind: said(),
            status: said(),
            reason: said(),
            message: said(),
            since: 0,
        }],
        containers: vec![ContainerRow {
            name: said(),
            init: false,
            image: said(),
            ports: vec![said()],
            resources: vec![(said(), said(), said())],
        }],
        pods: Ok(vec![pod]),
        events: Ok(vec![event]),
        freshness: Freshness { as_of: Some(1), stale: Some(why()) },
        ..workload(text, text)
    };
    let mut cluster = cluster_row(text);
    cluster.alias = said();
    cluster.version = said();
    cluster.labels = pairs();
    cluster.numbers = ClusterNumbers { gpus: vec![(said(), 1)], ..ClusterNumbers::default() };
    cluster.freshness.stale = Some(why());
    let node = NodeRow {
        name: said(),
        ready: false,
        reason: said(),
        roles: vec![said()],
        zone: said(),
        version: said(),
        cpu: Usage::default(),
        memory: Usage::default(),
        pods: Usage::default(),
        created: 0,
    };
    Fake {
        clusters: vec![cluster.clone()],
        rows: vec![workload_row],
        freshness: Freshness { as_of: Some(1), stale: Some(why()) },
        limited_to: Some(vec![said()]),
        workload: Some(detail),
        cluster: Some(ClusterDetail {
            row: cluster,
            server: said(),
            system_uid: said(),
            description: said(),
            annotations: pairs(),
            region: said(),
            zone: said(),
            pod_cidrs: vec![said()],
            nodes: Ok(vec![node]),
            access: ClusterAccess::default(),
        }),
        edit: Some(ClusterEdit {
            profile: ClusterProfile {
                alias: said(),
                labels: pairs(),
                annotations: pairs(),
                description: said(),
                region: said(),
                zone: said(),
                ..ClusterProfile::default()
            },
            credential: None,
        }),
        ..Fake::default()
    }
}

/// The names and the values of all attributes, and whether the markup is sound: every quote closed before its tag.
fn attributes(html: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        let mut tag = after;
        // A name, perhaps with a value in quotes; what stands in quotes ends at the next one.
        loop {
            let end = tag.find(['>', '"']).unwrap_or(tag.len());
            let (head, tail) = tag.split_at(end);
            match tail.strip_prefix('"') {
                Some(value) => {
                    let (value, after) = value.split_once('"').unwrap_or((value, ""));
                    let name = head.trim_end_matches('=').rsplit([' ', '\n', '/']).next().unwrap_or_default();
                    found.push((name.to_owned(), value.to_owned()));
                    tag = after;
                }
                None => {
                    rest = tail;
                    break;
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn a_hostile_text_is_text_in_every_field_of_every_page() {
    let texts = texts();
    assert!(texts.len() > 30);
    let pages = [
        "/clusters",
        "/clusters/integrate",
        "/clusters/prod",
        "/clusters/prod/edit",
        "/clusters/prod/create-yaml",
        "/clusters/prod/statefulsets",
        "/clusters/prod/statefulsets/create",
        "/clusters/prod/statefulsets/team/web",
        "/clusters/prod/statefulsets/team/web?tab=containers",
        "/clusters/prod/statefulsets/team/web?tab=events",
        "/clusters/prod/statefulsets/team/web?tab=yaml",
    ];
    let mut rows = 0;
    for text in &texts {
        for page in pages {
            rows += 1;
            let html = render(page, all(text), Lang::En, Role::Admin).await;
            for markup in ["<script>alert", "<img src=x", "<svg onload", "<iframe srcdoc"] {
                assert!(!html.contains(markup), "{page} with {text:?} holds {markup}");
            }
            for (name, value) in attributes(&html) {
                let is_handler =
                    name.to_ascii_lowercase().starts_with("on") || name == "srcdoc" || name == "style";
                assert!(!is_handler, "{page} with {text:?} has {name}=\"{value}\"");
                let leads = name == "href" || name == "src" || name == "action";
                assert!(
                    !leads || value.starts_with('/') && !value.starts_with("//") || value.starts_with('#'),
                    "{page} with {text:?} leads to {value}"
                );
            }
        }
    }
    println!("rows: {rows} (pages with a hostile text in every field)");
}
