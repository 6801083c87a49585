//! The server binary: built around a site, run for a person, rebuilt while its code changes.

use crate::error::{Error, Result};
use crate::ledger::{Ledger, Running};
use crate::site::{self, Mode};
use crate::{interrupt, paths, say, setup, step};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

/// Builds the site, then the binary that embeds it; returns the binary's path.
pub(crate) fn build(mode: Mode, steps: &Ledger) -> Result<PathBuf> {
    let started = Instant::now();
    say::step(match mode {
        Mode::Dev => "Building the console for development (about 5 min the first time, seconds after)",
        Mode::Release => "Building the console for release (10 to 15 min the first time on two cores)",
    });
    setup::toolchain(steps)?;
    let site = site::build(mode, steps)?;
    let mut cargo = step::cargo(["build", "--package", "binnacle", "--locked"]);
    if mode == Mode::Release {
        cargo.arg("--release");
        // AES-GCM and others are unrolled for AVX-512: 0.7 MB that the next best instructions do without
        // (docs/decisions/0005). The name is aws-lc's.
        cargo.env("AWS_LC_SYS_CFLAGS", "-DMY_ASSEMBLER_IS_TOO_OLD_FOR_512AVX");
    }
    cargo.env("BINNACLE_SITE", &site);
    let takes = match mode {
        Mode::Dev => "3 min the first time, seconds after",
        Mode::Release => "4 to 9 min on two cores",
    };
    site::timed("the server", Some(takes), || step::run(steps, "cargo build (server)", &mut cargo))?;
    let binary = binary(mode);
    say::line(format!("Built {} in {}.", binary.display(), say::elapsed(started)));
    Ok(binary)
}

/// Where a mode's binary lies.
pub(crate) fn binary(mode: Mode) -> PathBuf {
    let folder = if mode == Mode::Dev { "debug" } else { "release" };
    paths::target().join(folder).join("binnacle")
}

/// Builds for release and becomes the server, with the sandbox clusters and the person's own flags.
pub(crate) fn run(flags: &[String], steps: &Ledger) -> Result {
    let binary = build(Mode::Release, steps)?;
    steps.disown();
    let _ = fs::remove_dir(steps.dir());
    interrupt::check()?;
    let refused = Command::new(&binary).arg("--sandbox").args(flags).exec();
    Err(Error::Io { what: format!("start {}", binary.display()), source: refused })
}

/// What a change of is a reason to build again, relative to the root.
const WATCHED: [&str; 10] = [
    "app",
    "crates",
    "frontend/src",
    "frontend/js/src",
    "frontend/js/esbuild.mjs",
    "public",
    "server",
    "style",
    "Cargo.toml",
    "Cargo.lock",
];

/// How long files must rest before a build begins: an editor or a branch switch writes many.
const QUIET: Duration = Duration::from_millis(300);

/// Builds, starts the server, and does both again whenever the sources change. A build that fails leaves
/// the running server alone.
pub(crate) fn dev(flags: &[String], steps: &Ledger) -> Result {
    let mut server: Option<Running> = None;
    loop {
        let seen = snapshot();
        match build(Mode::Dev, steps) {
            Ok(binary) => {
                if let Some(mut old) = server.take() {
                    old.stop(Duration::from_secs(3));
                }
                server = Some(start(&binary, flags, steps)?);
                say::line("Watching for changes; the page reloads by itself. Ctrl-C ends.");
            }
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Err(error) => say::error(format!("{error}. Waiting for a change.")),
        }
        wait_for_change(&seen, &mut server)?;
    }
}

fn start(binary: &Path, flags: &[String], steps: &Ledger) -> Result<Running> {
    let mut command = Command::new(binary);
    command.args(["--sandbox", "--dev"]).args(flags).stdin(Stdio::null());
    steps.spawn("binnacle", &mut command)
}

fn wait_for_change(seen: &BTreeMap<PathBuf, SystemTime>, server: &mut Option<Running>) -> Result {
    let mut now = snapshot();
    let mut told = false;
    while now == *seen {
        interrupt::check()?;
        if let Some(running) = server.as_mut()
            && let Some(status) = running.poll()?
            && !told
        {
            told = true;
            say::error(format!("The server ended ({status}). Waiting for a change."));
        }
        std::thread::sleep(Duration::from_millis(400));
        now = snapshot();
    }
    loop {
        interrupt::check()?;
        std::thread::sleep(QUIET);
        let later = snapshot();
        if later == now {
            return Ok(());
        }
        now = later;
    }
}

/// The watched files and when each was written.
fn snapshot() -> BTreeMap<PathBuf, SystemTime> {
    let mut files = BTreeMap::new();
    let mut open: Vec<PathBuf> = WATCHED.iter().map(|p| paths::root().join(p)).collect();
    while let Some(path) = open.pop() {
        let Ok(meta) = fs::metadata(&path) else { continue };
        if meta.is_dir() {
            if path.file_name().is_some_and(|n| n == "node_modules" || n == "target") {
                continue;
            }
            open.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|e| e.path()));
        } else if let Ok(time) = meta.modified() {
            files.insert(path, time);
        }
    }
    files
}
