//! Tests that run in a process of their own: this very binary, told to run one test.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const HOME: &str = "ONECLAW_TEST_HOME";
const ARGUMENT: &str = "ONECLAW_TEST_ARGUMENT";

/// What a test that is one of these processes was told; nothing in an ordinary run, where it has nothing to do.
pub(super) fn told() -> Option<(PathBuf, String)> {
    Some((std::env::var_os(HOME)?.into(), std::env::var(ARGUMENT).ok()?))
}

/// A process that runs `test` (the path below this module's parent) and writes to a pipe.
pub(super) fn running(test: &str, home: &Path, argument: &str) -> Command {
    wrapped(&[], test, home, argument)
}

/// The same, started by `sh -c` with a script that ends in `exec "$@"`.
pub(super) fn running_under(launcher: &[&str], script: &str, test: &str, home: &Path) -> Command {
    wrapped(&[launcher, &["sh", "-c", script, "sh"]].concat(), test, home, "")
}

/// Whether a process can have mounts of its own here.
pub(super) fn has_namespaces() -> bool {
    let probe = Command::new("unshare")
        .args(["-rm", "sh", "-c", "mount -t tmpfs none /mnt"])
        .stderr(Stdio::null())
        .status();
    let works = probe.is_ok_and(|status| status.success());
    if !works {
        assert!(std::env::var_os("CI").is_none(), "user namespaces are needed: nothing is skipped here");
        eprintln!("SKIPPED: no user namespaces here, so no disk that is small or read-only");
    }
    works
}

fn wrapped(launcher: &[&str], test: &str, home: &Path, argument: &str) -> Command {
    let (parent, _) = module_path!().rsplit_once("::").unwrap();
    let (_, parent) = parent.split_once("::").unwrap();
    let binary = std::env::current_exe().unwrap();
    let test = format!("{parent}::{test}");
    let tail = [binary.as_os_str(), test.as_ref(), "--exact".as_ref(), "--nocapture".as_ref()];
    let mut words = launcher.iter().map(OsStr::new).chain(tail);
    let mut command = Command::new(words.next().unwrap());
    command.args(words).env(HOME, home).env(ARGUMENT, argument);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    command
}
