//! A home of its own, and the command run on it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Stands for a value in every test: it may be in no output but where a value was asked for.
pub(crate) const CANARY: &str = "hunter2-CANARY-0123456789";

/// A home in a temporary directory.
pub(crate) struct World {
    directory: TempDir,
    environment: Vec<(String, String)>,
}

/// How a run ended.
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Done {
    /// Returns the text on stdout, without its final line break.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.stdout.clone()).unwrap().trim_end().to_owned()
    }

    /// Asserts the exit code.
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            code,
            "stdout: {}\nstderr: {}",
            String::from_utf8_lossy(&self.stdout),
            self.stderr
        );
        self
    }

    /// Asserts that it failed with this code, says what to do, and echoes no value.
    pub(crate) fn fails(self, code: i32) -> Self {
        let done = self.exits(code);
        assert!(done.stderr.starts_with("error: "), "{}", done.stderr);
        assert!(done.stderr.contains("\n hint: "), "it does not say what to do: {}", done.stderr);
        assert!(!done.stderr.contains(CANARY) && !done.text().contains(CANARY), "{}", done.stderr);
        done
    }
}

impl World {
    /// Makes a home with a vault.
    pub(crate) fn new() -> Self {
        let world = Self::bare();
        world.run(&["init"]).exits(0);
        world
    }

    /// Makes a home without a vault.
    pub(crate) fn bare() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    /// Sets a variable for the runs that follow.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Returns the temporary directory.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Returns the home.
    pub(crate) fn home(&self) -> PathBuf {
        self.directory.path().join("home")
    }

    /// Prepares a run in an environment that holds nothing of the developer's.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oneclaw"));
        self.prepare(&mut command);
        command.args(arguments);
        command
    }

    /// Gives a command the environment of this home.
    pub(crate) fn prepare(&self, command: &mut Command) {
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.directory()).env("ONECLAW_HOME", self.home());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    }

    /// Runs the command with an empty stdin.
    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        self.run_with(arguments, b"")
    }

    /// Runs the command with this stdin.
    pub(crate) fn run_with(&self, arguments: &[&str], stdin: &[u8]) -> Done {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        // It may have refused already, and closed its end.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        done(child)
    }

    /// Runs the command, which must succeed, and returns its JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        self.json_with(arguments, b"")
    }

    /// Runs the command with this stdin; it must succeed, and returns its JSON.
    pub(crate) fn json_with(&self, arguments: &[&str], stdin: &[u8]) -> Value {
        let done = self.run_with(&[arguments, &["--json"]].concat(), stdin).exits(0);
        assert_eq!(done.stderr, "", "{arguments:?} talks although JSON was asked for");
        serde_json::from_slice(&done.stdout).unwrap()
    }

    /// Stores a value.
    pub(crate) fn put(&self, path: &str, value: &str) {
        self.run_with(&["secret", "put", path], value.as_bytes()).exits(0);
    }

    /// Makes an agent and returns its key.
    pub(crate) fn agent(&self, name: &str, options: &[&str]) -> String {
        self.run(&[&["agent", "add", name], options].concat()).exits(0).text()
    }
}

/// Waits for the end of a run.
pub(crate) fn done(child: Child) -> Done {
    let output = child.wait_with_output().unwrap();
    Done {
        code: output.status.code().unwrap_or(-1),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// `oneclaw serve` on a free port; it is stopped when it is dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Starts it and waits for the line that says where it is.
    pub(crate) fn start(world: &World, listen: &str) -> Self {
        let mut child = world.command(&["serve", "--listen", listen, "--json"]).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        Self { child, url: ready["base_url"].as_str().unwrap().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
