use std::fs;
use std::os::unix::fs::PermissionsExt;

use oneclaw_api::VaultApi;
use oneclaw_vault::{Home, Vault, VaultError};

use crate::support::{Bench, put, read};

#[tokio::test]
async fn a_vault_opens_again() {
    let bench = Bench::new().await;
    bench.put("a", "kept").await;
    let Bench { vault, owner, default, home, directory, .. } = bench;
    drop((owner, vault));
    let vault = Vault::open(&home).await.unwrap();
    assert_eq!(read(&vault.owner(), default, "a").await.unwrap(), "kept");
    assert!(vault.owner().verify_audit(None).await.unwrap().chain_valid);
    assert!(matches!(Vault::init(&home).await, Err(VaultError::AlreadyInitialised { .. })));
    drop(directory);
}

#[tokio::test]
async fn two_openers_see_each_others_work() {
    let bench = Bench::new().await;
    let second = Vault::open(&bench.home).await.unwrap();
    put(&second.owner(), bench.default, "a", "from the second").await.unwrap();
    assert_eq!(read(&bench.owner, bench.default, "a").await.unwrap(), "from the second");
    assert_eq!(bench.put("a", "from the first").await.version, 2);
    assert!(second.owner().verify_audit(None).await.unwrap().chain_valid);
}

#[tokio::test]
async fn a_home_without_a_vault_says_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let home = Home::at(directory.path());
    let error = Vault::open(&home).await.unwrap_err();
    assert!(matches!(error, VaultError::NotInitialised { .. }));
    assert!(error.to_string().contains("oneclaw init"));
    assert!(!home.is_initialised());
}

#[tokio::test]
async fn init_ends_what_was_cut_short() {
    let directory = tempfile::tempdir().unwrap();
    let home = Home::at(directory.path());
    drop(Vault::init(&home).await.unwrap());
    let kek = fs::read_dir(directory.path().join("keys")).unwrap().next().unwrap().unwrap().path();
    let before = fs::read(&kek).unwrap();
    fs::remove_dir_all(directory.path().join("data")).unwrap();
    assert!(matches!(Vault::open(&home).await, Err(VaultError::NotInitialised { .. })));
    let vault = Vault::init(&home).await.unwrap();
    assert_eq!(fs::read(&kek).unwrap(), before);
    assert_eq!(vault.owner().list_vaults().await.unwrap().len(), 1);
}

#[tokio::test]
async fn many_inits_at_once_make_one_vault() {
    let directory = tempfile::tempdir().unwrap();
    let home = Home::at(directory.path().join("home"));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let home = home.clone();
        tasks.spawn(async move { Vault::init(&home).await });
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for error in outcomes.into_iter().filter_map(Result::err) {
        assert!(matches!(error, VaultError::AlreadyInitialised { .. }), "{error}");
    }
    assert_eq!(Vault::open(&home).await.unwrap().owner().list_vaults().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_unfit_home_is_refused_with_a_remedy() {
    let key =
        |home: &Home| fs::read_dir(home.directory().join("keys")).unwrap().next().unwrap().unwrap().path();
    // Readable by others.
    let bench = Bench::new().await;
    fs::set_permissions(key(&bench.home), fs::Permissions::from_mode(0o644)).unwrap();
    let error = Vault::open(&bench.home).await.unwrap_err();
    assert!(error.to_string().contains("chmod 600"), "{error}");
    // Another vault's key.
    let other = Bench::new().await;
    fs::set_permissions(key(&bench.home), fs::Permissions::from_mode(0o600)).unwrap();
    fs::copy(key(&other.home), key(&bench.home)).unwrap();
    assert!(matches!(Vault::open(&bench.home).await, Err(VaultError::WrongKek { .. })));
    // No key.
    fs::remove_file(key(&bench.home)).unwrap();
    assert!(matches!(Vault::open(&bench.home).await, Err(VaultError::Kek(_))));
    // Somebody else's database.
    fs::write(other.home.database_file(), b"not a database at all, just some text that is long enough")
        .unwrap();
    for name in ["vault.db-wal", "vault.db-shm"] {
        let _ = fs::remove_file(other.home.database_file().with_file_name(name));
    }
    assert!(matches!(Vault::open(&other.home).await, Err(VaultError::ForeignDatabase { .. })));
    // A configuration that is none.
    fs::write(other.home.config_file(), "kek = [").unwrap();
    assert!(matches!(Vault::open(&other.home).await, Err(VaultError::Config { .. })));
}

#[tokio::test]
async fn every_file_of_a_home_is_its_owners_alone() {
    fn check(path: &std::path::Path) {
        for entry in fs::read_dir(path).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o077;
            assert_eq!(mode, 0, "{}", entry.path().display());
            if entry.file_type().unwrap().is_dir() {
                check(&entry.path());
            }
        }
    }
    let bench = Bench::new().await;
    bench.put("a", "x").await;
    check(bench.directory.path());
}

/// INV-25, INV-35
#[tokio::test]
async fn no_file_of_a_home_holds_a_value() {
    let canary = "canary-4eC39HqLyjWDarjtT1zdp7dc";
    let bench = Bench::new().await;
    bench.put("a", canary).await;
    bench.put("a", &canary.repeat(100)).await;
    let agent = bench.agent("claude").await;
    read(&agent.session, bench.default, "a").await.unwrap_err();
    let hex = data_encoding::HEXLOWER.encode(canary.as_bytes());
    let base64 = data_encoding::BASE64.encode(canary.as_bytes());
    let mut files = 0;
    let mut pending = vec![bench.directory.path().to_owned()];
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
                continue;
            }
            files += 1;
            let bytes = fs::read(&path).unwrap();
            for needle in [canary.as_bytes(), hex.as_bytes(), &base64.as_bytes()[..40], agent.key.as_bytes()]
            {
                assert!(!bytes.windows(needle.len()).any(|window| window == needle), "{}", path.display());
            }
        }
    }
    assert!(files >= 3);
}
