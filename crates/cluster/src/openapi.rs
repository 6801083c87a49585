//! What each cluster says its objects look like: its OpenAPI v3 documents, made small and kept by the digest
//! of their bytes, so that one copy serves all clusters that say the same.
//!
//! A document is asked for as the person who needs it; what it says is no secret and serves all. Nothing
//! waits for a cluster longer than a moment: what is known serves at once, and the rest goes on behind.

mod library;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use aws_lc_rs::digest::{SHA512, digest};
use binnacle_model::{
    schema::{self, Schema, Schemas},
    session::Caller,
};
use serde::Deserialize;

pub(crate) use library::Library;

use crate::{
    cluster::Cluster,
    connection::{Call, Identity},
    discovery::{is_name, split_api_version},
    failure::Failure,
};

/// How long the index is believed; a definition that was changed is seen after that.
const KEEP: Duration = Duration::from_secs(60);
/// How long an index is not asked for again in which a group version was missed, or that failed.
const PAUSE: Duration = Duration::from_secs(10);
/// How long a text waits for what is not known yet.
const PATIENCE: Duration = Duration::from_millis(400);
/// Questions that wait for the one before; whoever comes later does with what is known.
const MOST_WAITING: usize = 8;
/// Group versions of one cluster's index that are read; a cluster full of CRDs has some hundred.
const MOST_VERSIONS: usize = 2_000;

#[derive(Deserialize)]
struct IndexDocument {
    #[serde(default)]
    paths: BTreeMap<String, IndexEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IndexEntry {
    #[serde(default, rename = "serverRelativeURL")]
    server_relative_url: String,
}

/// What one cluster says it has: the digest of each group version's document.
#[derive(Default)]
struct Index {
    digests: BTreeMap<String, String>,
    /// When the cluster said so; `None` for what was recorded in an earlier life of the console.
    at: Option<Instant>,
    /// When it was asked for in vain.
    failed: Option<Instant>,
    /// Whether what was recorded has been looked for.
    looked: bool,
}

/// The schemas of one cluster.
#[derive(Default)]
pub(crate) struct OpenApi {
    index: Mutex<Index>,
    /// Documents that are not what their digest says: they serve this cluster alone, by group version.
    odd: Mutex<BTreeMap<String, (String, Arc<Schema>)>>,
    /// Digests of documents that could not be had, and when: each may be megabytes to no end.
    refused: Mutex<BTreeMap<String, Instant>>,
    /// One question at a time.
    asking: tokio::sync::Mutex<()>,
    /// Questions that wait for their turn.
    waiting: AtomicUsize,
}

impl OpenApi {
    fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn digest_of(&self, api_version: &str) -> Option<String> {
        self.index().digests.get(api_version).cloned()
    }

    fn refused(&self) -> MutexGuard<'_, BTreeMap<String, Instant>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a document failed a moment ago.
    fn was_refused(&self, digest: &str) -> bool {
        self.refused().get(digest).is_some_and(|at| at.elapsed() < PAUSE)
    }

    fn odd(&self, api_version: &str, digest: &str) -> Option<Arc<Schema>> {
        let odd = self.odd.lock().unwrap_or_else(PoisonError::into_inner);
        odd.get(api_version).filter(|(of, _)| of == digest).map(|(_, schema)| Arc::clone(schema))
    }
}

/// A question's place among those that are asked or wait; it is free again when the question ends, however it does.
struct Waiting(Arc<Cluster>);

impl Waiting {
    fn new(cluster: &Arc<Cluster>) -> Option<Self> {
        let place = Waiting(Arc::clone(cluster));
        (cluster.openapi.waiting.fetch_add(1, Ordering::Relaxed) < MOST_WAITING).then_some(place)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.openapi.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Cluster {
    /// What is known of the group versions that a text names, within a moment.
    pub(crate) async fn schemas(self: &Arc<Self>, caller: &Caller, text: &str) -> Schemas {
        let versions = schema::api_versions(text);
        let mut schemas = Schemas::recorded();
        if versions.is_empty() {
            return schemas;
        }
        let (cluster, asked, who) = (Arc::clone(self), versions.clone(), caller.clone());
        if let Some(place) = Waiting::new(self) {
            // It goes on when the text does not wait for it any longer.
            let work = self.openapi_task(async move {
                cluster.learn(&who, &asked).await;
                drop(place);
            });
            let _ = tokio::time::timeout(PATIENCE, work).await;
        }
        let mut missed = false;
        for version in versions {
            let known = match self.openapi.digest_of(&version) {
                Some(digest) => self.openapi.odd(&version, &digest).or_else(|| self.library.kept(&digest)),
                None => None,
            };
            match known {
                Some(schema) => schemas.add(version, schema),
                None => missed |= schema::recorded().kinds(&version).is_some(),
            }
        }
        schemas.stands_in = missed && self.connection.is_down();
        schemas
    }

    /// Finds out what the cluster says of some group versions; what cannot be had is left.
    async fn learn(&self, caller: &Caller, versions: &BTreeSet<String>) {
        let _one = self.openapi.asking.lock().await;
        self.recall().await;
        // What is known serves while the cluster is asked for news.
        self.unknown(versions).await;
        if self.index_is_due(versions) {
            self.read_index(caller).await;
        }
        for (version, digest) in self.unknown(versions).await {
            if self.connection.is_down() {
                return;
            }
            if self.openapi.was_refused(&digest) {
                continue;
            }
            match self.read_document(caller, &version, &digest).await {
                Ok(()) => {}
                Err(failure) => {
                    // Who may not read it keeps it from nobody else.
                    if !matches!(failure.code(), Some(401 | 403)) {
                        let mut refused = self.openapi.refused();
                        refused.retain(|_, at| at.elapsed() < PAUSE);
                        refused.insert(digest, Instant::now());
                    }
                    tracing::debug!(cluster = self.name, version, ?failure, "no schema");
                    self.openapi.index().failed = Some(Instant::now());
                    return;
                }
            }
        }
    }

    /// The versions whose documents are neither in memory nor in the folder, with their digests; what is in the
    /// folder is brought into memory.
    async fn unknown(&self, versions: &BTreeSet<String>) -> Vec<(String, String)> {
        let mut unknown = Vec::new();
        for version in versions {
            let Some(digest) = self.openapi.digest_of(version) else { continue };
            if self.openapi.odd(version, &digest).is_none() && self.library.find(&digest).await.is_none() {
                unknown.push((version.clone(), digest));
            }
        }
        unknown
    }

    /// Looks once for what an earlier life of the console knew of this cluster.
    async fn recall(&self) {
        if std::mem::replace(&mut self.openapi.index().looked, true) {
            return;
        }
        let digests = self.library.recall(&self.name).await;
        let mut index = self.openapi.index();
        if index.at.is_none() {
            index.digests = digests;
        }
    }

    fn index_is_due(&self, versions: &BTreeSet<String>) -> bool {
        let index = self.openapi.index();
        let within = |at: Option<Instant>, time: Duration| at.is_some_and(|at| at.elapsed() < time);
        if self.connection.is_down() || within(index.failed, PAUSE) {
            return false;
        }
        let complete = versions.iter().all(|version| index.digests.contains_key(version));
        !within(index.at, if complete { KEEP } else { PAUSE })
    }

    async fn read_index(&self, caller: &Caller) {
        let call = Call::get("/openapi/v3");
        let reply = self.connection.call(Identity::Caller(caller), call).await;
        match reply.and_then(|reply| reply.json::<IndexDocument>()) {
            Ok(document) => {
                let digests = digests(&document);
                let changed = {
                    let mut index = self.openapi.index();
                    let changed = index.digests != digests;
                    *index = Index {
                        digests: digests.clone(),
                        at: Some(Instant::now()),
                        failed: None,
                        looked: true,
                    };
                    changed
                };
                if changed {
                    self.library.remember(&self.name, digests).await;
                }
            }
            Err(failure) => {
                tracing::debug!(cluster = self.name, ?failure, "no index of schemas");
                self.openapi.index().failed = Some(Instant::now());
            }
        }
    }

    async fn read_document(&self, caller: &Caller, version: &str, digest_said: &str) -> Result<(), Failure> {
        let (group, name) = split_api_version(version);
        if !is_name(name) || !(group.is_empty() || is_name(group)) {
            return Ok(());
        }
        let path = if group.is_empty() { format!("api/{name}") } else { format!("apis/{group}/{name}") };
        let call = Call::document(format!("/openapi/v3/{path}"));
        let body = self.connection.call(Identity::Caller(caller), call).await?.body;
        let read = tokio::task::spawn_blocking(move || {
            let schema = schema::read([&body[..]]).unwrap_or_default();
            (Arc::new(schema), hex(digest(&SHA512, &body).as_ref()))
        });
        // What cannot be read says nothing, and is not asked for again while the cluster says the same.
        let (schema, found) = read.await.unwrap_or_default();
        if found == digest_said && !schema.is_empty() {
            self.library.keep(&found, schema).await;
        } else {
            let mut odd = self.openapi.odd.lock().unwrap_or_else(PoisonError::into_inner);
            if odd.len() >= library::MOST_KEPT {
                odd.clear();
            }
            odd.insert(version.to_owned(), (digest_said.to_owned(), schema));
        }
        Ok(())
    }
}

/// The digests in an index, by `apiVersion`. They come from a stranger and become names of files.
fn digests(document: &IndexDocument) -> BTreeMap<String, String> {
    let entries = document.paths.iter().filter_map(|(path, entry)| {
        let version = path.strip_prefix("apis/").or_else(|| path.strip_prefix("api/"))?;
        let (_, digest) = entry.server_relative_url.split_once("?hash=")?;
        let digest = digest.to_ascii_lowercase();
        library::is_digest(&digest).then(|| (version.to_owned(), digest))
    });
    entries.filter(|(version, _)| version.len() <= 253).take(MOST_VERSIONS).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut out, byte| {
        use std::fmt::Write as _;
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests;
