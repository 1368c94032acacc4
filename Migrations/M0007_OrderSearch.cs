using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>
/// Finds part of a customer's name without walking the store: a trigram index that ignores case and accents. Each
/// store is one trigram of its own (three private-use characters), so a search never meets another store's orders.
/// </summary>
[Migration(7)]
public sealed class M0007_OrderSearch : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        CREATE VIRTUAL TABLE order_search USING fts5 (
            store, customer_name, content = '', tokenize = 'trigram remove_diacritics 1'
        );

        CREATE TRIGGER orders_are_searchable AFTER INSERT ON orders
        BEGIN
            INSERT INTO order_search (rowid, store, customer_name)
            VALUES (NEW.id,
                    char(57344 + NEW.store_id / 16777216 % 4096, 57344 + NEW.store_id / 4096 % 4096, 57344 + NEW.store_id % 4096),
                    NEW.customer_name);
        END;
        """);
}
