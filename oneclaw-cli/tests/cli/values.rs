//! How values come in and go out.

use std::io::Write;
use std::process::Stdio;

use crate::world::{CANARY, World, done};

#[test]
fn exactly_one_final_line_break_of_stdin_is_dropped() {
    let world = World::new();
    for (given, options, stored) in [
        (&b"value"[..], &[][..], &b"value"[..]),
        (b"value\n", &[], b"value"),
        (b"value\n\n", &[], b"value\n"),
        (b"value\r\n", &[], b"value\r"),
        (b"\nvalue", &[], b"\nvalue"),
        (b"value\n", &["--exact"], b"value\n"),
        (b"\xff\x00\xfe\n", &[], b"\xff\x00\xfe"),
    ] {
        world.run_with(&[&["secret", "put", "a/b"], options].concat(), given).exits(0);
        assert_eq!(world.run(&["secret", "get", "a/b"]).exits(0).stdout, stored, "{given:?} {options:?}");
    }
}

#[test]
fn a_file_is_stored_byte_for_byte() {
    let world = World::new();
    let file = world.directory().join("value");
    std::fs::write(&file, b"line one\nline two\n").unwrap();
    let said = world.run(&["secret", "put", "a/b", "--file", file.to_str().unwrap()]).exits(0).stderr;
    assert!(said.contains("final line break"), "{said}");
    assert_eq!(world.run(&["secret", "get", "a/b"]).exits(0).stdout, b"line one\nline two\n");
    world.run(&["secret", "put", "a/b", "--file", "/nowhere/at/all"]).fails(1);
}

#[test]
fn a_value_is_never_taken_from_the_command_line() {
    let world = World::new();
    for arguments in [
        &["secret", "put", "a/b", CANARY][..],
        &["secret", "put", "a/b", "x", CANARY],
        &["secret", "put", "a/b", "--", CANARY],
        &["secret", "put", "a/b", "--value", CANARY],
        &["secret", "rotate", "a/b", CANARY],
        &["secret", "get", "a/b", CANARY],
    ] {
        world.run(arguments).fails(2);
        let json = world.run(&[arguments, &["--json"]].concat());
        assert!(!json.stderr.contains(CANARY), "{}", json.stderr);
    }
    let refused = world.run_with(&["secret", "put", "a/b", CANARY], b"from stdin").fails(2);
    assert!(refused.stderr.contains("--file"), "it does not say how: {}", refused.stderr);
    world.run(&["secret", "get", "a/b"]).fails(3);
}

#[test]
fn empty_and_too_large_values_are_refused_and_nothing_is_stored() {
    let world = World::new();
    for value in [&b""[..], b"\n", &vec![b'x'; (1 << 20) + 1], &vec![b'x'; 3 << 20]] {
        world.run_with(&["secret", "put", "a/b"], value).fails(2);
    }
    world.run(&["secret", "get", "a/b"]).fails(3);
    let largest = vec![b'x'; 1 << 20];
    world.run_with(&["secret", "put", "a/b"], &[&largest[..], b"\n"].concat()).exits(0);
    assert_eq!(world.run(&["secret", "get", "a/b"]).exits(0).stdout, largest);
}

#[test]
fn reading_stops_at_the_limit_although_the_pipe_goes_on() {
    let world = World::new();
    let mut child = world.command(&["secret", "put", "a/b"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // The writer never ends by itself: the command must.
    while stdin.write_all(&[b'x'; 64 * 1024]).is_ok() {}
    done(child).fails(2);
}

#[test]
fn a_closed_stdin_is_an_empty_one() {
    let world = World::new();
    let mut shell = std::process::Command::new("sh");
    world.prepare(&mut shell);
    shell.args(["-c", "exec \"$0\" secret put a/b <&-", env!("CARGO_BIN_EXE_oneclaw")]);
    done(shell.spawn().unwrap()).fails(2);
}

#[test]
fn a_generated_value_has_the_length_and_the_characters_that_were_asked_for() {
    let world = World::new();
    world.put("a/b", "first value");
    for (options, length, allowed) in [
        (&[][..], 32, "0123456789abcdef"),
        (&["--length", "40"], 40, "0123456789abcdef"),
        (
            &["--length", "9", "--charset", "alphanumeric"],
            9,
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        ),
    ] {
        let rotated = world.run(&[&["secret", "rotate", "a/b"], options].concat()).exits(0);
        let value = world.run(&["secret", "get", "a/b"]).exits(0).text();
        assert!(!rotated.text().contains(&value) && !rotated.stderr.contains(&value), "the value is shown");
        assert_eq!(value.len(), length);
        assert!(value.chars().all(|c| allowed.contains(c)), "{value}");
    }
}

#[test]
fn a_given_value_is_rotated_in() {
    let world = World::new();
    world.put("a/b", "first value");
    world.run_with(&["secret", "rotate", "a/b", "--from-stdin"], b"second value\n").exits(0);
    assert_eq!(world.run(&["secret", "get", "a/b"]).text(), "second value");
    world.run_with(&["secret", "rotate", "a/c", "--from-stdin"], b"second value\n").fails(3);
    assert_eq!(world.run(&["secret", "get", "a/b", "--version", "1"]).text(), "first value");
}

#[test]
fn a_value_that_is_not_text_is_not_shown_as_json() {
    let world = World::new();
    world.run_with(&["secret", "put", "a/b"], b"\xff\xfe").exits(0);
    let done = world.run(&["secret", "get", "a/b", "--json"]).exits(2);
    let error: serde_json::Value = serde_json::from_str(&done.stderr).unwrap();
    assert!(error["error"]["hint"].as_str().unwrap().contains("--json"), "{error}");
}

#[test]
fn compare_and_set_holds() {
    let world = World::new();
    world.run_with(&["secret", "put", "a/b", "--if-version", "0"], b"first value").exits(0);
    world.run_with(&["secret", "put", "a/b", "--if-version", "0"], CANARY.as_bytes()).fails(1);
    world.run_with(&["secret", "put", "a/b", "--if-version", "1"], b"second value").exits(0);
    world.run(&["secret", "delete", "a/b", "--if-version", "1"]).fails(1);
    world.run(&["secret", "delete", "a/b", "--if-version", "2"]).exits(0);
}
