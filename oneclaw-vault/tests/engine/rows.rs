//! Whoever edits the database from outside is found: INV-30, INV-38, INV-40.

use oneclaw_api::{Permission, ProblemKind, VaultApi};
use oneclaw_vault::Vault;
use rusqlite::Connection;

use crate::support::{Bench, read};

/// Edits the database as somebody with the file would.
fn edit(bench: &Bench, sql: &str) -> usize {
    let connection = Connection::open(bench.home.database_file()).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    connection.execute(sql, []).unwrap()
}

#[tokio::test]
async fn a_wider_rule_is_refused() {
    let bench = Bench::new().await;
    bench.put("a", "x").await;
    let agent = bench.agent("claude").await;
    bench.allow(&agent, "b", Permission::Read).await;
    assert!(read(&agent.session, bench.default, "a").await.is_err());
    assert_eq!(edit(&bench, "UPDATE policies SET pattern = '**'"), 1);
    let refused = read(&agent.session, bench.default, "a").await.unwrap_err();
    assert_eq!(refused.kind(), ProblemKind::Internal);
    assert!(refused.detail().contains("changed from outside"));
}

#[tokio::test]
async fn a_rule_moved_to_another_agent_is_refused() {
    let bench = Bench::new().await;
    bench.put("a", "x").await;
    let strong = bench.agent("strong").await;
    let weak = bench.agent("weak").await;
    bench.allow(&strong, "a", Permission::Read).await;
    assert_eq!(edit(&bench, &format!("UPDATE policies SET principal = 'agent:{}'", weak.id)), 1);
    assert_eq!(read(&weak.session, bench.default, "a").await.unwrap_err().kind(), ProblemKind::Internal);
}

#[tokio::test]
async fn swapped_values_are_refused() {
    let bench = Bench::new().await;
    bench.put("a", "public value").await;
    bench.put("b", "private value").await;
    let connection = Connection::open(bench.home.database_file()).unwrap();
    let swapped = |columns: &str| {
        format!(
            "UPDATE secret_versions SET ({columns}) =
             (SELECT {columns} FROM temp.v other WHERE other.secret_id <> secret_versions.secret_id)"
        )
    };
    let swaps = [
        swapped("value"),
        swapped("wrap"),
        swapped("value, wrap"),
        swapped("value, wrap, mac"),
        // Ids are unique: first out of the way, then into the other's place.
        "UPDATE secrets SET id = 'x' || id;
         UPDATE secrets SET (id, mac) = (SELECT id, mac FROM temp.s other WHERE other.path <> secrets.path)"
            .to_owned(),
    ];
    for sql in swaps {
        connection
            .execute_batch(
                "CREATE TEMP TABLE v AS SELECT * FROM secret_versions; CREATE TEMP TABLE s AS SELECT * FROM secrets",
            )
            .unwrap();
        connection.execute_batch(&sql).unwrap();
        for at in ["a", "b"] {
            let refused = read(&bench.owner, bench.default, at).await.unwrap_err();
            assert_eq!(refused.kind(), ProblemKind::Internal, "{sql}");
        }
        connection
            .execute_batch("BEGIN IMMEDIATE; DELETE FROM secret_versions; INSERT INTO secret_versions SELECT * FROM v; DELETE FROM secrets; INSERT INTO secrets SELECT * FROM s; DROP TABLE v; DROP TABLE s; COMMIT")
            .unwrap();
        assert_eq!(read(&bench.owner, bench.default, "a").await.unwrap(), "public value");
    }
}

#[tokio::test]
async fn every_column_of_every_table_is_covered() {
    let bench = Bench::new().await;
    bench.put("a", "x").await;
    let agent = bench.agent("claude").await;
    bench.allow(&agent, "a", Permission::Read).await;
    let connection = Connection::open(bench.home.database_file()).unwrap();
    let tables: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%mac BLOB%'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(tables.len() >= 10, "{tables:?}");
    for (table, probe) in
        [("agents", "whoami"), ("policies", "read"), ("secrets", "read"), ("secret_versions", "read")]
    {
        let columns: Vec<(String, String)> = connection
            .prepare(&format!("SELECT name, type FROM pragma_table_info('{table}')"))
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        for (column, kind) in columns {
            let before: rusqlite::types::Value =
                connection.query_row(&format!("SELECT {column} FROM {table}"), [], |row| row.get(0)).unwrap();
            let changed = match kind.as_str() {
                "INTEGER" => format!("UPDATE {table} SET {column} = COALESCE({column}, 0) + 1"),
                "BLOB" => format!("UPDATE {table} SET {column} = CAST({column} || x'00' AS BLOB)"),
                _ => format!("UPDATE {table} SET {column} = {column} || 'x'"),
            };
            assert_eq!(connection.execute(&changed, []).unwrap(), 1, "{table}.{column}");
            let answer = match probe {
                "whoami" => agent.session.whoami().await.map(|_| ()),
                _ => read(&agent.session, bench.default, "a").await.map(|_| ()),
            };
            assert!(answer.is_err(), "{table}.{column} can be edited");
            connection.execute(&format!("UPDATE {table} SET {column} = ?1"), [before]).unwrap();
            assert!(
                read(&agent.session, bench.default, "a").await.is_ok(),
                "{table}.{column} was not put back"
            );
        }
    }
}

#[tokio::test]
async fn a_changed_log_is_found_where_it_was_changed() {
    let bench = Bench::new().await;
    for _ in 0..4 {
        bench.put("a", "x").await;
    }
    let before = bench.owner.verify_audit(None).await.unwrap();
    assert!(before.chain_valid && before.events_verified >= 5);
    let connection = Connection::open(bench.home.database_file()).unwrap();
    for (sql, at) in [
        ("UPDATE audit_events SET bytes = CAST(bytes || x'00' AS BLOB) WHERE sequence = 3", 2),
        ("UPDATE audit_events SET hash = zeroblob(32) WHERE sequence = 4", 3),
        ("UPDATE audit_events SET id = randomblob(16) WHERE sequence = 2", 1),
        ("DELETE FROM audit_events WHERE sequence = 3", 2),
        (
            "UPDATE audit_events SET sequence = CASE sequence WHEN 2 THEN -3 WHEN 3 THEN -2 END WHERE sequence IN (2, 3)",
            1,
        ),
    ] {
        connection.execute_batch("CREATE TEMP TABLE e AS SELECT * FROM audit_events").unwrap();
        connection.execute(sql, []).unwrap();
        connection.execute("UPDATE audit_events SET sequence = -sequence WHERE sequence < 0", []).unwrap();
        let verified = bench.owner.verify_audit(None).await.unwrap();
        assert!(!verified.chain_valid, "{sql}");
        assert_eq!(verified.events_verified, at, "{sql}");
        assert!(verified.broken_at_event_id.is_some());
        connection
            .execute_batch(
                "DELETE FROM audit_events WHERE sequence IN (SELECT sequence FROM e);
                 INSERT INTO audit_events SELECT * FROM e; DROP TABLE e",
            )
            .unwrap();
        assert!(bench.owner.verify_audit(None).await.unwrap().chain_valid, "not put back after {sql}");
    }
}

#[tokio::test]
async fn a_key_or_setting_from_outside_opens_nothing() {
    for sql in [
        "UPDATE settings SET value = randomblob(16) WHERE name = 'org'",
        "UPDATE settings SET value = randomblob(16) WHERE name = 'owner'",
        "UPDATE settings SET value = CAST(value || x'00' AS BLOB) WHERE name = 'root'",
        "UPDATE signing_keys SET public = randomblob(32)",
        "DELETE FROM signing_keys",
    ] {
        let bench = Bench::new().await;
        assert!(edit(&bench, sql) > 0, "{sql}");
        assert!(Vault::open(&bench.home).await.is_err(), "{sql}");
    }
}
