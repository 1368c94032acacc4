using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Infrastructure;

/// <summary>
/// The one SQLite file that holds everything. Reads run on their own read-only connections beside the writer; all
/// writes go through <see cref="WriteAsync{T}"/>.
/// </summary>
public sealed class Database : IDisposable
{
    internal const string FileName = "storeflow.db";

    private const int LockPatience = 5000; // milliseconds that another process's write is waited for

    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private readonly Checkpointer _checkpointer;
    private readonly Writer _writer;
    private SqliteConnection? _anchor;
    private volatile FileWatch? _files;

    /// <param name="configuration">
    /// <c>StoreFlow:DataDirectory</c>, the folder of the file; <c>StoreFlow:WriteQueue</c>, how many writes may wait
    /// before more are refused as busy; <c>StoreFlow:SharedCommits</c>, off to give each write a commit of its own.
    /// </param>
    /// <param name="log">Where troubles go that no caller hears of.</param>
    public Database(IConfiguration configuration, ILogger<Database> log)
    {
        var folder = DataFolder.Of(configuration);
        PrivateFiles.Prepare(folder);
        File = Path.Combine(folder, FileName);
        _checkpointer = new Checkpointer(File, () => Open(File), log);
        _writer = new Writer(
            OpenForWriter,
            _checkpointer,
            filesGone: () => FilesGone,
            queue: configuration.GetValue("StoreFlow:WriteQueue", 4096),
            shared: configuration.GetValue("StoreFlow:SharedCommits", true));
    }

    /// <summary>The full path of the database file.</summary>
    public string File { get; }

    /// <summary>Raised after each commit, on the writer's thread: handlers only take note.</summary>
    public event Action? Committed
    {
        add => _writer.Committed += value;
        remove => _writer.Committed -= value;
    }

    /// <summary>
    /// Runs <paramref name="work"/> in a write transaction, alone, and answers once its commit is on disk. An
    /// exception undoes what the work wrote and reaches the caller; callers that wait together may share a commit,
    /// but never each other's failures.
    /// </summary>
    /// <exception cref="BusyException">Too many writes wait already, or the file cannot take a write now.</exception>
    public Task<T> WriteAsync<T>(Func<DbConnection, T> work) => _writer.RunAsync(work);

    /// <summary>What keeps the file from taking writes, as a sentence for the operator; null where all is well.</summary>
    public string? Trouble =>
        FilesGone ?? _writer.Trouble ?? (WriteTrouble.IsFull(Path.GetDirectoryName(File)!) ? WriteTrouble.DiskFull : null);

    /// <summary>Why the files are not the ones that were opened, or null. There is no way back: see <see cref="Watch"/>.</summary>
    internal string? FilesGone => _files?.Gone;

    /// <summary>
    /// From now on the files in the folder have to stay the ones that they are: each commit and each second compares them.
    /// The connection that is opened here keeps the write-ahead log in place, which SQLite removes with its last connection.
    /// </summary>
    /// <param name="more">Files to watch beside the database and its log.</param>
    internal void Watch(params string[] more)
    {
        _anchor = Open(File, readOnly: true);
        _anchor.ExecuteScalar<long>("SELECT COUNT(*) FROM sqlite_master");
        _files = new FileWatch([File, $"{File}-wal", .. more]);
    }

    /// <summary>Writes one page that says nothing; where that works, the trouble is over.</summary>
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

    /// <summary>Runs <paramref name="query"/> on a read-only connection; each of its statements sees the last commit, whole.</summary>
    public T Read<T>(Func<DbConnection, T> query)
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
    /// Opens a connection with the pragmas that StoreFlow relies on. They belong to the connection and the driver's
    /// pool does not keep them, so that pool is off: the few connections here live as long as the server.
    /// </summary>
    public static SqliteConnection Open(string file, bool readOnly = false)
    {
        var connection = new CachingConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = 1, // seconds; the driver's own retry sleeps 150 ms a turn, so SQLite's handler below does the waiting
        }.ToString());
        connection.Open();
        connection.Execute($"PRAGMA busy_timeout = {LockPatience}");
        connection.Execute("PRAGMA foreign_keys = ON");
        connection.Execute("PRAGMA recursive_triggers = ON");   // REPLACE then asks the delete triggers too
        if (!readOnly)
        {
            connection.Execute("PRAGMA journal_mode = WAL");    // readers and the writer do not wait for each other
            connection.Execute("PRAGMA synchronous = FULL");    // an acknowledged step survives a power cut
        }
        return connection;
    }

    /// <summary>
    /// Brings what an earlier process has left in the WAL into the file and onto the disk. After a failed sync the
    /// system's memory may have pages that the disk has not: nobody builds on them before they are there.
    /// </summary>
    internal void Settle()
    {
        using var db = Open(File);
        db.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private SqliteConnection OpenForWriter()
    {
        var connection = Open(File);
        connection.Execute("PRAGMA wal_autocheckpoint = 0");    // the checkpointer does that
        connection.Execute("PRAGMA journal_size_limit = 50331648"); // bytes: a reader that got stuck makes the log grow; once it is gone, so is that
        connection.Execute("PRAGMA cache_size = -4096");        // KiB; holds a full batch. SQLite may walk all of it at each commit, so more costs more
        return connection;
    }

    public void Dispose()
    {
        // Closing would remove the write-ahead log at its path, which may be somebody else's by now. The process's end closes, too.
        if (FilesGone is not null)
            return;
        _anchor?.Dispose();
        // Who can write leaves last: only so does SQLite bring the WAL into the file and remove it.
        while (_readers.TryTake(out var connection))
            connection.Dispose();
        _writer.Dispose();
        _checkpointer.Dispose();
    }
}
