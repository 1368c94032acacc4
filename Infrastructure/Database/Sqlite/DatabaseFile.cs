using System.Data.Common;
using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StoreFlow.Infrastructure;

/// <summary>The SQLite file as a command uses it, and what is done to files: copies, changes, reads.</summary>
internal sealed class DatabaseFile : CommandDatabase
{
    private const int PagesToAPiece = 2048; // 4 MB with the pages of a new file

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10); // a server that has just started migrates too

    public DatabaseFile(Settings settings)
    {
        Name = PathOf(settings);
        var folder = Path.GetDirectoryName(Name)!;
        PrivateFiles.Prepare(folder);
        // Asked in a loop: the system does not report that a file's lock is free or that a migration is done.
        for (var waited = Stopwatch.StartNew(); !Migrator.IsUpToDate(Name); Thread.Sleep(100))
        {
            using var alone = DirectoryLock.OfCommand(folder);
            if (alone is not null)
            {
                MigrationBackup.Make(Name, settings, TimeProvider.System.Now());
                Migrator.MigrateUp(Name);
            }
            else if (waited.Elapsed > Patience)
                throw DirectoryLock.Taken(folder); // for example an older server, which does not know the newer schema
        }
    }

    private DatabaseFile(string path) => Name = path;

    /// <summary>The full path of the file.</summary>
    public override string Name { get; }

    /// <summary>The file as it is.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static new DatabaseFile Find(Settings settings) => PathOf(settings) is var path && File.Exists(path)
        ? new(path)
        : throw new FileNotFoundException($"There is no database at {path}.");

    /// <remarks>Waits up to five seconds for the write of a running server.</remarks>
    public override T Write<T>(Func<DbConnection, T> work, bool keep = true)
    {
        using SqliteConnection db = SqliteDatabase.Open(Name);
        db.Execute("BEGIN IMMEDIATE");
        var answer = work(db);      // where this throws, closing the connection rolls back
        if (keep)
            db.Execute("COMMIT");
        return answer;
    }

    /// <summary>Where the file is, or would be.</summary>
    public static string PathOf(Settings settings) =>
        Path.Combine(settings.DataFolder, SqliteDatabase.FileName);

    public override T Read<T>(Func<DbConnection, T> query) => Read(Name, query);

    /// <summary>
    /// Copies the file as it is at one commit into a new file that only its owner may read. The copy is on the disk when this
    /// returns. No write has to wait for it, but the write-ahead log grows until it is done. (The shell's <c>.backup</c> starts
    /// again at each write of another process, so it may never end. <c>VACUUM INTO</c> sorts all indexes anew, which takes
    /// several times as long.)
    /// </summary>
    /// <exception cref="SqliteException">The file is damaged, or the disk is full.</exception>
    public static void Copy(string path, string to)
    {
        // SQLite would make it with the rights that the umask leaves. Closed after SQLite's own handle: the system ends all of a
        // process's locks on a file with the first handle that is closed.
        using var file = PrivateFiles.Open(to, FileMode.CreateNew, FileShare.ReadWrite);
        using (var source = OpenExisting(path))
        using (var copy = OpenExisting(to))
        {
            // A copy that is not finished is deleted, so nothing in it has to survive a crash.
            copy.Execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE");
            source.Execute("BEGIN DEFERRED");
            source.ExecuteScalar<long>("SELECT COUNT(*) FROM sqlite_master"); // from here on all pages are of this commit
            CopyPages(source, copy, () => RandomAccess.FlushToDisk(file.SafeFileHandle));
        }
        // A copy of a file with a write-ahead log says that it has one, and would get one beside it each time it is read.
        using (var copy = OpenExisting(to))
            copy.Execute("PRAGMA journal_mode = DELETE");
        file.Flush(flushToDisk: true);
    }

    /// <summary>Copies piece by piece: a sync of everything at once would hold up the server's own syncs.</summary>
    private static void CopyPages(SqliteConnection source, SqliteConnection copy, Action sync)
    {
        using var pages = raw.sqlite3_backup_init(copy.Handle, "main", source.Handle, "main");
        if (pages.IsInvalid)
            SqliteException.ThrowExceptionForRC(raw.sqlite3_errcode(copy.Handle), copy.Handle);
        int result;
        while ((result = raw.sqlite3_backup_step(pages, PagesToAPiece)) is raw.SQLITE_OK)
            sync();
        if (result is not raw.SQLITE_DONE)
            SqliteException.ThrowExceptionForRC(result, copy.Handle);
    }

    /// <summary>Changes a file that no server uses, such as a copy, in one transaction.</summary>
    public static void Change(string path, Action<DbConnection> work)
    {
        using var db = OpenExisting(path);
        db.Execute("BEGIN IMMEDIATE");
        work(db);
        db.Execute("COMMIT");
    }

    /// <summary>
    /// Fills a new file that nobody uses, in one transaction without the checks of foreign keys. It is on the disk when this returns.
    /// Where the work throws, the file is good for nothing.
    /// </summary>
    public static T Fill<T>(string path, Func<DbConnection, T> work)
    {
        using var file = PrivateFiles.Open(path, FileMode.OpenOrCreate, FileShare.ReadWrite); // closed last, as in Copy
        T answer;
        using (var db = OpenExisting(path))
        {
            db.Execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -100000");
            db.Execute("BEGIN IMMEDIATE");
            answer = work(db);
            db.Execute("ANALYZE; COMMIT");
        }
        file.Flush(flushToDisk: true);
        return answer;
    }

    /// <summary>
    /// Carries a write-ahead log that is left beside the file into it, so that the file alone is whole. Nothing is left beside it.
    /// </summary>
    /// <exception cref="UnusableException">Another program uses the file.</exception>
    /// <exception cref="SqliteException">The file is damaged or cannot be written.</exception>
    public static void CarryLog(string path)
    {
        using (SqliteConnection db = SqliteDatabase.Open(path))
            db.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        if (File.Exists($"{path}-wal"))
            throw new UnusableException($"{path} is in use by another program. End that program first.");
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
