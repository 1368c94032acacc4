using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Infrastructure;

/// <summary>
/// The fragments of SQL that SQLite and PostgreSQL do not share. Everything else is one text for both: where PostgreSQL lacks a function
/// of SQLite's, its migrations define it.
/// </summary>
public sealed class Dialect
{
    /// <summary>The dialect of a connection.</summary>
    public static Dialect Of(DbConnection db) => db is SqliteConnection ? Sqlite : Postgres;

    /// <summary>
    /// At the end of a SELECT: keeps other writes off its row <c>o</c> until the transaction ends. SQLite writes one at a time.
    /// </summary>
    public required string LockingOrder { get; init; }

    /// <summary>The next sequence of the store <c>@StoreId</c>, in commit order and without gaps.</summary>
    public required string NextSequence { get; init; }

    /// <summary>After FROM: the orders <c>o</c> whose customer's name has <c>@Match</c> in it, whatever its case and accents.</summary>
    public required string NamedOrders { get; init; }

    /// <summary>The id of an order of <see cref="NamedOrders"/>, by which they come in order.</summary>
    public required string NamedId { get; init; }

    /// <summary>The value of <c>@Match</c> for at least three letters.</summary>
    public required Func<string, string> Searched { get; init; }

    /// <summary>
    /// Joins each row so far with the orders <c>p</c> that a query chooses for it by their ids. SQLite has no LATERAL; PostgreSQL would
    /// read a whole store without it.
    /// </summary>
    public required Func<string, string> JoinChosen { get; init; }

    /// <summary>Whether an order's status is one of <c>@Statuses</c>, for a query that finds its orders by another index.</summary>
    public required string HasStatus { get; init; }

    internal static Dialect Sqlite { get; } = new()
    {
        LockingOrder = "",
        NextSequence = "(SELECT 1 + COALESCE(MAX(sequence), 0) FROM audit_log WHERE store_id = @StoreId)",
        NamedOrders = "order_search s JOIN orders o ON o.id = s.rowid WHERE s.order_search MATCH @Match",
        NamedId = "s.rowid",
        JoinChosen = ids => $"JOIN orders p ON p.id IN ({ids})",
        HasStatus = "+o.status IN (SELECT value FROM json_each(@Statuses))",
        Searched = letters => $"\"{letters.Replace("\"", "\"\"")}\"",
    };

    internal static Dialect Postgres { get; } = new()
    {
        LockingOrder = " FOR UPDATE OF o",
        NextSequence = "next_sequence(@StoreId)",
        NamedOrders = "orders o WHERE search_text(o.customer_name) LIKE search_pattern(@Match)",
        NamedId = "o.id",
        JoinChosen = ids => $"CROSS JOIN LATERAL ({ids}) p",
        HasStatus = "o.status = ANY (json_values(@Statuses))",
        Searched = letters => letters,
    };
}
