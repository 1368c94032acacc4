using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Infrastructure;

/// <summary>The database as a command uses it: another process, for a moment, beside a server that may be running.</summary>
internal sealed class DatabaseFile
{
    public DatabaseFile(IConfiguration configuration)
    {
        var folder = Home.DataDirectory(configuration);
        Directory.CreateDirectory(folder);
        Path = System.IO.Path.Combine(folder, Database.FileName);
        if (Migrator.IsUpToDate(Path))
            return;
        using var alone = new DirectoryLock(folder);
        Migrator.MigrateUp(Path);
    }

    /// <summary>The full path of the file.</summary>
    public string Path { get; }

    /// <summary>Runs the work in one transaction; an exception undoes it. A running server's write is waited for, up to five seconds.</summary>
    public T Write<T>(Func<DbConnection, T> work)
    {
        using SqliteConnection db = Database.Open(Path);
        db.Execute("BEGIN IMMEDIATE");
        var answer = work(db);      // where this throws, closing the connection rolls back
        db.Execute("COMMIT");
        return answer;
    }
}
