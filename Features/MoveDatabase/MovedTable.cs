using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.MoveDatabase;

/// <summary>A table that both engines have, with its columns.</summary>
internal sealed record MovedTable(string Name, IReadOnlyList<MovedColumn> Columns, IReadOnlyList<string> Key)
{
    // What one engine keeps for itself: counters and keys that the other has elsewhere, the search, what is still to be overwritten.
    private static readonly HashSet<string> OfOneEngine = ["VersionInfo", "store_counters", SharedKeys.Table, "erasing_leftovers"];

    /// <summary>The names of the columns, as they stand in a statement.</summary>
    public string ColumnList { get; } = string.Join(", ", Columns.Select(column => $"\"{column.Name}\""));

    /// <summary>
    /// All tables of the shop, by the catalogs of both: a table or a column that only one of them has is not left behind unsaid.
    /// </summary>
    /// <exception cref="UnusableException">They differ.</exception>
    public static IReadOnlyList<MovedTable> Of(DbConnection sqlite, DbConnection postgres)
    {
        var (ours, theirs) = (OfSqlite(sqlite), OfPostgres(postgres));
        foreach (var name in ours.Keys.Union(theirs.Keys).Order(StringComparer.Ordinal))
        {
            if (!ours.TryGetValue(name, out var one) || !theirs.TryGetValue(name, out var other))
                throw new UnusableException($"Only one of the two databases has a table {name}.");
            var columns = other.Columns.Select(column => column.Name);
            if (columns.Except(one.Columns.Select(column => column.Name)).Concat(one.Columns.Select(column => column.Name).Except(columns))
                    .FirstOrDefault() is { } column)
                throw new UnusableException($"Only one of the two databases has a column {column} in its table {name}.");
        }
        return [.. theirs.Values.Select(table => table with { Key = ours[table.Name].Key })];
    }

    /// <summary>Reads all rows, in the order of the key where a copy is better for it.</summary>
    public DbDataReader Read(DbConnection db) => (DbDataReader)db.ExecuteReader(
        $"SELECT {ColumnList} FROM {Name}{(db is SqliteConnection ? "" : $" ORDER BY {string.Join(", ", Key)}")}",
        commandTimeout: 0);

    /// <summary>A value of a row, as both engines keep it.</summary>
    /// <exception cref="UnusableException">One of them does not.</exception>
    public object Value(DbDataReader row, int column) => row.GetValue(column) switch
    {
        DBNull none => none,
        string text when text.Contains('\0', StringComparison.Ordinal) => throw new UnusableException(
            $"The column {Columns[column].Name} of the table {Name} has a text with the character 0, which PostgreSQL does not take. " +
            "Change the text, and move again."),
        var value when value.GetType() == Columns[column].Type => value,
        var value => throw new UnusableException(
            $"The column {Columns[column].Name} of the table {Name} has a {value.GetType().Name} " +
            $"where a {Columns[column].Type.Name} has to be."),
    };

    private static Dictionary<string, MovedTable> OfSqlite(DbConnection db)
    {
        // Tables that somebody made beside ours are not the shop's.
        var ours = Migrator.NewestSchema.Value.Where(entry => entry.Value.Type == "table").Select(entry => entry.Key)
            .Where(name => !OfOneEngine.Contains(name) && !name.StartsWith("order_search", StringComparison.Ordinal)
                && !name.StartsWith("sqlite_", StringComparison.Ordinal));
        return ours.ToDictionary(name => name, name =>
        {
            var columns = db.Query<(string Name, long Place)>(
                "SELECT name, pk FROM pragma_table_info(@name) ORDER BY cid", new { name }).AsList();
            return new MovedTable(
                name, [.. columns.Select(column => new MovedColumn(column.Name, typeof(object)))],
                [.. columns.Where(column => column.Place > 0).OrderBy(column => column.Place).Select(column => column.Name)]);
        });
    }

    private static Dictionary<string, MovedTable> OfPostgres(DbConnection db) => db.Query<(string Table, string Column, string Type)>("""
            SELECT c.relname, a.attname, format_type(a.atttypid, NULL)
              FROM pg_class c
              JOIN pg_attribute a ON a.attrelid = c.oid
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
               AND a.attgenerated = ''
             ORDER BY c.relname, a.attnum
            """)
        .Where(column => !OfOneEngine.Contains(column.Table))
        .GroupBy(column => column.Table)
        .ToDictionary(
            table => table.Key,
            table => new MovedTable(table.Key, [.. table.Select(column => MovedColumn.Of(table.Key, column.Column, column.Type))], []));
}

/// <summary>A column and the type that its values have here.</summary>
internal sealed record MovedColumn(string Name, Type Type)
{
    /// <exception cref="NotSupportedException">A migration made a column of a type that no migration had before.</exception>
    public static MovedColumn Of(string table, string name, string type) => new(name, type switch
    {
        "bigint" => typeof(long),
        "text" => typeof(string),
        "bytea" => typeof(byte[]),
        "double precision" => typeof(double),
        _ => throw new NotSupportedException($"The command move does not know the type {type} of {table}.{name}."),
    });
}

/// <summary>What a move has copied.</summary>
internal sealed class Copied(Action<string> tell)
{
    private readonly Dictionary<string, long> _rows = [];

    /// <summary>Notes a table that is copied, and tells of it.</summary>
    /// <param name="table">The table.</param>
    /// <param name="db">Where its rows are now.</param>
    /// <param name="read">How many rows were read.</param>
    /// <exception cref="UnusableException">They are not as many as were read.</exception>
    public void Note(MovedTable table, DbConnection db, long read)
    {
        var arrived = db.ExecuteScalar<long>($"SELECT COUNT(*) FROM {table.Name}");
        if (arrived != read)
            throw new UnusableException($"Of {read:N0} rows of the table {table.Name} {arrived:N0} arrived.");
        _rows[table.Name] = read;
        tell($"{table.Name}: {read:N0}");
    }

    public override string ToString() => $"{_rows["orders"]:N0} orders, {_rows.Values.Sum():N0} rows in all";
}
