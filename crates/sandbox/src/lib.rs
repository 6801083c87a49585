//! Simulated Kubernetes clusters, served over plain HTTP on loopback: the demo, the dev server and
//! the fast tests stand on them.
//!
//! Each cluster answers as an API server does (discovery, strict reads, dry runs, conflicts, watches,
//! access reviews) and lives: pods are scheduled, start, fail and roll. One contract suite holds the
//! sandbox and real API servers to the same answers.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

mod auth;
mod cluster;
mod contents;
mod controllers;
mod defaults;
mod discovery;
mod http;
mod json;
mod kind;
mod managed;
mod openapi;
mod patch;
pub mod patching;
mod quantity;
mod random;
mod rbac;
mod registry;
mod schema;
mod selector;
mod status;
mod store;
mod validation;
mod value;

use cluster::{Cluster, Version};
use random::Random;
use store::Store;

/// What to simulate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SandboxOptions {
    /// Number of clusters, and of StatefulSets in each; none for the demo's own clusters.
    pub scale: Option<(u32, u32)>,
    /// The same seed makes the same names and contents.
    pub seed: u64,
}

/// A simulated cluster, as one would register it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxCluster {
    /// Name, unique in the sandbox.
    pub name: String,
    /// Name for people.
    pub alias: String,
    /// Where it is said to run.
    pub provider: String,
    /// Labels, in order.
    pub labels: Vec<(String, String)>,
    /// Loopback address of its API server (plain HTTP).
    pub address: SocketAddr,
    /// Bearer token of its administrator, a member of `system:masters`.
    pub token: String,
    /// Whether anything listens at the address.
    pub up: bool,
}

/// Why the sandbox could not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A loopback port could not be opened.
    #[error("cannot listen on a loopback port: {0}")]
    Listen(#[from] std::io::Error),
}

/// Running simulated clusters; dropping it ends them.
#[derive(Debug)]
pub struct Sandbox {
    clusters: Vec<SandboxCluster>,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// Fills and starts the clusters.
    ///
    /// # Errors
    /// When no loopback port can be opened.
    pub async fn start(options: SandboxOptions) -> Result<Self, SandboxError> {
        let plans = match options.scale {
            Some((clusters, sets)) => contents::many(clusters, sets),
            None => contents::demo(),
        };
        Self::of(plans, options.seed).await
    }

    /// One cluster whose every text is hostile: for tests of what pages make of it.
    ///
    /// # Errors
    /// When no loopback port can be opened.
    pub async fn hostile(seed: u64) -> Result<Self, SandboxError> {
        Self::of(contents::hostile(), seed).await
    }

    async fn of(plans: Vec<contents::Plan>, seed: u64) -> Result<Self, SandboxError> {
        let stop = CancellationToken::new();
        let mut sandbox = Self { clusters: Vec::new(), stop, tasks: Vec::new() };
        for (number, plan) in plans.into_iter().enumerate() {
            let seed = seed.wrapping_add(u64::try_from(number).unwrap_or(0).wrapping_mul(1_000_003));
            sandbox.add(&plan, seed).await?;
        }
        Ok(sandbox)
    }

    async fn add(&mut self, plan: &contents::Plan, seed: u64) -> Result<(), SandboxError> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let mut random = Random::new(seed ^ 0x00c0_ffee);
        let token = format!("sandbox-{}", random.suffix(24));
        self.clusters.push(SandboxCluster {
            name: plan.name.clone(),
            alias: plan.alias.clone(),
            provider: plan.provider.clone(),
            labels: plan.labels.clone(),
            address,
            token: token.clone(),
            up: plan.up,
        });
        if !plan.up {
            // The port closes with the listener: the address is real, and nobody answers there.
            return Ok(());
        }
        let store = Arc::new(Store::new(seed, plan.version.0));
        contents::fill(&mut store.lock(), plan);
        let (minor, patch) = plan.version;
        let cluster = Cluster {
            store,
            token: token.into(),
            version: Version { minor, patch },
            stop: self.stop.child_token(),
        };
        let server = axum::serve(listener, http::router(cluster.clone()))
            .with_graceful_shutdown(cluster.stop.clone().cancelled_owned());
        let name = plan.name.clone();
        self.tasks.push(tokio::spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(cluster = name, %error, "a sandbox cluster's server ended");
            }
        }));
        if !matches!(plan.fill, contents::Fill::Hostile) {
            self.tasks.push(tokio::spawn(controllers::run(cluster, seed)));
        }
        Ok(())
    }

    /// The clusters, those that are down included.
    #[must_use]
    pub fn clusters(&self) -> &[SandboxCluster] {
        &self.clusters
    }

    /// Ends all clusters and waits until their tasks have ended.
    pub async fn stop(mut self) {
        self.stop.cancel();
        for task in std::mem::take(&mut self.tasks) {
            task.abort();
            // A task that was aborted has ended, which is all that is wanted.
            let _ended = task.await;
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.cancel();
        for task in &self.tasks {
            task.abort();
        }
    }
}
