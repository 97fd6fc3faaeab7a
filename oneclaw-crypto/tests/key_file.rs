//! INV-34 on real files: what is made is private and durable, and what isn't private is refused.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test panics to fail, in its helpers too")]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::PathBuf;

use oneclaw_crypto::local::{KekFile, LocalProvider};
use oneclaw_crypto::{KekFileError, KeyProvider, Protection};
use tempfile::TempDir;

fn mode(path: impl Into<PathBuf>) -> u32 {
    fs::metadata(path.into()).unwrap().mode() & 0o7777
}

/// A home with a key file in it.
fn home() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("keys/kek-1.key");
    KekFile::create(&path).unwrap();
    (home, path)
}

/// Loads and returns the refusal with its message, which must name the file and fit on a line.
fn refusal(path: &PathBuf) -> KekFileError {
    let error = KekFile::load(path).map(drop::<LocalProvider>).unwrap_err();
    let message = error.to_string();
    assert!(message.contains(&path.display().to_string()) && !message.contains('\n'), "{message}");
    error
}

#[test]
fn a_new_key_is_private_and_loads() {
    let (home, path) = home();
    assert_eq!((mode(&path), mode(home.path().join("keys"))), (0o600, 0o700));
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("oneclaw key file, version 1\n"), "{text}");

    let first = KekFile::load(&path).unwrap();
    assert_eq!(first.describe().protection, Protection::File);
    assert_eq!(first.describe(), KekFile::load(&path).unwrap().describe());

    let other = KekFile::create(home.path().join("keys/kek-2.key")).unwrap();
    assert_ne!(other.describe().kek_id, first.describe().kek_id);
}

#[test]
fn a_key_is_never_overwritten() {
    let (home, path) = home();
    let before = fs::read(&path).unwrap();
    assert!(matches!(KekFile::create(&path), Err(KekFileError::Exists { .. })));
    assert_eq!(fs::read(&path).unwrap(), before);

    // A dangling link is not followed to make a key elsewhere.
    let link = home.path().join("keys/link.key");
    symlink(home.path().join("elsewhere"), &link).unwrap();
    assert!(matches!(KekFile::create(&link), Err(KekFileError::Exists { .. })));
    assert!(!home.path().join("elsewhere").exists());
}

#[test]
fn a_key_is_not_made_where_others_could_replace_it() {
    let home = tempfile::tempdir().unwrap();
    let keys = home.path().join("keys");
    fs::create_dir(&keys).unwrap();
    for open in [0o755, 0o770, 0o701] {
        fs::set_permissions(&keys, Permissions::from_mode(open)).unwrap();
        let error = KekFile::create(keys.join("kek-1.key")).map(drop::<LocalProvider>).unwrap_err();
        assert!(matches!(error, KekFileError::DirectoryTooOpen { .. }), "{open:o}");
        assert!(error.to_string().contains("chmod 700"), "{error}");
    }
    assert_eq!(fs::read_dir(&keys).unwrap().count(), 0);
}

#[test]
fn any_right_of_group_or_others_is_refused() {
    let (_home, path) = home();
    for bit in 0..9 {
        let mode = 0o600 | 1 << bit;
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        if mode & 0o077 == 0 {
            assert!(KekFile::load(&path).is_ok(), "{mode:o}");
        } else {
            let error = refusal(&path);
            assert!(matches!(error, KekFileError::TooOpen { .. }), "{mode:o}");
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
    }
    fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
    assert!(KekFile::load(&path).is_ok());
}

#[test]
fn a_foreign_owner_is_refused() {
    let (_home, path) = home();
    if let Err(error) = chown(&path, Some(1), None) {
        // Only the administrator can give a file away.
        assert!(std::env::var_os("CI").is_none(), "run as root: nothing is skipped here");
        eprintln!("SKIPPED a_foreign_owner_is_refused: {error}");
        return;
    }
    assert!(matches!(refusal(&path), KekFileError::ForeignOwner { .. }));
}

#[test]
fn what_is_not_a_regular_file_is_refused() {
    let (home, path) = home();
    let link = home.path().join("link.key");
    symlink(&path, &link).unwrap();
    assert!(matches!(refusal(&link), KekFileError::Symlink { .. }));

    assert!(matches!(refusal(&home.path().join("keys")), KekFileError::NotAFile { .. }));
    assert!(matches!(refusal(&PathBuf::from("/dev/null")), KekFileError::NotAFile { .. }));
    assert!(matches!(refusal(&home.path().join("none.key")), KekFileError::Missing { .. }));
    assert!(matches!(KekFile::create("/"), Err(KekFileError::NotAPath { .. })));
}

#[cfg(target_os = "linux")]
#[test]
fn a_named_pipe_is_refused_and_not_waited_for() {
    let (home, _) = home();
    let pipe = home.path().join("pipe.key");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    assert!(matches!(refusal(&pipe), KekFileError::NotAFile { .. }));
}

#[test]
fn damaged_content_is_refused_by_its_own_reason() {
    let (_home, path) = home();
    let text = fs::read_to_string(&path).unwrap();
    let key = text.lines().find_map(|line| line.strip_prefix("key: ")).unwrap().to_owned();
    let zero = "0".repeat(64);
    let cases = [
        (text.replace("version 1", "version 9"), "is not a oneclaw key file"),
        (String::new(), "is not a oneclaw key file"),
        (text.replacen('#', &"#".repeat(5000), 1), "is not a oneclaw key file"),
        (
            text.replace(&key, key.strip_suffix(char::is_alphanumeric).unwrap()),
            "is not 64 hexadecimal digits",
        ),
        (text.replace(&key, &zero), "does not fit its checksum"),
        (format!("oneclaw key file, version 1\nkey: {zero}\ncrc32: 34b1e4cb\n"), "is all zero"),
    ];
    for (changed, reason) in cases {
        fs::write(&path, &changed).unwrap();
        let message = refusal(&path).to_string();
        assert!(message.contains(reason), "{message}");
        assert!(!message.contains(&key), "{message}");
    }
}
