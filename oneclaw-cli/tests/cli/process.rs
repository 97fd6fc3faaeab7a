//! What the process keeps from others.

use std::process::Command;

use crate::world::{CANARY, Server, World};

#[test]
#[cfg(target_os = "linux")]
fn core_files_are_off() {
    let world = World::new();
    let server = Server::start(&world, "127.0.0.1:0");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.child.id())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let limits: Vec<_> = line.split_whitespace().filter(|word| word.parse::<u64>().is_ok()).collect();
    assert_eq!(limits, ["0", "0"], "{line}");
}

#[test]
fn a_server_ends_when_it_is_told_to() {
    let world = World::new();
    let mut server = Server::start(&world, "127.0.0.1:0");
    assert!(Command::new("kill").arg(server.child.id().to_string()).status().unwrap().success());
    assert!(server.child.wait().unwrap().success());
}

#[test]
fn a_pipe_that_is_closed_early_is_no_crash() {
    let world = World::new();
    world.put("a/b", CANARY);
    let mut shell = Command::new("sh");
    world.prepare(&mut shell);
    shell.args(["-c", "{ \"$0\" audit list; echo $? >&2; } | true", env!("CARGO_BIN_EXE_oneclaw")]);
    let output = shell.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains("panicked") && !said.contains("bug"), "{said}");
}

#[test]
fn files_of_the_home_are_private() {
    use std::os::unix::fs::MetadataExt;
    let world = World::new();
    world.put("a/b", CANARY);
    world.agent("claude", &["--use", "a/*"]);
    let mut places = vec![world.home()];
    while let Some(place) = places.pop() {
        let data = std::fs::metadata(&place).unwrap();
        assert_eq!(data.mode() & 0o077, 0, "{} is open to others", place.display());
        if data.is_dir() {
            places.extend(std::fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let content = std::fs::read(&place).unwrap();
            let found = content.windows(CANARY.len()).any(|window| window == CANARY.as_bytes());
            assert!(!found, "{} holds the value", place.display());
        }
    }
}
