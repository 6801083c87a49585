//! Schemas kept by the digest of the document they were made from: some in memory, more in a folder.

use std::{
    collections::BTreeMap,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use aws_lc_rs::digest::{SHA256, digest};
use binnacle_model::schema::Schema;

use super::hex;

/// Schemas kept in memory.
pub(super) const MOST_KEPT: usize = 64;
/// Length of the tables of all schemas in memory, in bytes; the built-in kinds together have 68 kB.
const MOST_BYTES: usize = 8 << 20;
/// Files in the folder.
const MOST_FILES: usize = 500;
/// Length of all files in the folder, in bytes.
const MOST_FILE_BYTES: u64 = 32 << 20;
/// Largest file that is read, in bytes.
const LARGEST_FILE: u64 = 8 << 20;
/// Names of schemas' files end so; another way of writing them needs another.
const SCHEMA: &str = "schema1";
/// Names of clusters' indexes end so.
const INDEX: &str = "index1";

/// A schema in memory.
struct Kept {
    schema: Arc<Schema>,
    bytes: usize,
    /// The number of the last look at it.
    used: u64,
}

#[derive(Default)]
struct Memory {
    kept: BTreeMap<String, Kept>,
    looks: u64,
}

/// All schemas that the console keeps. Cloning is cheap and gives the same.
#[derive(Clone, Default)]
pub(crate) struct Library {
    memory: Arc<Mutex<Memory>>,
    folder: Option<Arc<Path>>,
}

/// Whether a text is a digest in hexadecimal digits, and so no way out of a folder.
pub(super) fn is_digest(text: &str) -> bool {
    (32..=128).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

impl Library {
    /// A library in a folder, which is made when there is something to keep; without one, in memory alone.
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Library { memory: Arc::default(), folder: folder.map(Arc::from) }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A schema, if it is in memory.
    pub(crate) fn kept(&self, digest: &str) -> Option<Arc<Schema>> {
        let mut memory = self.memory();
        memory.looks += 1;
        let looks = memory.looks;
        let kept = memory.kept.get_mut(digest)?;
        kept.used = looks;
        Some(Arc::clone(&kept.schema))
    }

    /// A schema, brought into memory.
    pub(crate) async fn find(&self, digest: &str) -> Option<Arc<Schema>> {
        if let Some(schema) = self.kept(digest) {
            return Some(schema);
        }
        let name = format!("{digest}.{SCHEMA}");
        let read = self.with_folder(move |folder| {
            let table = open(&folder.join(name))?;
            Schema::from_table(&table).map(|schema| (Arc::new(schema), table.len()))
        });
        let (schema, bytes) = read.await.flatten()?;
        self.hold(digest, Arc::clone(&schema), bytes);
        Some(schema)
    }

    /// Keeps a schema.
    pub(crate) async fn keep(&self, digest: &str, schema: Arc<Schema>) {
        let table = schema.to_table();
        self.hold(digest, schema, table.len());
        let name = format!("{digest}.{SCHEMA}");
        self.with_folder(move |folder| store(folder, &name, &table)).await;
    }

    /// What a cluster said of its documents' digests, as far as that was kept.
    pub(crate) async fn recall(&self, cluster: &str) -> BTreeMap<String, String> {
        let name = index_of(cluster);
        let text =
            self.with_folder(move |folder| open(&folder.join(name))).await.flatten().unwrap_or_default();
        let entries = text.lines().filter_map(|line| line.split_once(' '));
        let sound = entries.filter(|(_, digest)| is_digest(digest));
        sound.map(|(version, digest)| (version.to_owned(), digest.to_owned())).collect()
    }

    /// Keeps what a cluster says of its documents' digests.
    pub(crate) async fn remember(&self, cluster: &str, digests: BTreeMap<String, String>) {
        let name = index_of(cluster);
        let lines = digests.iter().filter(|(version, _)| !version.contains(['\n', ' ']));
        let text: String = lines.map(|(version, digest)| format!("{version} {digest}\n")).collect();
        self.with_folder(move |folder| store(folder, &name, &text)).await;
    }

    fn hold(&self, digest: &str, schema: Arc<Schema>, bytes: usize) {
        let mut memory = self.memory();
        memory.looks += 1;
        let used = memory.looks;
        memory.kept.insert(digest.to_owned(), Kept { schema, bytes, used });
        while memory.kept.len() > MOST_KEPT
            || (memory.kept.len() > 1
                && memory.kept.values().map(|kept| kept.bytes).sum::<usize>() > MOST_BYTES)
        {
            let oldest =
                memory.kept.iter().min_by_key(|(_, kept)| kept.used).map(|(digest, _)| digest.clone());
            let Some(oldest) = oldest else { break };
            memory.kept.remove(&oldest);
        }
    }

    /// Does work in the folder, if there is one, on a thread that may be held up.
    async fn with_folder<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> T + Send + 'static,
    ) -> Option<T> {
        let folder = Arc::clone(self.folder.as_ref()?);
        tokio::task::spawn_blocking(move || work(&folder)).await.ok()
    }
}

/// The name of a cluster's index; the cluster's own may hold what no file's can.
fn index_of(cluster: &str) -> String {
    format!("{}.{INDEX}", &hex(digest(&SHA256, cluster.as_bytes()).as_ref())[..32])
}

/// A file's text; `None` for one that is not there, or not as it was written.
fn open(path: &Path) -> Option<String> {
    let length = fs::metadata(path).ok()?.len();
    let text = (length <= LARGEST_FILE).then(|| fs::read_to_string(path).ok()).flatten();
    let sound = text.as_deref().and_then(|text| {
        let (head, body) = text.split_once('\n')?;
        (head == seal(body)).then(|| body.to_owned())
    });
    if sound.is_none() {
        // It is fetched anew.
        let _ = fs::remove_file(path);
    }
    sound
}

fn seal(text: &str) -> String {
    format!("# {}", hex(digest(&SHA256, text.as_bytes()).as_ref()))
}

/// Writes a file whole or not at all, and makes room. What cannot be kept is fetched again one day.
fn store(folder: &Path, name: &str, text: &str) {
    let write = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let new = folder.join(format!("{name}.new"));
        let mut file = fs::File::create(&new)?;
        write!(file, "{}\n{text}", seal(text))?;
        file.sync_all()?;
        fs::rename(new, folder.join(name))?;
        make_room(folder)
    };
    if let Err(error) = write() {
        tracing::warn!(folder = %folder.display(), %error, "a schema cannot be kept");
    }
}

/// Removes the oldest files until the rest is within bounds.
fn make_room(folder: &Path) -> io::Result<()> {
    let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if metadata.is_file() {
            let at = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            files.push((at, metadata.len(), entry.path()));
        }
    }
    files.sort();
    let mut bytes: u64 = files.iter().map(|(_, length, _)| length).sum();
    let mut count = files.len();
    for (_, length, path) in files {
        if count <= MOST_FILES && bytes <= MOST_FILE_BYTES {
            break;
        }
        fs::remove_file(path)?;
        bytes -= length;
        count -= 1;
    }
    Ok(())
}
