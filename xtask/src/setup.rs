//! Installs what a bare machine lacks, and says so.

use crate::error::{Context, Error, Result};
use crate::ledger::Ledger;
use crate::{control_plane, npm, paths, say, step};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

/// The cargo-deny that checks licences, bans and sources.
const CARGO_DENY: &str = "0.20.2";

/// The names Chromium goes by.
const CHROMIUM: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Everything that building, running and testing needs.
pub(crate) fn all(steps: &Ledger) -> Result {
    let started = Instant::now();
    toolchain(steps)?;
    for dir in npm_dirs() {
        npm::ensure(dir, steps)?;
    }
    let mut without = Vec::new();
    let mut optional = |what: &str, result: Result| match result {
        Err(Error::Interrupted) => Err(Error::Interrupted),
        Err(error) => {
            without.push(format!("{what}: {error}"));
            Ok(())
        }
        Ok(()) => Ok(()),
    };
    optional("Chromium", chromium(steps).map(drop))?;
    optional("strace", strace(steps).map(drop))?;
    optional("cargo-deny", cargo_deny(steps).map(drop))?;
    optional("real control plane", control_plane::ensure(None, steps))?;
    for line in &without {
        say::line(format!("Not installed - {line}"));
    }
    say::line(format!("Set up in {}.", say::elapsed(started)));
    Ok(())
}

/// The directories with npm packages of their own.
pub(crate) fn npm_dirs() -> impl Iterator<Item = &'static str> {
    ["frontend/js", "end2end", "xtask/npm"]
        .into_iter()
        .filter(|d| paths::root().join(d).join("package-lock.json").is_file())
}

/// The toolchain of `rust-toolchain.toml` with its components and the wasm target. cargo itself runs
/// already (`xtask/bootstrap.sh` sees to that); what may be missing is a part of it.
pub(crate) fn toolchain(steps: &Ledger) -> Result {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).current_dir(paths::root()).output();
    let sysroot = sysroot.context(|| "start rustc".into())?;
    let sysroot = PathBuf::from(String::from_utf8_lossy(&sysroot.stdout).trim());
    let wasm = sysroot.join("lib/rustlib/wasm32-unknown-unknown/lib").is_dir();
    let tools = ["cargo-clippy", "rustfmt"].iter().all(|t| sysroot.join("bin").join(t).is_file());
    if wasm && tools {
        return Ok(());
    }
    let rustup = paths::which("rustup").ok_or_else(|| {
        Error::Failed("rustup is not installed: the wasm target, clippy and rustfmt are needed.".into())
    })?;
    say::step("Installing the Rust toolchain of rust-toolchain.toml (about 1 min)");
    step::run(steps, "rustup", Command::new(rustup).args(["toolchain", "install"]).current_dir(paths::root()))
}

/// Chromium, installed by apt where we may.
pub(crate) fn chromium(steps: &Ledger) -> Result<PathBuf> {
    let find = || {
        let given = std::env::var_os("CHROMIUM").map(PathBuf::from).filter(|p| p.is_file());
        given.or_else(|| CHROMIUM.iter().find_map(|name| paths::which(name)))
    };
    if let Some(found) = find() {
        return Ok(found);
    }
    apt(steps, "chromium", "Chromium is missing. Install it: apt-get install chromium, or set CHROMIUM.")?;
    find().ok_or_else(|| Error::Unavailable("apt has installed no Chromium that is found.".into()))
}

/// strace, installed by apt where we may.
pub(crate) fn strace(steps: &Ledger) -> Result<PathBuf> {
    if let Some(found) = paths::which("strace") {
        return Ok(found);
    }
    apt(steps, "strace", "strace is missing. Install it: apt-get install strace.")?;
    paths::which("strace").ok_or_else(|| Error::Unavailable("apt has installed no strace.".into()))
}

/// Installs a package of Debian's where we may; `by_hand` says what to do where we may not.
fn apt(steps: &Ledger, package: &str, by_hand: &str) -> Result {
    let by_hand = || Error::Unavailable(by_hand.into());
    let apt = paths::which("apt-get").ok_or_else(by_hand)?;
    let prefix = match (nix::unistd::geteuid().is_root(), paths::which("sudo")) {
        (true, _) => None,
        (false, Some(sudo)) if quiet(Command::new(&sudo).args(["-n", "true"])) => Some(sudo),
        _ => return Err(by_hand()),
    };
    say::step(format!("Installing {package} with apt (about 1 min)"));
    let command = |args: &[&str]| {
        let mut command = match &prefix {
            Some(sudo) => {
                let mut c = Command::new(sudo);
                c.args(["-n", "env", "DEBIAN_FRONTEND=noninteractive"]).arg(&apt);
                c
            }
            None => Command::new(&apt),
        };
        command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    step::run(steps, "apt-get", &mut command(&["update", "-q"]))?;
    step::run(steps, "apt-get", &mut command(&["install", "-y", "-q", "--no-install-recommends", package]))
}

fn quiet(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

/// cargo-deny of the pinned version, built once into the cache.
pub(crate) fn cargo_deny(steps: &Ledger) -> Result<PathBuf> {
    let root = paths::cache()?.join("tools").join(format!("cargo-deny-{CARGO_DENY}"));
    let program = root.join("bin/cargo-deny");
    if program.is_file() {
        return Ok(program);
    }
    fs::create_dir_all(&root).context(|| format!("create {}", root.display()))?;
    say::step("Building cargo-deny, once (4 to 8 min on two cores)");
    let started = Instant::now();
    let mut install = step::cargo(["install", "cargo-deny", "--locked", "--version", CARGO_DENY, "--root"]);
    // Not in the clone: its own build directory, and no rust-toolchain.toml or .cargo/config.toml of ours.
    install.arg(&root).current_dir(&root).env("CARGO_TARGET_DIR", root.join("target"));
    // What is built so far stays after an interruption: the next start goes on from there.
    match step::run(steps, "cargo install", &mut install) {
        Ok(()) => {
            let _ = fs::remove_dir_all(root.join("target"));
            say::line(format!("    built in {}", say::elapsed(started)));
            Ok(program)
        }
        Err(Error::Failed(why)) => Err(Error::Unavailable(format!(
            "cargo-deny could not be installed ({why}, see above). The network is needed once."
        ))),
        Err(error) => Err(error),
    }
}
