//! Fills a cluster with StatefulSets of no replicas, for benchmarks.

use super::api::Api;
use super::objects;
use crate::error::{Error, Result};
use crate::interrupt;
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Connections at work at once: more do not make one API server faster.
const WORKERS: usize = 8;

/// Creates `count` StatefulSets in `namespace`, which is made when missing; those already there stay.
pub(crate) fn seed(api: &Api, namespace: &str, count: usize) -> Result {
    api.create(
        "/api/v1/namespaces",
        &json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": namespace } }),
    )?;
    let path = format!("/apis/apps/v1/namespaces/{namespace}/statefulsets");
    let next = AtomicUsize::new(0);
    let work = || -> Result {
        loop {
            interrupt::check()?;
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return Ok(());
            }
            api.create(&path, &objects::stateful_set(namespace, number))?;
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        let mut result = Ok(());
        for worker in workers {
            let ended =
                worker.join().unwrap_or_else(|_| Err(Error::Failed("a seeding worker panicked".into())));
            result = result.and(ended);
        }
        result
    })
}
