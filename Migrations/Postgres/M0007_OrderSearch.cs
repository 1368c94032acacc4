using FluentMigrator;

namespace StoreFlow.Migrations.Postgres;

/// <summary>
/// Finds part of a customer's name without reading the whole store. Neither case nor the accents of Latin letters make a
/// difference.
/// </summary>
[Migration(7)]
public sealed class M0007_OrderSearch : ForwardOnlyMigration
{
    public override void Up() => Execute.Sql("""
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
        CREATE EXTENSION IF NOT EXISTS unaccent;

        -- unaccent() knows letters with an accent, not accents that are characters of their own. Its body is parsed here, once, so
        -- that it does not depend on a search_path.
        CREATE FUNCTION search_text(name text) RETURNS text
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN lower(unaccent('unaccent'::regdictionary,
            regexp_replace(normalize(name, NFC), '[\u0300-\u036F]', '', 'g')) COLLATE "und-x-icu");

        -- For LIKE: these letters with anything before and behind them.
        CREATE FUNCTION search_pattern(letters text) RETURNS text
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN '%' || replace(replace(replace(search_text(letters), '\', '\\'), '%', '\%'), '_', '\_') || '%';

        -- Each step adds its row to the index's list of pending entries, which somebody's step sorts in when it is full: a short list
        -- keeps that step under some ten milliseconds.
        CREATE INDEX idx_orders_search ON orders USING gin (search_text(customer_name) gin_trgm_ops) WITH (gin_pending_list_limit = 128);
        """);
}
