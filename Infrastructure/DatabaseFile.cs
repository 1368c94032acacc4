using System.Data.Common;
using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Infrastructure;

/// <summary>The database as a command uses it: another process, for a moment, beside a server that may be running.</summary>
internal sealed class DatabaseFile
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10); // a server that has just started migrates, too

    public DatabaseFile(IConfiguration configuration)
    {
        var folder = Home.DataDirectory(configuration);
        Directory.CreateDirectory(folder);
        Path = System.IO.Path.Combine(folder, Database.FileName);
        for (var waited = Stopwatch.StartNew(); !Migrator.IsUpToDate(Path); Thread.Sleep(100))
        {
            using var alone = DirectoryLock.OfCommand(folder);
            if (alone is not null)
                Migrator.MigrateUp(Path);
            else if (waited.Elapsed > Patience)
                throw DirectoryLock.Taken(folder); // an older server, say, which would not know the newer schema
        }
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
