using System.Data;
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Reads the row that a query stands on, by place; SQLite's straight from SQLite. For orders and their items only: read by Dapper, a
/// board of 50 takes half as long again, since the driver asks SQLite three to five times for each value
/// (docs/performance.md, "Rows"). Everything else is read by name, by Dapper. A test compares the two.
/// </summary>
public readonly ref struct RowReader
{
    private readonly sqlite3_stmt? _statement;
    private readonly DbDataReader _row;

    internal RowReader(DbDataReader row) => (_row, _statement) = (row, (row as SqliteDataReader)?.Handle);

    public long Number(int column) => _statement is null ? _row.GetInt64(column) : raw.sqlite3_column_int64(_statement, column);

    public long? NumberOrNull(int column) =>
        IsNull(column) ? null : Number(column);

    public string Text(int column) => TextOrNull(column) ?? throw new InvalidOperationException($"Column {column} is null.");

    public string? TextOrNull(int column) => _statement is not null ? raw.sqlite3_column_text(_statement, column).utf8_to_string()
        : _row.IsDBNull(column) ? null : _row.GetString(column);

    public T Name<T>(int column) where T : struct, Enum => Names.Read<T>(Text(column));

    public T? NameOrNull<T>(int column) where T : struct, Enum => TextOrNull(column) is { } name ? Names.Read<T>(name) : null;

    public DateTimeOffset Instant(int column) => DateTimeOffset.FromUnixTimeMilliseconds(Number(column));

    public DateTimeOffset? InstantOrNull(int column) =>
        IsNull(column) ? null : Instant(column);

    private bool IsNull(int column) =>
        _statement is null ? _row.IsDBNull(column) : raw.sqlite3_column_type(_statement, column) is raw.SQLITE_NULL;
}

/// <summary>Queries whose rows a <see cref="RowReader"/> reads; Dapper binds the values.</summary>
public static class RowQueries
{
    public delegate T Reading<out T>(RowReader row);

    /// <summary>All rows of a query.</summary>
    public static List<T> QueryRows<T>(this DbConnection db, string sql, object? values, Reading<T> read)
    {
        using var reader = db.ExecuteReader(sql, values);
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(Current(reader)));
        return rows;
    }

    /// <summary>The one row of a query, or null. The statement is run to its end.</summary>
    /// <exception cref="InvalidOperationException">There is more than one row.</exception>
    public static T? QueryRow<T>(this DbConnection db, string sql, object? values, Reading<T> read) where T : class
    {
        using var reader = db.ExecuteReader(sql, values);
        if (!reader.Read())
            return null;
        var row = read(Current(reader));
        return reader.Read() ? throw new InvalidOperationException("The query has more than one row.") : row;
    }

    /// <summary>
    /// The one row of a query and all rows of a second one, which has the same values; or null, where there is no first row.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is more than one first row.</exception>
    public static (T First, List<TMore> More)? QueryRowWithMore<T, TMore>(
        this DbConnection db, string sql, string moreSql, object values, Reading<T> read, Reading<TMore> readMore)
    {
        using var reader = db.ExecuteReader($"{sql};\n{moreSql}", values);
        if (!reader.Read())
            return null;
        var first = read(Current(reader));
        if (reader.Read())
            throw new InvalidOperationException("The query has more than one row.");
        reader.NextResult();
        var more = new List<TMore>();
        while (reader.Read())
            more.Add(readMore(Current(reader)));
        return (first, more);
    }

    private static RowReader Current(IDataReader reader) => new((DbDataReader)((IWrappedDataReader)reader).Reader);
}
