use binnacle_model::{
    cluster::{ClusterProfile, Provider},
    session::Role,
};
use std::{
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::PermissionsExt as _,
};

use super::*;

const LIFETIMES: Lifetimes =
    Lifetimes { idle: Duration::from_secs(100), absolute: Duration::from_secs(1000) };

async fn store() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    store.ensure_user("admin", Role::Admin).await.unwrap();
    (directory, store)
}

fn cluster(name: &str) -> StoredCluster {
    StoredCluster {
        name: name.to_owned(),
        profile: ClusterProfile {
            alias: "Production".to_owned(),
            provider: Provider::Eks,
            labels: vec![("team".to_owned(), "blue".to_owned())],
            annotations: vec![("example.com/owner".to_owned(), "Blue team, floor 3".to_owned())],
            description: String::new(),
            region: "eu-central-1".to_owned(),
            zone: "eu-central-1a".to_owned(),
        },
        created: 7,
        system_uid: "uid".to_owned(),
        credential: b"CANARY-credential-1234".to_vec().into(),
    }
}

#[tokio::test]
async fn pragmas_are_the_durable_ones() {
    let (_directory, store) = store().await;
    for (pragma, value) in [("synchronous", 2_i64), ("foreign_keys", 1), ("busy_timeout", 5000)] {
        let found: i64 = sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA {pragma}")))
            .fetch_one(&store.pool)
            .await
            .unwrap()
            .get(0);
        assert_eq!(found, value, "{pragma}");
    }
    let mode: String = sqlx::query("PRAGMA journal_mode").fetch_one(&store.pool).await.unwrap().get(0);
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn every_file_is_its_owners_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let _lock = lock_directory(&path).unwrap();
    let store = Store::open(&path).await.unwrap();
    store.insert_cluster(&cluster("prod")).await.unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    let mut names = Vec::new();
    for entry in fs::read_dir(&path).unwrap().map(Result::unwrap) {
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        let name = entry.file_name().into_string().unwrap();
        assert!(mode == 0o600 || name == "lock", "{name} has mode {mode:o}");
        names.push(name);
    }
    assert!(names.contains(&"binnacle.db-wal".to_owned()), "{names:?}");
}

#[tokio::test]
async fn clusters_survive_a_restart_and_their_credentials_lie_sealed() {
    let (directory, store) = store().await;
    assert!(store.insert_cluster(&cluster("prod")).await.unwrap());
    assert!(!store.insert_cluster(&cluster("prod")).await.unwrap(), "the name is taken");
    let mut changed = cluster("prod");
    changed.profile.alias = "Prod".to_owned();
    changed.profile.annotations.clear();
    changed.profile.region = "北京".to_owned();
    changed.system_uid = "learned later".to_owned();
    assert!(store.update_cluster(&changed).await.unwrap());
    assert!(!store.update_cluster(&cluster("other")).await.unwrap());
    for entry in fs::read_dir(directory.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"CANARY"));
    }
    store.close().await;
    let store = Store::open(directory.path()).await.unwrap();
    assert_eq!(store.clusters().await.unwrap(), [changed]);
    assert!(store.remove_cluster("prod").await.unwrap());
    assert!(!store.remove_cluster("prod").await.unwrap());
    assert_eq!(store.cluster("prod").await.unwrap(), None);
}

#[tokio::test]
async fn a_cluster_of_the_release_before_is_read_with_what_it_did_not_know_empty() {
    let (directory, store) = store().await;
    store.insert_cluster(&cluster("prod")).await.unwrap();
    for back in [
        "ALTER TABLE clusters DROP COLUMN annotations",
        "ALTER TABLE clusters DROP COLUMN region",
        "ALTER TABLE clusters DROP COLUMN zone",
        "DELETE FROM _sqlx_migrations WHERE version >= 2",
    ] {
        sqlx::query(back).execute(&store.pool).await.unwrap();
    }
    store.close().await;
    let store = Store::open(directory.path()).await.unwrap();
    let mut expected = cluster("prod");
    expected.profile.annotations.clear();
    expected.profile.region.clear();
    expected.profile.zone.clear();
    assert_eq!(store.clusters().await.unwrap(), [expected]);
}

#[tokio::test]
async fn a_credential_moved_to_another_row_does_not_open() {
    let (_directory, store) = store().await;
    store.insert_cluster(&cluster("prod")).await.unwrap();
    sqlx::query("UPDATE clusters SET name = 'test'").execute(&store.pool).await.unwrap();
    assert!(matches!(store.clusters().await, Err(StoreError::Seal(SealError::CannotOpen))));
}

#[tokio::test]
async fn a_wrong_or_missing_key_is_refused_and_nothing_is_replaced() {
    let (directory, store) = store().await;
    store.insert_cluster(&cluster("prod")).await.unwrap();
    store.close().await;
    let key = directory.path().join("key");
    let good = fs::read(&key).unwrap();

    fs::remove_file(&key).unwrap();
    assert!(matches!(Store::open(directory.path()).await, Err(StoreError::KeyMissing(_))));
    assert!(!key.exists(), "no new key takes the lost one's place");

    let other = tempfile::tempdir().unwrap();
    Sealer::from_file(&other.path().join("key"), true).unwrap();
    fs::copy(other.path().join("key"), &key).unwrap();
    let error = Store::open(directory.path()).await.unwrap_err();
    assert!(matches!(error, StoreError::WrongKey(_)));
    assert!(error.to_string().contains("Restore the key file"));

    fs::write(&key, good).unwrap();
    assert_eq!(Store::open(directory.path()).await.unwrap().clusters().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_damaged_database_is_refused_and_left_as_it_is() {
    let (directory, store) = store().await;
    for number in 0..200 {
        store.insert_cluster(&cluster(&format!("cluster-{number}"))).await.unwrap();
    }
    store.close().await;
    let path = directory.path().join(DATABASE);
    let good = fs::read(&path).unwrap();
    let damage: [(&str, u64, usize); 2] = [("header", 0, 16), ("pages", 8192, 8192)];
    for (what, offset, length) in damage {
        fs::write(&path, &good).unwrap();
        let mut file = fs::OpenOptions::new().write(true).read(true).open(&path).unwrap();
        file.seek(SeekFrom::Start(offset)).unwrap();
        file.write_all(&vec![0xa5; length]).unwrap();
        drop(file);
        let error = Store::open(directory.path()).await.expect_err(what);
        assert!(matches!(error, StoreError::Corrupt { .. }), "{what}: {error}");
        assert!(error.to_string().contains("restore it from the backup"));
        let mut after = Vec::new();
        fs::File::open(&path).unwrap().read_to_end(&mut after).unwrap();
        assert_eq!(after.len(), good.len(), "{what}: the file is not replaced");
    }
}

#[tokio::test]
async fn a_database_of_a_newer_release_is_refused() {
    let (directory, store) = store().await;
    sqlx::query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0)")
        .execute(&store.pool)
        .await
        .unwrap();
    store.close().await;
    assert!(matches!(Store::open(directory.path()).await, Err(StoreError::TooNew(_))));
}

#[tokio::test]
async fn one_console_to_a_directory() {
    let directory = tempfile::tempdir().unwrap();
    let first = lock_directory(directory.path()).unwrap();
    assert!(matches!(lock_directory(directory.path()), Err(StoreError::InUse(_))));
    drop(first);
    lock_directory(directory.path()).unwrap();
}

#[test]
fn the_origin_of_a_running_console_is_known_beside_it() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(origin_in_use(directory.path()), None, "none has run");
    let mut lock = lock_directory(directory.path()).unwrap();
    assert_eq!(origin_in_use(directory.path()), None, "it has not bound its port");
    lock.note("http://127.0.0.1:40001").unwrap();
    assert_eq!(origin_in_use(directory.path()).unwrap(), "http://127.0.0.1:40001");
    drop(lock);
    assert_eq!(origin_in_use(directory.path()), None, "it has ended");
    let _lock = lock_directory(directory.path()).unwrap();
    assert_eq!(origin_in_use(directory.path()), None, "the next has not bound its own");
}

/// SQLite's lock on an open database, of which the kernel's table tells: an older program that finds none takes
/// itself for the last one to close the database, and deletes the log. (The release built in here looks at the
/// log's index too, so that it cannot play that program.)
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_new_database_stays_locked_while_it_is_open() {
    let (directory, store) = store().await;
    store.insert_cluster(&cluster("prod")).await.unwrap();
    let inode = std::os::unix::fs::MetadataExt::ino(&fs::metadata(directory.path().join(DATABASE)).unwrap());
    let locks = fs::read_to_string("/proc/locks").unwrap();
    let file = format!(":{inode} ");
    assert!(
        locks.lines().any(|line| line.contains(" POSIX ") && line.contains(&file)),
        "{inode} in\n{locks}"
    );
}

#[tokio::test]
async fn a_backup_is_a_whole_store() {
    let (_directory, store) = store().await;
    store.insert_cluster(&cluster("prod")).await.unwrap();
    let target = tempfile::tempdir().unwrap();
    let file = target.path().join(DATABASE);
    store.backup(&file).await.unwrap();
    assert!(store.backup(&file).await.is_err(), "an existing file is not overwritten");
    fs::copy(_directory.path().join("key"), target.path().join("key")).unwrap();
    assert_eq!(Store::open(target.path()).await.unwrap().clusters().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_backup_is_its_owners_alone_and_needs_a_database() {
    let (directory, store) = store().await;
    let target = tempfile::tempdir().unwrap();
    let file = target.path().join("copy.db");
    store.backup(&file).await.unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    // What cannot be finished leaves nothing that looks like a backup.
    store.close().await;
    let failed = target.path().join("failed.db");
    assert!(store.backup(&failed).await.is_err());
    assert!(!failed.exists());

    assert!(Store::open_existing(directory.path()).await.is_ok());
    let wrong = directory.path().join("wrong");
    let error = Store::open_existing(&wrong).await.unwrap_err();
    assert!(matches!(error, StoreError::NoDatabase(_)), "{error}");
    assert!(!wrong.exists(), "nothing is made");
}

#[tokio::test]
async fn sessions_end_by_idleness_age_and_hand() {
    let (_directory, store) = store().await;
    let id = [7; 32];
    let alive =
        async |now: i64, touch: bool| store.session(&id, LIFETIMES, now, touch).await.unwrap().is_some();
    store.start_session(&id, "admin", 10_000).await.unwrap();
    assert!(alive(10_099, false).await);
    assert!(!alive(10_100, false).await, "idle");
    // Use pushes the idle end, up to the absolute one.
    let mut now = 10_000;
    while now < 10_999 {
        assert!(alive(now, true).await, "{now}");
        now += 90;
    }
    assert!(!alive(11_000, true).await, "absolute");
    assert_eq!(store.sweep(LIFETIMES, 11_000).await.unwrap(), 0);

    store.start_session(&id, "admin", 20_000).await.unwrap();
    assert_eq!(store.sweep(LIFETIMES, 20_001).await.unwrap(), 1);
    store.end_session(&id).await.unwrap();
    assert!(!alive(20_001, false).await, "signed out");

    store.start_session(&id, "admin", 30_000).await.unwrap();
    store.set_password("admin", "$argon2id$x").await.unwrap();
    assert!(!alive(30_001, false).await, "a new password ends all sessions");
    assert!(store.start_session(&[8; 32], "nobody", 0).await.is_err(), "no session without a user");
}

#[tokio::test]
async fn a_link_works_once_and_not_after_its_time() {
    let (_directory, store) = store().await;
    store.put_link(&[1; 32], "admin", 100).await.unwrap();
    assert_eq!(store.peek_link(&[1; 32], 99).await.unwrap().as_deref(), Some("admin"));
    assert_eq!(store.take_link(&[1; 32], 100).await.unwrap(), None, "over");
    assert_eq!(store.take_link(&[2; 32], 99).await.unwrap(), None, "another token");
    assert_eq!(store.take_link(&[1; 32], 99).await.unwrap().as_deref(), Some("admin"));
    assert_eq!(store.take_link(&[1; 32], 99).await.unwrap(), None, "used");
    store.put_link(&[3; 32], "admin", 100).await.unwrap();
    store.put_link(&[4; 32], "admin", 100).await.unwrap();
    assert_eq!(store.take_link(&[3; 32], 99).await.unwrap(), None, "a newer link replaces it");
}
