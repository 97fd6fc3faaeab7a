-- Every table of rows ends with the MAC over all its columns. Times are microseconds since 1970, structures are JSON.
-- Small rows live in their key (WITHOUT ROWID); rows that hold blobs or documents don't.

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL,
    mac BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    is_owner INTEGER NOT NULL,
    is_active INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    mac BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    digest BLOB NOT NULL UNIQUE,
    is_active INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    mac BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE agents (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    key_prefix TEXT NOT NULL,
    key_digest BLOB NOT NULL UNIQUE,
    key_generation INTEGER NOT NULL,
    key_expires_at INTEGER,
    token_ttl_seconds INTEGER,
    scopes TEXT NOT NULL,
    vault_ids TEXT NOT NULL,
    may_execute INTEGER NOT NULL,
    is_active INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    mac BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE vaults (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    mac BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE secrets (
    vault_id TEXT NOT NULL,
    path TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    deleted_at INTEGER,
    deleted_through INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    type TEXT NOT NULL,
    metadata TEXT NOT NULL,
    version_created_at INTEGER NOT NULL,
    version_expires_at INTEGER,
    mac BLOB NOT NULL,
    PRIMARY KEY (vault_id, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE secret_versions (
    secret_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    value BLOB NOT NULL,
    wrap BLOB NOT NULL,
    type TEXT NOT NULL,
    metadata TEXT NOT NULL,
    origin TEXT NOT NULL,
    exposed_at INTEGER,
    expires_at INTEGER,
    max_access_count INTEGER,
    access_count INTEGER NOT NULL,
    is_disabled INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    mac BLOB NOT NULL,
    PRIMARY KEY (secret_id, version)
) STRICT;

CREATE TABLE policies (
    id TEXT NOT NULL PRIMARY KEY,
    vault_id TEXT NOT NULL,
    principal TEXT NOT NULL,
    pattern TEXT NOT NULL,
    permissions TEXT NOT NULL,
    effect TEXT NOT NULL,
    priority INTEGER NOT NULL,
    expires_at INTEGER,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    mac BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX policies_by_vault ON policies (vault_id, principal);
CREATE INDEX policies_by_principal ON policies (principal);

CREATE TABLE bindings (
    id TEXT NOT NULL PRIMARY KEY,
    agent_id TEXT NOT NULL,
    name TEXT NOT NULL,
    vault_id TEXT NOT NULL,
    path TEXT NOT NULL,
    is_inline INTEGER NOT NULL,
    config TEXT NOT NULL,
    guardrails TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    mac BLOB NOT NULL,
    UNIQUE (agent_id, name)
) STRICT;

CREATE TABLE signing_keys (
    id TEXT NOT NULL PRIMARY KEY,
    public BLOB NOT NULL,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    mac BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE revoked_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL,
    mac BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The bytes are what the chain covers. The other columns only find an event, so each index is worth the page it adds to
-- every commit: time and action are read along the sequence instead.
CREATE TABLE audit_events (
    sequence INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL,
    bytes BLOB NOT NULL,
    hash BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    actor_id TEXT NOT NULL,
    action TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    vault_id TEXT,
    path TEXT
) STRICT;

CREATE INDEX audit_events_by_actor ON audit_events (actor_id);
CREATE INDEX audit_events_by_resource ON audit_events (resource_id);
CREATE INDEX audit_events_by_vault ON audit_events (vault_id) WHERE vault_id IS NOT NULL;
CREATE INDEX audit_events_by_path ON audit_events (path) WHERE path IS NOT NULL;
