//! A sleeping copy of this program that ends our children when we die in a way that runs no code of ours
//! (SIGKILL, an out-of-memory kill). It holds the read end of a pipe; the kernel closes the write end for us.

use crate::error::{Context, Result};
use crate::ledger::Ledger;
use crate::paths;
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The word that tells the guard to leave the children alone.
const LEAVE: &[u8] = b"leave";

/// The handle on a guard; dropping it lets the guard clean up and end.
#[derive(Debug)]
pub(crate) struct Guard {
    child: Child,
}

impl Guard {
    /// Starts a guard over a ledger.
    pub(crate) fn over(ledger: &Ledger) -> Result<Self> {
        let child = Command::new(paths::this_program())
            .arg("guard")
            .arg(ledger.dir())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context(|| "start the guard".into())?;
        Ok(Self { child })
    }

    /// Ends the guard and leaves the children running.
    pub(crate) fn release(mut self) {
        if let Some(mut pipe) = self.child.stdin.take() {
            let _ = pipe.write_all(LEAVE);
        }
        let _ = self.child.wait();
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The guard itself: waits for the end of the pipe, then ends what the ledger holds.
pub(crate) fn watch(dir: &Path) -> Result {
    let mut said = Vec::new();
    let _ = std::io::stdin().read_to_end(&mut said);
    if said != LEAVE {
        let ledger = Ledger::at(dir)?;
        ledger.end_all();
        // Only an empty record remains: take it away, unless others keep files there.
        ledger.disown();
        let _ = std::fs::remove_dir(dir);
    }
    Ok(())
}
