//! The site as names and bytes, and its way to disk.

use super::{MANIFEST, compress};
use crate::error::{Context, Error, Result};
use crate::hash;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Files by their final names, and the logical name of each.
#[derive(Debug, Default)]
pub(super) struct Site {
    files: BTreeMap<String, Vec<u8>>,
    logical: BTreeMap<String, String>,
}

impl Site {
    /// Adds a file under a name with its content's hash; returns that name.
    pub(super) fn add(&mut self, logical: &str, bytes: Vec<u8>) -> String {
        let name = hashed(logical, &hash::short(&bytes));
        self.add_hashed(logical, &name, bytes);
        name
    }

    /// Adds a file whose name has a hash already.
    pub(super) fn add_hashed(&mut self, logical: &str, name: &str, bytes: Vec<u8>) {
        self.logical.insert(logical.to_owned(), name.to_owned());
        self.files.insert(name.to_owned(), bytes);
    }

    /// Lists a file under a second logical name.
    pub(super) fn alias(&mut self, logical: &str, name: &str) {
        self.logical.insert(logical.to_owned(), name.to_owned());
    }

    /// Appends text to a file, which gets another name by it.
    pub(super) fn append(&mut self, logical: &str, text: &str) -> Result {
        let bytes = self.logical.get(logical).and_then(|name| self.files.remove(name));
        let mut bytes = bytes.ok_or_else(|| Error::Failed(format!("The scripts have no {logical}.")))?;
        bytes.extend(text.as_bytes());
        self.add(logical, bytes);
        Ok(())
    }

    /// Writes what differs and removes what is left from before. A file that stays keeps its time, so that
    /// cargo rebuilds the server only when the site has changed.
    pub(super) fn write(mut self, dir: &Path, compressed: bool) -> Result {
        fs::create_dir_all(dir).context(|| format!("create {}", dir.display()))?;
        if compressed {
            // A name holds the hash of its content: siblings made before are good.
            let todo: Vec<(&String, &Vec<u8>)> =
                self.files.iter().filter(|(n, _)| compress::worthwhile(n)).collect();
            let made = compress::all(&todo, dir);
            // Who takes neither form gets it unpacked by the server: the plain one need not be carried.
            for (sibling, _) in &made {
                if let Some(plain) = sibling.strip_suffix(".gz") {
                    self.files.remove(plain);
                }
            }
            self.files.extend(made);
        }
        let manifest = serde_json::to_string_pretty(&self.logical).context(|| "manifest".into())? + "\n";
        self.files.insert(MANIFEST.to_owned(), manifest.into_bytes());
        for entry in fs::read_dir(dir).context(|| format!("read {}", dir.display()))?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !self.files.contains_key(&name) {
                let _ = fs::remove_file(entry.path());
            }
        }
        for (name, bytes) in &self.files {
            let path = dir.join(name);
            if fs::read(&path).is_ok_and(|there| there == *bytes) {
                continue;
            }
            fs::write(&path, bytes).context(|| format!("write {}", path.display()))?;
        }
        Ok(())
    }
}

/// `boot.js` -> `boot-HASH.js`.
pub(super) fn hashed(name: &str, hash: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{hash}.{extension}"),
        None => format!("{name}-{hash}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_extension() {
        assert_eq!(hashed("boot.js", "0a1b"), "boot-0a1b.js");
        assert_eq!(hashed("LICENSE", "0a1b"), "LICENSE-0a1b");
    }

    #[test]
    fn appended_text_renames_the_file() {
        let mut site = Site::default();
        let before = site.add("boot.js", b"one;".to_vec());
        site.append("boot.js", "two;").unwrap();
        let after = site.logical["boot.js"].clone();
        assert_ne!(before, after);
        assert_eq!(site.files.keys().collect::<Vec<_>>(), [&after]);
        assert_eq!(site.files[&after], b"one;two;");
        assert!(site.append("other.js", "").is_err());
    }

    #[test]
    fn a_second_write_removes_the_stale_and_keeps_the_rest() {
        let dir = tempfile::tempdir().unwrap();
        let mut first = Site::default();
        let stale = first.add("a.js", b"one".repeat(500));
        let kept = first.add("b.js", b"two".repeat(500));
        first.write(dir.path(), true).unwrap();
        let time = |name: &str| fs::metadata(dir.path().join(name)).unwrap().modified().unwrap();
        let packed = format!("{kept}.gz");
        let before = time(&packed);
        let mut second = Site::default();
        second.add("a.js", b"three".repeat(500));
        second.add("b.js", b"two".repeat(500));
        second.write(dir.path(), true).unwrap();
        assert!(!dir.path().join(&stale).exists());
        assert!(!dir.path().join(format!("{stale}.br")).exists());
        assert!(
            dir.path().join(format!("{kept}.br")).exists() && dir.path().join(format!("{kept}.gz")).exists()
        );
        assert_eq!(time(&packed), before);
        assert!(!dir.path().join(&kept).exists());
    }
}
