//! The console as WebAssembly: cargo, wasm-bindgen, wasm-opt, esbuild.

use super::Mode;
use crate::error::{Context, Error, Result};
use crate::ledger::Ledger;
use crate::{hash, npm, paths, say, step};
use std::fs;
use std::path::Path;
use std::process::Command;
use wasm_bindgen_cli_support::Bindgen;

/// The built module and the script that loads it.
#[derive(Debug)]
pub(super) struct Module {
    pub(super) js: Vec<u8>,
    pub(super) wasm: Vec<u8>,
}

/// What wasm-opt does, and what it may use. Each pass is here because it makes the *compressed* module smaller:
/// `-Oz` as a whole takes a sixth off the module and adds a twentieth to what travels, as it breaks up the
/// repetitions that brotli lives on. Features are named one by one: `--all-features` emits imports that browsers
/// refuse.
const WASM_OPT: [&str; 14] = [
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
    "--strip-producers",
];

/// Builds `frontend` for the browser. What follows cargo is skipped when cargo's output is the same as before.
pub(super) fn build(mode: Mode, work: &Path, steps: &Ledger) -> Result<Module> {
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

/// What follows cargo.
fn from_wasm(built: &Path, mode: Mode, work: &Path, steps: &Ledger) -> Result<Module> {
    let read = |path: &Path| fs::read(path).context(|| format!("read {}", path.display()));
    let source = read(built)?;
    let stamp = hash::hex(
        &[hash::hex(&source).as_bytes(), WASM_OPT.concat().as_bytes(), mode.name().as_bytes()].concat(),
    );
    let (js, wasm, stamp_file) =
        (work.join("frontend.js"), work.join("frontend.wasm"), work.join("wasm.stamp"));
    if fs::read_to_string(&stamp_file).is_ok_and(|s| s == stamp) && js.is_file() && wasm.is_file() {
        return Ok(Module { js: read(&js)?, wasm: read(&wasm)? });
    }
    let _ = fs::remove_file(&stamp_file);
    let bindgen = work.join("bindgen");
    let _ = fs::remove_dir_all(&bindgen);
    let started = std::time::Instant::now();
    bind(built, &bindgen, mode)?;
    say::line(format!("    wasm-bindgen: {}", say::elapsed(started)));
    let bound = bindgen.join("frontend_bg.wasm");
    if mode == Mode::Release {
        npm::ensure("xtask/npm", steps)?;
        let started = std::time::Instant::now();
        let mut opt = Command::new(paths::root().join("xtask/npm/node_modules/.bin/wasm-opt"));
        opt.args(WASM_OPT).arg(&bound).arg("-o").arg(&wasm);
        step::run(steps, "wasm-opt", &mut opt)?;
        say::line(format!("    wasm-opt: {}", say::elapsed(started)));
    } else {
        fs::copy(&bound, &wasm).context(|| format!("write {}", wasm.display()))?;
    }
    // One file: the snippets that crates bring along would lie in directories.
    let mut esbuild = Command::new(paths::root().join("frontend/js/node_modules/.bin/esbuild"));
    esbuild.arg(bindgen.join("frontend.js")).args([
        "--bundle",
        "--format=esm",
        "--target=es2022",
        "--log-level=warning",
    ]);
    if mode == Mode::Release {
        esbuild.arg("--minify");
    }
    esbuild.arg(format!("--outfile={}", js.display()));
    step::run(steps, "esbuild", &mut esbuild)?;
    let module = Module { js: read(&js)?, wasm: read(&wasm)? };
    fs::write(&stamp_file, stamp).context(|| format!("write {}", stamp_file.display()))?;
    Ok(module)
}

fn bind(built: &Path, out: &Path, mode: Mode) -> Result {
    let mut bindgen = Bindgen::new();
    let dev = mode == Mode::Dev;
    bindgen
        .input_path(built)
        .out_name("frontend")
        .typescript(false)
        .omit_default_module_path(true)
        .debug(false)
        .keep_debug(false)
        .remove_name_section(!dev)
        .remove_producers_section(!dev)
        .demangle(dev);
    bindgen.web(true).and_then(|b| b.generate(out)).map_err(|e| Error::Failed(format!("wasm-bindgen: {e:#}")))
}
