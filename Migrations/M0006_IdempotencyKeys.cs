using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>The answers to checkouts that carried an <c>Idempotency-Key</c>, kept 72 hours.</summary>
[Migration(6)]
public sealed class M0006_IdempotencyKeys : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        CREATE TABLE idempotency_keys (
            key          TEXT    NOT NULL PRIMARY KEY,
            request_hash BLOB    NOT NULL CHECK (length(request_hash) = 32),
            answer       TEXT    NOT NULL,
            created_at   INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idx_idempotency_keys_created ON idempotency_keys (created_at);
        """);
}
