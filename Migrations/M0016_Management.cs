using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>What a merchant manages by hand: versions for two people at once, a log of every change, links to choose a password.</summary>
[Migration(16)]
public sealed class M0016_Management : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        ALTER TABLE stores ADD COLUMN active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1));
        ALTER TABLE stores ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
        -- A shared tablet that nobody touches locks itself after so many minutes.
        ALTER TABLE stores ADD COLUMN lock_minutes INTEGER NOT NULL DEFAULT 5 CHECK (lock_minutes BETWEEN 1 AND 720);

        ALTER TABLE products ADD COLUMN category TEXT;
        ALTER TABLE products ADD COLUMN sort_order INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE products ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE shipping_methods ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE users ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
        -- pin_hash: for a shared tablet, as ASP.NET's hasher writes it.
        ALTER TABLE users ADD COLUMN pin_hash TEXT;
        ALTER TABLE api_tokens ADD COLUMN last_used_at INTEGER;

        -- Every change of what the merchant manages. user_id: null for the command line and the first set-up.
        CREATE TABLE merchant_log (
            id          INTEGER PRIMARY KEY,
            merchant_id INTEGER NOT NULL REFERENCES merchants (id),
            store_id    INTEGER REFERENCES stores (id),
            user_id     INTEGER REFERENCES users (id),
            kind        TEXT    NOT NULL,
            subject_id  INTEGER NOT NULL,
            subject     TEXT    NOT NULL,
            action      TEXT    NOT NULL,
            changes     TEXT    NOT NULL CHECK (json_valid(changes)),
            created_at  INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX idx_merchant_log_merchant ON merchant_log (merchant_id);
        CREATE INDEX idx_merchant_log_subject ON merchant_log (kind, subject_id);

        CREATE TRIGGER merchant_log_is_frozen BEFORE UPDATE ON merchant_log
        BEGIN SELECT RAISE(ABORT, 'a row of the merchant''s log never changes'); END;

        CREATE TRIGGER merchant_log_is_kept BEFORE DELETE ON merchant_log
        BEGIN SELECT RAISE(ABORT, 'a row of the merchant''s log is never deleted'); END;

        CREATE TRIGGER merchant_log_is_new BEFORE INSERT ON merchant_log
        WHEN EXISTS (SELECT 1 FROM merchant_log WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'a row of the merchant''s log never changes'); END;

        -- With such a link a user chooses a password, once. Only the SHA-256 of its secret is kept.
        CREATE TABLE one_time_links (
            id          INTEGER PRIMARY KEY,
            user_id     INTEGER NOT NULL REFERENCES users (id),
            secret_hash BLOB    NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
            created_at  INTEGER NOT NULL,
            expires_at  INTEGER NOT NULL,
            used_at     INTEGER
        ) STRICT;
        CREATE INDEX idx_one_time_links_user ON one_time_links (user_id);
        """);
}
