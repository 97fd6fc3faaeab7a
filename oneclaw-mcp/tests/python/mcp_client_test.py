"""The official MCP client drives both binaries through every tool; no value is in any byte they write. INV-1, INV-41."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tests" / "python"))

from cases import case, equal, run  # noqa: E402
from mcp.shared.exceptions import MCPError  # noqa: E402
from mcp_agent import McpAgent  # noqa: E402
from vault_process import ONECLAW, ONECLAW_MCP, Home, canary  # noqa: E402
from variants import find  # noqa: E402

COMMANDS = {"oneclaw-mcp": (ONECLAW_MCP,), "oneclaw mcp serve": (ONECLAW, "mcp", "serve")}
TOOLS = {
    "list_secrets", "get_secret", "describe_secret", "list_versions", "execute_http", "list_bindings", "put_secret",
    "rotate_and_store", "rollback_secret", "delete_secret", "get_env_bundle", "list_vaults",
}


class Upstream(ThreadingHTTPServer):
    """Answers those who know the value, and gives it back as a careless service would."""

    def __init__(self, value: str) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802
                given = self.headers.get("Authorization", "")
                known = given == f"Bearer {value}"
                body = json.dumps({"you_sent": given, "path": self.path}).encode()
                self.send_response(200 if known else 401)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class World:
    """A vault with a few secrets, an agent that may use some and write others, and a binding."""

    def __init__(self) -> None:
        self.home = Home()
        self.value, self.first, self.variable = canary(), canary(), canary()
        self.upstream = Upstream(self.value)
        for value in (self.first, self.value):
            self.home.cli("secret", "put", "api-keys/stripe", stdin=value)
        self.home.cli("secret", "put", "env/prod", "--type", "env_bundle", stdin=f"DB_URL={self.variable}\nMODE=x\n")
        self.home.cli("secret", "put", "hidden/other", stdin=self.value)
        self.home.cli("agent", "add", "claude", "--use", "api-keys/*", "--use", "env/*", "--write", "own/**")
        self.home.cli(
            "binding", "add", "stripe", "--agent", "claude", "--secret", "api-keys/stripe", "--url", self.upstream.url,
            "--header", "Authorization: Bearer {value}", "--allow-loopback",
        )

    def agent(self, command: tuple[str, ...], **environment: str) -> McpAgent:
        """A server that logs all it can."""
        return McpAgent(self.home, "--agent", "claude", command=command, RUST_LOG="trace", **environment)

    def clean(self, agent: McpAgent, *more: str) -> None:
        """Asserts that no value is in any byte the server wrote."""
        for value in (self.value, self.first, self.variable, *more):
            found = find(value, agent.answered())
            assert not found, f"a value crossed as {found}"

    def close(self) -> None:
        self.upstream.shutdown()
        self.upstream.server_close()
        self.home.remove()


@case
def every_tool_answers_and_no_value_crosses(world: World) -> None:
    for name, command in COMMANDS.items():
        with world.agent(command) as agent:
            equal(set(agent.tools()), TOOLS, name)

            text, error = agent.call("list_vaults")
            assert not error and '"default"' in text, text
            text, error = agent.call("list_secrets")
            assert not error and "- api-keys/stripe  (type: " in text and "hidden/other" not in text, text
            text, error = agent.call("get_secret", path="api-keys/stripe")
            shown = json.loads(text)
            equal(shown["reference"], "oneclaw://default/api-keys/stripe@2")
            equal([binding["binding"] for binding in shown["bindings"]], ["stripe"])
            text, error = agent.call("describe_secret", path=shown["reference"])
            assert not error and json.loads(text)["version"] == 2, text
            text, error = agent.call("list_versions", path="api-keys/stripe")
            assert not error and text.startswith("Found 2 version(s)"), text
            text, error = agent.call("list_bindings")
            assert not error and json.loads(text)[0]["methods"] == ["GET", "HEAD"], text
            text, error = agent.call("execute_http", binding="stripe", path="v1/charges", query={"limit": "2"})
            reply = json.loads(text)
            assert not error and reply["result"]["status"] == 200 and reply["redactions_applied"] > 0, text
            equal(reply["result"]["body"]["path"], "/v1/charges?limit=2")
            text, error = agent.call("get_env_bundle", path="env/prod")
            equal([entry["name"] for entry in json.loads(text)["variables"]], ["DB_URL", "MODE"])

            sent = canary()
            path = f"own/{name.replace(' ', '-')}"
            text, error = agent.call("put_secret", path=path, value=sent, type="password")
            assert not error and text.startswith(f"Secret stored at '{path}' (version 1, type: password)."), text
            text, error = agent.call("rotate_and_store", path=path, length=24, charset="alphanumeric")
            assert not error and "New version: 2." in text, text
            text, error = agent.call("rollback_secret", path=path, version=1)
            assert not error and "New version: 3." in text, text
            text, error = agent.call("list_versions", path=path)
            assert not error and "exposed: " in text and "origin: generated" in text, text
            text, error = agent.call("delete_secret", path=path)
            assert not error, text
            world.clean(agent, sent)


@case
def what_is_refused_says_what_to_do(world: World) -> None:
    for command in COMMANDS.values():
        with world.agent(command) as agent:
            for tool, arguments, says in (
                ("get_secret", {"path": "hidden/other"}, "policy"),
                ("get_secret", {"path": "api-keys/none"}, "Not found"),
                ("get_secret", {"path": "api-keys/stripe", "reveal": True}, "never shown"),
                ("get_secret", {"path": "api-keys/stripe", "vault": "none"}, "list_vaults"),
                ("get_secret", {"path": "api-keys/stripe", "version": 9}, "list_versions"),
                ("put_secret", {"path": "own/x"}, "oneclaw secret put"),
                ("put_secret", {"path": "hidden/x", "value": "a value of no use"}, "policy"),
                ("rotate_and_store", {"path": "api-keys/stripe"}, "policy"),
                ("delete_secret", {"path": "api-keys/stripe"}, "policy"),
                ("execute_http", {"binding": "none"}, "list_bindings"),
                ("execute_http", {"binding": "stripe", "method": "DELETE"}, ""),
                ("get_env_bundle", {"path": "api-keys/stripe"}, ""),
            ):
                text, error = agent.call(tool, **arguments)
                assert error and says in text, f"{tool} {arguments}: {text}"
            world.clean(agent)


@case
def a_bad_argument_is_never_repeated(world: World) -> None:
    sent = canary()
    wrong = [sent, [sent], {sent: sent}, 7, True]
    for command in COMMANDS.values():
        with world.agent(command) as agent:
            refused = 0
            for tool in sorted(TOOLS):
                for name in ("path", "version", "reveal", "metadata", "headers", "charset", "length", "vault", sent):
                    for argument in wrong:
                        try:
                            text, error = agent.call(tool, **{name: argument})
                            # A string may be a path; then there is nothing of that name.
                            assert error or tool.startswith("list_"), f"{tool} {name}: {text}"
                        except MCPError as error:
                            equal(error.error.code, -32602)
                            refused += 1
            assert refused > 300, refused
            world.clean(agent, sent)


@case
def a_revoked_key_stops_at_the_next_call(world: World) -> None:
    world.home.cli("agent", "add", "leaver", "--use", "api-keys/*")
    with McpAgent(world.home, "--agent", "leaver", command=COMMANDS["oneclaw-mcp"]) as agent:
        text, error = agent.call("get_secret", path="api-keys/stripe")
        assert not error, text
        world.home.cli("agent", "remove", "leaver")
        text, error = agent.call("get_secret", path="api-keys/stripe")
        assert error, text


@case
def without_a_vault_a_tool_says_what_to_do(world: World) -> None:
    nowhere = str(world.home.directory / "nowhere")
    for command in COMMANDS.values():
        with McpAgent(world.home, "--agent", "claude", command=command, ONECLAW_HOME=nowhere) as agent:
            text, error = agent.call("list_secrets")
            assert error and "oneclaw" in text, text


def main() -> None:
    world = World()
    try:
        run(world)
    finally:
        world.close()


if __name__ == "__main__":
    main()
