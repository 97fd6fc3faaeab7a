//! Files that are not what they should be, and what the right ones look like.

use super::*;
use crate::rows::{
    AgentRow, ApiKeyRow, BindingRow, PolicyRow, RevokedTokenRow, Row, SecretRow, SettingRow, SigningKeyRow,
    UserRow, VaultRow, VersionRow,
};
use crate::store::Table;
use crate::store::conformance::{batch, everything, insert, setting};
use rusqlite::Connection;

/// Every table of rows.
const TABLES: [&Table; 11] = [
    SettingRow::TABLE,
    UserRow::TABLE,
    ApiKeyRow::TABLE,
    AgentRow::TABLE,
    VaultRow::TABLE,
    SecretRow::TABLE,
    VersionRow::TABLE,
    PolicyRow::TABLE,
    BindingRow::TABLE,
    SigningKeyRow::TABLE,
    RevokedTokenRow::TABLE,
];

#[tokio::test]
async fn schema_fits_the_rows() {
    let directory = tempfile::tempdir().unwrap();
    let home = Home::create(directory.path()).await;
    let connection = Connection::open(home.database()).unwrap();
    for table in TABLES {
        let mut statement = connection.prepare("SELECT name, pk FROM pragma_table_info(?)").unwrap();
        let columns = statement.query_map([table.name], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let columns: Vec<(String, u32)> = columns.map(Result::unwrap).collect();
        let declared: Vec<(String, u32)> = table
            .columns
            .iter()
            .chain(&["mac"])
            .zip(1..)
            .map(|(column, number)| {
                ((*column).to_owned(), if number <= u32::try_from(table.key).unwrap() { number } else { 0 })
            })
            .collect();
        assert_eq!(columns, declared, "{}", table.name);
    }
    let count: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema WHERE type = 'table'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(count, i64::try_from(TABLES.len()).unwrap() + 1, "the rows and the audit events");
}

#[tokio::test]
async fn all_tables_are_strict() {
    let directory = tempfile::tempdir().unwrap();
    let home = Home::create(directory.path()).await;
    let connection = Connection::open(home.database()).unwrap();
    let loose = "SELECT count(*) FROM pragma_table_list WHERE NOT strict AND name NOT LIKE 'sqlite_%'";
    assert_eq!(connection.query_row(loose, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}

#[test]
fn missing_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("vault.db");
    assert!(matches!(SqliteFile::open(&path), Err(StoreError::Missing)));
    assert!(!path.exists());
    // What is left of a creation that was cut short.
    std::fs::write(&path, "").unwrap();
    assert!(matches!(SqliteFile::open(&path), Err(StoreError::Missing)));
    SqliteFile::create(&path).unwrap();
    SqliteFile::open(&path).unwrap();
}

/// Nothing of a file that is not ours is changed, and nothing is left beside it.
#[test]
fn foreign_files() {
    let database = {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("other.db");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE settings (name TEXT)").unwrap();
        std::fs::read(path).unwrap()
    };
    let marked = {
        let mut marked = database.clone();
        marked[68..72].copy_from_slice(b"1CLW");
        marked
    };
    let files = [
        b"not a database, but a text that is longer than the header of one, which has a hundred bytes, and so on".to_vec(),
        b"short".to_vec(),
        vec![0; 8192],
        database,
        marked,
    ];
    for (bytes, number) in files.into_iter().zip(0..) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("vault.db");
        std::fs::write(&path, &bytes).unwrap();
        for open in [SqliteFile::open, SqliteFile::create] {
            let refused = open(&path).map(drop);
            assert!(matches!(refused, Err(StoreError::Foreign)), "{number}: {refused:?}");
        }
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}

#[tokio::test]
async fn newer_schema() {
    let directory = tempfile::tempdir().unwrap();
    let home = Home::create(directory.path()).await;
    let connection = Connection::open(home.database()).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    for open in [SqliteFile::open, SqliteFile::create] {
        let refused = open(&home.database()).map(drop);
        assert!(matches!(refused, Err(StoreError::Newer { found: 99, known: 1 })), "{refused:?}");
    }
}

#[tokio::test]
async fn corrupt_file() {
    let directory = tempfile::tempdir().unwrap();
    let home = Home::create(directory.path()).await;
    let file = SqliteFile::open(&home.database()).unwrap();
    let rows = (0..100).map(|number| insert(SettingRow::TABLE, setting(&format!("{number}"), 1)));
    let store = file.start(home.chain.clone()).unwrap();
    store.commit(batch(rows.collect::<Vec<_>>())).await.unwrap();
    drop(store);
    let connection = Connection::open(home.database()).unwrap();
    let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'settings'";
    let root: usize = connection.query_row(root, [], |row| row.get::<_, u32>(0)).unwrap().try_into().unwrap();
    connection.execute_batch("PRAGMA wal_checkpoint = TRUNCATE").unwrap();
    drop(connection);

    let mut bytes = std::fs::read(home.database()).unwrap();
    bytes[(root - 1) * 4096..root * 4096].fill(0xee);
    std::fs::write(home.database(), &bytes).unwrap();
    let read =
        SqliteFile::open(&home.database()).and_then(|file| file.select(&everything(SettingRow::TABLE)));
    assert!(matches!(read, Err(StoreError::Corrupt)), "{read:?}");
    let store = home.store();
    let written = store.commit(batch([insert(SettingRow::TABLE, setting("new", 1))])).await;
    assert!(matches!(written, Err(StoreError::Stopped)), "{written:?}");
}

/// The umask is the process's, so this one narrows nothing: a directory shows what would be without care.
#[cfg(unix)]
#[tokio::test]
async fn permissions() {
    use std::os::unix::fs::PermissionsExt;

    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("home/data");
    let store = {
        let home = Home::create(directory.path()).await;
        SqliteFile::create(&data.join("vault.db")).unwrap().start(home.chain).unwrap()
    };
    store.commit(batch([insert(SettingRow::TABLE, setting("a", 1))])).await.unwrap();
    assert_eq!([mode(&data), mode(&directory.path().join("home"))], [0o700; 2]);
    for file in ["vault.db", "vault.db-wal", "vault.db-shm"] {
        assert_eq!(mode(&data.join(file)), 0o600, "{file}");
    }
    drop(store);
    assert!(std::fs::read_dir(&data).unwrap().all(|file| mode(&file.unwrap().path()) == 0o600));
}

#[tokio::test]
async fn planted_triggers_do_not_run() {
    let directory = tempfile::tempdir().unwrap();
    let home = Home::create(directory.path()).await;
    let connection = Connection::open(home.database()).unwrap();
    connection
        .execute_batch("CREATE TRIGGER gone AFTER INSERT ON settings BEGIN DELETE FROM settings; END")
        .unwrap();
    let store = home.store();
    store.commit(batch([insert(SettingRow::TABLE, setting("a", 1))])).await.unwrap();
    assert_eq!(store.select(everything(SettingRow::TABLE)).await.unwrap(), [setting("a", 1)]);
}
