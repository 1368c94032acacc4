using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>
/// The browsers by which customers asked to be told of their orders, and the key by which push services know this server.
/// </summary>
[Migration(24)]
public sealed class M0024_Push : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        -- endpoint: the address at the browser maker's push service. p256dh, auth: what messages are encrypted for.
        CREATE TABLE push_subscriptions (
            id         INTEGER PRIMARY KEY,
            order_id   INTEGER NOT NULL REFERENCES orders (id),
            endpoint   TEXT    NOT NULL,
            p256dh     BLOB    NOT NULL CHECK (length(p256dh) = 65),
            auth       BLOB    NOT NULL CHECK (length(auth) = 16),
            created_at INTEGER NOT NULL,
            UNIQUE (order_id, endpoint)
        ) STRICT;

        -- One row, made when it is first needed. Browsers keep the public half: a new key makes all subscriptions useless.
        CREATE TABLE push_keys (
            id          INTEGER PRIMARY KEY CHECK (id = 1),
            private_key BLOB    NOT NULL,
            created_at  INTEGER NOT NULL
        ) STRICT;
        """);
}
