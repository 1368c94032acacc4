using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>
/// Finds part of a customer's name without reading the whole store. Neither case nor the accents of Latin letters make a
/// difference.
/// </summary>
[Migration(7)]
public sealed class M0007_OrderSearch : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        CREATE VIRTUAL TABLE order_search USING fts5 (customer_name, content = '', tokenize = 'trigram remove_diacritics 1');

        CREATE TRIGGER orders_are_searchable AFTER INSERT ON orders
        BEGIN
            INSERT INTO order_search (rowid, customer_name) VALUES (NEW.id, NEW.customer_name);
        END;
        """);
}
