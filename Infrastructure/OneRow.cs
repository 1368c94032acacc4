using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;

namespace StoreFlow.Infrastructure;

/// <summary>Dapper's single-row query for the hot paths.</summary>
public static class OneRow
{
    /// <summary>
    /// The one row of a query, or null. Dapper checks names and types of all columns again at each call, which costs
    /// more than reading an order; the same text gives the same columns here, so they are looked at once.
    /// </summary>
    /// <param name="db">A connection.</param>
    /// <param name="sql">The query; for an <c>UPDATE ... RETURNING</c> it is run to its end.</param>
    /// <param name="values">Its parameters.</param>
    public static T? One<T>(this DbConnection db, string sql, object values) where T : class
    {
        using var reader = (DbDataReader)db.ExecuteReader(sql, values);
        if (!reader.Read())
            return null;
        var row = Parsers<T>.Of.GetOrAdd(sql, static (_, first) => first.GetRowParser<T>(), reader)(reader);
        return reader.Read() ? throw new InvalidOperationException("One row was expected, and more came.") : row;
    }

    private static class Parsers<T>
    {
        public static readonly ConcurrentDictionary<string, Func<DbDataReader, T>> Of = new();
    }
}
