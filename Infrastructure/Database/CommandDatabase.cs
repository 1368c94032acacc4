using System.Data.Common;

namespace StoreFlow.Infrastructure;

/// <summary>The database as a command uses it: another process, for a moment, beside servers that may be running.</summary>
internal abstract class CommandDatabase
{
    /// <summary>What it is called in messages: the file's full path, or the server and the database.</summary>
    public abstract string Name { get; }

    /// <summary>The database of these settings, made and migrated where needed.</summary>
    /// <exception cref="UnusableException">The command must not work on it.</exception>
    public static CommandDatabase Open(Settings settings) =>
        settings.Database is null ? new DatabaseFile(settings) : PostgresCommands.Open(settings);

    /// <summary>The database of these settings as it is, for commands that only read.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public static CommandDatabase Find(Settings settings) =>
        settings.Database is null ? DatabaseFile.Find(settings) : PostgresCommands.Find(settings);

    /// <summary>Runs the work in one transaction, while no server runs a write that it might disturb; an exception undoes it.</summary>
    /// <param name="work">What is written.</param>
    /// <param name="keep">Whether it is kept; if not, the answer tells what would have come of it.</param>
    public abstract T Write<T>(Func<DbConnection, T> work, bool keep = true);

    /// <summary>All that the query reads is of one commit, however long it takes.</summary>
    public abstract T Read<T>(Func<DbConnection, T> query);
}
