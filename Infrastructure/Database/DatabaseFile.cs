using System.Data.Common;
using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StoreFlow.Infrastructure;

/// <summary>The database as a command uses it: another process, for a moment, beside a server that may be running.</summary>
internal sealed class DatabaseFile
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10); // a server that has just started migrates, too

    public DatabaseFile(IConfiguration configuration)
    {
        Path = PathOf(configuration);
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        Directory.CreateDirectory(folder);
        // Asked again and again: the system tells nobody when a file's lock is free, nor when a migration is done.
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

    /// <summary>Where the file is, or would be.</summary>
    public static string PathOf(IConfiguration configuration) =>
        System.IO.Path.Combine(DataFolder.Of(configuration), Database.FileName);

    /// <summary>Asks a file that exists, as it is: all that the query reads is of one commit, however long it takes.</summary>
    public static T Read<T>(string path, Func<DbConnection, T> query)
    {
        // Not opened as read-only: integrity_check would leave out the CHECK constraints then.
        using var db = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        db.Open();
        _ = raw.sqlite3_db_config(db.Handle!, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);   // it leaves the file's bytes alone, too
        db.Execute("PRAGMA query_only = ON");
        db.Execute("PRAGMA busy_timeout = 5000");
        db.Execute("BEGIN DEFERRED");
        return query(db);
    }
}
