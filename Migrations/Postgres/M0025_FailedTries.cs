using FluentMigrator;

namespace StoreFlow.Migrations.Postgres;

/// <summary>Wrong passwords, PINs and pickup codes, counted for all nodes and across restarts.</summary>
[Migration(25)]
public sealed class M0025_FailedTries : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        -- key: the SHA-256 of an account, an address or a browser, in hex digits. waits_until: before that no next try is taken. Removed a
        -- quarter of an hour later.
        CREATE TABLE failed_tries (
            key         TEXT   COLLATE "C" PRIMARY KEY CHECK (length(key) = 64),
            failures    BIGINT NOT NULL,
            waits_until BIGINT NOT NULL
        );

        -- Orders for which a wrong code was shown in the last minute.
        CREATE TABLE wrong_codes (
            order_id BIGINT PRIMARY KEY REFERENCES orders (id),
            wrong    BIGINT NOT NULL,
            last_at  BIGINT NOT NULL
        );
        """);
}
