"""Real oneclaw processes on a home of their own: the command line, `oneclaw serve`, `oneclaw mcp serve`."""

import json
import os
import re
import secrets
import shutil
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def binary(name: str, variable: str) -> str:
    """Finds a binary: where the variable says, else the newer of the two profiles."""
    if variable in os.environ:
        return os.environ[variable]
    built = [path for profile in ("release", "debug") if (path := TARGET / profile / name).exists()]
    assert built, f"there is no {name}: build it with `cargo build --release --bins`"
    return str(max(built, key=lambda path: path.stat().st_mtime))


ONECLAW = binary("oneclaw", "ONECLAW_BIN")
ONECLAW_MCP = binary("oneclaw-mcp", "ONECLAW_MCP_BIN")


def canary(length: int = 40) -> str:
    """Makes a value that occurs nowhere else."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return "sk-" + "".join(secrets.choice(alphabet) for _ in range(length - 3))


class Home:
    """An initialised vault in a temporary directory."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="oneclaw-test-"))
        self.path = self.directory / "home"
        self.cli("init")

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of a child: nothing of ours but where the vault is."""
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR", "LANG") if key in os.environ}
        return {**kept, "ONECLAW_HOME": str(self.path), "NO_COLOR": "1", **more}

    def run(self, *arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess:
        """Runs `oneclaw` and returns how it ended."""
        return subprocess.run(
            [ONECLAW, *arguments],
            input=stdin.encode(),
            capture_output=True,
            env=self.environment(**environment),
            timeout=60,
            check=False,
        )

    def cli(self, *arguments: str, stdin: str = "", **environment: str):
        """Runs `oneclaw … --json`, which must succeed, and returns what it printed."""
        done = self.run(*arguments, "--json", stdin=stdin, **environment)
        assert done.returncode == 0, (
            f"oneclaw {' '.join(arguments)}: exit {done.returncode}: {done.stderr.decode()}{done.stdout.decode()}"
        )
        return json.loads(done.stdout) if done.stdout.strip() else None

    def owner_key(self) -> str:
        """Makes a `1ck_` key for the owner."""
        return self.cli("key", "add", "test")["api_key"]

    def agent(self, name: str, *options: str) -> tuple[str, str]:
        """Makes an agent; its id and its key."""
        made = self.cli("agent", "add", name, *options)
        return made["agent"]["id"], made["api_key"]

    def remove(self) -> None:
        """Deletes the vault."""
        shutil.rmtree(self.directory, ignore_errors=True)


class Server:
    """`oneclaw serve` on a free port of loopback."""

    def __init__(self, home: Home) -> None:
        self.output: list[str] = []
        self.process = subprocess.Popen(
            [ONECLAW, "serve", "--listen", "127.0.0.1:0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=home.environment(),
        )
        self.url = ""
        found = threading.Event()

        def read() -> None:
            for raw in self.process.stdout:
                line = raw.decode(errors="replace")
                self.output.append(line)
                if not self.url and (match := re.search(r"https?://127\.0\.0\.1:[1-9]\d*", line)):
                    self.url = match.group()
                    found.set()
            found.set()

        self.reader = threading.Thread(target=read, daemon=True)
        self.reader.start()
        found.wait(30)
        assert self.url, "oneclaw serve named no address:\n" + "".join(self.output)

    def stop(self) -> int:
        """Asks the server to end, and waits for it."""
        self.process.terminate()
        code = self.process.wait(20)
        self.reader.join(5)
        self.process.stdout.close()
        return code

    def call(self, method: str, path: str, token: str = "", body=None) -> tuple[int, dict | None]:
        """One request without any client library: the status and the decoded body."""
        request = urllib.request.Request(self.url + path, method=method)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, data=data, timeout=30) as reply:
                raw, status = reply.read(), reply.status
        except urllib.error.HTTPError as error:
            raw, status = error.read(), error.code
        return status, json.loads(raw) if raw else None

