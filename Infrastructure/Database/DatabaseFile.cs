using System.Data.Common;
using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StoreFlow.Infrastructure;

/// <summary>The database as a command uses it: another process, for a moment, beside a server that may be running.</summary>
internal sealed class DatabaseFile
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10); // a server that has just started migrates too

    public DatabaseFile(Settings settings)
    {
        Path = PathOf(settings);
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        PrivateFiles.Prepare(folder);
        // Asked in a loop: the system does not report that a file's lock is free or that a migration is done.
        for (var waited = Stopwatch.StartNew(); !Migrator.IsUpToDate(Path); Thread.Sleep(100))
        {
            using var alone = DirectoryLock.OfCommand(folder);
            if (alone is not null)
                Migrator.MigrateUp(Path);
            else if (waited.Elapsed > Patience)
                throw DirectoryLock.Taken(folder); // for example an older server, which does not know the newer schema
        }
    }

    /// <summary>The full path of the file.</summary>
    public string Path { get; }

    /// <summary>
    /// Runs the work in one transaction; an exception undoes it. Waits up to five seconds for the write of a running server.
    /// </summary>
    /// <param name="work">What is written.</param>
    /// <param name="keep">Whether it is kept; if not, the answer tells what would have come of it.</param>
    public T Write<T>(Func<DbConnection, T> work, bool keep = true)
    {
        using SqliteConnection db = Database.Open(Path);
        db.Execute("BEGIN IMMEDIATE");
        var answer = work(db);      // where this throws, closing the connection rolls back
        if (keep)
            db.Execute("COMMIT");
        return answer;
    }

    /// <summary>Where the file is, or would be.</summary>
    public static string PathOf(Settings settings) =>
        System.IO.Path.Combine(settings.DataFolder, Database.FileName);

    /// <summary>
    /// Copies the file as it is at one commit, compacted, into a new file that only its owner may read. The copy is on the
    /// disk when this returns. No write has to wait for it. (The shell's <c>.backup</c> starts again at each write of
    /// another process, so it may never end.)
    /// </summary>
    public static void Copy(string path, string to)
    {
        // SQLite would make it with the rights that the umask leaves.
        PrivateFiles.Open(to, FileMode.CreateNew, FileShare.None).Dispose();
        using (var db = OpenExisting(path))
            db.Execute("VACUUM INTO @to", new { to });
        using var copy = new FileStream(to, FileMode.Open, FileAccess.ReadWrite);
        copy.Flush(flushToDisk: true);
    }

    /// <summary>Asks a file that exists, as it is: all that the query reads is of one commit, however long it takes.</summary>
    public static T Read<T>(string path, Func<DbConnection, T> query)
    {
        using var db = OpenExisting(path);
        db.Execute("PRAGMA query_only = ON");
        db.Execute("BEGIN DEFERRED");
        return query(db);
    }

    private static SqliteConnection OpenExisting(string path)
    {
        // Not opened as read-only: then integrity_check would leave out the CHECK constraints.
        var db = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = 0,     // no limit: a large file takes a long time
        }.ToString());
        db.Open();
        // The close then leaves the file's bytes alone too.
        _ = raw.sqlite3_db_config(db.Handle!, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
        db.Execute("PRAGMA busy_timeout = 5000");
        return db;
    }
}
