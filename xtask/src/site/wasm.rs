//! The console as WebAssembly: cargo, wasm-split, wasm-bindgen, wasm-opt, esbuild.

use super::{Mode, unused};
use crate::error::{Context, Error, Result};
use crate::ledger::Ledger;
use crate::{hash, npm, paths, say, step};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use wasm_bindgen_cli_support::Bindgen;

/// What the browser loads: the script, the module it starts, and the parts that are fetched on demand.
#[derive(Debug)]
pub(super) struct Console {
    pub(super) js: Vec<u8>,
    pub(super) wasm: Vec<u8>,
    pub(super) parts: Vec<Part>,
}

/// A module that the script fetches by its final name.
#[derive(Debug)]
pub(super) struct Part {
    /// `split_view.wasm`.
    pub(super) logical: String,
    /// `split_view-HASH.wasm`.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// The script that wasm-split writes; wasm-bindgen's imports it, and it names the parts' files.
const LINKER: &str = "__wasm_split.js";

/// What wasm-opt does, and what it may use. Each pass is here because it makes the *compressed* module smaller:
/// `-Oz` as a whole takes a sixth off the module and adds a twentieth to what travels, as it breaks up the
/// repetitions that brotli lives on. Features are named one by one: `--all-features` emits imports that browsers
/// refuse.
const WASM_OPT: [&str; 15] = [
    "--duplicate-function-elimination",
    "--remove-unused-module-elements",
    "--code-folding",
    "--precompute",
    "--optimize-instructions",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-call-indirect-overlong",
    "--strip-debug",
    "--strip-producers",
];

/// Builds `frontend` for the browser. What follows cargo is skipped when cargo's output is the same as before.
pub(super) fn build(mode: Mode, work: &Path, steps: &Ledger) -> Result<Console> {
    let profile = match mode {
        Mode::Dev => "dev",
        Mode::Release => "wasm-release",
    };
    let mut cargo = step::cargo(["build", "--package", "binnacle-frontend", "--locked"]);
    cargo.args(["--target", "wasm32-unknown-unknown", "--profile", profile]);
    step::run(steps, "cargo build (wasm)", &mut cargo)?;
    let folder = if mode == Mode::Dev { "debug" } else { profile };
    let built = paths::target().join("wasm32-unknown-unknown").join(folder).join("binnacle_frontend.wasm");
    from_wasm(&built, mode, work, steps)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).context(|| format!("read {}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result {
    fs::write(path, bytes).context(|| format!("write {}", path.display()))
}

/// An empty directory.
fn fresh(dir: &Path) -> Result {
    let _ = fs::remove_dir_all(dir);
    fs::create_dir_all(dir).context(|| format!("create {}", dir.display()))
}

/// What follows cargo.
fn from_wasm(built: &Path, mode: Mode, work: &Path, steps: &Ledger) -> Result<Console> {
    let source = read(built)?;
    let stamp = hash::hex(
        &[hash::hex(&source).as_bytes(), WASM_OPT.concat().as_bytes(), mode.name().as_bytes()].concat(),
    );
    let (js, wasm, parts) = (work.join("frontend.js"), work.join("frontend.wasm"), work.join("parts"));
    let stamp_file = work.join("wasm.stamp");
    if fs::read_to_string(&stamp_file).is_ok_and(|s| s == stamp) && js.is_file() && wasm.is_file() {
        return Ok(Console { js: read(&js)?, wasm: read(&wasm)?, parts: kept(&parts)? });
    }
    let _ = fs::remove_file(&stamp_file);
    let linked = work.join("linked");
    fresh(&linked)?;
    fresh(&parts)?;
    let started = std::time::Instant::now();
    let (main, split) = cut(&source, &linked)?;
    say::line(format!("    wasm-split: {} parts, {}", split.len(), say::elapsed(started)));
    let started = std::time::Instant::now();
    bind(&main, &linked, mode)?;
    say::line(format!("    wasm-bindgen: {}", say::elapsed(started)));
    let started = std::time::Instant::now();
    if mode == Mode::Release {
        npm::ensure("xtask/npm", steps)?;
    }
    let unused = finish(&linked.join("frontend_bg.wasm"), &wasm, mode, steps)?;
    if unused == 0 && mode == Mode::Release {
        return Err(Error::Failed("Nothing in the module is unused any more: see site/unused.rs.".into()));
    }
    // The parts' names hold the hash of their content, and the script names them.
    let linker = linked.join(LINKER);
    let mut script = String::from_utf8_lossy(&read(&linker)?).into_owned();
    for path in &split {
        let logical = super::file_name(path)?;
        let finished = linked.join(format!("{logical}.finished"));
        finish(path, &finished, mode, steps)?;
        let bytes = read(&finished)?;
        let name = super::files::hashed(&logical, &hash::short(&bytes));
        let (from, to) = (format!("\"./{logical}\""), format!("\"./{name}\""));
        if !script.contains(&from) {
            return Err(Error::Failed(format!("{LINKER} does not name {logical}.")));
        }
        script = script.replace(&from, &to);
        write(&parts.join(&name), &bytes)?;
    }
    write(&linker, script.as_bytes())?;
    say::line(format!("    wasm-opt: {}", say::elapsed(started)));
    // One file: the scripts and snippets that crates bring along would lie in directories.
    let mut esbuild = Command::new(paths::root().join("frontend/js/node_modules/.bin/esbuild"));
    esbuild.arg(linked.join("frontend.js")).args([
        "--bundle",
        "--format=esm",
        "--target=es2022",
        "--log-level=warning",
        // wasm-bindgen names the parts' script once for each import from it.
        "--log-override:duplicate-object-key=silent",
    ]);
    if mode == Mode::Release {
        esbuild.arg("--minify");
    }
    esbuild.arg(format!("--outfile={}", js.display()));
    step::run(steps, "esbuild", &mut esbuild)?;
    let console = Console { js: read(&js)?, wasm: read(&wasm)?, parts: kept(&parts)? };
    write(&stamp_file, stamp.as_bytes())?;
    Ok(console)
}

/// The finished parts in a directory.
fn kept(dir: &Path) -> Result<Vec<Part>> {
    super::files_in(dir)?
        .iter()
        .map(|path| {
            let name = super::file_name(path)?;
            let logical =
                name.rsplit_once('-').map_or_else(|| name.clone(), |(stem, _)| format!("{stem}.wasm"));
            Ok(Part { logical, name, bytes: read(path)? })
        })
        .collect()
}

/// Cuts the parts (`app/src/parts.rs`) out of the module: what is left of it, and the parts.
fn cut(source: &[u8], out: &Path) -> Result<(PathBuf, Vec<PathBuf>)> {
    let main = out.join("main.wasm");
    let mut options = wasm_split_cli_support::Options::new(source);
    options.output_dir = out;
    options.main_out_path = &main;
    options.main_module = "./frontend.js";
    let link_name = format!("./{LINKER}");
    options.link_name = &link_name;
    let split = wasm_split_cli_support::transform(options)
        .map_err(|error| Error::Failed(format!("wasm-split: {error:#}")))?;
    Ok((main, split.split_modules))
}

fn bind(built: &Path, out: &Path, mode: Mode) -> Result {
    let mut bindgen = Bindgen::new();
    let dev = mode == Mode::Dev;
    bindgen
        .input_path(built)
        .out_name("frontend")
        .typescript(false)
        .omit_default_module_path(true)
        // The parts need the stack pointer and the like.
        .keep_lld_exports(true)
        .debug(false)
        .keep_debug(false)
        // A release loses its names later: what nobody calls is found by name.
        .remove_name_section(false)
        .remove_producers_section(!dev)
        .demangle(dev);
    bindgen.web(true).and_then(|b| b.generate(out)).map_err(|e| Error::Failed(format!("wasm-bindgen: {e:#}")))
}

/// Makes a module as small as it travels, in a release; says how much in it was unused.
fn finish(from: &Path, to: &Path, mode: Mode, steps: &Ledger) -> Result<usize> {
    if mode == Mode::Dev {
        return fs::copy(from, to).map(|_| 0).context(|| format!("write {}", to.display()));
    }
    let (rest, count) = unused::without(&read(from)?)?;
    let named = from.with_extension("named.wasm");
    write(&named, &rest)?;
    let mut opt = Command::new(paths::root().join("xtask/npm/node_modules/.bin/wasm-opt"));
    opt.args(WASM_OPT).arg(named).arg("-o").arg(to);
    step::run(steps, "wasm-opt", &mut opt)?;
    Ok(count)
}
