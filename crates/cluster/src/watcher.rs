//! List, then watch, for ever: one loop for every kind, parsing straight into compact items.
//!
//! The whole list is never in memory as JSON: it comes in pages, and each item is projected while it
//! is parsed. A relist (after 410) updates the old rows in place and drops at its end what it did not
//! meet, so that readers never see a half-empty table.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use binnacle_model::{Text, words::errors as words};
use futures::FutureExt as _;
use http_body_util::BodyExt as _;
use kube::client::Body;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use tokio::{sync::Semaphore, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{
    brief, clock,
    connection::{Call, Connection, Health, Identity},
    failure::{Failure, Status},
};

/// Objects on one page of a list.
const PAGE: u32 = 500;
/// Longest event that is read; etcd holds no object over 1.5 MiB.
const LINE_CAP: usize = 4 << 20;
/// Bookmarks come about once a minute; a watch that is silent for longer is opened anew.
const IDLE: Duration = Duration::from_secs(120);
/// What the API server is asked to end the watch after, in seconds.
const WATCH_SECONDS: u64 = 290;
/// Wait after the first failure; doubled up to [`SLOWEST`].
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Longest wait between attempts.
const SLOWEST: Duration = Duration::from_secs(30);
/// A watch that lasted this long was a good one.
const HELD: Duration = Duration::from_secs(5);
/// Wait when the credential may not read: rights are not given every second.
const FORBIDDEN_WAIT: Duration = Duration::from_secs(60);
/// Wait after a panic: what brought it about is most likely still there.
const PANIC_WAIT: Duration = Duration::from_secs(60);

/// A change that a watch reports.
pub(crate) enum Change<T> {
    /// The object is new or different.
    Upsert(T),
    /// The object is gone.
    Remove(T),
}

/// How far a cache is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The first list is under way.
    Loading,
    /// As the cluster holds it.
    Live,
    /// Not live, for this reason.
    Stale(Text),
    /// The console's credential may not read it.
    Forbidden(Text),
}

/// What keeps the items.
pub(crate) trait Sink: Send + Sync + 'static {
    /// One object, as far as it is kept.
    type Item: DeserializeOwned + Send + 'static;

    /// A list begins.
    fn begin(&self);
    /// A page of the list.
    fn page(&self, items: Vec<Self::Item>);
    /// The list is whole: what it did not bring is gone.
    fn finish(&self);
    /// Events, in order.
    fn apply(&self, changes: Vec<Change<Self::Item>>);
    /// Progress changed.
    fn progress(&self, progress: Progress);
}

#[derive(Deserialize)]
struct List<T> {
    #[serde(default)]
    metadata: ListMeta,
    items: Option<Vec<T>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ListMeta {
    resource_version: String,
    #[serde(rename = "continue")]
    next: String,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    object: &'a RawValue,
}

#[derive(Deserialize)]
struct Versioned {
    metadata: Version,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    resource_version: String,
}

/// Why a watch ended.
enum Ended {
    /// The server closed it, or it was silent: go on from the last version.
    Quietly,
    /// The last version is too old.
    Gone,
    /// It failed.
    Failed(Failure),
}

/// A running list-and-watch loop.
pub(crate) struct Watcher<S: Sink> {
    pub(crate) connection: Arc<Connection>,
    /// Path of the collection, without a query.
    pub(crate) path: String,
    pub(crate) sink: Arc<S>,
    /// One list of a cluster at a time.
    pub(crate) lists: Arc<Semaphore>,
    pub(crate) cancel: CancellationToken,
}

impl<S: Sink> Watcher<S> {
    /// Runs until it is cancelled.
    pub(crate) async fn run(self) {
        let work = async {
            // A panic is a fault of ours, and an object that brings it about may go: the rows stand, say
            // that they are old, and are listed anew.
            while AssertUnwindSafe(self.follow()).catch_unwind().await.is_err() {
                tracing::error!(path = self.path, "a watch panicked");
                self.sink.progress(Progress::Stale(words::REACH_OURS.into()));
                tokio::time::sleep(clock::jitter(PANIC_WAIT)).await;
            }
        };
        self.cancel.run_until_cancelled(work).await;
    }

    async fn follow(&self) {
        let mut version = None;
        let mut wait = FIRST_WAIT;
        self.sink.progress(Progress::Loading);
        loop {
            self.until_up().await;
            let from = match version.take() {
                Some(from) => from,
                None => match self.list().await {
                    Ok(from) => from,
                    Err(failure) => {
                        self.pause(&failure, &mut wait).await;
                        continue;
                    }
                },
            };
            let mut last = from;
            let opened = Instant::now();
            let ended = self.watch(&mut last).await;
            if opened.elapsed() > HELD {
                wait = FIRST_WAIT;
            }
            match ended {
                Ended::Failed(failure) => {
                    version = Some(last);
                    self.pause(&failure, &mut wait).await;
                    continue;
                }
                Ended::Quietly => version = Some(last),
                Ended::Gone => {}
            }
            // A server that ends each watch at once must not be asked in a tight loop.
            if opened.elapsed() < HELD {
                tokio::time::sleep(clock::jitter(wait)).await;
                wait = (wait * 2).min(SLOWEST);
            }
        }
    }

    /// While the cluster is down the probe alone knocks.
    async fn until_up(&self) {
        let mut health = self.connection.health();
        if let Ok(state) = health.wait_for(|health| !matches!(health, Health::New)).await
            && let Health::Down { reason, .. } = &*state
        {
            self.sink.progress(Progress::Stale(reason.clone()));
        }
        // The sender lives as long as the connection that this task holds.
        let _ = health.wait_for(|health| matches!(health, Health::Up)).await;
    }

    async fn pause(&self, failure: &Failure, wait: &mut Duration) {
        let delay = if failure.code() == Some(403) {
            self.sink.progress(Progress::Forbidden(Text::new(&words::CACHE_FORBIDDEN, [message(failure)])));
            FORBIDDEN_WAIT
        } else {
            self.sink.progress(Progress::Stale(failure.reason()));
            *wait
        };
        tracing::debug!(path = self.path, ?failure, ?delay, "watch pauses");
        tokio::time::sleep(clock::jitter(delay)).await;
        *wait = (*wait * 2).min(SLOWEST);
    }

    async fn list(&self) -> Result<String, Failure> {
        // The semaphore is never closed.
        let _turn = self.lists.acquire().await.ok();
        self.sink.begin();
        let mut next = String::new();
        loop {
            let mut path = format!("{}?limit={PAGE}", self.path);
            if !next.is_empty() {
                path.push_str("&continue=");
                path.push_str(&crate::discovery::segment(&next));
            }
            let reply = self.connection.call(Identity::Console, Call::page(path)).await?;
            let list = reply.json::<List<S::Item>>()?;
            drop(reply);
            self.sink.page(list.items.unwrap_or_default());
            if list.metadata.next.is_empty() {
                self.sink.finish();
                self.sink.progress(Progress::Live);
                return Ok(list.metadata.resource_version);
            }
            next = list.metadata.next;
        }
    }

    async fn watch(&self, version: &mut String) -> Ended {
        let path = format!(
            "{}?watch=1&allowWatchBookmarks=true&timeoutSeconds={WATCH_SECONDS}&resourceVersion={}",
            self.path,
            crate::discovery::segment(version),
        );
        let mut health = self.connection.health();
        let body = match self.connection.open(&path).await {
            Ok(body) => body,
            Err(failure) if failure.code() == Some(410) => return Ended::Gone,
            Err(failure) => return Ended::Failed(failure),
        };
        self.sink.progress(Progress::Live);
        tokio::select! {
            ended = self.read(body, version) => ended,
            // A stream that outlived an outage may be half-open: begin a new one.
            _ = health.wait_for(|health| matches!(health, Health::Down { .. })) => Ended::Quietly,
        }
    }

    async fn read(&self, mut body: Body, version: &mut String) -> Ended {
        let mut buffer: Vec<u8> = Vec::new();
        let mut searched = 0;
        loop {
            let frame = match tokio::time::timeout(IDLE, body.frame()).await {
                Err(_) | Ok(None) => return Ended::Quietly,
                Ok(Some(Ok(frame))) => frame,
                Ok(Some(Err(error))) => {
                    tracing::debug!(path = self.path, %error, "watch broke");
                    return Ended::Quietly;
                }
            };
            let Ok(data) = frame.into_data() else { continue };
            buffer.extend_from_slice(&data);
            let Some(end) =
                buffer[searched..].iter().rposition(|byte| *byte == b'\n').map(|at| searched + at)
            else {
                if buffer.len() > LINE_CAP {
                    return Ended::Failed(Failure::Odd(Text::new(&words::REACH_LARGE, ["4 MiB"])));
                }
                searched = buffer.len();
                continue;
            };
            let outcome = self.events(&buffer[..end], version);
            buffer.drain(..=end);
            buffer.shrink_to(64 << 10);
            searched = buffer.len();
            if let Err(ended) = outcome {
                return ended;
            }
        }
    }

    /// Applies whole lines of events together, so that a burst costs one lock and one notification.
    fn events(&self, lines: &[u8], version: &mut String) -> Result<(), Ended> {
        let mut changes = Vec::new();
        let mut outcome = Ok(());
        for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            if let Err(ended) = self.event(line, version, &mut changes) {
                outcome = Err(ended);
                break;
            }
        }
        if !changes.is_empty() {
            self.sink.apply(changes);
        }
        outcome
    }

    fn event(
        &self,
        line: &[u8],
        version: &mut String,
        changes: &mut Vec<Change<S::Item>>,
    ) -> Result<(), Ended> {
        let nonsense = || Ended::Failed(Failure::Odd(words::REACH_NONSENSE.into()));
        let event: Event<'_> = serde_json::from_slice(line).map_err(|_| nonsense())?;
        let object = event.object.get();
        if event.kind == "ERROR" {
            let status = serde_json::from_str::<Status>(object).unwrap_or_default();
            return Err(match status.code {
                410 => Ended::Gone,
                _ => Ended::Failed(Failure::Status(Box::new(status))),
            });
        }
        let item = || serde_json::from_str::<S::Item>(object).map_err(|_| nonsense());
        match event.kind.as_ref() {
            "ADDED" | "MODIFIED" => changes.push(Change::Upsert(item()?)),
            "DELETED" => changes.push(Change::Remove(item()?)),
            _ => {}
        }
        let seen: Versioned = serde_json::from_str(object).map_err(|_| nonsense())?;
        *version = seen.metadata.resource_version;
        Ok(())
    }
}

fn message(failure: &Failure) -> String {
    match failure {
        Failure::Status(status) => brief::sentence(&status.message),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::watch;

    use super::*;
    use crate::fake::{Fake, SANDBOX, healthy, list, set};

    /// A sink that cannot take what it is given.
    struct Broken(watch::Sender<Progress>);

    impl Sink for Broken {
        type Item = serde_json::Value;

        fn begin(&self) {}
        fn page(&self, _: Vec<serde_json::Value>) {
            panic!("at an object")
        }
        fn finish(&self) {}
        fn apply(&self, _: Vec<Change<serde_json::Value>>) {}
        fn progress(&self, progress: Progress) {
            self.0.send_replace(progress);
        }
    }

    #[tokio::test]
    async fn a_watch_that_panics_says_that_its_rows_are_old() {
        let fake = Fake::start(healthy(|asked| {
            (asked.path == "/sets").then(|| list("1", "", &[set("web", "u-w", 1, 2)]))
        }))
        .await;
        let connection = Connection::new(&fake.credential(), SANDBOX).unwrap();
        connection.call(Identity::Console, Call::probe("/version")).await.unwrap();
        let sink = Arc::new(Broken(watch::Sender::new(Progress::Live)));
        let mut progress = sink.0.subscribe();
        let cancel = CancellationToken::new();
        let lists = Arc::new(Semaphore::new(1));
        let watcher = Watcher {
            connection,
            path: "/sets".to_owned(),
            sink,
            lists: Arc::clone(&lists),
            cancel: cancel.clone(),
        };
        let task = tokio::spawn(watcher.run());
        let stale = Progress::Stale(words::REACH_OURS.into());
        let told = progress.wait_for(|progress| *progress == stale);
        tokio::time::timeout(Duration::from_secs(10), told).await.expect("it is told in time").unwrap();
        assert_eq!(lists.available_permits(), 1, "others may list");
        cancel.cancel();
        task.await.unwrap();
    }
}
