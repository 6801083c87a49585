//! No call of the console escapes the contract suite.
//!
//! A tour makes everything that [`binnacle_cluster::Clusters`] offers, against simulated clusters behind a
//! recorder. Each request that was seen must have, in its shape, a case in the contract's tables, which are
//! held to real API servers (`crates/sandbox/tests/contract`).

#![cfg(test)]

use std::collections::BTreeSet;

use serde_json::Value;

#[path = "calls/recorder.rs"]
mod recorder;
#[path = "calls/shape.rs"]
mod shape;
#[path = "calls/tour.rs"]
mod tour;

fn cases(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

/// The shapes of the contract's cases.
fn shapes<'a>(cases: impl IntoIterator<Item = &'a Value>) -> BTreeSet<String> {
    cases.into_iter().filter(|case| case["anonymous"] != true).map(shape::of_case).collect()
}

#[tokio::test]
async fn every_call_has_a_case_in_the_contract() {
    let seen = Box::pin(tour::run()).await;
    // The tour would prove nothing if the recorder saw nothing.
    assert!(seen.len() > 60, "only {} shapes: {seen:#?}", seen.len());
    let behaviour = cases(include_str!("../../sandbox/tests/contract/cases.json"));
    let calls = cases(include_str!("../../sandbox/tests/contract/calls.json"));
    let covered = shapes(behaviour.iter().chain(&calls));
    let bare: Vec<&String> = seen.difference(&covered).collect();
    assert!(bare.is_empty(), "crates/sandbox/tests/contract/calls.json has no case for {bare:#?}");
    // `unseen` are those that set the scene, and calls that clusters of the tour's size do not bring about.
    let made = shapes(calls.iter().filter(|case| case["unseen"] != true));
    let stale: Vec<&String> = made.difference(&seen).collect();
    assert!(stale.is_empty(), "calls.json has cases for calls that the tour does not make: {stale:#?}");
}

#[test]
fn the_tour_uses_everything_that_clusters_offers() {
    let offered = include_str!("../src/clusters.rs")
        .lines()
        .filter_map(|line| {
            line.strip_prefix("    pub async fn ").or_else(|| line.strip_prefix("    pub fn "))
        })
        .map(|rest| &rest[..rest.find('(').unwrap()]);
    let tour = include_str!("calls/tour.rs");
    let unused: Vec<&str> = offered
        .filter(|name| !tour.contains(&format!(".{name}(")) && !tour.contains(&format!("Clusters::{name}(")))
        .collect();
    assert!(unused.is_empty(), "the tour must use {unused:?}, and the contract cover their calls");
}

#[test]
fn shapes_tell_calls_apart_and_names_not() {
    let json = |path: &str, caller: bool| {
        shape::of("GET", path, |name| match name {
            "accept" => vec!["application/json".to_owned()],
            "impersonate-user" | "impersonate-group" if caller => vec!["ann".to_owned()],
            _ => vec![],
        })
    };
    for (path, expected) in [
        ("/version", "GET /version"),
        ("/api/v1", "GET /api/v1"),
        ("/apis/apps/v1", "GET /apis/apps/v1"),
        ("/api/v1/namespaces/shop", "GET /api/v1/namespaces/{name}"),
        ("/api/v1/namespaces/shop/pods", "GET /api/v1/namespaces/{namespace}/pods"),
        (
            "/apis/apps/v1/namespaces/shop/statefulsets/web/scale",
            "GET /apis/apps/v1/namespaces/{namespace}/statefulsets/{name}/scale",
        ),
        ("/api/v1/pods?limit=500&continue=x", "GET /api/v1/pods?continue&limit"),
        ("/api/v1/pods?dryRun=All&watch=1", "GET /api/v1/pods?dryRun=All&watch=1"),
    ] {
        assert_eq!(json(path, false), format!("{expected}, accept application/json, as the console"));
        assert_eq!(json(path, true), format!("{expected}, accept application/json, as a caller with groups"));
    }
}
