//! What every handler shares.

use std::{net::IpAddr, ops::Deref, sync::Arc, sync::atomic::AtomicBool};

use axum::extract::FromRef;
use binnacle_app::backend::SharedBackend;
use leptos::config::LeptosOptions;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    assets::AssetStore,
    auth::{limiter::Limiter, password::Hasher},
    config::{Config, Origin},
    live::{Changes, Sockets},
    metrics::Metrics,
    secret::Secret,
    store::{Lifetimes, Store},
};

/// Shared state. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// The shared things themselves.
pub struct Shared {
    /// The store.
    pub store: Store,
    /// The clusters.
    pub backend: SharedBackend,
    /// Who says when a topic changed.
    pub changes: Arc<dyn Changes>,
    /// Open live sockets by session.
    pub sockets: Sockets,
    /// Static files.
    pub assets: AssetStore,
    /// Counters.
    pub metrics: Metrics,
    /// Sign-in attempts.
    pub limiter: Limiter,
    /// Password hashing.
    pub hasher: Hasher,
    /// How long sessions last.
    pub lifetimes: Lifetimes,
    /// Origins under which this console may be used.
    pub origins: Vec<Origin>,
    /// Whether the console stands behind TLS.
    pub https: bool,
    /// Whether this is a sandbox console, which prints a sign-in link at each start.
    pub sandbox: bool,
    /// Proxies whose word on the client's address counts.
    pub trusted_proxies: Vec<IpAddr>,
    /// Who may read `/metrics` without a session.
    pub metrics_token: Option<Secret>,
    /// For `/healthz` in dev: when the process started, Unix milliseconds.
    pub dev_start: Option<String>,
    /// Whether everything that serving needs is up.
    pub ready: AtomicBool,
    /// Cancelled when the console stops: sockets end by it.
    pub stop: CancellationToken,
    /// Tasks that must have ended before the process does.
    pub tasks: TaskTracker,
    /// What leptos asks for; nothing in it is ours.
    pub leptos: LeptosOptions,
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

impl AppState {
    /// Puts the parts together.
    pub fn new(
        config: &Config,
        port: u16,
        store: Store,
        backend: SharedBackend,
        changes: Arc<dyn Changes>,
        assets: AssetStore,
    ) -> Self {
        AppState(Arc::new(Shared {
            store,
            backend,
            changes,
            sockets: Sockets::default(),
            assets,
            metrics: Metrics::default(),
            limiter: Limiter::default(),
            hasher: Hasher::default(),
            lifetimes: Lifetimes { idle: config.session_idle, absolute: config.session_absolute },
            origins: config.origins(port),
            https: config.https,
            sandbox: config.sandbox != crate::config::SandboxMode::Off,
            trusted_proxies: config.trusted_proxies.clone(),
            metrics_token: config.metrics_token.clone(),
            dev_start: config.dev.then(|| {
                let since =
                    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
                since.as_millis().to_string()
            }),
            ready: AtomicBool::new(false),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            leptos: LeptosOptions::builder().output_name("frontend").build(),
        }))
    }
}
