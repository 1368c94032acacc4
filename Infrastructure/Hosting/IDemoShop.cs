using System.Data.Common;

namespace StoreFlow.Infrastructure;

/// <summary>
/// The shop to try StoreFlow with. Everybody knows its passwords and tokens, so it must not be served outside Development.
/// </summary>
public interface IDemoShop
{
    /// <summary>Fills an empty database; one that has a merchant is left alone.</summary>
    void Seed(DbConnection db, DateTimeOffset now);

    /// <summary>What of the demo shop would let anyone in, and what to do about it. Null where there is nothing.</summary>
    string? Fault(DbConnection db);

    /// <summary>Whether the database has the demo tokens.</summary>
    bool HasTokens(DbConnection db);

    /// <summary>Who can sign in, for the log.</summary>
    string HowToUse { get; }
}
