//! Build, run, test, the real control plane: everything a person or CI does with this repository.

mod bench;
mod control_plane;
mod e2e;
mod error;
mod fuzz;
mod guard;
mod hash;
mod interrupt;
mod ledger;
mod npm;
mod paths;
mod process;
mod say;
mod server;
mod setup;
mod site;
mod step;
mod suite;

use clap::{Parser, Subcommand};
use error::{Error, Result};
use std::path::PathBuf;
use std::process::ExitCode;

/// Build, run and test Binnacle
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build the console: one binary with its assets inside
    Build {
        /// Optimised, with precompressed assets
        #[arg(long)]
        release: bool,
    },
    /// Build for release and start the console with sandbox clusters
    Run {
        /// Flags for the console, after `--`
        #[arg(last = true)]
        flags: Vec<String>,
    },
    /// Build for development, start, and do both again on each change
    Dev {
        /// Flags for the console, after `--`
        #[arg(last = true)]
        flags: Vec<String>,
    },
    /// Run every check and test; the last line counts them
    Test,
    /// Run the browser tests
    E2e {
        /// On real clusters rather than the sandbox
        #[arg(long)]
        real: bool,
        /// A filter or flags for Playwright, after `--`
        #[arg(last = true)]
        flags: Vec<String>,
    },
    /// Measure the budgets against a real API server and a fleet of small ones
    Bench(bench::Options),
    /// Look for input that breaks a promise, guided by what it reaches (libFuzzer)
    Fuzz(fuzz::Options),
    /// Install what building and testing need and this machine lacks
    Setup,
    /// Real Kubernetes clusters on loopback (exit code 3: not available on this machine)
    ControlPlane {
        #[command(subcommand)]
        action: control_plane::Action,
        /// Where their files and kubeconfigs are kept
        #[arg(long, global = true, value_name = "DIR")]
        state: Option<PathBuf>,
    },
    /// Ends children when their parent died (started by this program itself)
    #[command(hide = true)]
    Guard {
        /// The records of the children
        ledger: PathBuf,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Task::Guard { ledger } = &cli.task {
        return code(guard::watch(ledger));
    }
    code(run(cli.task))
}

fn code(result: Result) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::error(error.to_string());
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(task: Task) -> Result {
    interrupt::install()?;
    let processes = paths::cache()?.join("processes");
    ledger::Ledger::reap(&processes);
    let steps = ledger::Ledger::at(processes.join(std::process::id().to_string()))?;
    steps.own()?;
    // Last in, first out: the guard goes when every child has gone.
    let _guard = guard::Guard::over(&steps)?;
    match task {
        Task::Build { release } => {
            let mode = if release { site::Mode::Release } else { site::Mode::Dev };
            server::build(mode, &steps).map(drop)
        }
        Task::Run { flags } => server::run(&flags, &steps),
        Task::Dev { flags } => server::dev(&flags, &steps),
        Task::Test => suite::run(&steps),
        Task::E2e { real, flags } => e2e::run(real, &flags, &steps),
        Task::Bench(options) => bench::run(options, &steps),
        Task::Fuzz(options) => fuzz::run(&options, &steps),
        Task::Setup => setup::all(&steps),
        Task::ControlPlane { action, state } => control_plane::run(action, state, &steps),
        Task::Guard { .. } => Err(Error::Failed("the guard is started otherwise".into())),
    }
}
