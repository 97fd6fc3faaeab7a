"""The PyPI client `oneclaw` drives `oneclaw serve`: what existing programs do works unchanged.

Errors come back as `response.error`; the client derives `error.type` from the status, and `error.message` from the
detail of the problem details.
"""

import base64
import json
import time

from oneclaw import create_client

from cases import case, equal, run
from hostile_upstream import HostileUpstream
from vault_process import Home, Server, canary

PATH = "api-keys/stripe"


class World:
    """A vault that is served, its owner's client, and whatever the cases make in it."""

    def __init__(self) -> None:
        self.home = Home()
        self.owner_key = self.home.owner_key()
        self.server = Server(self.home)
        self.owner = create_client(base_url=self.server.url, api_key=self.owner_key)
        self.vault = good(self.owner.vaults.list())["vaults"][0]["id"]

    def client(self, key: str, agent_id: str | None = None):
        return create_client(base_url=self.server.url, api_key=key, agent_id=agent_id)

    def agent(self, name: str, **options):
        """Makes an agent: its record, its key, and a client that has only the key."""
        made = good(self.owner.agents.create(name, **options), 201)
        return made["agent"], made["api_key"], self.client(made["api_key"])

    def grant(self, agent: dict, pattern: str, *permissions: str) -> dict:
        """Adds a rule for an agent."""
        return good(self.owner.policies.create(
            self.vault,
            principal_type="agent",
            principal_id=agent["id"],
            secret_path_pattern=pattern,
            permissions=list(permissions),
        ), 201)

    def close(self) -> None:
        self.owner.close()
        code = self.server.stop()
        self.home.remove()
        assert code in (0, -15, 143), f"oneclaw serve ended with {code}"


def good(response, status: int = 200):
    """Asserts success with that status and returns the data."""
    assert response.error is None, f"wanted {status}, got {response.meta.status}: {response.error}"
    equal(response.meta.status, status, "status")
    return response.data


def bad(response, status: int, kind: str) -> str:
    """Asserts failure with that status and that type, and returns the message."""
    assert response.error is not None, f"wanted {status}, got {response.meta.status}"
    equal(response.meta.status, status, "status")
    equal(response.error.type, kind, "error.type")
    message = response.error.message
    assert message and not message.startswith("HTTP "), f"the problem has no detail: {message!r}"
    return message


def claims(token: str) -> dict:
    """Reads the claims of a token without checking it."""
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


@case
def owner_signs_in_with_a_user_key(world: World) -> None:
    assert world.owner_key.startswith("1ck_")
    token = world.owner._http.get_token()
    assert token, "the client exchanges a 1ck_ key when it is made, and hides a failure"
    assert claims(token)["sub"].startswith("user:")
    reply = good(world.owner.auth.api_key_token(world.owner_key))
    equal(set(reply), {"access_token", "token_type", "expires_in"}, "fields of the token reply")
    equal(reply["token_type"], "Bearer")


@case
def owner_key_works_as_a_bearer(world: World) -> None:
    status, body = world.server.call("GET", "/v1/vaults", token=world.owner_key)
    equal(status, 200)
    assert body["vaults"]


@case
def agent_signs_in_with_its_key_alone(world: World) -> None:
    agent, key, client = world.agent("key-only")
    assert key.startswith("ocv_") and len(key) == 40, "an agent key is ocv_ and 36 characters"
    equal(good(client.agents.me())["id"], agent["id"])
    equal(client.resolved_agent_id, agent["id"], "the agent found from the key")
    status, reply = world.server.call("POST", "/v1/auth/agent-token", body={"api_key": key})
    equal(status, 200)
    equal(set(reply), {"access_token", "token_type", "expires_in", "agent_id", "vault_ids"}, "fields, key only")
    assert isinstance(reply["expires_in"], int) and reply["expires_in"] > 60
    assert claims(reply["access_token"])["sub"] == f"agent:{agent['id']}"
    status, reply = world.server.call(
        "POST", "/v1/auth/agent-token", body={"api_key": key, "agent_id": agent["id"]}
    )
    equal((status, set(reply)), (200, {"access_token", "token_type", "expires_in"}), "fields, with the id")
    status, reply = world.server.call("POST", "/v1/auth/api-key-token", body={"api_key": key})
    equal((status, set(reply)), (200, {"access_token", "token_type", "expires_in"}), "an ocv_ key at api-key-token")


@case
def wrong_credentials_are_refused_alike(world: World) -> None:
    agent, key, _ = world.agent("wrong-credentials")
    other, _, _ = world.agent("another")
    broken = key[:-1] + ("A" if key[-1] != "A" else "B")
    attempts = [
        ("/v1/auth/agent-token", {"api_key": broken}),
        ("/v1/auth/agent-token", {"api_key": key, "agent_id": other["id"]}),
        ("/v1/auth/agent-token", {"api_key": world.owner_key}),
        ("/v1/auth/agent-token", {"api_key": "ocv_"}),
        ("/v1/auth/api-key-token", {"api_key": "1ck_nothing"}),
    ]
    for path, body in attempts:
        status, problem = world.server.call("POST", path, body=body)
        equal(status, 401, f"{path} {sorted(body)}")
        assert key not in json.dumps(problem) and broken not in json.dumps(problem)
    try:
        world.client(broken).vaults.list()
    except Exception as error:  # noqa: BLE001: whatever the client raises
        assert "401" in str(error)
    else:
        raise AssertionError("a wrong key was accepted")


@case
def vaults_are_made_shown_listed_and_deleted(world: World) -> None:
    vault = good(world.owner.vaults.create("sdk", "made by a test"), 201)
    equal((vault["name"], vault["description"]), ("sdk", "made by a test"))
    equal(good(world.owner.vaults.get(vault["id"]))["name"], "sdk")
    names = [entry["name"] for entry in good(world.owner.vaults.list())["vaults"]]
    equal(names[0], "default", "the first vault")
    assert "sdk" in names
    bad(world.owner.vaults.create("sdk"), 409, "unknown")
    good(world.owner.vaults.delete(vault["id"]), 204)
    bad(world.owner.vaults.get(vault["id"]), 404, "not_found")
    bad(world.owner.vaults.delete(vault["id"]), 404, "not_found")


@case
def secrets_are_stored_read_listed_and_deleted(world: World) -> None:
    secrets, value = world.owner.secrets, canary()
    path = "crud/deep/key"
    made = good(secrets.set(world.vault, path, value, metadata={"team": "pay"}), 201)
    # `expires_at` is there only when there is one; a client with strict models refuses anything beyond these.
    equal(set(made) | {"expires_at"}, {"id", "path", "type", "version", "metadata", "created_at", "expires_at"}, "fields")
    equal((made["path"], made["version"], made["type"]), (path, 1, "generic"))
    read = good(secrets.get(world.vault, path))
    equal((read["value"], read["version"], read["metadata"]), (value, 1, {"team": "pay"}))
    listed = good(secrets.list(world.vault, prefix="crud/"))["secrets"]
    equal([entry["path"] for entry in listed], [path])
    assert "value" not in listed[0]
    equal(listed[0]["id"], made["id"], "the id of a secret stays")
    equal(good(secrets.list(world.vault, prefix="nothing/"))["secrets"], [], "an empty list")
    good(secrets.delete(world.vault, path), 204)
    bad(secrets.get(world.vault, path), 410, "unknown")
    bad(secrets.get(world.vault, "crud/never"), 404, "not_found")
    equal(good(secrets.list(world.vault, prefix="crud/"))["secrets"], [], "a deleted secret is not listed")
    equal(good(secrets.set(world.vault, path, value), 201)["version"], 2, "versions go on after a delete")


@case
def values_of_every_sort_come_back_as_they_were(world: World) -> None:
    values = ["x", " with blanks ", "zeile\nzeile\r\n", "ünïcödé 🦀", '{"json": "\\u0000"}', "a" * 65536, "\x00\x01\x7f"]
    for number, value in enumerate(values):
        path = f"sorts/v{number}"
        good(world.owner.secrets.set(world.vault, path, value), 201)
        equal(good(world.owner.secrets.get(world.vault, path))["value"], value, f"value {number}")
    status, _ = world.server.call(
        "PUT", f"/v1/vaults/{world.vault}/secrets/sorts/large", world.owner_key, {"value": "a" * ((1 << 20) + 1)}
    )
    assert status in (400, 413), f"a value over 1 MiB: {status}"
    bad(world.owner.secrets.get(world.vault, "sorts/large"), 404, "not_found")


@case
def versions_are_dense_and_each_can_be_read_or_disabled(world: World) -> None:
    secrets, path = world.owner.secrets, "versions/key"
    values = [canary() for _ in range(3)]
    for number, value in enumerate(values, start=1):
        equal(good(secrets.set(world.vault, path, value), 201)["version"], number)
    listed = good(secrets.list_versions(world.vault, path))["versions"]
    equal([entry["version"] for entry in listed], [3, 2, 1], "newest first")
    for number, value in enumerate(values, start=1):
        equal(good(secrets.get_version(world.vault, path, number))["value"], value)
    good(secrets.disable_version(world.vault, path, 3), 204)
    bad(secrets.get_version(world.vault, path, 3), 410, "unknown")
    equal(good(secrets.get(world.vault, path))["value"], values[1], "the latest enabled version")
    bad(secrets.get_version(world.vault, path, 9), 404, "not_found")


@case
def rotation_stores_a_new_version(world: World) -> None:
    secrets, path = world.owner.secrets, "rotation/key"
    first, second = canary(), canary()
    good(secrets.set(world.vault, path, first), 201)
    equal(good(secrets.rotate(world.vault, path, second), 201)["version"], 2)
    equal(good(secrets.get(world.vault, path))["value"], second)
    made = good(secrets.rotate_generate(world.vault, path, length=48, charset="hex"), 201)
    equal(made["version"], 3)
    assert "value" not in made
    value = good(secrets.get(world.vault, path))["value"]
    assert len(value) == 48 and all(char in "0123456789abcdef" for char in value), "48 hexadecimal characters"
    bad(secrets.rotate_generate(world.vault, "rotation/never"), 404, "not_found")
    bad(secrets.rotate_generate(world.vault, path, length=4), 400, "validation_error")


@case
def paths_outside_the_grammar_are_refused_everywhere(world: World) -> None:
    """INV-13, in the target of a request."""
    token = world.owner_key
    for path in ("a//b", "a/../b", "%2e%2e/a", "a%00b", "a.b", "a%20b", "-a", "a/", "%zz", "a%2F%2Fb", "%C3%A4"):
        for method, body in (("GET", None), ("PUT", {"value": "x"}), ("DELETE", None)):
            status, problem = world.server.call(method, f"/v1/vaults/{world.vault}/secrets/{path}", token, body)
            equal(status, 400, f"{method} {path}")
            equal(problem["status"], 400)
    good(world.owner.secrets.set(world.vault, "slashes/a", "value"), 201)
    status, read = world.server.call("GET", f"/v1/vaults/{world.vault}/secrets/slashes%2Fa", token)
    equal((status, read["value"]), (200, "value"), "an encoded slash")


@case
def policies_take_effect_at_once(world: World) -> None:
    """INV-19, of rules."""
    agent, _, client = world.agent("policies")
    value = canary()
    good(world.owner.secrets.set(world.vault, PATH, value), 201)
    bad(client.secrets.get(world.vault, PATH), 403, "auth_error")
    rule = world.grant(agent, "api-keys/*", "read")
    equal((rule["secret_path_pattern"], rule["principal_id"], rule["permissions"]), ("api-keys/*", agent["id"], ["read"]))
    equal(good(client.secrets.get(world.vault, PATH))["value"], value)
    equal([entry["path"] for entry in good(client.secrets.list(world.vault))["secrets"]], [PATH])
    listed = good(world.owner.policies.list(world.vault))["policies"]
    assert rule["id"] in [entry["id"] for entry in listed]
    good(world.owner.policies.update(world.vault, rule["id"], permissions=["use"]))
    bad(client.secrets.get(world.vault, PATH), 403, "auth_error")
    equal(len(good(client.secrets.list(world.vault))["secrets"]), 1, "`use` lists")
    good(world.owner.policies.update(world.vault, rule["id"], permissions=["read"]))
    good(client.secrets.get(world.vault, PATH))
    good(world.owner.policies.delete(world.vault, rule["id"]), 204)
    bad(client.secrets.get(world.vault, PATH), 403, "auth_error")
    # Without any rule there the vault itself is out of sight.
    bad(client.secrets.list(world.vault), 404, "not_found")
    bad(world.owner.policies.delete(world.vault, rule["id"]), 404, "not_found")


@case
def a_policy_that_says_nothing_sensible_is_refused(world: World) -> None:
    agent, _, _ = world.agent("bad-policies")
    usual = {"principal_type": "agent", "principal_id": agent["id"], "secret_path_pattern": "a/*"}
    create = world.owner.policies.create
    bad(create(world.vault, **{**usual, "secret_path_pattern": "a*"}), 400, "validation_error")
    bad(create(world.vault, **usual, permissions=["own"]), 400, "validation_error")
    bad(create(world.vault, **usual, conditions={"phase_of_the_moon": "full"}), 400, "validation_error")
    bad(create(world.vault, **{**usual, "principal_id": "00000000-0000-4000-8000-000000000000"}), 400, "validation_error")
    status, _ = world.server.call(
        "POST", f"/v1/vaults/{world.vault}/policies", world.owner_key, {**usual, "permissions": []}
    )
    equal(status, 400, "no permissions")


@case
def denial_does_not_tell_what_exists(world: World) -> None:
    _, _, client = world.agent("oracle")
    good(world.owner.secrets.set(world.vault, "hidden/there", "value"), 201)
    there = bad(client.secrets.get(world.vault, "hidden/there"), 403, "auth_error")
    nowhere = bad(client.secrets.get(world.vault, "hidden/none"), 403, "auth_error")
    equal(there.replace("there", "…"), nowhere.replace("none", "…"), "INV-15: the two denials")


@case
def an_agent_administers_nothing(world: World) -> None:
    """INV-16, one call at a time."""
    agent, _, client = world.agent("climber")
    rule = world.grant(agent, "api-keys/*", "use")
    other, _, _ = world.agent("neighbour")
    good_kind = "auth_error"
    bad(client.policies.create(
        world.vault, principal_type="agent", principal_id=agent["id"], secret_path_pattern="**", permissions=["read"]
    ), 403, good_kind)
    bad(client.policies.update(world.vault, rule["id"], permissions=["read"]), 403, good_kind)
    bad(client.agents.create("child"), 403, good_kind)
    bad(client.agents.update(agent["id"], scopes=["**"]), 403, good_kind)
    bad(client.agents.get(other["id"]), 403, good_kind)
    bad(client.agents.rotate_key(other["id"]), 403, good_kind)
    bad(client.api_keys.create("mine"), 403, good_kind)
    bad(client.bindings.create(agent["id"], name="own", binding_type="http", config={
        "base_url": "https://example.com/", "auth_type": "bearer",
    }, credential_source={"type": "vault_ref", "vault_id": world.vault, "path": PATH}), 403, good_kind)


@case
def agents_are_made_changed_and_switched_off(world: World) -> None:
    """INV-19, of keys and of agents."""
    agent, key, client = world.agent("lifecycle", description="first", token_ttl_seconds=120)
    for name in ("id", "name", "auth_method", "is_active", "intents_api_enabled", "shroud_enabled", "created_at"):
        assert name in agent, f"an agent has no {name}"
    equal(good(world.owner.agents.get(agent["id"]))["description"], "first")
    assert agent["id"] in [entry["id"] for entry in good(world.owner.agents.list())["agents"]]
    equal(good(world.owner.agents.update(agent["id"], description="second"))["description"], "second")
    bad(world.owner.agents.create("lifecycle"), 409, "unknown")
    good(client.agents.me())

    fresh = good(world.owner.agents.rotate_key(agent["id"]))["api_key"]
    assert fresh != key
    bad(client.agents.me(), 401, "auth_error")
    status, _ = world.server.call("POST", "/v1/auth/agent-token", body={"api_key": key})
    equal(status, 401, "the former key")
    client = world.client(fresh)
    good(client.agents.me())

    good(world.owner.agents.delete(agent["id"]), 204)
    bad(client.agents.me(), 401, "auth_error")
    status, _ = world.server.call("POST", "/v1/auth/agent-token", body={"api_key": fresh})
    equal(status, 401, "the key of an agent that is off")
    bad(world.owner.agents.get("00000000-0000-4000-8000-000000000000"), 404, "not_found")


@case
def vault_binding_and_scopes_are_ceilings(world: World) -> None:
    other = good(world.owner.vaults.create("ceiling"), 201)
    agent, _, client = world.agent("ceilings", vault_ids=[other["id"]], scopes=["low/*"])
    value = canary()
    for vault in (world.vault, other["id"]):
        for path in ("low/a", "high/a"):
            good(world.owner.secrets.set(vault, path, value), 201)
        good(world.owner.policies.create(
            vault, principal_type="agent", principal_id=agent["id"], secret_path_pattern="**", permissions=["read"]
        ), 201)
    good(client.secrets.get(other["id"], "low/a"))
    bad(client.secrets.get(other["id"], "high/a"), 403, "auth_error")
    refused = client.secrets.get(world.vault, "low/a")
    assert refused.meta.status in (403, 404), refused.meta.status


@case
def tokens_are_renewed_before_they_expire(world: World) -> None:
    _, _, client = world.agent("renewal", token_ttl_seconds=65)
    good(client.agents.me())
    first = client._http.get_token()
    assert 60 < claims(first)["exp"] - claims(first)["iat"] <= 65
    good(client.agents.me())
    equal(client._http.get_token(), first, "a token that is good for more than 60 s is kept")
    client._http._token_expires_at = time.time() + 59  # what the client sees 6 s later
    good(client.agents.me())
    assert client._http.get_token() != first, "a token within 60 s of its end is renewed"


@case
def a_revoked_token_is_dead(world: World) -> None:
    _, key, client = world.agent("revocation")
    good(client.agents.me())
    token = client._http.get_token()
    good(client.auth.revoke_token(), 204)
    status, _ = world.server.call("GET", "/v1/agents/me", token)
    equal(status, 401, "a revoked token")
    status, _ = world.server.call("POST", "/v1/auth/agent-token", body={"api_key": key})
    equal(status, 200, "the key lives on")


@case
def user_keys_are_made_listed_and_revoked(world: World) -> None:
    made = good(world.owner.api_keys.create("laptop"), 201)
    key, record = made["api_key"], made["key"]
    assert key.startswith("1ck_") and record["key_prefix"] == key[:12]
    listed = good(world.owner.api_keys.list())["keys"]
    assert record["id"] in [entry["id"] for entry in listed]
    assert key not in json.dumps(listed)
    good(world.client(key).vaults.list())
    good(world.owner.api_keys.delete(record["id"]), 204)
    status, _ = world.server.call("GET", "/v1/vaults", token=key)
    equal(status, 401, "a revoked user key")


@case
def a_binding_uses_a_value_that_the_agent_may_not_read(world: World) -> None:
    value = canary()
    upstream = HostileUpstream(value)
    try:
        agent, _, client = world.agent("broker")
        good(world.owner.secrets.set(world.vault, "broker/key", value), 201)
        binding = good(world.owner.bindings.create(
            agent["id"],
            name="local",
            binding_type="http",
            config={"base_url": upstream.url + "/", "auth_type": "bearer"},
            guardrails={"allow_private_networks": True, "allowed_methods": ["GET", "POST"]},
            credential_source={"type": "vault_ref", "vault_id": world.vault, "path": "broker/key"},
        ), 201)
        binding = binding.get("binding", binding)
        assert value not in json.dumps(binding) and binding["credential_set"] is True
        good(world.owner.agents.update(agent["id"], execution_intents_enabled=True))
        call = {"binding": "local", "intent_type": "http", "params": {"method": "GET", "path": "ok"}}
        refused = client.bindings.execute(agent["id"], **call)
        equal(refused.meta.status, 403, "a binding without `use`")
        world.grant(agent, "broker/*", "use")
        reply = good(client.bindings.execute(agent["id"], **call))
        equal(reply["status"], "succeeded")
        equal(reply["result"]["status"], 200, "the upstream's status")
        equal(reply["execution_surface"], "vault")
        bad(client.secrets.get(world.vault, "broker/key"), 403, "auth_error")
        echoed = good(client.bindings.execute(agent["id"], **{**call, "params": {"method": "GET", "path": "body-raw"}}))
        assert value not in json.dumps(echoed) and echoed["redactions_applied"] >= 1
        listed = good(client.bindings.list(agent["id"]))["bindings"]
        equal([entry["name"] for entry in listed], ["local"])
        good(world.owner.bindings.delete(agent["id"], binding["id"]), 204)
        equal(client.bindings.execute(agent["id"], **call).meta.status, 404, "a binding that is gone")
    finally:
        upstream.close()


@case
def every_decision_is_in_the_audit_log_and_the_chain_holds(world: World) -> None:
    agent, _, client = world.agent("audited")
    value = canary()
    good(world.owner.secrets.set(world.vault, "audit/key", value), 201)
    bad(client.secrets.get(world.vault, "audit/key"), 403, "auth_error")
    world.grant(agent, "audit/*", "read")
    good(client.secrets.get(world.vault, "audit/key"))
    page = good(world.owner.audit.list(actor_id=agent["id"], limit=50))
    events = page["events"]
    reads = [event for event in events if event["action"] == "secret.read"]
    equal(len(reads), 2, "one event for each decision, allow and deny alike")
    for name in ("id", "action", "actor_id", "actor_type", "resource_type", "resource_id", "org_id", "details", "created_at"):
        assert name in reads[0], f"an event has no {name}"
    assert value not in json.dumps(good(world.owner.audit.list(limit=500)))
    verified = good(world.owner.audit.verify())
    equal(verified["chain_valid"], True)
    assert verified["events_verified"] > len(events)
    bad(client.audit.verify(), 403, "auth_error")


@case
def errors_are_problem_details(world: World) -> None:
    raw = world.server.call
    for status, method, path, body in (
        (400, "GET", f"/v1/vaults/{world.vault}/secrets/a..b", None),
        (400, "GET", "/v1/vaults/not-an-id", None),
        (400, "PUT", f"/v1/vaults/{world.vault}/secrets/a", {"value": 7}),
        (404, "GET", "/v1/vaults/00000000-0000-4000-8000-000000000000", None),
        (404, "GET", "/v1/nothing-here", None),
    ):
        got, problem = raw(method, path, world.owner_key, body)
        equal(got, status, f"{method} {path}")
        equal(set(problem) >= {"type", "title", "status", "detail"}, True, f"{method} {path}: fields")
        equal(problem["status"], status)
    equal(raw("GET", "/v1/vaults")[0], 401, "no credential")
    equal(raw("GET", "/v1/vaults", "x.y.z")[0], 401, "no token of ours")
    equal(raw("GET", "/v1/health")[0], 200, "health needs none")


def main() -> None:
    world = World()
    try:
        run(world)
    finally:
        world.close()


if __name__ == "__main__":
    main()
