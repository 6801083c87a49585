//! Real Kubernetes control planes on loopback: two clusters, the newest minor and an older one.
//!
//! The recipe: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kwok for nodes whose pods
//! really go Running (with logs and exec), metrics-server. Clusters are new on each start.

pub(crate) mod api;
mod cluster;
mod objects;
mod pki;
mod programs;
mod seed;

use crate::error::{Context, Error, Result};
use crate::guard::Guard;
use crate::ledger::{Ledger, Running};
use crate::{interrupt, paths, say};
use cluster::{APISERVER, Description, Ports};
use nix::sys::signal::Signal;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub(crate) use programs::{ensure, kubectl};

/// The clusters: name, module of its programs, second octet of its Service addresses (10.N.0.0/16).
const CLUSTERS: [(&str, &str, u8); 2] = [("newest", "kubernetes-1.37", 96), ("older", "kubernetes-1.34", 97)];

/// How many clusters a whole control plane has.
pub(crate) const COUNT: usize = CLUSTERS.len();

/// Starts are tried again when a chosen port was taken by another in between.
const ATTEMPTS: usize = 3;

/// What `cargo xtask control-plane` does.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Start the clusters and wait until they can be used
    Up {
        /// Only this one: newest or older
        #[arg(long, value_name = "NAME", value_parser = ["newest", "older"])]
        only: Option<String>,
        /// Return once they are ready; `down` ends them
        #[arg(long)]
        detach: bool,
        /// First of the ports to use (7 for each cluster); free ones are chosen without it
        #[arg(long, value_name = "PORT")]
        base_port: Option<u16>,
    },
    /// End the clusters
    Down,
    /// Build the programs into the cache, nothing else
    Build,
    /// Say what runs
    Status,
    /// Print shell lines that point kubectl and the tests at the clusters
    Env,
    /// Hold a cluster's API server still (SIGSTOP)
    Pause {
        /// newest or older
        name: String,
    },
    /// Let a held API server go on (SIGCONT)
    Resume {
        /// newest or older
        name: String,
    },
    /// Kill a cluster's API server (SIGKILL)
    Kill {
        /// newest or older
        name: String,
    },
    /// Start a cluster's API server anew on its port, and wait until it is ready
    Restart {
        /// newest or older
        name: String,
    },
    /// Create StatefulSets of 0 replicas, for benchmarks
    Seed {
        /// newest or older
        name: String,
        /// How many
        count: usize,
        /// Where
        #[arg(long, default_value = "bench")]
        namespace: String,
    },
}

/// The state directory that a person's own `up` uses.
pub(crate) fn default_state() -> Result<PathBuf> {
    Ok(paths::cache()?.join("control-plane/run"))
}

/// Carries an action out.
pub(crate) fn run(action: Action, state: Option<PathBuf>, steps: &Ledger) -> Result {
    let state = state.map_or_else(default_state, Ok)?;
    match action {
        Action::Up { only, detach, base_port } => up(&state, only.as_deref(), detach, base_port, steps),
        Action::Down => down(&state),
        Action::Build => {
            ensure(None, steps)?;
            say::line(format!("The programs are in {}.", programs::bin_dir()?.display()));
            Ok(())
        }
        Action::Status => status(&state),
        Action::Env => env(&state),
        Action::Pause { name } => signal(&state, &name, Signal::SIGSTOP, "held still"),
        Action::Resume { name } => signal(&state, &name, Signal::SIGCONT, "goes on"),
        Action::Kill { name } => kill(&state, &name),
        Action::Restart { name } => restart(&state, &name),
        Action::Seed { name, count, namespace } => {
            let started = Instant::now();
            seed::seed(&Description::load(&state, &name)?.api()?, &namespace, count)?;
            say::line(format!(
                "{count} StatefulSets in namespace {namespace} of {name}, {}",
                say::elapsed(started)
            ));
            Ok(())
        }
    }
}

/// The programs that the named clusters need; kubectl comes with the newest, so only the older can be left out.
fn ensure_for(only: Option<&str>, steps: &Ledger) -> Result {
    let older = CLUSTERS[1];
    ensure((only == Some(CLUSTERS[0].0)).then_some(older.1), steps)
}

fn ledger_of(state: &Path) -> Result<Ledger> {
    Ledger::at(state.join("processes"))
}

/// Running clusters that end when this value is dropped.
#[derive(Debug)]
pub(crate) struct ControlPlane {
    state: PathBuf,
    clusters: Vec<Description>,
    running: Vec<Running>,
    guard: Option<Guard>,
    ledger: Ledger,
    /// Held for as long as we run; the kernel lets go of it when we die.
    _lock: File,
    private: bool,
}

impl ControlPlane {
    /// Starts the named clusters (all without a name) in `state`. Programs that are missing are built.
    pub(crate) fn start(
        state: &Path,
        only: Option<&str>,
        base_port: Option<u16>,
        steps: &Ledger,
    ) -> Result<Self> {
        ensure_for(only, steps)?;
        fs::create_dir_all(state).context(|| format!("create {}", state.display()))?;
        let lock_path = state.join("lock");
        let lock = File::create(&lock_path).context(|| format!("open {}", lock_path.display()))?;
        if lock.try_lock().is_err() {
            return Err(Error::Failed(format!("Another control plane runs in {}.", state.display())));
        }
        let ledger = ledger_of(state)?;
        if ledger.orphaned() && ledger.end_all() > 0 {
            say::line("Ended what an earlier run had left behind.");
        }
        if ledger.names().iter().filter_map(|n| ledger.get(n)).any(|r| r.ident.alive()) {
            return Err(Error::Failed(format!(
                "A control plane runs in {} already. `cargo xtask control-plane down` ends it.",
                state.display()
            )));
        }
        ledger.own()?;
        let guard = Some(Guard::over(&ledger)?);
        let mut plane = Self {
            state: state.to_owned(),
            clusters: Vec::new(),
            running: Vec::new(),
            guard,
            ledger,
            _lock: lock,
            private: false,
        };
        let wanted: Vec<_> = CLUSTERS.iter().filter(|(name, ..)| only.is_none_or(|o| o == *name)).collect();
        let started: Vec<Result<(Description, Vec<Running>)>> = std::thread::scope(|scope| {
            let (state, ledger) = (&plane.state, &plane.ledger);
            let threads: Vec<_> = wanted
                .iter()
                .enumerate()
                .map(|(n, (name, module, octet))| {
                    let base = base_port.map(|p| p.saturating_add(u16::try_from(n * 10).unwrap_or(0)));
                    scope.spawn(move || start_one(state, name, module, *octet, base, ledger))
                })
                .collect();
            let panicked = |_| Err(Error::Failed("starting a cluster panicked".into()));
            threads.into_iter().map(|t| t.join().unwrap_or_else(panicked)).collect()
        });
        let mut failed = None;
        for result in started {
            match result {
                Ok((description, running)) => {
                    plane.clusters.push(description);
                    plane.running.extend(running);
                }
                Err(error) => failed = Some(error),
            }
        }
        match failed {
            Some(error) => Err(error),
            None => Ok(plane),
        }
    }

    /// Clusters of our own, apart from those a person may have running.
    pub(crate) fn start_private(only: Option<&str>, steps: &Ledger) -> Result<Self> {
        let parent = paths::cache()?.join("control-plane/runs");
        reap_runs(&parent);
        let mut plane = Self::start(&parent.join(std::process::id().to_string()), only, None, steps)?;
        plane.private = true;
        Ok(plane)
    }

    /// Fills the newest cluster with StatefulSets of no replicas.
    pub(crate) fn seed(&self, namespace: &str, count: usize) -> Result {
        seed::seed(&Description::load(&self.state, CLUSTERS[0].0)?.api()?, namespace, count)
    }

    /// Where its files are.
    pub(crate) fn state(&self) -> &Path {
        &self.state
    }

    /// The administrators' kubeconfigs, the newest cluster first.
    pub(crate) fn kubeconfigs(&self) -> Vec<PathBuf> {
        self.clusters.iter().map(|c| self.state.join(format!("{}.kubeconfig", c.name))).collect()
    }

    /// Says when a program ended by itself; false once all were ended by somebody else (`down`).
    fn watch(&mut self) -> Result<bool> {
        let mut kept = Vec::new();
        for mut child in self.running.drain(..) {
            let ours = self.ledger.get(child.name()).is_some_and(|r| &r.ident == child.ident());
            match child.poll()? {
                None => kept.push(child),
                Some(status) if ours => {
                    say::error(format!(
                        "{} ended by itself ({status}); its log is in {}",
                        child.name(),
                        self.state.display()
                    ));
                    self.ledger.forget(child.name());
                }
                Some(_) => {}
            }
        }
        self.running = kept;
        Ok(!self.ledger.names().is_empty())
    }

    /// Leaves the clusters running without us.
    fn detach(mut self) {
        for child in self.running.drain(..) {
            child.leave();
        }
        self.ledger.disown();
        if let Some(guard) = self.guard.take() {
            guard.release();
        }
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        if self.guard.is_none() {
            return;
        }
        // One blow for all groups, then the handles have nothing left to wait for.
        self.ledger.end_all();
        self.running.clear();
        self.ledger.disown();
        self.guard = None;
        if self.private {
            let _ = fs::remove_dir_all(&self.state);
        }
    }
}

/// Ends and removes private clusters whose owner died.
fn reap_runs(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let Ok(ledger) = ledger_of(&entry.path()) else { continue };
        if !ledger.owned() {
            ledger.end_all();
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn start_one(
    state: &Path,
    name: &str,
    module: &str,
    octet: u8,
    base: Option<u16>,
    ledger: &Ledger,
) -> Result<(Description, Vec<Running>)> {
    let programs = programs::of(module)?;
    let mut attempt = 1;
    loop {
        let ports = base.map_or_else(Ports::free, |b| Ok(Ports::from_base(b)))?;
        let description = cluster::prepare(state, name, &programs, ports, octet)?;
        match cluster::start(&description, ledger) {
            Ok(running) => return Ok((description, running)),
            Err(Error::Failed(why))
                if attempt < ATTEMPTS && base.is_none() && port_was_taken(&description) =>
            {
                say::line(format!("Cluster \"{name}\": {why}, a port was taken; trying others."));
                attempt += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

fn port_was_taken(cluster: &Description) -> bool {
    cluster
        .programs()
        .any(|p| fs::read_to_string(cluster.log(p)).is_ok_and(|t| t.contains("address already in use")))
}

fn up(state: &Path, only: Option<&str>, detach: bool, base_port: Option<u16>, steps: &Ledger) -> Result {
    let started = Instant::now();
    ensure_for(only, steps)?;
    say::step("Starting the control plane");
    let mut plane = ControlPlane::start(state, only, base_port, steps)?;
    say::line(format!("Ready in {}.\n", say::elapsed(started)));
    for cluster in &plane.clusters {
        let kubeconfig = state.join(format!("{}.kubeconfig", cluster.name));
        say::line(format!(
            "  {:<7} {:<8} {}  {}",
            cluster.name,
            cluster.version,
            cluster.server,
            kubeconfig.display()
        ));
    }
    let first = plane.kubeconfigs().first().map(|p| p.display().to_string()).unwrap_or_default();
    say::line(format!("\n  {} --kubeconfig {first} get nodes", kubectl()?.display()));
    if detach {
        say::line("  cargo xtask control-plane down    ends them");
        plane.detach();
        return Ok(());
    }
    say::line("  Ctrl-C ends them.");
    while plane.watch()? {
        if interrupt::requested() {
            say::line("Ending the control plane.");
            drop(plane);
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    say::line("The control plane was ended.");
    Ok(())
}

fn down(state: &Path) -> Result {
    if !state.exists() {
        say::line("No control plane was running.");
        return Ok(());
    }
    match ledger_of(state)?.end_all() {
        0 => say::line("No control plane was running."),
        n => say::line(format!("{n} programs ended.")),
    }
    Ok(())
}

fn descriptions(state: &Path) -> Vec<Description> {
    CLUSTERS.iter().filter_map(|(name, ..)| Description::load(state, name).ok()).collect()
}

fn status(state: &Path) -> Result {
    let ledger = ledger_of(state)?;
    let mut any = false;
    for cluster in descriptions(state) {
        let states: Vec<String> = cluster
            .programs()
            .map(|program| {
                let ident = ledger.get(&cluster.record(program)).map(|r| r.ident);
                let pid = ident.as_ref().map_or(0, |i| i.pid);
                match ident {
                    Some(i) if i.stopped() => format!("{program} held ({pid})"),
                    Some(i) if i.alive() => {
                        any = true;
                        format!("{program} {pid}")
                    }
                    _ => format!("{program} down"),
                }
            })
            .collect();
        say::line(format!(
            "{:<7} {:<8} {}\n        {}",
            cluster.name,
            cluster.version,
            cluster.server,
            states.join(", ")
        ));
    }
    if any { Ok(()) } else { Err(Error::Unavailable("No control plane is running.".into())) }
}

/// The kubeconfigs of a control plane that runs in `state`, when all of its API servers live.
pub(crate) fn running_kubeconfigs(state: &Path) -> Option<Vec<PathBuf>> {
    let ledger = ledger_of(state).ok()?;
    let all = descriptions(state);
    let live = |c: &Description| ledger.get(&c.record(APISERVER)).is_some_and(|r| r.ident.alive());
    (!all.is_empty() && all.iter().all(live))
        .then(|| all.iter().map(|c| state.join(format!("{}.kubeconfig", c.name))).collect())
}

/// Joins paths as `PATH` does.
pub(crate) fn joined(paths: &[PathBuf]) -> String {
    paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(":")
}

fn env(state: &Path) -> Result {
    let kubeconfigs = running_kubeconfigs(state).ok_or_else(|| {
        Error::Unavailable("No control plane is running: cargo xtask control-plane up".into())
    })?;
    let list = joined(&kubeconfigs);
    say::line(format!("export KUBECONFIG='{list}'"));
    say::line(format!("export BINNACLE_KUBECONFIGS='{list}'"));
    say::line(format!("export BINNACLE_KUBECTL='{}'", kubectl()?.display()));
    Ok(())
}

fn apiserver(state: &Path, name: &str) -> Result<(Description, Ledger, crate::process::Ident)> {
    let cluster = Description::load(state, name)?;
    let ledger = ledger_of(state)?;
    let record = ledger
        .get(&cluster.record(APISERVER))
        .filter(|r| r.ident.alive())
        .ok_or_else(|| Error::Failed(format!("The API server of {name} does not run.")))?;
    Ok((cluster, ledger, record.ident))
}

fn signal(state: &Path, name: &str, signal: Signal, what: &str) -> Result {
    let (_, _, ident) = apiserver(state, name)?;
    if !ident.signal(signal) {
        return Err(Error::Failed(format!("The API server of {name} could not be signalled.")));
    }
    say::line(format!("The API server of {name} {what}."));
    Ok(())
}

fn kill(state: &Path, name: &str) -> Result {
    let (cluster, ledger, ident) = apiserver(state, name)?;
    ledger.forget(&cluster.record(APISERVER));
    ident.signal_group(Signal::SIGKILL);
    interrupt::wait_for(Duration::from_secs(10), || Ok((!ident.group_alive()).then_some(())))?;
    say::line(format!("The API server of {name} was killed."));
    Ok(())
}

fn restart(state: &Path, name: &str) -> Result {
    if apiserver(state, name).is_ok() {
        kill(state, name)?;
    }
    let cluster = Description::load(state, name)?;
    let started = Instant::now();
    let ledger = ledger_of(state)?;
    cluster.wait_port_free()?;
    let mut child = cluster.start(APISERVER, &ledger)?;
    cluster.wait_ready(&mut child)?;
    child.leave();
    say::line(format!("The API server of {name} is ready again, {}.", say::elapsed(started)));
    Ok(())
}
