using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>
/// Steps take idempotency keys, too; each store, and in it each member of staff, has names of its own. The store of a
/// key from before is that of the order in its answer.
/// </summary>
[Migration(10)]
public sealed class M0010_KeysOfSteps : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        DROP INDEX idx_idempotency_keys_created;
        ALTER TABLE idempotency_keys RENAME TO checkout_keys;

        CREATE TABLE idempotency_keys (
            store_id     INTEGER NOT NULL, -- shops that number their orders do not meet each other's keys
            user_id      INTEGER NOT NULL, -- 0: a customer, at checkout
            key          TEXT    NOT NULL,
            request_hash BLOB    NOT NULL CHECK (length(request_hash) = 32),
            answer       TEXT    NOT NULL,
            created_at   INTEGER NOT NULL,
            PRIMARY KEY (store_id, user_id, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idx_idempotency_keys_created ON idempotency_keys (created_at);

        INSERT INTO idempotency_keys (store_id, user_id, key, request_hash, answer, created_at)
        SELECT o.store_id, 0, k.key, k.request_hash, k.answer, k.created_at
          FROM checkout_keys k
          JOIN orders o ON o.public_id = json_extract(k.answer, '$.public_id');
        DROP TABLE checkout_keys;
        """);
}
