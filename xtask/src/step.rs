//! Child programs that a task waits for.

use crate::error::{Error, Result};
use crate::ledger::Ledger;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

/// Runs a program to its end; its output goes where ours goes.
pub(crate) fn run(ledger: &Ledger, name: &str, command: &mut Command) -> Result {
    command.stdin(Stdio::null());
    let status = ledger.spawn(name, command)?.wait()?;
    if status.success() { Ok(()) } else { Err(Error::Failed(format!("{name}: {status}"))) }
}

/// Runs a program to its end, shows its standard output as it comes and gives it back, whatever the end.
pub(crate) fn tee(ledger: &Ledger, name: &str, command: &mut Command) -> Result<(bool, String)> {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut running = ledger.spawn(name, command)?;
    let pipe = running.child().stdout.take();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        let Some(pipe) = pipe else { return text };
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let mut out = std::io::stdout().lock();
            let _ = out.write_all(&line);
            let _ = out.flush();
            text.push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
        text
    });
    let status = running.wait()?;
    let text = reader.join().unwrap_or_default();
    Ok((status.success(), text))
}

/// cargo, at the root of the clone.
pub(crate) fn cargo<I, S>(args: I) -> Command
where
    I: IntoIterator<Item = S>,
    S: AsRef<std::ffi::OsStr>,
{
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(args).current_dir(crate::paths::root());
    // What `cargo run` set for us would reach build scripts and rebuild them.
    for (name, _) in std::env::vars_os() {
        if let Some(text) = name.to_str()
            && (text.starts_with("CARGO_PKG_")
                || text.starts_with("CARGO_MANIFEST_")
                || text == "CARGO_BIN_NAME")
        {
            command.env_remove(&name);
        }
    }
    command
}
