//! Writes the Chinese catalogue into the file that it is given, for the build of the site.

use std::{env, fs, io, process::ExitCode};

fn main() -> ExitCode {
    let written = env::args_os()
        .nth(1)
        .ok_or_else(|| io::Error::other("say which file to write"))
        .and_then(|path| fs::write(path, binnacle_model::words::chinese()));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("catalogue: {error}");
            ExitCode::FAILURE
        }
    }
}
