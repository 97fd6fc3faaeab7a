//! What a person at a terminal sees, on a terminal of the test's own.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::world::{CANARY, World};

const PATIENCE: Duration = Duration::from_secs(120);

/// A run of the command with a terminal that is its own.
struct Terminal {
    ours: File,
    output: Receiver<Vec<u8>>,
    /// Everything that was shown.
    shown: String,
    /// Up to where the test has looked.
    looked: usize,
    child: Child,
}

impl Terminal {
    fn start(world: &World, arguments: &[&str]) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
        let theirs = || OpenOptions::new().read(true).write(true).open(&name).unwrap();
        let ours = File::from(ours);
        let mut command = Command::new("setsid");
        world.prepare(&mut command);
        command.args(["--ctty", "--wait", env!("CARGO_BIN_EXE_oneclaw")]).args(arguments);
        command.env("TERM", "xterm").stdin(theirs()).stdout(theirs()).stderr(theirs());
        let child = command.spawn().unwrap();
        drop(command);
        let (send, output) = channel();
        let mut reader = ours.try_clone().unwrap();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // It fails when the last process has closed the terminal.
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if send.send(buffer[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { ours, output, shown: String::new(), looked: 0, child }
    }

    /// Waits until a text is shown after what was expected before.
    fn expect(&mut self, text: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.shown.get(self.looked..).unwrap_or_default().find(text) {
                self.looked += at + text.len();
                return;
            }
            let left = until.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.shown.push_str(&String::from_utf8_lossy(&bytes)),
                Err(_) => panic!("`{text}` does not come; what came is:\n{}", self.shown),
            }
        }
    }

    /// Types a line after a question.
    fn answer(&mut self, question: &str, line: &str) {
        self.expect(question);
        self.ours.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Types a value once the terminal no longer shows what is typed.
    fn answer_hidden(&mut self, question: &str, value: &str) {
        self.expect(question);
        let until = Instant::now() + PATIENCE;
        while tcgetattr(&self.ours).unwrap().local_modes.contains(LocalModes::ECHO) {
            assert!(Instant::now() < until, "the terminal still shows what is typed");
            std::thread::yield_now();
        }
        self.ours.write_all(format!("{value}\n").as_bytes()).unwrap();
    }

    /// Waits for the end, and returns the exit code and everything that was shown.
    fn end(mut self) -> (i32, String) {
        let code = self.child.wait().unwrap().code().unwrap();
        while let Ok(bytes) = self.output.recv_timeout(PATIENCE) {
            self.shown.push_str(&String::from_utf8_lossy(&bytes));
        }
        (code, self.shown)
    }
}

#[test]
fn a_value_is_typed_without_being_shown() {
    let world = World::new();
    let mut terminal = Terminal::start(&world, &["secret", "put", "a/b"]);
    terminal.answer_hidden("Value of a/b (hidden): ", CANARY);
    let (code, shown) = terminal.end();
    assert_eq!(code, 0, "{shown}");
    assert!(!shown.contains(CANARY), "{shown}");
    assert_eq!(world.run(&["secret", "get", "a/b"]).text(), CANARY);
}

#[test]
fn nothing_is_asked_where_nobody_should_be() {
    let world = World::new();
    let (code, shown) = Terminal::start(&world, &["--non-interactive", "secret", "put", "a/b"]).end();
    assert_eq!(code, 2, "{shown}");
    let (code, shown) = Terminal::start(&world, &["--non-interactive", "vault", "delete", "default"]).end();
    assert_eq!(code, 2, "{shown}");
}

#[test]
fn a_vault_is_deleted_only_when_that_is_confirmed() {
    let world = World::new();
    for (line, code) in [("", 4), ("n", 4), ("y", 0)] {
        let mut terminal = Terminal::start(&world, &["vault", "delete", "default"]);
        terminal.answer("can't be undone?", line);
        assert_eq!(terminal.end().0, code, "{line}");
    }
}

#[test]
fn the_owner_passes_the_guard_rail_by_typing_the_phrase() {
    let world = World::new().with("CLAUDECODE", "1");
    world.put("a/b", CANARY);
    for (line, code) in [("show the value of a/b", 0), ("yes", 4), ("", 4)] {
        let mut terminal = Terminal::start(&world, &["secret", "get", "a/b"]);
        terminal.answer("type: show the value of a/b", line);
        let (ended, shown) = terminal.end();
        assert_eq!((ended, shown.contains(CANARY)), (code, code == 0), "{shown}");
    }
}

#[test]
fn the_quickstart_asks_makes_what_was_asked_for_and_proves_it() {
    let world = World::bare();
    let mut terminal = Terminal::start(&world, &["quickstart"]);
    terminal.expect("made a vault in");
    terminal.answer("Which service", "4");
    terminal.answer("Where is the key kept?", "not a path");
    terminal.expect("is not accepted");
    terminal.answer("Where is the key kept?", "");
    terminal.answer_hidden("(hidden): ", "short");
    terminal.expect("at least 12 characters");
    terminal.answer_hidden("(hidden): ", CANARY);
    terminal.answer("Which client", "3");
    terminal.answer("What is the agent called?", "");
    terminal.answer("Write this into", "y");
    // No service is called by a test.
    terminal.answer("once, to see it work?", "n");
    terminal.expect("All of it holds");
    terminal.expect("All of it holds");
    let (code, shown) = terminal.end();
    assert_eq!(code, 0, "{shown}");
    assert!(!shown.contains(CANARY), "{shown}");

    let client = std::fs::read_to_string(world.directory().join(".cursor/mcp.json")).unwrap();
    assert!(client.contains("cursor") && !client.contains("ocv_"), "{client}");
    assert_eq!(world.run(&["secret", "get", "api-keys/stripe"]).text(), CANARY);
    let explain = ["policy", "explain", "--agent", "cursor", "--path", "api-keys/stripe", "--permission"];
    world.run(&[&explain[..], &["use"]].concat()).exits(0);
    world.run(&[&explain[..], &["read"]].concat()).exits(4);
    let binding = &world.json(&["binding", "list"])["bindings"][0];
    assert_eq!(binding["config"]["base_url"], "https://api.stripe.com/v1/");

    // Once more, for another key at the same place: what is there is used again.
    let mut terminal = Terminal::start(&world, &["quickstart"]);
    terminal.expect("your vault is in");
    terminal.answer("Which service", "4");
    terminal.answer("Where is the key kept?", "");
    terminal.answer_hidden("(hidden): ", "another-value-0123456789");
    terminal.answer("Which client", "3");
    terminal.answer("What is the agent called?", "");
    terminal.answer("Write this into", "n");
    terminal.answer("once, to see it work?", "n");
    let (code, shown) = terminal.end();
    assert_eq!(code, 0, "{shown}");
    assert_eq!(world.json(&["secret", "describe", "api-keys/stripe"])["version"], 2);
    assert_eq!(world.json(&["binding", "list"])["bindings"].as_array().unwrap().len(), 1);
}
