"""The same key gets the same decision on every way in: plain HTTP, the command line, MCP. INV-2.

For each permission that a rule may give, every operation is tried on each way. What the decision must be is written
down here from the documented table alone; MCP may narrow a decision, never widen it.
"""

import json

from cases import case, equal, run
from mcp_agent import McpAgent
from vault_process import Home, Server, canary
from variants import find

ALLOWED, DENIED = "allowed", "denied"

# Permission of the one rule → the operations that it allows.
TABLE = {
    None: set(),
    "list": {"list", "describe", "versions"},
    "use": {"list", "describe", "versions"},
    "read": {"list", "describe", "versions", "read"},
    "write": {"list", "describe", "versions", "put", "rollback", "rotate", "delete"},
    "rotate": {"list", "describe", "versions", "rotate"},
    "delete": {"list", "describe", "versions", "delete"},
}
# `delete` comes last: it takes away what the others work on.
OPERATIONS = ("list", "describe", "versions", "read", "put", "rollback", "rotate", "delete")


class World:
    """A vault that is served, and an agent for each permission."""

    def __init__(self) -> None:
        self.home = Home()
        self.server = Server(self.home)
        self.value = canary()
        self.vault = self.home.cli("vault", "list")["vaults"][0]["id"]
        self.agents: dict[str | None, tuple[str, str]] = {}
        for permission in TABLE:
            name = f"agent-{permission or 'nothing'}"
            self.agents[permission] = self.home.agent(name)
            if permission:
                self.home.cli(
                    "policy", "add", "--agent", name, "--path", "matrix/*", "--permission", permission
                )

    def fresh_secret(self, path: str) -> None:
        """Stores two versions, as the owner."""
        for _ in range(2):
            self.home.cli("secret", "put", path, stdin=self.value)

    def close(self) -> None:
        self.server.stop()
        self.home.remove()


def over_http(world: World, key: str, path: str):
    """Plain requests, as curl would send them."""
    status, grant = world.server.call("POST", "/v1/auth/agent-token", body={"api_key": key})
    equal(status, 200, "the key exchange")
    token, base = grant["access_token"], f"/v1/vaults/{world.vault}"
    requests = {
        "list": ("GET", f"/secrets?prefix={path}", None),
        "describe": ("GET", f"/secret-meta/{path}", None),
        "versions": ("GET", f"/secret-versions/{path}", None),
        "read": ("GET", f"/secrets/{path}", None),
        "put": ("PUT", f"/secrets/{path}", {"value": "over http, twelve"}),
        "rollback": ("POST", f"/secret-rollback/{path}", {"version": 1}),
        "rotate": ("POST", f"/secret-rotate/{path}", {}),
        "delete": ("DELETE", f"/secrets/{path}", None),
    }

    def attempt(operation: str) -> tuple[str, str]:
        method, target, body = requests[operation]
        status, reply = world.server.call(method, base + target, token, body)
        text = json.dumps(reply)
        if operation == "list":
            # A list is filtered; a vault without any rule for the agent is out of sight.
            assert status in (200, 404), f"{operation}: {status} {text}"
            return (ALLOWED if status == 200 and reply["secrets"] else DENIED), text
        assert status in (200, 201, 204, 403), f"{operation}: {status} {text}"
        return (DENIED if status == 403 else ALLOWED), text

    return attempt


def over_cli(world: World, key: str, path: str, remote: bool):
    """The command line with an agent's key, against the embedded vault or the served one."""
    environment = {"ONECLAW_AGENT_API_KEY": key}
    if remote:
        environment["ONECLAW_BASE_URL"] = world.server.url
    commands = {
        "list": ("list", path),
        "describe": ("describe", path),
        "versions": ("versions", path),
        "read": ("get", path),
        "put": ("put", path),
        "rollback": ("rollback", path, "--to", "1"),
        "rotate": ("rotate", path),
        "delete": ("delete", path),
    }

    def attempt(operation: str) -> tuple[str, str]:
        stdin = "over the command line" if operation == "put" else ""
        done = world.home.run("secret", *commands[operation], "--json", stdin=stdin, **environment)
        text = done.stdout.decode() + done.stderr.decode()
        if done.returncode == 3 and "vault that you may see" in text:
            return DENIED, text  # no rule at all: the vault is out of sight
        if operation == "list":
            equal(done.returncode, 0, f"a list is filtered, not denied: {text}")
            return (ALLOWED if json.loads(done.stdout)["secrets"] else DENIED), text
        assert done.returncode in (0, 4), f"{operation}: exit {done.returncode}: {text}"
        return (DENIED if done.returncode == 4 else ALLOWED), text

    return attempt


def over_mcp(agent: McpAgent, path: str):
    """The tools of the MCP server."""
    calls = {
        "list": ("list_secrets", {"prefix": path}),
        "describe": ("describe_secret", {"path": path}),
        "versions": ("list_versions", {"path": path}),
        "put": ("put_secret", {"path": path, "value": "over mcp, exposed by that"}),
        "rollback": ("rollback_secret", {"path": path, "version": 1}),
        "rotate": ("rotate_and_store", {"path": path}),
        "delete": ("delete_secret", {"path": path}),
    }

    def attempt(operation: str) -> tuple[str, str]:
        if operation == "read":
            # A reference, or the value? Without reveal, never the value, whatever policy says.
            return DENIED, agent.call("get_secret", path=path)[0]
        tool, arguments = calls[operation]
        text, error = agent.call(tool, **arguments)
        if operation == "list":
            return (ALLOWED if not error and path in text else DENIED), text
        return (DENIED if error else ALLOWED), text

    return attempt


def check(world: World, permission, way: str, attempt, narrowed: frozenset = frozenset()) -> None:
    """Tries every operation and compares with the table."""
    differences = []
    for operation in OPERATIONS:
        wanted = ALLOWED if operation in TABLE[permission] - narrowed else DENIED
        got, text = attempt(operation)
        if got != wanted:
            differences.append(f"{operation}: {got}, wanted {wanted}: {text[:200]}")
        seen = find(world.value, text.encode())
        may_see = operation == "read" and got == ALLOWED
        if bool(seen) != may_see and not (operation == "read" and text == ""):
            differences.append(f"{operation}: the value is {'in' if seen else 'not in'} the answer")
    assert not differences, f"{way} with `{permission}`:\n  " + "\n  ".join(differences)


@case
def plain_http_decides_as_the_table_says(world: World) -> None:
    for permission, (_, key) in world.agents.items():
        path = f"matrix/http-{permission}"
        world.fresh_secret(path)
        check(world, permission, "HTTP", over_http(world, key, path))


@case
def the_embedded_command_line_decides_the_same(world: World) -> None:
    for permission, (_, key) in world.agents.items():
        path = f"matrix/cli-{permission}"
        world.fresh_secret(path)
        check(world, permission, "command line", over_cli(world, key, path, remote=False))


@case
def the_remote_command_line_decides_the_same(world: World) -> None:
    for permission, (_, key) in world.agents.items():
        path = f"matrix/remote-{permission}"
        world.fresh_secret(path)
        check(world, permission, "remote command line", over_cli(world, key, path, remote=True))


@case
def embedded_mcp_decides_the_same_and_shows_no_value(world: World) -> None:
    for permission, (_, key) in world.agents.items():
        path = f"matrix/mcp-{permission}"
        world.fresh_secret(path)
        with McpAgent(world.home, ONECLAW_AGENT_API_KEY=key) as agent:
            check(world, permission, "MCP", over_mcp(agent, path), frozenset({"read"}))
            assert not find(world.value, agent.answered()), "the value crossed the MCP wire"


@case
def remote_mcp_decides_the_same_and_shows_no_value(world: World) -> None:
    for permission, (_, key) in world.agents.items():
        path = f"matrix/remote-mcp-{permission}"
        world.fresh_secret(path)
        with McpAgent(world.home, ONECLAW_AGENT_API_KEY=key, ONECLAW_BASE_URL=world.server.url) as agent:
            check(world, permission, "remote MCP", over_mcp(agent, path), frozenset({"read"}))
            assert not find(world.value, agent.answered()), "the value crossed the MCP wire"


@case
def reveal_returns_a_value_to_those_who_may_read(world: World) -> None:
    path = "matrix/reveal"
    world.fresh_secret(path)
    for permission, (_, key) in world.agents.items():
        with McpAgent(world.home, ONECLAW_AGENT_API_KEY=key, ONECLAW_MCP_REVEAL="allow") as agent:
            text, _ = agent.call("get_secret", path=path, reveal=True)
            equal(bool(find(world.value, text.encode())), permission == "read", f"`{permission}` with reveal allowed")


@case
def a_paths_spelling_changes_no_decision(world: World) -> None:
    world.fresh_secret("matrix/spelling")
    _, key = world.agents["use"]
    status, grant = world.server.call("POST", "/v1/auth/agent-token", body={"api_key": key})
    equal(status, 200)
    for spelling in (
        "matrix/spelling", "matrix%2Fspelling", "matrix%2fspelling", "%6datrix/spelling", "matrix//spelling",
        "matrix/./spelling", "other/../matrix/spelling", "matrix/spelling/", "/matrix/spelling", "Matrix/spelling",
        "matrix/spelling%00", "matrix/spelling%0a", "matrix%252Fspelling", "matrix\\spelling", "matrix/spelling?x=1",
    ):
        status, reply = world.server.call(
            "GET", f"/v1/vaults/{world.vault}/secrets/{spelling}", grant["access_token"]
        )
        assert status in (400, 403, 404), f"{spelling}: {status}"
        assert not find(world.value, json.dumps(reply).encode()), spelling


def main() -> None:
    world = World()
    try:
        run(world)
    finally:
        world.close()


if __name__ == "__main__":
    main()
