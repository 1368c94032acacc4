using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Infrastructure;

/// <summary>
/// The database as one SQLite file. Reads run on their own read-only connections beside the one writer, which runs all writes in turn.
/// </summary>
public sealed class SqliteDatabase : Database
{
    internal const string FileName = "storeflow.db";

    private const int LockPatience = 5000; // milliseconds to wait for the write of another process

    private readonly DirectoryLock _alone;
    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private readonly Checkpointer _checkpointer;
    private readonly Writer _writer;
    private SqliteConnection? _anchor;
    private volatile FileWatch? _files;
    private bool _isDisposed;

    /// <param name="settings">Where the file is, and how it is written.</param>
    /// <param name="log">Where faults are reported that reach no caller.</param>
    /// <param name="alone">Keeps other servers off the folder.</param>
    public SqliteDatabase(Settings settings, ILogger<SqliteDatabase> log, DirectoryLock alone)
    {
        _alone = alone;
        var folder = settings.DataFolder;
        PrivateFiles.Prepare(folder);
        File = Path.Combine(folder, FileName);
        _checkpointer = new Checkpointer(File, () => Open(File), log);
        _writer = new Writer(
            File,
            OpenForWriter,
            _checkpointer,
            filesGone: () => FilesGone,
            queue: settings.WriteQueue,
            shared: settings.SharedCommits);
    }

    /// <summary>The full path of the database file.</summary>
    public string File { get; }

    public override string Name => File;

    public override event Action? Committed
    {
        add => _writer.Committed += value;
        remove => _writer.Committed -= value;
    }

    /// <remarks>Callers that wait together may share a commit, but never each other's failures.</remarks>
    public override Task<T> WriteAsync<T>(Func<DbConnection, T> work, WriteScope scope = WriteScope.Alone) => _writer.RunAsync(work);

    public override string? Trouble =>
        FilesGone ?? _writer.Trouble ?? (WriteTrouble.IsFull(Path.GetDirectoryName(File)!) ? WriteTrouble.DiskFull : null);

    /// <summary>Why the files are no longer the ones that were opened, or null. It does not recover: see <see cref="Watch"/>.</summary>
    internal string? FilesGone => _files?.Gone;

    /// <summary>
    /// From now on each commit, and a check each second, makes sure that the files in the folder are still the same ones.
    /// The connection opened here keeps the write-ahead log in place: SQLite removes the log with its last connection.
    /// </summary>
    /// <param name="more">Files to watch beside the database and its log.</param>
    private void Watch(params string[] more)
    {
        _anchor = Open(File, readOnly: true);
        _anchor.ExecuteScalar<long>("SELECT COUNT(*) FROM sqlite_master");
        _files = new FileWatch([File, $"{File}-wal", .. more]);
    }

    /// <summary>Writes one page without changing what is in it. Where that works, the trouble is over.</summary>
    internal async Task ProbeAsync()
    {
        await WriteAsync(db =>
        {
            db.Execute("PRAGMA user_version = 0");
            db.Execute($"PRAGMA busy_timeout = {LockPatience}");
            return true;
        });
        _writer.Trouble = null;
    }

    public override T Read<T>(Func<DbConnection, T> query)
    {
        if (!_readers.TryTake(out var connection))
            connection = Open(File, readOnly: true);
        try
        {
            var answer = query(connection);
            _readers.Add(connection);
            return answer;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a connection with the pragmas that StoreFlow relies on. They belong to the connection, and the driver's pool
    /// does not keep them. So that pool is off: the few connections here live as long as the server.
    /// </summary>
    public static SqliteConnection Open(string file, bool readOnly = false)
    {
        var connection = new CachingConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = 1, // seconds; the driver's own retry sleeps 150 ms each time, so SQLite's handler below does the waiting
        }.ToString());
        connection.Open();
        connection.Execute($"PRAGMA busy_timeout = {LockPatience}");
        connection.Execute("PRAGMA foreign_keys = ON");
        connection.Execute("PRAGMA recursive_triggers = ON");   // then REPLACE fires the delete triggers too
        if (!readOnly)
        {
            connection.Execute("PRAGMA journal_mode = WAL");    // readers and the writer do not wait for each other
            connection.Execute("PRAGMA synchronous = FULL");    // an acknowledged step survives a power cut
            connection.Execute("PRAGMA secure_delete = ON");    // what is erased is overwritten, not only let go of
        }
        return connection;
    }

    internal override void Prepare(Settings settings, TimeProvider clock, ILogger log)
    {
        SqliteBuild.IsSafe();
        Restoring.RemoveUnfinished(File);
        var isUpToDate = Migrator.IsUpToDate(File);
        if (System.IO.File.Exists(File) && (!isUpToDate || new FileInfo(File).Length <= StartupFileCheck.SmallFile))
            StartupFileCheck.IsWhole(File);
        if (!isUpToDate)
        {
            if (MigrationBackup.Make(File, settings, clock.Now()) is { } copy)
                log.LogInformation("This release migrates the database. A copy of it as it was is {File}", copy);
            Migrator.MigrateUp(File);
        }
        Settle();
        Watch(_alone.FilePath);
    }

    /// <summary>
    /// Brings what an earlier process left in the WAL into the file and onto the disk. After a failed sync the system's
    /// memory may have pages that the disk has not. Nothing is built on them before they are on the disk.
    /// </summary>
    private void Settle()
    {
        using var db = Open(File);
        db.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// <summary>
    /// Carries the write-ahead log into the file and cuts it to nothing: it still holds what was erased from the file. The writer waits
    /// meanwhile, but nobody waits for readers.
    /// </summary>
    /// <returns>Whether it is empty; not where a reader still needs it.</returns>
    internal override bool TryEmptyLog()
    {
        if (FilesGone is not null)
            return false;
        using var db = Open(File);
        db.Execute("PRAGMA busy_timeout = 100");
        try
        {
            db.Execute("PRAGMA wal_checkpoint(PASSIVE)"); // most of the work, without keeping the writer
            return !db.ExecuteScalar<bool>("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException fault)
        {
            FailedSync.EndProcessOn(fault);
            return false; // it all stays in the log, for the next time
        }
    }

    private SqliteConnection OpenForWriter()
    {
        var connection = Open(File);
        connection.Execute("PRAGMA wal_autocheckpoint = 0");    // the checkpointer does that
        // Bytes. A reader that is stuck makes the log grow; once that reader is gone, the log shrinks again.
        connection.Execute("PRAGMA journal_size_limit = 50331648");
        // KiB; holds a full batch. SQLite may walk through all of it at each commit, so more would cost more.
        connection.Execute("PRAGMA cache_size = -4096");
        return connection;
    }

    public override void Dispose()
    {
        // Closing would remove the write-ahead log by its path, which may be another's file by now. The end of the process closes too.
        if (FilesGone is not null || _isDisposed)
            return;
        _isDisposed = true; // the services know it by two names, and dispose of it for each
        _anchor?.Dispose();
        // The writing connection closes last: only then does SQLite bring the WAL into the file and remove it.
        while (_readers.TryTake(out var connection))
            connection.Dispose();
        _writer.Dispose();
        _checkpointer.Dispose();
    }
}
