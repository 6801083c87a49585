//! `cargo xtask bench`: the budgets of the design, measured against a real API server and a fleet of small
//! ones.
//!
//! The measuring itself is in `end2end/bench`, where the browser is; this starts what it needs.

use crate::control_plane::{self, ControlPlane};
use crate::error::{Context, Result};
use crate::ledger::Ledger;
use crate::site::Mode;
use crate::{npm, paths, say, server, setup, step};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How much is measured.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Options {
    /// StatefulSets in the cluster
    #[arg(long, default_value_t = 10_000)]
    count: usize,
    /// Repetitions of each measurement
    #[arg(long, default_value_t = 30)]
    rounds: u32,
    /// Seconds of a hundred changes each (the budget is for 600)
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    storm: u32,
    /// Clusters in the fleet of which a fifth dies
    #[arg(long, default_value_t = 500)]
    clusters: u32,
}

/// Measures everything and prints it beside the budgets.
pub(crate) fn run(options: Options, steps: &Ledger) -> Result {
    let binary = server::build(Mode::Release, steps)?;
    npm::ensure("end2end", steps)?;
    form(steps)?;
    real_cluster(&binary, options, steps)?;
    fleet(&binary, options, steps)?;
    let size = fs::metadata(&binary).context(|| format!("measure {}", binary.display()))?.len();
    say::line(format!(
        "The binary, assets embedded: {:.1} MiB (budget 25).",
        size as f64 / f64::from(1 << 20)
    ));
    Ok(())
}

/// The form's way to YAML and back, which needs neither server nor browser.
fn form(steps: &Ledger) -> Result {
    let example = ["--package", "binnacle-model", "--features", "doctor", "--example", "form_times"];
    let mut command = step::cargo(["run", "--release", "--locked", "--quiet"]);
    step::run(steps, "form", command.args(example))
}

/// Seeds StatefulSets into a real API server and measures lists, pages, changes and memory.
fn real_cluster(binary: &Path, options: Options, steps: &Ledger) -> Result {
    let chromium = setup::chromium(steps)?;
    let plane = ControlPlane::start_private(Some("newest"), steps)?;
    say::line(format!("Seeding {} StatefulSets.", options.count));
    plane.seed("default", options.count)?;
    let mut command = script("bench.mjs", binary, options);
    command.env("CHROMIUM", chromium);
    command.env("BINNACLE_KUBECONFIGS", control_plane::joined(&plane.kubeconfigs()));
    command.env("BINNACLE_BENCH_STORM", options.storm.to_string());
    step::run(steps, "bench", &mut command)
}

/// Measures many clusters of which some die, and a start when all are dead.
fn fleet(binary: &Path, options: Options, steps: &Ledger) -> Result {
    say::line(format!("Starting a fleet of {} clusters.", options.clusters));
    let mut command = script("fleet.mjs", binary, options);
    command.env("BINNACLE_BENCH_TLS", certificate()?);
    command.env("BINNACLE_BENCH_CLUSTERS", options.clusters.to_string());
    step::run(steps, "fleet", &mut command)
}

fn script(name: &str, binary: &Path, options: Options) -> Command {
    let mut command = Command::new("node");
    command.arg(format!("bench/{name}")).current_dir(paths::root().join("end2end"));
    command.env("BINNACLE_BIN", binary).env("BINNACLE_BENCH_ROUNDS", options.rounds.to_string());
    command
}

/// A certificate of 127.0.0.1 that is its own authority, and its key, anew for each run; the directory
/// that holds them. The key opens nothing but what answers on loopback while the fleet runs.
fn certificate() -> Result<PathBuf> {
    let dir = paths::target().join("bench-tls");
    fs::create_dir_all(&dir).context(|| format!("make {}", dir.display()))?;
    let signed = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
    for (name, text) in [("cert.pem", signed.cert.pem()), ("key.pem", signed.signing_key.serialize_pem())] {
        let path = dir.join(name);
        fs::write(&path, text).context(|| format!("write {}", path.display()))?;
    }
    Ok(dir)
}
