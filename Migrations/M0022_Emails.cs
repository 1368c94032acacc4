using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>The e-mails of a store: a destination of its own, the shop's address, and the owner's own words.</summary>
[Migration(22)]
public sealed class M0022_Emails : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        -- wordings: subject and text by the message's name; what is not there has the product's words.
        -- since: when they were switched on last, 0 where they never were; what was late before is not told.
        CREATE TABLE store_emails (
            store_id       INTEGER PRIMARY KEY REFERENCES stores (id),
            destination_id INTEGER NOT NULL UNIQUE REFERENCES destinations (id),
            shop_address   TEXT,
            wordings       TEXT    NOT NULL DEFAULT '{}' CHECK (json_valid(wordings)),
            since          INTEGER NOT NULL
        ) STRICT;
        """);
}
