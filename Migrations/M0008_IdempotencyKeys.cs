using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>The answers to checkouts and steps that carried an <c>Idempotency-Key</c>, kept for 72 hours.</summary>
[Migration(8)]
public sealed class M0008_IdempotencyKeys : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        -- Each store, and in it each member of staff, has keys of its own: shops that number their orders do not meet.
        CREATE TABLE idempotency_keys (
            store_id     INTEGER NOT NULL,
            user_id      INTEGER NOT NULL, -- 0: a customer, at checkout
            key          TEXT    NOT NULL,
            request_hash BLOB    NOT NULL CHECK (length(request_hash) = 32),
            answer       TEXT    NOT NULL,
            created_at   INTEGER NOT NULL,
            PRIMARY KEY (store_id, user_id, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idx_idempotency_keys_created ON idempotency_keys (created_at);
        """);
}
