//! The files the browser loads: built, content-hashed, precompressed, listed in a manifest.
//!
//! The site lies in `target/site/dev` or `target/site/release`, flat, as it is served below `/assets/`.

mod compress;
mod files;
mod unused;
mod wasm;

use crate::error::{Context, Error, Result};
use crate::ledger::Ledger;
use crate::{npm, paths, say, step};
use files::Site;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// For development or for release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Quick to build, uncompressed; the page reloads when the server starts anew.
    Dev,
    /// Optimised and precompressed.
    Release,
}

impl Mode {
    fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }

    /// What the browser's half takes on two cores.
    fn console_takes(self) -> &'static str {
        match self {
            Self::Dev => "1 to 2 min the first time, seconds after",
            Self::Release => "1 to 2 min on two cores",
        }
    }
}

/// Where a mode's site lies.
pub(crate) fn dir(mode: Mode) -> PathBuf {
    paths::target().join("site").join(mode.name())
}

/// The manifest's name in the site.
pub(crate) const MANIFEST: &str = "manifest.json";

/// Builds the site and returns its directory.
pub(crate) fn build(mode: Mode, steps: &Ledger) -> Result<PathBuf> {
    let work = paths::target().join("site-work").join(mode.name());
    fs::create_dir_all(&work).context(|| format!("create {}", work.display()))?;
    npm::ensure("frontend/js", steps)?;

    let mut site = Site::default();
    timed("scripts, styles and icons", None, || javascript(&work, &mut site, steps))?;
    let words = timed("the Chinese words", None, || chinese(&work, steps))?;
    site.add("words-zh.json", words);
    let console =
        timed("the console for the browser", Some(mode.console_takes()), || wasm::build(mode, &work, steps))?;
    site.add("frontend.js", console.js);
    for part in console.parts {
        site.add_hashed(&part.logical, &part.name, part.bytes);
    }
    // Under wasm-bindgen's own name for it, and under the plain one.
    let name = site.add("frontend.wasm", console.wasm);
    site.alias("frontend_bg.wasm", &name);
    if mode == Mode::Dev {
        site.append("boot.js", RELOAD)?;
    }

    let dir = dir(mode);
    timed("site files", None, || site.write(&dir, mode == Mode::Release))?;
    Ok(dir)
}

/// Runs a part of the build and says how long it will take, where that is long, and how long it took.
pub(crate) fn timed<T>(what: &str, expected: Option<&str>, part: impl FnOnce() -> Result<T>) -> Result<T> {
    let started = Instant::now();
    say::line(match expected {
        Some(expected) => format!("    {what} ({expected}) ..."),
        None => format!("    {what} ..."),
    });
    let value = part()?;
    say::line(format!("    {what}: {}", say::elapsed(started)));
    Ok(value)
}

/// The Chinese half of the message catalogue, which browsers fetch apart (app/src/i18n.rs).
fn chinese(work: &Path, steps: &Ledger) -> Result<Vec<u8>> {
    let file = work.join("words-zh.json");
    let mut command =
        step::cargo(["run", "--quiet", "--package", "binnacle-model", "--example", "catalogue", "--locked"]);
    command.arg("--").arg(&file);
    step::run(steps, "the Chinese words", &mut command)?;
    fs::read(&file).context(|| format!("read {}", file.display()))
}

/// Bundles boot script, widgets, stylesheet, icon sprite and static files with esbuild, which hashes their
/// names itself.
fn javascript(work: &Path, site: &mut Site, steps: &Ledger) -> Result {
    let out = work.join("js");
    let _ = fs::remove_dir_all(&out);
    let mut command = Command::new("node");
    command.arg("esbuild.mjs").arg("--outdir").arg(&out);
    command.current_dir(paths::root().join("frontend/js"));
    step::run(steps, "esbuild", &mut command)?;
    let manifest = out.join("manifest-js.json");
    let bytes = fs::read(&manifest).context(|| format!("read {}", manifest.display()))?;
    let names: BTreeMap<String, String> =
        serde_json::from_slice(&bytes).context(|| format!("read {}", manifest.display()))?;
    let logical: BTreeMap<&str, &str> = names.iter().map(|(l, f)| (f.as_str(), l.as_str())).collect();
    for path in files_in(&out)? {
        let name = file_name(&path)?;
        if path == manifest {
            continue;
        }
        let bytes = fs::read(&path).context(|| format!("read {}", path.display()))?;
        // Chunks and fonts are listed under their own names: the server may cache them for ever, too.
        site.add_hashed(logical.get(name.as_str()).copied().unwrap_or(&name), &name, bytes);
    }
    Ok(())
}

fn files_in(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(dir)
        .context(|| format!("read {}", dir.display()))?
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.is_file())
        .collect();
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> Result<String> {
    path.file_name()
        .and_then(|n| n.to_str())
        .map(str::to_owned)
        .ok_or_else(|| Error::Failed(format!("{}: the name is not UTF-8", path.display())))
}

/// The end of the development boot script: the page reloads when the server has started anew. The server
/// says when it started in development only.
const RELOAD: &str = r#"
let started;
setInterval(async () => {
  try {
    const now = (await fetch("/healthz", { cache: "no-store" })).headers.get("x-binnacle-start");
    if (now && started && now !== started) location.reload();
    started = now ?? started;
  } catch {
    // The server is being rebuilt; the next second may find it.
  }
}, 1000);
"#;
