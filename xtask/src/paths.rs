//! Where things are: the clone, the build directory, the cache outside the clone.

use crate::error::{Error, Result};
use std::env;
use std::path::{Path, PathBuf};

/// The root of the clone: the parent of this crate's directory.
pub(crate) fn root() -> PathBuf {
    let crate_dir =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    crate_dir.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// cargo's build directory: `CARGO_TARGET_DIR`, or `target` in the clone.
pub(crate) fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR").filter(|v| !v.is_empty()) {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// The cache outside the clone: `BINNACLE_CACHE`, or `binnacle` in the user's cache directory. Where neither
/// can be written (a bare CI account), a directory beside the builds serves.
pub(crate) fn cache() -> Result<PathBuf> {
    let given = |name: &str| env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let outside = given("BINNACLE_CACHE")
        .or_else(|| given("XDG_CACHE_HOME").map(|d| d.join("binnacle")))
        .or_else(|| given("HOME").map(|d| d.join(".cache/binnacle")));
    let candidates = outside.into_iter().chain([target().join("cache")]);
    let mut last = None;
    for dir in candidates {
        match std::fs::create_dir_all(&dir) {
            Ok(()) => return Ok(dir),
            Err(error) => last = Some(format!("{}: {error}", dir.display())),
        }
    }
    Err(Error::Failed(format!("No cache directory can be made: {}", last.unwrap_or_default())))
}

/// A program on `PATH`.
pub(crate) fn which(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(program)).find(|p| p.is_file())
}

/// This program as the kernel holds it, for as long as it runs. Its own path is no help: a build in between
/// (`cargo test` links xtask anew) puts another file there, and ours then ends in " (deleted)".
pub(crate) fn this_program() -> PathBuf {
    format!("/proc/{}/exe", std::process::id()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_program_whose_file_is_gone_can_start_itself() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sleep");
        std::fs::copy(which("sleep").unwrap(), &path).unwrap();
        let mut child = Command::new(&path).arg("30").spawn().unwrap();
        std::fs::remove_file(&path).unwrap();
        let again = Command::new(format!("/proc/{}/exe", child.id())).arg("0").status();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(again.unwrap().success());
        assert!(this_program().exists());
    }
}
