using FluentMigrator;

namespace StoreFlow.Migrations.Postgres;

/// <summary>
/// The collation and the functions that give SQL texts of the slices the same meaning here as in SQLite. Text columns have the
/// collation "C", which compares bytes as SQLite does.
/// </summary>
[Migration(1)]
public sealed class M0001_Foundations : ForwardOnlyMigration
{
    public override void Up()
    {
        Execute.Sql(Collation);
        Execute.Sql(Reading);
        Execute.Sql(Changing);
        Execute.Sql(Refusing);
    }

    private const string Collation = """
        -- Case makes no difference, accents do. LIKE does not take it.
        CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        """;

    private const string Reading = """
        CREATE FUNCTION json_valid(document text) RETURNS boolean
        LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
        BEGIN
            PERFORM document::json;
            RETURN true;
        EXCEPTION WHEN data_exception THEN
            RETURN false;
        END $$;

        CREATE FUNCTION json_keys(list text) RETURNS text[]
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN CASE json_typeof(list::json)
                   WHEN 'array' THEN ARRAY(SELECT (place - 1)::text FROM generate_series(1, json_array_length(list::json)) AS place)
                   WHEN 'object' THEN ARRAY(SELECT json_object_keys(list::json))
               END;

        CREATE FUNCTION json_values(list text) RETURNS text[]
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN CASE json_typeof(list::json)
                   WHEN 'array' THEN ARRAY(SELECT json_array_elements_text(list::json))
                   WHEN 'object' THEN ARRAY(SELECT m.value FROM json_each_text(list::json) AS m)
               END;

        -- Elements of an array with their places from 0, or members of an object with their names. All are texts.
        -- The planner knows how many rows an array unnests to, and plans for as many.
        CREATE FUNCTION json_each(list text) RETURNS TABLE (key text, value text)
        LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 10 AS $$
            SELECT e.key, e.value FROM unnest(json_keys(list), json_values(list)) AS e (key, value)
        $$;

        -- path: names of members, as in $.shipping.city. What is found is a text.
        CREATE FUNCTION json_extract(document text, path text) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN document::json #>> string_to_array(substr(path, 3), '.');
        """;

    private const string Changing = """
        -- The document with another value at a path, or without the member where the value is NULL. Members keep their order.
        CREATE FUNCTION json_changed(document json, path text[], value json) RETURNS json
        LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
        BEGIN
            IF json_typeof(document) IS DISTINCT FROM 'object' OR document -> path[1] IS NULL THEN
                RETURN document;
            END IF;
            RETURN (SELECT '{' || COALESCE(string_agg(to_json(m.key) || ':' || m.value, ',' ORDER BY m.place), '') || '}'
                      FROM (SELECT e.key, e.place,
                                   CASE WHEN e.key <> path[1] THEN e.value
                                        WHEN cardinality(path) > 1 THEN json_changed(e.value, path[2:], json_changed.value)
                                        ELSE json_changed.value
                                   END AS value
                              FROM json_each(document) WITH ORDINALITY AS e (key, value, place)) AS m
                     WHERE m.value IS NOT NULL);
        END $$;

        -- changes: a path and its new text, another path and its new text, ... A path that leads nowhere changes nothing.
        CREATE FUNCTION json_replace(document text, VARIADIC changes text[]) RETURNS text
        LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
        DECLARE
            changed json := document::json;
        BEGIN
            IF cardinality(changes) % 2 <> 0 THEN
                RAISE EXCEPTION 'json_replace needs a value for each path';
            END IF;
            FOR i IN 1 .. cardinality(changes) BY 2 LOOP
                changed := json_changed(
                    changed, string_to_array(substr(changes[i], 3), '.'), COALESCE(to_json(changes[i + 1]), 'null'::json));
            END LOOP;
            RETURN changed;
        END $$;

        CREATE FUNCTION json_remove(document text, VARIADIC paths text[]) RETURNS text
        LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
        DECLARE
            changed json := document::json;
        BEGIN
            FOR i IN 1 .. cardinality(paths) LOOP
                changed := json_changed(changed, string_to_array(substr(paths[i], 3), '.'), NULL);
            END LOOP;
            RETURN changed;
        END $$;
        """;

    private const string Refusing = """
        -- For triggers: refuses with the sentence that is given.
        CREATE FUNCTION refuse() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = '23000';
        END $$;
        """;
}
