using System.Data;
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StoreFlow.Infrastructure;

/// <summary>Something that is read from a row by its columns' places, for queries that are asked thousands of times a second.</summary>
public interface IRow<out T> where T : class
{
    static abstract T Read(Row row);
}

/// <summary>
/// The row that a query stands on, its columns by place. A value is asked of SQLite once; the driver's reader asks three
/// to five times, which is most of what a board costs.
/// </summary>
public readonly ref struct Row(sqlite3_stmt statement)
{
    public long Number(int column) => raw.sqlite3_column_int64(statement, column);

    public long? NumberOrNull(int column) => IsNull(column) ? null : Number(column);

    public string Text(int column) => TextOrNull(column) ?? throw new InvalidOperationException($"Column {column} is null.");

    public string? TextOrNull(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    public DateTimeOffset Instant(int column) => DateTimeOffset.FromUnixTimeMilliseconds(Number(column));

    public DateTimeOffset? InstantOrNull(int column) => IsNull(column) ? null : Instant(column);

    public T Name<T>(int column) where T : struct, Enum => Names.Read<T>(Text(column));

    public T? NameOrNull<T>(int column) where T : struct, Enum => TextOrNull(column) is { } name ? Names.Read<T>(name) : null;

    private bool IsNull(int column) => raw.sqlite3_column_type(statement, column) is raw.SQLITE_NULL;
}

/// <summary>
/// Dapper's queries for the hot paths: it still binds the values, but would look at the names and types of all
/// columns again at each call and box every value, which costs more than finding an order.
/// </summary>
public static class Rows
{
    /// <summary>The one row of a query, or null; an <c>UPDATE ... RETURNING</c> is run to its end.</summary>
    public static T? One<T>(this DbConnection db, string sql, object values) where T : class, IRow<T> => db.One(sql, values, T.Read);

    /// <summary>The same, for who makes something else of the row than it usually stands for.</summary>
    public static T? One<T>(this DbConnection db, string sql, object values, Func<Row, T> read) where T : class
    {
        using var reader = db.ExecuteReader(sql, values);
        if (!reader.Read())
            return null;
        var row = read(Current(reader));
        return reader.Read() ? throw new InvalidOperationException("One row was expected, and more came.") : row;
    }

    /// <summary>All rows of a query.</summary>
    public static List<T> All<T>(this DbConnection db, string sql, object values) where T : class, IRow<T>
    {
        using var reader = db.ExecuteReader(sql, values);
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(T.Read(Current(reader)));
        return rows;
    }

    private static Row Current(IDataReader reader) => new(((SqliteDataReader)((IWrappedDataReader)reader).Reader).Handle!);
}
