-- Facts about this database itself; holds the check value that tells a wrong key file at start.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY NOT NULL,
    value BLOB NOT NULL
) STRICT;

CREATE TABLE users (
    name     TEXT PRIMARY KEY NOT NULL,
    role     TEXT NOT NULL CHECK (role IN ('admin', 'user')),
    -- PHC string of argon2id; NULL until one is set.
    password TEXT,
    created  INTEGER NOT NULL
) STRICT;

-- Times are Unix seconds. The id is the SHA-256 of what the cookie holds.
CREATE TABLE sessions (
    id        BLOB PRIMARY KEY NOT NULL,
    user      TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    created   INTEGER NOT NULL,
    last_seen INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user);

-- The id is the SHA-256 of the link's token.
CREATE TABLE one_time_links (
    id      BLOB PRIMARY KEY NOT NULL,
    user    TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    expires INTEGER NOT NULL
) STRICT;

CREATE TABLE clusters (
    name        TEXT PRIMARY KEY NOT NULL,
    alias       TEXT NOT NULL,
    provider    TEXT NOT NULL,
    -- JSON array of [key, value].
    labels      TEXT NOT NULL,
    description TEXT NOT NULL,
    created     INTEGER NOT NULL,
    -- Uid of namespace kube-system; empty where the credential may not read it.
    system_uid  TEXT NOT NULL,
    -- Nonce, ciphertext and tag under the key file; bound to the name.
    credential  BLOB NOT NULL
) STRICT;
