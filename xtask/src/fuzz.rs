//! `cargo xtask fuzz`: the fuzz targets under libFuzzer, on the stable compiler.
//!
//! The crates of this workspace are compiled with the counters that libFuzzer reads (`fuzz/rustc.sh`);
//! dependencies come as they are. What a run learns is kept in the build directory; an input that broke
//! something is put into `fuzz/corpus`, where `cargo test` replays it for ever.

mod report;

use crate::error::{Context, Error, Result};
use crate::ledger::Ledger;
use crate::suite::counts::Counts;
use crate::{paths, say, step};
use report::Report;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// Seconds per target in `cargo xtask test`.
const SHORT: u64 = 60;

/// Targets that run at once.
const AT_ONCE: usize = 2;

/// The target that needs the whole router: a test of the server, which changes recorded calls by itself.
const CALLS: &str = "calls";

/// What is fuzzed, and for how long.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// One target; all without it. Their names are the directories of `fuzz/corpus`
    target: Option<String>,
    /// Seconds for each target
    #[arg(long, default_value_t = 600)]
    seconds: u64,
}

/// Fuzzes for as long as a person wants.
pub(crate) fn run(options: &Options, steps: &Ledger) -> Result {
    let all = targets()?;
    let chosen = match &options.target {
        None => all,
        Some(one) if all.contains(one) => vec![one.clone()],
        Some(other) => {
            return Err(Error::Failed(format!("There is no target {other}. There are: {}", all.join(", "))));
        }
    };
    let counts = fuzz(&chosen, options.seconds, steps)?;
    if counts.failed > 0 { Err(Error::Failed(format!("{} targets failed.", counts.failed))) } else { Ok(()) }
}

/// Fuzzes every target shortly, as a step of the suite.
pub(crate) fn suite(steps: &Ledger) -> Result<Counts> {
    fuzz(&targets()?, SHORT, steps)
}

/// The names of the targets: the directories of the corpus.
fn targets() -> Result<Vec<String>> {
    let corpus = corpus();
    let entries = fs::read_dir(&corpus).context(|| format!("read {}", corpus.display()))?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    Ok(names)
}

/// The inputs that the repository keeps.
fn corpus() -> PathBuf {
    paths::root().join("fuzz/corpus")
}

fn fuzz(names: &[String], seconds: u64, steps: &Ledger) -> Result<Counts> {
    let engine = if names.iter().any(|name| name != CALLS) { Some(build(steps)?) } else { None };
    let rounds = names.len().div_ceil(AT_ONCE) as u64;
    say::line(format!(
        "    {} targets, {seconds} s each: about {} min",
        names.len(),
        (rounds * seconds).div_ceil(60)
    ));
    let open = Mutex::new(names.iter());
    let next = || open.lock().unwrap_or_else(PoisonError::into_inner).next();
    let done: Mutex<Vec<Result<Counts>>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(name) = next() {
                    let result = match &engine {
                        Some(engine) if name != CALLS => one(engine, name, seconds, steps),
                        _ => calls(seconds, steps),
                    };
                    done.lock().unwrap_or_else(PoisonError::into_inner).push(result);
                }
            });
        }
    });
    let mut counts = Counts::default();
    for result in done.into_inner().unwrap_or_else(PoisonError::into_inner) {
        counts += result?;
    }
    Ok(counts)
}

/// Builds the program that holds libFuzzer and every target.
fn build(steps: &Ledger) -> Result<PathBuf> {
    // cc, which compiles libFuzzer, looks for these as well.
    let given = std::env::var_os("CXX").is_some_and(|cxx| !cxx.is_empty());
    if !given && ["c++", "g++", "clang++"].iter().all(|name| paths::which(name).is_none()) {
        return Err(Error::Unavailable(
            "libFuzzer needs a C++ compiler: apt-get install g++ (build-essential brings it).".into(),
        ));
    }
    say::line("    building the fuzz targets (2 to 5 min the first time) ...");
    let mut cargo = step::cargo(["build", "--package", "binnacle-fuzz", "--features", "engine", "--locked"]);
    cargo.args(["--quiet", "--profile", "fuzz"]);
    cargo.env("RUSTC_WORKSPACE_WRAPPER", paths::root().join("fuzz/rustc.sh"));
    step::run(steps, "cargo build (fuzz targets)", &mut cargo)?;
    Ok(paths::target().join("fuzz/binnacle-fuzz"))
}

/// Where a run keeps what it learnt of a target, and its log.
fn work(name: &str, part: &str) -> Result<PathBuf> {
    let dir = paths::target().join("fuzz-work").join(part).join(name);
    fs::create_dir_all(&dir).context(|| format!("create {}", dir.display()))?;
    Ok(dir)
}

/// Runs one target under libFuzzer (<https://llvm.org/docs/LibFuzzer.html#options>).
fn one(engine: &Path, name: &str, seconds: u64, steps: &Ledger) -> Result<Counts> {
    let (learnt, broken) = (work(name, "learnt")?, work(name, "broken")?);
    let log = work(name, "logs")?.join("log");
    let out = fs::File::create(&log).context(|| format!("create {}", log.display()))?;
    let mut command = Command::new(engine);
    command.env("BINNACLE_FUZZ", name).stderr(out).arg(&learnt).arg(corpus().join(name));
    // An answer within ten seconds on a busy machine; texts of 8 KiB reach every rule.
    command.args(["-print_final_stats=1", "-timeout=10", "-rss_limit_mb=2048", "-max_len=8192"]);
    command.arg(format!("-max_total_time={seconds}"));
    command.arg(format!("-dict={}", paths::root().join("fuzz/words.dict").display()));
    command.arg(format!("-artifact_prefix={}/", broken.display()));
    let ended = step::run(steps, &format!("fuzz-{name}"), &mut command);
    if matches!(ended, Err(Error::Interrupted)) {
        return Err(Error::Interrupted);
    }
    let text = fs::read(&log).context(|| format!("read {}", log.display()))?;
    let report = Report::of(&String::from_utf8_lossy(&text));
    let kept = count(&corpus().join(name));
    let executions = report.executions;
    say::line(format!(
        "    {name}: {executions} executions, {kept} inputs of the repository and {} learnt",
        count(&learnt)
    ));
    match ended {
        Ok(()) => Ok(Counts::one_passed()),
        Err(error) => {
            say::line(format!("    {name} BROKE: {}", report.broken.unwrap_or_else(|| error.to_string())));
            if let Some(input) = report.input {
                keep(name, Path::new(&input))?;
            }
            say::line(format!("    all it said: {}", log.display()));
            Ok(Counts::one_failed())
        }
    }
}

/// Puts an input that broke something into the repository's corpus.
fn keep(name: &str, input: &Path) -> Result {
    let Some(file) = input.file_name().and_then(|file| file.to_str()) else { return Ok(()) };
    // libFuzzer names it by its SHA-1; twelve digits tell them apart.
    let short: String = file.chars().take(file.find('-').map_or(0, |at| at + 1) + 12).collect();
    let to = corpus().join(name).join(short);
    fs::copy(input, &to).context(|| format!("copy {}", input.display()))?;
    say::line(format!("    kept as {}: `cargo test -p binnacle-fuzz` replays it", to.display()));
    Ok(())
}

fn count(dir: &Path) -> usize {
    fs::read_dir(dir).map_or(0, |entries| entries.flatten().count())
}

/// Runs the target that is a test of the server. The selection is the suite's, so that nothing is built anew.
fn calls(seconds: u64, steps: &Ledger) -> Result<Counts> {
    let mut cargo =
        step::cargo(["test", "--workspace", "--exclude", "binnacle-frontend", "--locked", "--quiet"]);
    cargo.args([
        "--bin",
        "binnacle",
        "--",
        "--exact",
        "tests::calls::changed_calls_are_answered",
        "--nocapture",
    ]);
    cargo.env("BINNACLE_FUZZ_SECONDS", seconds.to_string());
    let ok = step::run(steps, "fuzz-calls", &mut cargo).map(|()| Counts::one_passed());
    match ok {
        Err(Error::Failed(why)) => {
            say::line(format!("    {CALLS} BROKE: {why}; what it said is above"));
            Ok(Counts::one_failed())
        }
        other => other,
    }
}
