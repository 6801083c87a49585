//! `cargo xtask bench`: the budgets of the design, measured against a real API server.
//!
//! The measuring itself is in `end2end/bench`, where the browser is; this starts what it needs.

use crate::control_plane::{self, ControlPlane};
use crate::error::{Context, Result};
use crate::ledger::Ledger;
use crate::site::Mode;
use crate::{npm, paths, say, server, setup, step};
use std::process::Command;

/// Seeds `count` StatefulSets and measures with so many rounds each.
pub(crate) fn run(count: usize, rounds: u32, steps: &Ledger) -> Result {
    let binary = server::build(Mode::Release, steps)?;
    npm::ensure("end2end", steps)?;
    let chromium = setup::chromium(steps)?;
    let plane = ControlPlane::start_private(Some("newest"), steps)?;
    say::line(format!("Seeding {count} StatefulSets."));
    plane.seed("default", count)?;
    let mut command = Command::new("node");
    command.arg("bench/bench.mjs").current_dir(paths::root().join("end2end"));
    command.env("BINNACLE_BIN", &binary).env("CHROMIUM", chromium);
    command.env("BINNACLE_KUBECONFIGS", control_plane::joined(&plane.kubeconfigs()));
    command.env("BINNACLE_BENCH_ROUNDS", rounds.to_string());
    step::run(steps, "bench", &mut command)?;
    let size = std::fs::metadata(&binary).context(|| format!("measure {}", binary.display()))?.len();
    say::line(format!(
        "The binary, assets embedded: {:.1} MiB (budget 25).",
        size as f64 / f64::from(1 << 20)
    ));
    Ok(())
}
