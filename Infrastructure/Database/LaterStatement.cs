using System.Data.Common;
using Dapper;

namespace StoreFlow.Infrastructure;

/// <summary>Statements that answer nothing.</summary>
public static class LaterStatement
{
    /// <summary>
    /// Executes a statement before the next one of the same write, or else before its commit. On PostgreSQL it waits until then and takes
    /// no round trip of its own; its fault comes from there.
    /// </summary>
    /// <param name="db">The connection of a write.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="values">Its values; where they are a list, it is executed for each.</param>
    public static void ExecuteLater(this DbConnection db, string sql, object values)
    {
        if (db is PostgresWrite write)
            write.ExecuteLater(() => db.Execute(sql, values));
        else
            db.Execute(sql, values);
    }
}
