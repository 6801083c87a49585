//! The record of every process we started, on disk, so that nothing outlives us by accident: not after
//! Ctrl-C, not after a panic, and not after this program itself was killed.
//!
//! Each child leads a process group of its own and has one file in the ledger's directory. Three things
//! end children: dropping the [`Running`] handle, the [guard](crate::guard) (a sleeping copy of this program
//! that notices our death by the end of a pipe), and the [`reap`](Ledger::reap) of the next start.

use crate::error::{Context, Error, Result};
use crate::interrupt;
use crate::process::Ident;
use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

/// The name of the record of the xtask that owns a ledger.
const OWNER: &str = "owner.json";

/// A directory of process records.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    dir: PathBuf,
}

/// What is written down of one child.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub(crate) struct Record {
    /// The child, leader of its group.
    pub(crate) ident: Ident,
}

impl Ledger {
    /// The ledger in `dir`, made when missing.
    pub(crate) fn at(dir: impl Into<PathBuf>) -> Result<Self> {
        let dir = dir.into();
        fs::create_dir_all(&dir).context(|| format!("create {}", dir.display()))?;
        Ok(Self { dir })
    }

    /// Where the records lie.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Notes this process as the one whose death ends the children.
    pub(crate) fn own(&self) -> Result {
        let me = Ident::current().ok_or_else(|| Error::Failed("no /proc/self: Linux is needed".into()))?;
        self.write(OWNER, &Record { ident: me })
    }

    /// Lets the children live on without an owner.
    pub(crate) fn disown(&self) {
        let _ = fs::remove_file(self.dir.join(OWNER));
    }

    /// Whether an owner was noted and is gone.
    pub(crate) fn orphaned(&self) -> bool {
        self.read(OWNER).is_some_and(|r| !r.ident.alive())
    }

    /// Whether an owner was noted and lives.
    pub(crate) fn owned(&self) -> bool {
        self.read(OWNER).is_some_and(|r| r.ident.alive())
    }

    fn write(&self, file: &str, record: &Record) -> Result {
        let path = self.dir.join(file);
        let text = serde_json::to_vec(record).context(|| format!("write {}", path.display()))?;
        fs::write(&path, text).context(|| format!("write {}", path.display()))
    }

    fn read(&self, file: &str) -> Option<Record> {
        serde_json::from_slice(&fs::read(self.dir.join(file)).ok()?).ok()
    }

    /// The record of a child by its name.
    pub(crate) fn get(&self, name: &str) -> Option<Record> {
        self.read(&format!("{name}.json"))
    }

    /// Strikes a child out.
    pub(crate) fn forget(&self, name: &str) {
        let _ = fs::remove_file(self.dir.join(format!("{name}.json")));
    }

    /// The names of all recorded children.
    pub(crate) fn names(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(&self.dir) else { return Vec::new() };
        let mut names: Vec<String> = entries
            .flatten()
            .filter_map(|e| e.file_name().into_string().ok())
            .filter(|n| n != OWNER)
            .filter_map(|n| n.strip_suffix(".json").map(str::to_owned))
            .collect();
        names.sort();
        names
    }

    /// Starts a child in a group of its own and writes it down.
    pub(crate) fn spawn(&self, name: &str, command: &mut Command) -> Result<Running> {
        interrupt::check()?;
        // A name may be a headline; its record is one file.
        let name = &name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '.', "-");
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command.process_group(0).spawn().context(|| format!("start {program}"))?;
        let Some(ident) = Ident::of(child.id()) else {
            let _ = child.kill();
            let _ = child.wait();
            return Err(Error::Failed(format!("start {program}: no entry in /proc: Linux is needed")));
        };
        let running = Running { child, name: name.clone(), ident, ledger: self.clone(), ended: false };
        self.write(&format!("{name}.json"), &Record { ident: running.ident.clone() })?;
        Ok(running)
    }

    /// Ends every recorded child and its group, at once, and strikes it out. Returns how many were alive.
    pub(crate) fn end_all(&self) -> usize {
        let records: Vec<(String, Record)> =
            self.names().into_iter().filter_map(|n| self.get(&n).map(|r| (n, r))).collect();
        let mut ended = 0;
        for (_, record) in &records {
            if record.ident.group_alive() && record.ident.signal_group(Signal::SIGKILL) {
                ended += 1;
            }
        }
        for (name, record) in &records {
            wait_gone(&record.ident);
            self.forget(name);
        }
        ended
    }

    /// Ends what an earlier run that died has left below `parent` (one ledger per directory).
    pub(crate) fn reap(parent: &Path) -> usize {
        let Ok(entries) = fs::read_dir(parent) else { return 0 };
        let mut ended = 0;
        for entry in entries.flatten().filter(|e| e.path().is_dir()) {
            let ledger = Self { dir: entry.path() };
            if ledger.orphaned() {
                ended += ledger.end_all();
                let _ = fs::remove_dir_all(&ledger.dir);
            }
        }
        ended
    }
}

/// Waits, at most two seconds, for a killed group to vanish.
fn wait_gone(ident: &Ident) {
    for _ in 0..80 {
        if !ident.group_alive() {
            return;
        }
        std::thread::sleep(interrupt::TICK);
    }
}

/// A child that ends when this handle is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    name: String,
    ident: Ident,
    ledger: Ledger,
    ended: bool,
}

impl Running {
    /// The child, for its pipes.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Its name in the ledger.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Its identity.
    pub(crate) fn ident(&self) -> &Ident {
        &self.ident
    }

    /// Its exit status, once it has ended.
    pub(crate) fn poll(&mut self) -> Result<Option<ExitStatus>> {
        let status = self.child.try_wait().context(|| format!("wait for {}", self.name))?;
        if status.is_some() {
            self.ended = true;
        }
        Ok(status)
    }

    /// Waits for its end, or ends it when the person asks us to end.
    pub(crate) fn wait(mut self) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.poll()? {
                self.ledger.forget(&self.name);
                return Ok(status);
            }
            if interrupt::requested() {
                self.stop(Duration::from_secs(3));
                return Err(Error::Interrupted);
            }
            std::thread::sleep(interrupt::TICK);
        }
    }

    /// Asks it to end, and insists after `grace`.
    pub(crate) fn stop(&mut self, grace: Duration) {
        self.ident.signal_group(Signal::SIGTERM);
        self.ident.signal_group(Signal::SIGCONT);
        let until = std::time::Instant::now() + grace;
        while std::time::Instant::now() < until {
            if matches!(self.child.try_wait(), Ok(Some(_))) && !self.ident.group_alive() {
                break;
            }
            std::thread::sleep(interrupt::TICK);
        }
        self.kill();
    }

    fn kill(&mut self) {
        self.ident.signal_group(Signal::SIGKILL);
        let _ = self.child.wait();
        self.ended = true;
        self.strike_out();
    }

    /// Strikes the record out, unless another process has taken the name since.
    fn strike_out(&self) {
        if self.ledger.get(&self.name).is_some_and(|r| r.ident == self.ident) {
            self.ledger.forget(&self.name);
        }
    }

    /// Lets it live on after us; its record stays.
    pub(crate) fn leave(mut self) {
        self.ended = true;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.ended {
            self.kill();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sleeper() -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 300 & sleep 300"]);
        command
    }

    #[test]
    fn dropping_the_handle_ends_the_whole_group() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::at(dir.path()).unwrap();
        let running = ledger.spawn("a nap, dir/sub", &mut sleeper()).unwrap();
        let ident = running.ident().clone();
        assert_eq!(ledger.names(), ["a-nap--dir-sub"]);
        drop(running);
        wait_gone(&ident);
        assert!(!ident.group_alive());
        assert!(ledger.names().is_empty());
    }

    #[test]
    fn the_next_start_reaps_what_a_dead_owner_left() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::at(dir.path().join("one")).unwrap();
        let mut gone = Command::new("true").spawn().unwrap();
        let owner = Ident::of(gone.id()).unwrap();
        gone.wait().unwrap();
        ledger.write(OWNER, &Record { ident: owner }).unwrap();
        let running = ledger.spawn("nap", &mut sleeper()).unwrap();
        let ident = running.ident().clone();
        assert_eq!(Ledger::reap(dir.path()), 1);
        assert!(!ident.group_alive());
        assert!(!ledger.dir().exists());
        drop(running);
    }

    #[test]
    fn a_living_owner_keeps_its_children() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::at(dir.path().join("one")).unwrap();
        ledger.own().unwrap();
        let running = ledger.spawn("nap", &mut sleeper()).unwrap();
        assert_eq!(Ledger::reap(dir.path()), 0);
        assert!(running.ident().group_alive());
    }
}
