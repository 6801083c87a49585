//! The store: users, sessions, sign-in links and registered clusters, in SQLite.
//!
//! WAL with `synchronous=FULL`: what was acknowledged survives a power cut. A damaged file or a wrong
//! key is refused with advice, never silently replaced.

mod clusters;
mod links;
mod sessions;
mod users;

#[cfg(test)]
mod tests;

use std::{
    fs,
    io::{ErrorKind, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sqlx::{
    ConnectOptions as _, Row as _, SqlitePool,
    migrate::MigrateError,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::seal::{SealError, Sealer};

pub use clusters::StoredCluster;
pub use sessions::Lifetimes;

/// File name of the database in the data directory.
const DATABASE: &str = "binnacle.db";
/// File name of the key in the data directory.
const KEY: &str = "key";
/// What is sealed under the key at first start, to tell a wrong key at the next.
const CHECK_PLAIN: &[u8] = b"binnacle";
const CHECK_PLACE: &str = "meta/key_check";

/// Why the store cannot be used. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data directory cannot be made or read.
    #[error(
        "the data directory {path} cannot be used: {source}. Choose another with data_dir, or mend its permissions."
    )]
    Directory {
        /// Its path.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another console runs on this directory.
    #[error("another console is running on {0}. Stop it, or choose another data_dir.")]
    InUse(PathBuf),
    /// The database file is damaged.
    #[error(
        "the database {path} is damaged ({detail}). Nothing was changed. Stop the console, keep a copy of the file, and restore it from the backup."
    )]
    Corrupt {
        /// Its path.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
    },
    /// There is no database where one is expected.
    #[error("there is no database {0}. Name the console's data directory with data_dir.")]
    NoDatabase(PathBuf),
    /// A file that is to be written cannot be.
    #[error("{path} cannot be written: {source}")]
    File {
        /// Its path.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A newer release wrote the database.
    #[error(
        "the database {0} was written by a newer release of the console. Start that release, or restore the backup made before the upgrade."
    )]
    TooNew(PathBuf),
    /// The database knows a key, and the key file is gone.
    #[error(
        "the key file {0} is missing, and the stored cluster credentials cannot be read without it. Restore it from the backup."
    )]
    KeyMissing(PathBuf),
    /// The key file is not the one that sealed this database.
    #[error(
        "the key file {0} is not the one that sealed this database. Restore the key file that belongs to it."
    )]
    WrongKey(PathBuf),
    /// The key file or sealed data.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Anything else SQLite says.
    #[error("the database failed: {0}")]
    Sql(#[from] sqlx::Error),
    /// A stored value that this release cannot read.
    #[error("the database holds a value that cannot be read: {0}")]
    Value(&'static str),
}

/// The store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pool: SqlitePool,
    sealer: std::sync::Arc<Sealer>,
    directory: std::sync::Arc<Path>,
}

/// Keeps a second console off the same data directory while it lives.
#[derive(Debug)]
pub struct DirectoryLock {
    file: fs::File,
    directory: PathBuf,
}

impl DirectoryLock {
    /// Writes down the origin that the console is reached by, for [`origin_in_use`].
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn note(&mut self, origin: &str) -> Result<(), StoreError> {
        let io = |source| StoreError::Directory { path: self.directory.clone(), source };
        self.file.set_len(0).map_err(io)?;
        self.file.write_all(origin.as_bytes()).map_err(io)
    }
}

/// The origin of the console that runs on a data directory; `None` when there is none, or it has not said so
/// yet.
pub fn origin_in_use(directory: &Path) -> Option<String> {
    let mut file = fs::File::open(directory.join("lock")).ok()?;
    // What a console that has ended wrote is of no use.
    if !matches!(file.try_lock_shared(), Err(fs::TryLockError::WouldBlock)) {
        return None;
    }
    let mut origin = String::new();
    file.read_to_string(&mut origin).ok()?;
    Some(origin).filter(|origin| !origin.is_empty())
}

/// Takes the data directory for this process, making it (mode 0700) where it is missing.
///
/// # Errors
/// When another console holds it, or it cannot be made.
pub fn lock_directory(directory: &Path) -> Result<DirectoryLock, StoreError> {
    make_directory(directory)?;
    let io = |source| StoreError::Directory { path: directory.to_owned(), source };
    let file = fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(directory.join("lock"))
        .map_err(io)?;
    match file.try_lock() {
        Ok(()) => {
            let mut lock = DirectoryLock { file, directory: directory.to_owned() };
            lock.note("")?;
            Ok(lock)
        }
        Err(fs::TryLockError::WouldBlock) => Err(StoreError::InUse(directory.to_owned())),
        Err(fs::TryLockError::Error(source)) => Err(io(source)),
    }
}

fn make_directory(directory: &Path) -> Result<(), StoreError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|source| StoreError::Directory { path: directory.to_owned(), source })
}

impl Store {
    /// Opens the store in a directory, making what is missing, and checks it.
    ///
    /// # Errors
    /// See [`StoreError`]; nothing is changed when the check fails.
    pub async fn open(directory: &Path) -> Result<Self, StoreError> {
        make_directory(directory)?;
        let path = directory.join(DATABASE);
        // Made here and not by SQLite, so that it and its log, which takes over its mode, are the owner's
        // alone from their first byte. And closed before SQLite opens it: closing any descriptor of a file
        // drops all POSIX locks that the process holds on it (fcntl(2)), and without its locks another
        // program that looks at the database takes itself for the last one, and deletes the log.
        let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map(drop);
        if let Err(source) = made
            && source.kind() != ErrorKind::AlreadyExists
        {
            return Err(StoreError::Directory { path: directory.to_owned(), source });
        }
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .disable_statement_logging();
        // Few: SQLite has one writer, and every query here takes microseconds.
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(5))
            .connect_with(options)
            .await
            .map_err(|error| damaged(&path, error))?;
        let closing = pool.clone();
        let opened = Self::check(pool, directory, &path).await;
        if opened.is_err() {
            closing.close().await;
        }
        opened
    }

    /// Opens the store in a directory that holds one: a mistyped directory is no empty console.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn open_existing(directory: &Path) -> Result<Self, StoreError> {
        let path = directory.join(DATABASE);
        if !path.exists() {
            return Err(StoreError::NoDatabase(path));
        }
        Self::open(directory).await
    }

    async fn check(pool: SqlitePool, directory: &Path, path: &Path) -> Result<Self, StoreError> {
        let verdict: String = sqlx::query("PRAGMA quick_check(1)")
            .fetch_one(&pool)
            .await
            .and_then(|row| row.try_get(0))
            .map_err(|error| damaged(path, error))?;
        if verdict != "ok" {
            return Err(StoreError::Corrupt { path: path.to_owned(), detail: verdict });
        }
        sqlx::migrate!("./migrations").run(&pool).await.map_err(|error| match error {
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
                StoreError::TooNew(path.to_owned())
            }
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => damaged(path, error),
            other => StoreError::Corrupt { path: path.to_owned(), detail: other.to_string() },
        })?;
        let check: Option<Vec<u8>> = sqlx::query("SELECT value FROM meta WHERE key = 'key_check'")
            .fetch_optional(&pool)
            .await?
            .map(|row| row.try_get(0))
            .transpose()?;
        let key_path = directory.join(KEY);
        if check.is_some() && !key_path.exists() {
            return Err(StoreError::KeyMissing(key_path));
        }
        let sealer = Sealer::from_file(&key_path, check.is_none())?;
        match check {
            Some(sealed) => {
                if !sealer.open(CHECK_PLACE, &sealed).is_ok_and(|plain| *plain == CHECK_PLAIN) {
                    return Err(StoreError::WrongKey(key_path));
                }
            }
            None => {
                sqlx::query("INSERT INTO meta (key, value) VALUES ('key_check', ?)")
                    .bind(sealer.seal(CHECK_PLACE, CHECK_PLAIN)?)
                    .execute(&pool)
                    .await?;
            }
        }
        Ok(Store { pool, sealer: std::sync::Arc::new(sealer), directory: directory.into() })
    }

    /// The data directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Whether the database answers; for `/readyz`.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Writes a consistent copy to a file that must not exist, also while the console runs.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub async fn backup(&self, file: &Path) -> Result<(), StoreError> {
        let target = file.to_str().ok_or(StoreError::Value("a path that is not UTF-8"))?;
        let failed = |source| StoreError::File { path: file.to_owned(), source };
        // Made here, so that it is the owner's alone from its first byte; SQLite takes an empty file.
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(failed)?;
        if let Err(error) = sqlx::query("VACUUM INTO ?").bind(target).execute(&self.pool).await {
            fs::remove_file(file).map_err(failed)?;
            return Err(error.into());
        }
        Ok(())
    }

    /// Ends all use; the write-ahead log is folded into the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// SQLite's own words for "this is not a sound database" (result codes 11 and 26).
fn damaged(path: &Path, error: sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default().into_owned();
    // Extended codes keep the primary code in their low byte.
    match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(11 | 26) => StoreError::Corrupt { path: path.to_owned(), detail: error.to_string() },
        _ => StoreError::Sql(error),
    }
}

/// Unix seconds now.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// A duration in whole seconds, as the store counts.
fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
