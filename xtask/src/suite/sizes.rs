//! The size budgets of the design (section 7): what the first page loads, and the binary.

use super::counts::Counts;
use crate::error::{Context, Error, Result};
use crate::say;
use crate::site::{self, MANIFEST, Mode};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// First load, brotli, all files of the first route (docs/decisions/0003).
const FIRST_LOAD: u64 = 350_000;

/// The binary with its assets (docs/decisions/0005).
const BINARY: u64 = 25 * 1024 * 1024;

/// The files that the first route loads, by logical name; the text font comes with them, the editor on demand.
const FIRST_ROUTE: [&str; 5] = ["boot.js", "frontend.js", "frontend.wasm", "style.css", "icons.svg"];

/// Fails when a budget is exceeded.
pub(super) fn check(binary: &Path) -> Result<Counts> {
    let dir = site::dir(Mode::Release);
    let first = first_load(&dir)?;
    for (name, bytes) in &first {
        say::line(format!("    {bytes:>10}  {name}"));
    }
    let total: u64 = first.iter().map(|(_, bytes)| bytes).sum();
    let size = fs::metadata(binary).context(|| format!("read {}", binary.display()))?.len();
    let budgets = [("first load, brotli", total, FIRST_LOAD), ("binary", size, BINARY)];
    let mut counts = Counts::default();
    for (name, bytes, budget) in budgets {
        let word = if bytes <= budget { "of" } else { "OVER THE BUDGET of" };
        say::line(format!("    {name}: {bytes} bytes, {word} {budget}"));
        counts += if bytes <= budget { Counts::one_passed() } else { Counts::one_failed() };
    }
    Ok(counts)
}

/// The size on the wire of each file of the first route.
pub(crate) fn first_load(dir: &Path) -> Result<Vec<(String, u64)>> {
    let path = dir.join(MANIFEST);
    let bytes = fs::read(&path).context(|| format!("read {}", path.display()))?;
    let manifest: BTreeMap<String, String> =
        serde_json::from_slice(&bytes).context(|| format!("read {}", path.display()))?;
    let size = |name: &str| fs::metadata(dir.join(name)).ok().map(|m| m.len());
    let mut sizes = Vec::new();
    let fonts = manifest.keys().map(String::as_str).filter(|name| name.ends_with(".woff2"));
    for logical in FIRST_ROUTE.into_iter().chain(fonts) {
        let name = manifest
            .get(logical)
            .ok_or_else(|| Error::Failed(format!("{} does not list {logical}", path.display())))?;
        let bytes = size(&format!("{name}.br"))
            .or_else(|| size(name))
            .ok_or_else(|| Error::Failed(format!("{} lists {name}, which is not there", path.display())))?;
        sizes.push((logical.to_owned(), bytes));
    }
    Ok(sizes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compressed_form_counts() {
        let dir = tempfile::tempdir().unwrap();
        let all = FIRST_ROUTE.into_iter().chain(["text.woff2"]);
        let names: BTreeMap<_, _> = all.map(|n| (n, format!("{n}-1"))).collect();
        fs::write(dir.path().join(MANIFEST), serde_json::to_vec(&names).unwrap()).unwrap();
        assert!(first_load(dir.path()).is_err());
        for name in names.values() {
            fs::write(dir.path().join(name), [0; 100]).unwrap();
        }
        fs::write(dir.path().join("boot.js-1.br"), [0; 7]).unwrap();
        let sizes: Vec<u64> = first_load(dir.path()).unwrap().into_iter().map(|(_, bytes)| bytes).collect();
        assert_eq!(sizes, [7, 100, 100, 100, 100, 100]);
    }
}
