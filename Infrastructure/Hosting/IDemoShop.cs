using System.Data.Common;

namespace StoreFlow.Infrastructure;

/// <summary>The shop to try StoreFlow with. Everybody knows its passwords and tokens, so it must not be served outside Development.</summary>
public interface IDemoShop
{
    /// <summary>Fills an empty database; one that has a merchant is left alone.</summary>
    void Seed(DbConnection db, DateTimeOffset now);

    /// <summary>Whether the database holds the demo shop.</summary>
    bool IsIn(DbConnection db);

    /// <summary>Who can sign in, for the log.</summary>
    string HowToUse { get; }
}
