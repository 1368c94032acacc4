using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>Merchants, their stores, the people who work there, and the tokens of their scripts.</summary>
[Migration(1)]
public sealed class M0001_Merchants : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        CREATE TABLE merchants (
            id         INTEGER PRIMARY KEY,
            code       TEXT    NOT NULL UNIQUE,
            name       TEXT    NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE stores (
            id          INTEGER PRIMARY KEY,
            merchant_id INTEGER NOT NULL REFERENCES merchants (id),
            code        TEXT    NOT NULL,
            name        TEXT    NOT NULL,
            currency    TEXT    NOT NULL CHECK (length(currency) = 3),
            created_at  INTEGER NOT NULL,
            UNIQUE (merchant_id, code)
        ) STRICT;

        -- password_hash: for the pages, as ASP.NET's hasher writes it; a user without one has tokens only.
        CREATE TABLE users (
            id            INTEGER PRIMARY KEY,
            merchant_id   INTEGER NOT NULL REFERENCES merchants (id),
            email         TEXT    NOT NULL UNIQUE COLLATE NOCASE,
            name          TEXT    NOT NULL,
            role          TEXT    NOT NULL CHECK (role IN ('owner', 'manager', 'staff')),
            active        INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
            password_hash TEXT,
            created_at    INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE store_assignments (
            user_id  INTEGER NOT NULL REFERENCES users (id),
            store_id INTEGER NOT NULL REFERENCES stores (id),
            PRIMARY KEY (user_id, store_id)
        ) STRICT, WITHOUT ROWID;

        -- Only the SHA-256 of a token is kept: a reader of this file cannot use it.
        CREATE TABLE api_tokens (
            id         INTEGER PRIMARY KEY,
            user_id    INTEGER NOT NULL REFERENCES users (id),
            name       TEXT    NOT NULL,
            token_hash BLOB    NOT NULL UNIQUE CHECK (length(token_hash) = 32),
            demo       INTEGER NOT NULL DEFAULT 0 CHECK (demo IN (0, 1)),
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            revoked_at INTEGER
        ) STRICT;
        CREATE INDEX idx_api_tokens_user ON api_tokens (user_id);

        -- Which stores a person works in: the one definition that every query about orders joins.
        CREATE VIEW reachable_stores AS
            SELECT u.id AS user_id, s.id AS store_id
              FROM users u
              JOIN stores s ON s.merchant_id = u.merchant_id
             WHERE u.active = 1
               AND (u.role = 'owner'
                    OR EXISTS (SELECT 1 FROM store_assignments a WHERE a.user_id = u.id AND a.store_id = s.id));
        """);
}
