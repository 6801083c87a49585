//! The console's server: sign-in, store, live sockets, and the app's pages over the clusters.

// The pages' types are as deep as their elements, and their layout is computed here.
#![recursion_limit = "512"]

mod assets;
mod auth;
mod backend;
mod config;
mod console;
mod health;
mod html;
mod live;
mod metrics;
mod middleware;
mod pages;
mod people;
mod router;
mod run;
mod seal;
mod secret;
mod serve;
mod state;
mod store;

#[cfg(test)]
mod tests;

use std::process::ExitCode;

use config::{Command, ConfigError};

/// Stack of a worker in bytes. Pages are rendered as deep as their elements are nested, and a build
/// without optimisations needs more than tokio's 2 MiB for that; only what is used is ever paged in.
const STACK: usize = 16 << 20;

/// Exit code of wrong usage (`sysexits.h` calls it 64; shells and clap use 2).
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let invocation = match config::environment(std::env::vars_os())
        .and_then(|env| config::load(std::env::args_os(), &env))
    {
        Ok(invocation) => invocation,
        Err(ConfigError::Usage { text, asked: true }) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("binnacle: {error}");
            return ExitCode::from(USAGE);
        }
    };
    let runtime =
        match tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build() {
            Ok(runtime) => runtime,
            Err(error) => {
                eprintln!("binnacle: the runtime cannot start: {error}");
                return ExitCode::FAILURE;
            }
        };
    let config = invocation.config;
    let done = match invocation.command {
        Command::Serve => runtime.block_on(Box::pin(run::console(config))),
        Command::SignInLink(name) => runtime.block_on(people::sign_in_link(config, name)),
        Command::AddUser(name, role) => runtime.block_on(people::add_user(config, name, role)),
        Command::Backup(file) => runtime.block_on(run::backup(config, file)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("binnacle: {error}");
            ExitCode::FAILURE
        }
    }
}
