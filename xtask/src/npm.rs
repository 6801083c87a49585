//! npm packages of one directory, as its lock file has them.

use crate::error::{Context, Error, Result};
use crate::ledger::Ledger;
use crate::{hash, paths, say, step};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Left in `node_modules` after a complete installation: the hash of the lock file it was made from.
const STAMP: &str = ".binnacle-lock";

/// Installs the packages of `dir` (relative to the root) unless those of this very lock file are there.
/// Packages that were installed by hand are taken when npm's own record agrees with the lock file.
pub(crate) fn ensure(dir: &str, ledger: &Ledger) -> Result {
    let path = paths::root().join(dir);
    let lock_path = path.join("package-lock.json");
    let lock = fs::read(&lock_path).context(|| format!("read {}", lock_path.display()))?;
    let wanted = hash::hex(&lock);
    let stamp = path.join("node_modules").join(STAMP);
    if fs::read_to_string(&stamp).is_ok_and(|s| s == wanted) {
        return Ok(());
    }
    if !installed(&path, &lock) {
        let npm = paths::which("npm")
            .ok_or_else(|| Error::Failed("npm is not installed: Node.js 20 or newer is needed.".into()))?;
        say::step(format!("Installing the npm packages of {dir} (about 10 s)"));
        let started = Instant::now();
        let mut command = Command::new(npm);
        command.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&path);
        // Debian's Chromium is used; nothing is downloaded beside the packages.
        command.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        step::run(ledger, "npm", &mut command)?;
        say::line(format!("    installed in {}", say::elapsed(started)));
    }
    fs::write(&stamp, wanted).context(|| format!("write {}", stamp.display()))
}

/// Whether npm's hidden record of what is installed holds every package that the lock file wants here.
fn installed(dir: &Path, lock: &[u8]) -> bool {
    let record = fs::read(dir.join("node_modules/.package-lock.json")).unwrap_or_default();
    let parse = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).unwrap_or_default();
    let (lock, record) = (parse(lock), parse(&record));
    let Some(wanted) = lock["packages"].as_object() else { return false };
    wanted
        .iter()
        .filter(|(name, package)| !name.is_empty() && package["optional"] != true)
        .all(|(name, package)| record["packages"][name]["version"] == package["version"])
}
