using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>Sessions of the pages, so that one which was signed out stays signed out, also after a restart.</summary>
[Migration(9)]
public sealed class M0009_Sessions : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        -- Only the SHA-256 of a session's id is kept: who reads this file cannot use it.
        CREATE TABLE sessions (
            id_hash        BLOB    NOT NULL PRIMARY KEY CHECK (length(id_hash) = 32),
            user_id        INTEGER NOT NULL REFERENCES users (id),
            password_stamp BLOB    NOT NULL, -- the SHA-256 of the password's hash at sign-in: another password ends the session
            created_at     INTEGER NOT NULL,
            last_used_at   INTEGER NOT NULL,
            expires_at     INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX idx_sessions_user ON sessions (user_id);
        CREATE INDEX idx_sessions_expires ON sessions (expires_at);
        """);
}
