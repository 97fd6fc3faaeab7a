"""A hostile upstream gives the credential back in every way it can: none of it reaches the agent. INV-4, INV-6, INV-7.

Each echo goes both ways an agent can take: the MCP tool `execute_http`, and `POST /v1/agents/{id}/execute`. What comes
back is searched by a scanner that shares nothing with the scrubber.
"""

import json
import socket

from cases import case, equal, run
from hostile_upstream import ECHOES, HostileUpstream
from mcp_agent import McpAgent
from vault_process import Home, Server, canary
from variants import find, self_test

AGENT = "hostile"


class World:
    """A vault with a value, an agent that may use it, and bindings to the hostile upstream."""

    def __init__(self) -> None:
        self.home = Home()
        self.value = canary()
        self.upstream = HostileUpstream(self.value)
        self.home.cli("secret", "put", "keys/hostile", stdin=self.value)
        self.agent_id, self.agent_key = self.home.agent(AGENT, "--use", "keys/*")
        self.server = Server(self.home)
        self.owner_key = self.home.owner_key()
        self.vault = self.home.cli("vault", "list")["vaults"][0]["id"]
        self.made = 0
        status, grant = self.server.call("POST", "/v1/auth/agent-token", body={"api_key": self.agent_key})
        equal(status, 200, "the key exchange")
        self.token = grant["access_token"]

    def bound(self, header: str = "Authorization", form: str = "Bearer {value}") -> str:
        """Makes a binding to the upstream: a fresh one, since echoes suspend the binding they come through."""
        self.made += 1
        name = f"hostile-{self.made}"
        status, reply = self.server.call("POST", f"/v1/agents/{self.agent_id}/bindings", self.owner_key, {
            "name": name,
            "binding_type": "http",
            "config": {
                "base_url": self.upstream.url + "/", "auth_type": "header", "auth_header": header, "auth_format": form,
            },
            "guardrails": {"allow_private_networks": True},
            "credential_source": {"type": "vault_ref", "vault_id": self.vault, "path": "keys/hostile"},
        })
        equal(status, 201, f"the binding: {reply}")
        return name

    def bind(self, name: str, url: str):
        """Tries to make a binding to some other place on the command line."""
        return self.home.run(
            "binding", "add", name, "--agent", AGENT, "--secret", "keys/hostile", "--url", url,
            "--header", "Authorization: Bearer {value}", "--allow-loopback",
        )

    def execute(self, binding: str, **params) -> tuple[int, dict]:
        """Goes through a binding over HTTP."""
        body = {"binding": binding, "intent_type": "http", "params": {"method": "GET", "path": "", **params}}
        return self.server.call("POST", f"/v1/agents/{self.agent_id}/execute", self.token, body)

    def clean(self, what: str, seen: bytes) -> None:
        """Asserts that the value can't be got back from what the agent saw."""
        found = find(self.value, seen)
        assert not found, f"{what}: the value came through as {found}"

    def close(self) -> None:
        self.server.stop()
        self.upstream.close()
        self.home.remove()


@case
def the_scanner_finds_what_it_should(world: World) -> None:
    self_test()
    # The upstream really gives the value back: asked directly, all echoes but two show it.
    silent = []
    for name in ECHOES:
        raw = _directly(world, name)
        if not find(world.value, raw):
            silent.append(name)
    equal(sorted(silent), ["alternative", "partial"], "echoes without the whole value")


def _directly(world: World, name: str) -> bytes:
    with socket.create_connection(("127.0.0.1", world.upstream.first.port)) as connection:
        connection.settimeout(10)
        connection.sendall(f"GET /{name} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {world.value}\r\n\r\n".encode())
        received = b""
        while more := connection.recv(1 << 16):
            received += more
            if len(received) > 4 << 20:
                break
    head, _, body = received.partition(b"\r\n\r\n")
    if b"chunked" in head:
        body = b"".join(body.split(b"\r\n")[1::2])
    return head + b"\r\n\r\n" + body


@case
def an_honest_reply_gets_through(world: World) -> None:
    status, reply = world.execute(world.bound(), path="ok")
    equal(status, 200)
    equal((reply["status"], reply["result"]["status"], reply["redactions_applied"]), ("succeeded", 200, 0))
    equal(reply["result"]["body"], {"authorised": True})


@case
def no_echo_reaches_the_agent_over_http(world: World) -> None:
    world.upstream.first.requests.clear()
    removed = 0
    for name in ECHOES:
        for placement in (("Authorization", "Bearer {value}"), ("X-Api-Key", "{value}")):
            status, reply = world.execute(world.bound(*placement), path=name)
            equal(status, 200, f"{placement} {name}")
            world.clean(f"{placement} {name}", json.dumps(reply, ensure_ascii=False).encode())
            world.clean(f"{placement} {name}", json.dumps(reply).encode())
            removed += reply["redactions_applied"] > 0
    equal(len(world.upstream.first.requests), 2 * len(ECHOES), "requests that the upstream saw")
    assert removed > len(ECHOES), f"only {removed} replies had something removed"


@case
def no_echo_reaches_the_agent_over_mcp(world: World) -> None:
    with McpAgent(world.home, "--agent", AGENT) as agent:
        for name in ECHOES:
            text, _ = agent.call("execute_http", binding=world.bound(), path=name)
            assert "suspended" not in text and "no binding" not in text, text
            world.clean(f"execute_http {name}", text.encode())
        text, error = agent.call("execute_http", binding=world.bound(), path="ok")
        assert not error and "authorised" in text, text
        text, error = agent.call("get_secret", path="keys/hostile")
        assert not error and "oneclaw://" in text, text
        world.clean("every byte that the server wrote", agent.answered())


@case
def the_value_goes_to_its_place_alone_and_once(world: World) -> None:
    world.upstream.first.requests.clear()
    binding = world.bound()
    tricks = [
        {"path": "ok", "headers": {"Authorization": "Bearer mine"}},
        {"path": "ok", "headers": {"authorization": "Bearer mine"}},
        {"path": "ok", "headers": {"Host": "example.com"}},
        {"path": "ok", "headers": {"Range": "bytes=0-3"}},
        {"path": "ok", "headers": {"Accept-Encoding": "gzip"}},
        {"path": "ok", "headers": {"Connection": "authorization"}},
        {"path": "ok", "headers": {"X-A": "b\r\nX-Evil: 1"}},
        {"path": "ok", "headers": {"X-{value}": "{value}"}},
        {"path": "ok?key={value}"},
        {"path": "ok", "query": {"key": "{value}"}},
        {"path": "../ok"}, {"path": "%2e%2e/ok"}, {"path": "a%2fok"}, {"path": "a//ok"}, {"path": "a\\ok"},
        {"path": "//127.0.0.1:1/ok"}, {"path": "http://127.0.0.1:1/ok"}, {"path": "@127.0.0.1:1/ok"}, {"path": "ok#x"},
        {"path": "ok", "method": "TRACE"}, {"path": "ok", "method": "CONNECT"}, {"path": "ok", "method": "DELETE"},
        {"path": "ok", "method": "GET /stolen"},
    ]
    for trick in tricks:
        status, reply = world.execute(binding, **trick)
        assert status in (200, 400, 403), f"{trick}: {status}"
        world.clean(str(trick), json.dumps(reply).encode())
    assert world.upstream.first.requests, "nothing went out at all"
    for request in world.upstream.first.requests:
        equal(request.raw.count(world.value.encode()), 1, f"how often the value is in {request.method} {request.target}")
        equal([value for name, value in request.headers if name.lower() == "authorization"], [f"Bearer {world.value}"])
        equal(request.header("host"), f"127.0.0.1:{world.upstream.first.port}", "Host")
        equal(request.header("range"), "", "Range")
        assert request.header("accept-encoding") in ("", "identity"), request.header("accept-encoding")
        assert request.method == "GET", f"{request.method} went out, though the binding permits GET and HEAD"
        assert request.header("x-evil") == "" and "{value}" not in request.header("x-{value}")


@case
def the_second_listener_saw_nothing(world: World) -> None:
    equal([request.raw for request in world.upstream.second.requests], [], "INV-6: requests to another origin")


@case
def proxy_variables_change_nothing(world: World) -> None:
    proxy = world.upstream.second.url
    variables = {name: proxy for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")}
    with McpAgent(world.home, "--agent", AGENT, **variables) as agent:
        text, error = agent.call("execute_http", binding=world.bound(), path="ok")
        assert not error and "authorised" in text, text
    equal(world.upstream.second.requests, [], "INV-6: requests through a proxy")


@case
def too_many_echoes_suspend_the_binding(world: World) -> None:
    """INV-8: a scrubber that answers for ever is an oracle."""
    binding = world.bound()
    answers = [world.execute(binding, path="body-raw") for _ in range(30)]
    statuses = [status for status, _ in answers]
    equal(sorted(set(statuses)), [200, 403], "statuses")
    equal(statuses, sorted(statuses), "once suspended, it stays so")
    assert "suspended" in answers[-1][1]["detail"]
    equal(world.execute(world.bound(), path="ok")[0], 200, "another binding goes on")


@case
def forbidden_addresses_are_refused(world: World) -> None:
    addresses = [
        "http://169.254.169.254/", "https://169.254.169.254/", "http://0xa9fea9fe/", "http://2852039166/",
        "http://[::ffff:169.254.169.254]/", "https://[64:ff9b::a9fe:a9fe]/", "https://[2002:a9fe:a9fe::]/",
        "https://metadata.google.internal/", "http://example.com/", "ftp://example.com/", "https://user:pass@example.com/",
        "https://example.com./",
    ]
    for number, url in enumerate(addresses):
        name = f"forbidden-{number}"
        done = world.bind(name, url)
        world.clean(url, done.stdout + done.stderr)
        if done.returncode == 0:
            status, reply = world.execute(name, path="")
            refused = status in (400, 403) or (status == 200 and reply["status"] == "failed")
            assert refused, f"{url} was neither refused when bound nor when used: {status} {reply}"
            world.clean(url, json.dumps(reply).encode())
        else:
            equal(done.returncode, 2, f"{url}: exit code")


@case
def loopback_needs_an_explicit_permission(world: World) -> None:
    for url in (world.upstream.url + "/", f"http://localhost:{world.upstream.first.port}/"):
        done = world.home.run(
            "binding", "add", "no-permission", "--agent", AGENT, "--secret", "keys/hostile", "--url", url,
            "--header", "Authorization: Bearer {value}",
        )
        if done.returncode == 0:
            world.upstream.first.requests.clear()
            status, reply = world.execute("no-permission", path="ok")
            assert status in (400, 403) or reply["status"] == "failed", f"{url}: {status} {reply}"
            equal(world.upstream.first.requests, [], "requests to a loopback that nobody permitted")
        else:
            equal(done.returncode, 2, f"{url}: exit code")


@case
def a_short_value_is_not_bound(world: World) -> None:
    world.home.cli("secret", "put", "keys/short", stdin="elevenchars")
    done = world.home.run(
        "binding", "add", "short", "--agent", AGENT, "--secret", "keys/short", "--url", world.upstream.url + "/",
        "--header", "Authorization: Bearer {value}", "--allow-loopback",
    )
    equal(done.returncode, 2, "exit code")
    assert b"12" in done.stderr, done.stderr.decode()


@case
def the_chain_holds_after_all_that(world: World) -> None:
    verified = world.home.cli("audit", "verify")
    equal(verified["chain_valid"], True)
    events = json.dumps(world.home.cli("audit", "list")).encode()
    world.clean("the audit log", events)


def main() -> None:
    world = World()
    try:
        run(world)
    finally:
        world.close()


if __name__ == "__main__":
    main()
