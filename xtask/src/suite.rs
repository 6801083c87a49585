//! `cargo xtask test`: everything that must hold, in order, with one count at the end.

pub(crate) mod counts;
mod sizes;
mod touched;

use crate::control_plane::{self, ControlPlane};
use crate::error::{Error, Result};
use crate::ledger::Ledger;
use crate::site::Mode;
use crate::{e2e, fuzz, npm, paths, say, server, setup, step};
use counts::Counts;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

/// The steps so far.
struct Suite<'a> {
    steps: &'a Ledger,
    counts: Counts,
    /// Rows of the tables that tests went through.
    tables: BTreeMap<String, u64>,
    failed: Vec<String>,
}

impl Suite<'_> {
    /// Runs one step. Its own tests are counted when it has any, itself otherwise.
    fn step(&mut self, name: &str, work: impl FnOnce(&Ledger) -> Result<Counts>) -> Result {
        say::step(name);
        let started = Instant::now();
        let (counts, word) = match work(self.steps) {
            Ok(counts) if counts.failed > 0 => (counts, "FAILED"),
            Ok(counts) if counts.is_empty() => (Counts::one_passed(), "ok"),
            Ok(counts) => (counts, "ok"),
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Err(Error::Unavailable(why)) => {
                say::line(format!("    skipped: {why}"));
                (Counts::one_skipped(), "skipped")
            }
            Err(error) => {
                say::line(format!("    {error}"));
                (Counts::one_failed(), "FAILED")
            }
        };
        if counts.failed > 0 {
            self.failed.push(name.to_owned());
        }
        self.counts += counts;
        say::line(format!("--- {name}: {word} ({})", say::elapsed(started)));
        Ok(())
    }

    /// A step that is one program.
    fn program(&mut self, name: &str, mut command: Command) -> Result {
        self.step(name, |steps| step::run(steps, name, &mut command).map(|()| Counts::default()))
    }

    /// A step that is `cargo test`, whose tests may say how many rows their tables have.
    fn cargo_test(&mut self, name: &str, mut command: Command) -> Result {
        let mut said = String::new();
        self.step(name, |steps| {
            let ok;
            (ok, said) = step::tee(steps, name, &mut command)?;
            let mut counts = counts::cargo(&said);
            if !ok && counts.failed == 0 {
                // It did not compile, or a test program crashed.
                counts.failed = 1;
            }
            Ok(counts)
        })?;
        self.tables.append(&mut counts::tables(&said));
        Ok(())
    }
}

/// Runs everything. An error means that something failed, or could not be started at all.
pub(crate) fn run(steps: &Ledger) -> Result {
    let started = Instant::now();
    setup::toolchain(steps)?;
    for dir in setup::npm_dirs() {
        npm::ensure(dir, steps)?;
    }
    let mut suite = Suite { steps, counts: Counts::default(), tables: BTreeMap::new(), failed: Vec::new() };
    lints(&mut suite)?;
    let mut tests =
        step::cargo(["test", "--workspace", "--exclude", "binnacle-frontend", "--locked", "--no-fail-fast"]);
    // What tests say of their tables is kept back otherwise.
    tests.args(["--", "--show-output"]);
    suite.cargo_test("unit and integration tests", tests)?;
    suite.step("fuzzing", fuzz::suite)?;
    let mut binary = None;
    suite.step("release build", |steps| {
        binary = Some(server::build(Mode::Release, steps)?);
        Ok(Counts::default())
    })?;
    if let Some(binary) = binary {
        suite.step("size budgets", |_| sizes::check(&binary))?;
        suite.step("hostile kubeconfigs under strace", |steps| touched::check(&binary, steps))?;
        suite.step("end to end, sandbox", |steps| e2e::sandbox(&binary, &[], steps))?;
        real_clusters(&mut suite, &binary)?;
    }
    let Suite { counts, tables, failed, .. } = suite;
    for (name, rows) in tables {
        say::line(format!("{rows:>6} rows: {name}"));
    }
    say::line(format!("\nAll of it took {}.", say::elapsed(started)));
    say::line(counts.to_string());
    match failed.last() {
        None => Ok(()),
        Some(last) => Err(Error::Failed(format!("Failed: {}. The last: {last}", failed.join(", ")))),
    }
}

fn lints(suite: &mut Suite<'_>) -> Result {
    suite.program("rustfmt", step::cargo(["fmt", "--all", "--check"]))?;
    // The frontend turns on `hydrate`, which must not meet the server's `ssr` in one build.
    let native = [
        "clippy",
        "--workspace",
        "--exclude",
        "binnacle-frontend",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ];
    suite.program("clippy", step::cargo(native))?;
    let wasm =
        ["clippy", "--package", "binnacle-frontend", "--target", "wasm32-unknown-unknown", "--locked", "--"];
    let mut command = step::cargo(wasm);
    command.args(["-D", "warnings"]);
    suite.program("clippy, wasm", command)?;
    for dir in ["frontend/js", "end2end"] {
        if paths::root().join(dir).join("package.json").is_file() {
            let mut check = Command::new("npm");
            check.args(["run", "--silent", "check"]).current_dir(paths::root().join(dir));
            suite.program(&format!("TypeScript and eslint, {dir}"), check)?;
        }
    }
    suite.step("cargo deny", |steps| {
        let program = setup::cargo_deny(steps)?;
        say::line("    bans, licenses, sources; advisories are left out: their database is fetched from the network");
        let mut deny = Command::new(program);
        deny.args(["--all-features", "--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]);
        step::run(steps, "cargo-deny", deny.current_dir(paths::root())).map(|()| Counts::default())
    })
}

/// The parts that need real API servers, or one line that says why they are skipped.
fn real_clusters(suite: &mut Suite<'_>, binary: &std::path::Path) -> Result {
    let mut plane = None;
    suite.step("real control plane", |steps| {
        plane = Some(ControlPlane::start_private(None, steps)?);
        Ok(Counts::default())
    })?;
    let Some(plane) = plane else {
        say::line("The contract and browser tests on real clusters are skipped or failed with it.");
        return Ok(());
    };
    let kubeconfigs: Vec<PathBuf> = plane.kubeconfigs();
    for (name, package, test) in [
        ("contract suite on real clusters", "binnacle-sandbox", "contract"),
        ("edits on real clusters", "binnacle-cluster", "edit"),
    ] {
        let mut tests = step::cargo(["test", "--package", package, "--locked", "--test", test]);
        tests.env("BINNACLE_KUBECONFIGS", control_plane::joined(&kubeconfigs));
        tests.args(["--", "--nocapture"]);
        suite.cargo_test(name, tests)?;
    }
    suite.step("end to end, real clusters", |steps| e2e::real(binary, &plane, &[], steps))
}
