using System.Data.Common;
using Dapper;

namespace StoreFlow.Infrastructure;

/// <summary>A row that knows its columns by their places, for queries that are asked thousands of times a second.</summary>
public interface IRow<out T> where T : class
{
    /// <summary>What the reader stands on.</summary>
    static abstract T Read(DbDataReader row);
}

/// <summary>
/// Dapper's queries for the hot paths: it still binds the values, but would look at the names and types of all
/// columns again at each call and box every value, which costs more than finding an order.
/// </summary>
public static class Rows
{
    /// <summary>The one row of a query, or null; an <c>UPDATE ... RETURNING</c> is run to its end.</summary>
    public static T? One<T>(this DbConnection db, string sql, object values) where T : class, IRow<T>
    {
        using var reader = (DbDataReader)db.ExecuteReader(sql, values);
        if (!reader.Read())
            return null;
        var row = T.Read(reader);
        return reader.Read() ? throw new InvalidOperationException("One row was expected, and more came.") : row;
    }

    /// <summary>All rows of a query.</summary>
    public static List<T> All<T>(this DbConnection db, string sql, object values) where T : class, IRow<T>
    {
        using var reader = (DbDataReader)db.ExecuteReader(sql, values);
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(T.Read(reader));
        return rows;
    }

    public static string? TextOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static long? NumberOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    public static DateTimeOffset Instant(this DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static DateTimeOffset? InstantOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Instant(column);

    public static T Name<T>(this DbDataReader row, int column) where T : struct, Enum => Names.Read<T>(row.GetString(column));

    public static T? NameOrNull<T>(this DbDataReader row, int column) where T : struct, Enum => row.IsDBNull(column) ? null : row.Name<T>(column);
}
