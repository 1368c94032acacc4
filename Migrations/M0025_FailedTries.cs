using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>Wrong passwords, PINs and pickup codes, counted for all nodes and across restarts.</summary>
[Migration(25)]
public sealed class M0025_FailedTries : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        -- key: the SHA-256 of an account, an address or a browser, in hex digits. waits_until: before that no next try is taken. Removed a
        -- quarter of an hour later.
        CREATE TABLE failed_tries (
            key         TEXT    NOT NULL PRIMARY KEY CHECK (length(key) = 64),
            failures    INTEGER NOT NULL,
            waits_until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- Orders for which a wrong code was shown in the last minute.
        CREATE TABLE wrong_codes (
            order_id INTEGER PRIMARY KEY REFERENCES orders (id),
            wrong    INTEGER NOT NULL,
            last_at  INTEGER NOT NULL
        ) STRICT;
        """);
}
