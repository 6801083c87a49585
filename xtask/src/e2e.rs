//! Browser tests: Playwright over the built console, on the sandbox and on real clusters.

use crate::control_plane::{self, ControlPlane};
use crate::error::{Context, Error, Result};
use crate::ledger::Ledger;
use crate::site::Mode;
use crate::suite::counts::{self, Counts};
use crate::{npm, paths, say, server, setup, step};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the caller of Playwright chooses.
struct Clusters<'a> {
    kubeconfigs: &'a [PathBuf],
    state: &'a Path,
}

/// `cargo xtask e2e`: builds, then runs the tests; `flags` go to Playwright.
pub(crate) fn run(on_real: bool, flags: &[String], steps: &Ledger) -> Result {
    let binary = server::build(Mode::Release, steps)?;
    let counts = if on_real {
        let running = control_plane::default_state()?;
        // A person's own control plane serves as it is: that is the quick way while writing tests.
        match control_plane::running_kubeconfigs(&running) {
            Some(kubeconfigs) if kubeconfigs.len() == control_plane::COUNT => {
                say::line("Using the control plane that runs.");
                playwright(
                    &binary,
                    Some(&Clusters { kubeconfigs: &kubeconfigs, state: &running }),
                    flags,
                    steps,
                )?
            }
            _ => real(&binary, &ControlPlane::start_private(None, steps)?, flags, steps)?,
        }
    } else {
        sandbox(&binary, flags, steps)?
    };
    say::line(counts.to_string());
    if counts.failed > 0 { Err(Error::Failed("Browser tests failed.".into())) } else { Ok(()) }
}

/// The tests on the sandbox.
pub(crate) fn sandbox(binary: &Path, flags: &[String], steps: &Ledger) -> Result<Counts> {
    playwright(binary, None, flags, steps)
}

/// The tests on real clusters.
pub(crate) fn real(binary: &Path, plane: &ControlPlane, flags: &[String], steps: &Ledger) -> Result<Counts> {
    let kubeconfigs = plane.kubeconfigs();
    playwright(binary, Some(&Clusters { kubeconfigs: &kubeconfigs, state: plane.state() }), flags, steps)
}

/// Runs Playwright. Its configuration reads: `BINNACLE_BIN` (the server), `CHROMIUM` (the browser),
/// `BINNACLE_E2E` (`sandbox` or `real`); on real clusters `BINNACLE_KUBECONFIGS` (paths joined by colons, the
/// newest first), `BINNACLE_KUBECTL`, `BINNACLE_CONTROL_PLANE` (this program) and
/// `BINNACLE_CONTROL_PLANE_STATE` (for `control-plane --state`, to pause, kill and restart).
fn playwright(
    binary: &Path,
    clusters: Option<&Clusters<'_>>,
    flags: &[String],
    steps: &Ledger,
) -> Result<Counts> {
    let dir = paths::root().join("end2end");
    npm::ensure("end2end", steps)?;
    let chromium = setup::chromium(steps)?;
    let results = paths::target().join("e2e");
    fs::create_dir_all(&results).context(|| format!("create {}", results.display()))?;
    let report = results.join(if clusters.is_some() { "real.json" } else { "sandbox.json" });
    let _ = fs::remove_file(&report);
    let mut command = Command::new(dir.join("node_modules/.bin/playwright"));
    command.arg("test").arg("--reporter=list,json").args(flags).current_dir(&dir);
    command.env("BINNACLE_BIN", binary).env("CHROMIUM", chromium);
    command.env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report).env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report);
    command.env("BINNACLE_E2E", if clusters.is_some() { "real" } else { "sandbox" });
    for name in
        ["BINNACLE_KUBECONFIGS", "BINNACLE_KUBECTL", "BINNACLE_CONTROL_PLANE", "BINNACLE_CONTROL_PLANE_STATE"]
    {
        command.env_remove(name);
    }
    if let Some(clusters) = clusters {
        command.env("BINNACLE_KUBECONFIGS", control_plane::joined(clusters.kubeconfigs));
        command.env("BINNACLE_KUBECTL", control_plane::kubectl()?);
        command
            .env("BINNACLE_CONTROL_PLANE", paths::this_program())
            .env("BINNACLE_CONTROL_PLANE_STATE", clusters.state);
    }
    let ended = step::run(steps, "playwright", &mut command);
    let read = fs::read(&report).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    match (ended, read.as_ref().and_then(counts::playwright)) {
        (Err(Error::Interrupted), _) => Err(Error::Interrupted),
        (Ok(()), Some(counts)) => Ok(counts),
        (Err(_), Some(mut counts)) => {
            counts.failed = counts.failed.max(1);
            Ok(counts)
        }
        (Err(error), None) => Err(error),
        (Ok(()), None) => Err(Error::Failed(format!("Playwright wrote no report to {}.", report.display()))),
    }
}
