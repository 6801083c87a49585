//! From a configuration to a running console, and to its end.

use std::{
    io::{IsTerminal as _, Write as _},
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use binnacle_model::session::Role;
use binnacle_sandbox::{Sandbox, SandboxOptions};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::{
    Layer as _, filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::{
    assets::{AssetStore, BrokenManifest},
    auth::{self, ADMIN, IssueError},
    backend::ServerBackend,
    config::{Config, LogFormat, SandboxMode},
    metrics,
    people::PeopleError,
    router, serve,
    state::AppState,
    store::{self, Store, StoreError},
};

/// The same seed makes the same demonstration at each start.
const SANDBOX_SEED: u64 = 1;

/// How often ended sessions are forgotten and counted.
const SWEEP_EVERY: Duration = Duration::from_secs(300);

/// How long the clusters' watches may take to end.
const WATCHES_PATIENCE: Duration = Duration::from_secs(1);

/// Why the console does not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A user.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// A sign-in link.
    #[error(transparent)]
    Link(#[from] IssueError),
    /// The embedded assets.
    #[error(transparent)]
    Assets(#[from] BrokenManifest),
    /// The address.
    #[error("cannot listen on {address}: {source}. Choose another address with --listen.")]
    Listen {
        /// Where.
        address: std::net::SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The log filter.
    #[error("log: \"{0}\" is no filter such as info or info,binnacle=debug")]
    Log(String),
    /// Signals or standard output.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// Serves until a signal says otherwise.
pub async fn console(config: Config) -> Result<(), RunError> {
    log(&config)?;
    let mut lock = store::lock_directory(&config.data_dir)?;
    let store = Store::open(&config.data_dir).await?;
    store.ensure_user(ADMIN, Role::Admin).await?;
    let backend = Arc::new(ServerBackend::start(store.clone(), config.allow_loopback_clusters).await?);
    let listener = serve::bind(config.listen, config.port_fallback)
        .await
        .map_err(|source| RunError::Listen { address: config.listen, source })?;
    let port = listener.local_addr()?.port();
    let state = AppState::new(
        &config,
        port,
        store.clone(),
        backend.clone(),
        backend.clone(),
        AssetStore::embedded()?,
    );
    // A link is asked for in another process, which cannot know which port it became.
    lock.note(&state.origins.first().map(crate::config::Origin::as_text).unwrap_or_default())?;
    announce(&config, &state, port).await?;

    binnacle_app::turns::install();
    let pages = leptos_axum::generate_route_list(binnacle_app::App);
    let router = router::build(&state, pages);
    let prepared = state.tasks.spawn(prepare(state.clone(), backend.clone(), config.sandbox));
    state.tasks.spawn(sweep(state.clone()));
    let stopping = state.clone();
    let mut signals = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::spawn(async move {
        tokio::select! {
            _ = signals.0.recv() => {}
            _ = signals.1.recv() => {}
        }
        tracing::info!("stopping");
        stopping.stop.cancel();
    });
    serve::serve(listener, router, state, serve::Limits::of(&config)).await;

    let ended = tokio::time::timeout(WATCHES_PATIENCE, backend.shutdown());
    if ended.await.is_err() {
        tracing::debug!("watches were cut off");
    }
    prepared.abort();
    store.close().await;
    Ok(())
}

/// Fills what the console can start without, says that it is ready, and keeps the sandbox alive.
async fn prepare(state: AppState, backend: Arc<ServerBackend>, mode: SandboxMode) {
    let start = |scale| Sandbox::start(SandboxOptions { scale, seed: SANDBOX_SEED });
    let started = match mode {
        SandboxMode::Off => None,
        SandboxMode::Demo => Some(start(None).await),
        SandboxMode::Scaled(clusters, workloads) => Some(start(Some((clusters, workloads))).await),
        SandboxMode::Hostile => Some(Sandbox::hostile(SANDBOX_SEED).await),
    };
    let sandbox = match started {
        None => None,
        Some(started) => match started {
            Ok(sandbox) => {
                backend.add_sandbox(sandbox.clusters());
                Some(sandbox)
            }
            Err(error) => {
                tracing::error!(%error, "the sandbox clusters cannot start");
                None
            }
        },
    };
    state.ready.store(true, Ordering::Release);
    state.stop.cancelled().await;
    if let Some(sandbox) = sandbox {
        sandbox.stop().await;
    }
}

/// Forgets ended sessions and links now and then.
async fn sweep(state: AppState) {
    let mut tick = tokio::time::interval(SWEEP_EVERY);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = state.stop.cancelled() => return,
        }
        match state.store.sweep(state.lifetimes, store::now()).await {
            Ok(left) => state.metrics.set_sessions(left),
            Err(error) => tracing::error!(%error, "ended sessions could not be forgotten"),
        }
    }
}

/// Says on standard output where the console is, and how to get in while there is no other way.
async fn announce(config: &Config, state: &AppState, port: u16) -> Result<(), RunError> {
    let origin = state.origins.first().map(crate::config::Origin::as_text).unwrap_or_default();
    let mut lines = Vec::new();
    if port != config.listen.port() && config.listen.port() != 0 {
        lines
            .push(format!("Port {} is in use; the console takes port {port} instead.", config.listen.port()));
    }
    lines.push(format!("Binnacle listens on {origin}"));
    let has_password = state.store.user(ADMIN).await?.is_some_and(|user| user.password.is_some());
    if state.sandbox || !has_password {
        let link = auth::new_link(&state.store, ADMIN).await?;
        lines.push(format!("Sign in: {origin}{}", link.expose()));
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", lines.join("\n"))?;
    out.flush()?;
    if !config.https && !config.listen.ip().is_loopback() {
        tracing::warn!(
            "the console is reachable without TLS: passwords and sessions cross the network in the clear"
        );
    }
    Ok(())
}

/// Logs to standard error; panics too, with their place.
fn log(config: &Config) -> Result<(), RunError> {
    let filter: Targets = config.log.parse().map_err(|_| RunError::Log(config.log.clone()))?;
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    let lines = match config.log_format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
    std::panic::set_hook(Box::new(|panic| {
        metrics::panicked();
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        // A formatted message may quote what a person or a cluster sent; a literal cannot.
        let message = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or_default();
        tracing::error!(place, message, "panic");
    }));
    Ok(())
}

/// `binnacle backup`.
pub async fn backup(config: Config, file: PathBuf) -> Result<(), RunError> {
    let store = Store::open_existing(&config.data_dir).await?;
    let done = store.backup(&file).await;
    store.close().await;
    done?;
    writeln!(
        std::io::stdout(),
        "Wrote {}. Back up {} as well, apart from it.",
        file.display(),
        config.data_dir.join("key").display()
    )?;
    Ok(())
}
