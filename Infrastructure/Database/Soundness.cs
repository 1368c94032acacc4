using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Infrastructure;

/// <summary>
/// What is checked of a database before its rows are checked for their meaning. Each engine can be damaged in ways of its own.
/// </summary>
internal abstract class Soundness
{
    /// <summary>The checks of a connection's engine.</summary>
    public static Soundness Of(DbConnection db) => db is SqliteConnection ? new SqliteSoundness() : new PostgresSoundness();

    /// <summary>What is stored can be read, and keys and constraints hold.</summary>
    public abstract IEnumerable<string> Integrity(DbConnection db);

    /// <summary>No row belongs to one that does not exist.</summary>
    public abstract IEnumerable<string> ForeignKeys(DbConnection db);

    /// <summary>What the migrations make is there. Triggers of others, which could change what a step writes, are not.</summary>
    public abstract IEnumerable<string> Schema(DbConnection db);

    /// <summary>Every order can be found by its name.</summary>
    public abstract IEnumerable<string> Search(DbConnection db);
}
