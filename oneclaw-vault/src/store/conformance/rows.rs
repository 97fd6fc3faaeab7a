//! Single effects and queries.

use super::*;

pub(crate) async fn inserts_are_selected(fixture: &Fixture) {
    let rows = [secret("v", "a", Value::Null), secret("v", "b", Value::Integer(i64::MIN))];
    fixture.commit(rows.clone().map(|row| insert(SecretRow::TABLE, row))).await.unwrap();
    assert_eq!(fixture.all(SecretRow::TABLE).await, rows);

    let odd = row(0, [text("nul\0, é, \u{10ffff}"), Value::Blob(vec![0, 255, 0])]);
    let large = row(255, [text("x"), Value::Blob(vec![0x5a; 1 << 20])]);
    let empty = row(1, [text(""), Value::Blob(Vec::new())]);
    fixture.commit([&odd, &large, &empty].map(|row| insert(SettingRow::TABLE, row.clone()))).await.unwrap();
    assert_eq!(fixture.all(SettingRow::TABLE).await, [empty, odd, large]);
}

pub(crate) async fn keys_order_rows(fixture: &Fixture) {
    let paths = ["B", "a", "a-b", "a/b", "a/b/c", "a0", "aa", "b", "é"];
    for path in paths.iter().rev() {
        let row = secret("v", path, Value::Null);
        fixture.commit([insert(SecretRow::TABLE, row)]).await.unwrap();
    }
    assert_eq!(found_paths(fixture, None, None).await, paths);
}

pub(crate) async fn equality_selects(fixture: &Fixture) {
    for (vault, path, deleted) in
        [("v", "a", Value::Null), ("v", "b", 5.into()), ("w", "a", 5.into()), ("w", "b", Value::Null)]
    {
        fixture.commit([insert(SecretRow::TABLE, secret(vault, path, deleted))]).await.unwrap();
    }
    let select = async |equal: &[(&'static str, Value)]| {
        let query = Query { table: SecretRow::TABLE, equal: equal.to_vec(), prefix: None };
        let rows = fixture.store.select(query).await.unwrap();
        rows.iter().map(|row| plain(&row.values[2]).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(select(&[("vault_id", text("w"))]).await, ["w:a", "w:b"]);
    assert_eq!(select(&[("path", text("a"))]).await, ["v:a", "w:a"]);
    assert_eq!(select(&[("deleted_at", Value::Null)]).await, ["v:a", "w:b"]);
    assert_eq!(select(&[("deleted_at", 5.into()), ("vault_id", text("v"))]).await, ["v:b"]);
    assert_eq!(select(&[("id", text("w:a"))]).await, ["w:a"]);
    assert_eq!(select(&[("vault_id", text("V"))]).await, [""; 0]);
}

pub(crate) async fn prefixes_select(fixture: &Fixture) {
    for path in ["prod", "prod-1", "prod/a", "prod/b/c", "prod0", "Prod/a", "prod%", "p_od/a", "z"] {
        let rows = ["v", "w"].map(|vault| insert(SecretRow::TABLE, secret(vault, path, Value::Null)));
        fixture.commit(rows).await.unwrap();
    }
    for (prefix, paths) in [
        ("prod/", &["prod/a", "prod/b/c"][..]),
        ("prod", &["prod", "prod%", "prod-1", "prod/a", "prod/b/c", "prod0"]),
        ("prod/b/c", &["prod/b/c"]),
        ("prod/b/c/", &[]),
        ("p_od", &["p_od/a"]),
        ("prod%", &["prod%"]),
        ("\u{10ffff}", &[]),
    ] {
        assert_eq!(found_paths(fixture, Some("w"), Some(prefix)).await, paths, "{prefix}");
    }
    assert_eq!(found_paths(fixture, Some("v"), Some("")).await.len(), 9);
}

pub(crate) async fn inserts_conflict(fixture: &Fixture) {
    fixture.commit([insert(SettingRow::TABLE, setting("a", 1))]).await.unwrap();
    let again = fixture.commit([insert(SettingRow::TABLE, setting("a", 2))]).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
    assert_eq!(fixture.all(SettingRow::TABLE).await, [setting("a", 1)]);
}

pub(crate) async fn replaces_compare(fixture: &Fixture) {
    let replace = |name: &str, old: u8, new: u8| {
        let row = setting(name, new);
        fixture.commit([Write::Replace { table: SettingRow::TABLE, old: [old; 32], row }])
    };
    fixture.commit(["a", "b"].map(|name| insert(SettingRow::TABLE, setting(name, 1)))).await.unwrap();
    replace("a", 1, 2).await.unwrap();
    for (name, old) in [("a", 1), ("b", 2), ("c", 1)] {
        let stale = replace(name, old, 3).await;
        assert!(matches!(stale, Err(StoreError::Conflict)), "{name} {stale:?}");
    }
    assert_eq!(fixture.all(SettingRow::TABLE).await, [setting("a", 2), setting("b", 1)]);

    // A key of two columns, and a row that is wider than its key.
    let old = secret("v", "a", Value::Null);
    fixture.commit([insert(SecretRow::TABLE, old.clone())]).await.unwrap();
    let row = RawRow { mac: [8; 32], ..secret("v", "a", 9.into()) };
    let write = Write::Replace { table: SecretRow::TABLE, old: old.mac, row: row.clone() };
    fixture.commit([write]).await.unwrap();
    assert_eq!(fixture.all(SecretRow::TABLE).await, [row]);
}

pub(crate) async fn removes_compare(fixture: &Fixture) {
    let remove = |path: &str, old: u8| {
        let key = vec![text("v"), text(path)];
        fixture.commit([Write::Remove { table: SecretRow::TABLE, key, old: [old; 32] }])
    };
    let rows = ["a", "b"].map(|path| secret("v", path, Value::Null));
    fixture.commit(rows.clone().map(|row| insert(SecretRow::TABLE, row))).await.unwrap();
    for (path, old) in [("a", 1), ("c", 7)] {
        let stale = remove(path, old).await;
        assert!(matches!(stale, Err(StoreError::Conflict)), "{path} {stale:?}");
    }
    remove("a", 7).await.unwrap();
    assert_eq!(fixture.all(SecretRow::TABLE).await, rows[1..]);
    assert!(matches!(remove("a", 7).await, Err(StoreError::Conflict)));
}

pub(crate) async fn unique_columns_are_named(fixture: &Fixture) {
    let same_id = RawRow {
        values: [vec![text("w")], secret("v", "a", Value::Null).values[1..].to_vec()].concat(),
        mac: [0; 32],
    };
    let cases = [
        (AgentRow::TABLE, agent("1", "a", 1), agent("2", "a", 2), "name"),
        (AgentRow::TABLE, agent("3", "c", 3), agent("4", "d", 3), "key_digest"),
        (VaultRow::TABLE, vault("1", "a"), vault("2", "a"), "name"),
        (BindingRow::TABLE, binding("1", "a", "b"), binding("2", "a", "b"), "name"),
        (SecretRow::TABLE, secret("v", "a", Value::Null), same_id, "id"),
    ];
    for (table, first, second, taken) in cases {
        fixture.commit([insert(table, first)]).await.unwrap();
        let result = fixture.commit([insert(table, second)]).await;
        assert!(matches!(result, Err(StoreError::Taken { column }) if column == taken), "{result:?}");
    }
    fixture.commit([insert(BindingRow::TABLE, binding("3", "other", "b"))]).await.unwrap();

    fixture.commit([insert(VaultRow::TABLE, vault("9", "free"))]).await.unwrap();
    let renamed = Write::Replace { table: VaultRow::TABLE, old: [7; 32], row: vault("9", "a") };
    let result = fixture.commit([renamed]).await;
    assert!(matches!(result, Err(StoreError::Taken { column: "name" })), "{result:?}");
}

pub(crate) async fn malformed_rows_are_refused(fixture: &Fixture) {
    let table = SettingRow::TABLE;
    let row = |values: &[Value]| row(1, values);
    fixture.commit([insert(table, setting("a", 1))]).await.unwrap();
    for write in [
        insert(table, row(&[text("b")])),
        insert(table, row(&[text("b"), Value::Blob(vec![]), Value::Null])),
        insert(table, row(&[text("b"), Value::Null])),
        insert(table, row(&[text("b"), text("text")])),
        insert(table, row(&[Value::Null, Value::Blob(vec![])])),
        Write::Replace { table, old: [1; 32], row: row(&[text("a"), text("text")]) },
        Write::Remove { table, key: vec![], old: [1; 32] },
    ] {
        let result = fixture.commit([write.clone()]).await;
        assert!(matches!(result, Err(StoreError::Malformed { table: "settings" })), "{write:?} {result:?}");
    }
    assert_eq!(fixture.all(table).await, [setting("a", 1)]);
}

async fn found_paths(fixture: &Fixture, vault: Option<&str>, prefix: Option<&str>) -> Vec<String> {
    let equal = vault.map(|vault| ("vault_id", text(vault))).into_iter().collect();
    let prefix = prefix.map(|prefix| ("path", prefix.to_owned()));
    let rows = fixture.store.select(Query { table: SecretRow::TABLE, equal, prefix }).await.unwrap();
    rows.iter().map(|row| plain(&row.values[1]).to_owned()).collect()
}

fn plain(value: &Value) -> &str {
    match value {
        Value::Text(text) => text,
        other => panic!("{other:?}"),
    }
}
