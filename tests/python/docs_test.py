"""The documents tell the truth: links lead somewhere, and the commands that are shown exist and work."""

import os
import re
import shlex
import subprocess
from pathlib import Path

from cases import case, equal, run
from vault_process import ONECLAW, ROOT, Home, canary

DOCUMENTS = sorted(
    path for pattern in ("*.md", "docs/*.md", "oneclaw-*/*.md", "benches/*.md") for path in ROOT.glob(pattern)
)
# Commands that go on until they are told to stop, or write outside the vault's home.
NOT_IN_THE_TOUR = ("serve", "install")


def shell_blocks(document: Path) -> list[str]:
    """The blocks of a document that are marked as shell."""
    return re.findall(r"^```sh\n(.*?)^```", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def commands(block: str) -> list[list[str]]:
    """The calls of `oneclaw` in a block, without what comes before and after them."""
    found = []
    for line in block.replace("\\\n", " ").splitlines():
        for part in re.split(r"\||&&|;", line.split("   #")[0]):
            words = shlex.split(part, comments=True)
            if words and words[0] == "oneclaw":
                found.append(words[1:])
    return found


@case
def every_link_leads_somewhere(_: Home) -> None:
    broken = []
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
            if not target.startswith(("https://", "http://", "mailto:")) and not (document.parent / target).exists():
                broken.append(f"{document.relative_to(ROOT)}: {target}")
    equal([link for link in broken if "::" not in link.split(": ", 1)[1]], [], "broken links")


@case
def every_command_that_is_shown_exists(home: Home) -> None:
    wrong = []
    for document in DOCUMENTS:
        for block in shell_blocks(document):
            for words in commands(block):
                if any(word.isupper() and word.isalpha() for word in words if word not in ("N",)) or words == ["…"]:
                    continue  # a synopsis, not a call
                done = home.run(*words, "--help")
                if done.returncode != 0:
                    wrong.append(f"{document.relative_to(ROOT)}: oneclaw {' '.join(words)}: {done.stderr.decode()}")
    assert not wrong, "\n".join(wrong)


@case
def the_tour_of_the_readme_runs(home: Home) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    tour = text.split("## By hand")[1].split("\n## ")[0]
    block = re.search(r"^```sh\n(.*?)^```", tour, re.MULTILINE | re.DOTALL)[1]
    assert not any(word in block for word in NOT_IN_THE_TOUR)
    fresh = home.directory / "tour"
    value = canary()
    environment = home.environment(ONECLAW_HOME=str(fresh), STRIPE_KEY=value)
    environment["PATH"] = f"{Path(ONECLAW).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["sh", "-e", "-c", block], capture_output=True, env=environment, timeout=120, check=False, stdin=subprocess.DEVNULL
    )
    printed = done.stdout + done.stderr
    equal(done.returncode, 0, f"the tour: {printed.decode()}")
    assert value.encode() not in printed, "the tour printed the value"


@case
def the_readme_lists_every_crate(_: Home) -> None:
    manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    members = re.findall(r'^    "(oneclaw-[a-z]+)",', manifest, re.MULTILINE)
    listed = re.findall(r"^\| \[(oneclaw-[a-z]+)\]", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    equal(listed, members, "the crates")


@case
def exit_codes_are_those_of_the_readme(home: Home) -> None:
    equal(home.run("secret", "describe", "api-keys/none").returncode, 3, "not found")
    equal(home.run("secret", "describe", "no//path").returncode, 2, "outside the grammar")
    equal(home.run("no-such-command").returncode, 2, "usage")
    equal(home.run("whoami", ONECLAW_AGENT_API_KEY="ocv_nothing").returncode, 4, "a key that is none")
    _, key = home.agent("exit-codes")
    away = home.run("whoami", ONECLAW_AGENT_API_KEY=key, ONECLAW_BASE_URL="http://127.0.0.1:1")
    equal(away.returncode, 7, "nobody there")
    home.cli("policy", "add", "--agent", "exit-codes", "--permission", "use", "--path", "api-keys/*")
    equal(home.run("secret", "get", "api-keys/none", ONECLAW_AGENT_API_KEY=key).returncode, 4, "denied")
    for permission, code in (("use", 0), ("read", 4)):
        explained = ("policy", "explain", "--agent", "exit-codes", "--permission", permission, "--path", "api-keys/x")
        equal(home.run(*explained).returncode, code, f"explain {permission}")


def main() -> None:
    home = Home()
    try:
        run(home)
    finally:
        home.remove()


if __name__ == "__main__":
    main()
