using FluentMigrator;

namespace StoreFlow.Migrations;

/// <summary>
/// Each three letters of a name stand in the search index behind the number of their store ("12:ann"): a search reads
/// what its own store has, however much the others have. Case and accents still make no difference.
/// </summary>
[Migration(11)]
public sealed class M0011_SearchWithinStore : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        DROP TRIGGER orders_are_searchable;
        DROP TABLE order_search;

        -- One part to a line; all but the line's end belongs to it, blanks and emoji too.
        CREATE VIRTUAL TABLE order_search USING fts5 (
            name_parts, content = '', tokenize = "unicode61 remove_diacritics 2 categories 'L* M* N* P* S* Z* C*' separators '
        '"
        );

        -- 1, 2, 3, ...: the places of a text's letters. A trigger cannot count by itself.
        CREATE TABLE letter_places (place INTEGER PRIMARY KEY) STRICT;
        INSERT INTO letter_places
        WITH RECURSIVE counted (place) AS (SELECT 1 UNION ALL SELECT place + 1 FROM counted WHERE place < 1000)
        SELECT place FROM counted;

        -- Accents that are characters of their own are left out here; the others the tokenizer takes off their letters.
        CREATE VIEW searchable_names (order_id, name_parts) AS
        SELECT o.id,
               (SELECT group_concat(o.store_id || ':' || substr(plain.name, place, 3), char(10) ORDER BY place)
                  FROM (SELECT group_concat(substr(o.customer_name, place, 1), '' ORDER BY place) AS name
                          FROM letter_places
                         WHERE place <= length(o.customer_name)
                           AND substr(o.customer_name, place, 1) NOT BETWEEN char(768) AND char(879)) plain
                 CROSS JOIN letter_places
                 WHERE place <= length(plain.name) - 2)
          FROM orders o;

        CREATE TRIGGER orders_are_searchable AFTER INSERT ON orders
        BEGIN
            INSERT INTO order_search (rowid, name_parts)
            SELECT order_id, name_parts FROM searchable_names WHERE order_id = NEW.id;
        END;

        INSERT INTO order_search (rowid, name_parts)
        SELECT order_id, name_parts FROM searchable_names ORDER BY order_id;
        """);
}
