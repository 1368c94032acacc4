using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StoreFlow.Infrastructure;

/// <summary>Checks the database file before anything is written to it. A file that is not ours or not whole stays unchanged.</summary>
internal static class StartupFileCheck
{
    /// <summary>
    /// Files up to this many bytes (some 40,000 orders) are read as a whole before the server starts: a third of a second at most.
    /// </summary>
    public const long SmallFile = 16 * 1024 * 1024;

    private const int SmallestFile = 512; // bytes: the smallest page that SQLite has

    private const string Remedy =
        "Restore the latest good backup with the command restore.";

    /// <summary>Refuses a file that is no database, another program's, or a newer StoreFlow's. Takes about a millisecond.</summary>
    /// <param name="file">The database file; there may be none yet.</param>
    /// <param name="newest">The newest migration that this program knows.</param>
    /// <exception cref="UnusableException">The file must not be used.</exception>
    public static void IsOurs(string file, long newest)
    {
        if (!File.Exists(file))
        {
            // SQLite would mix what is in it with any new file it finds.
            if (new FileInfo($"{file}-wal") is { Exists: true, Length: > 0 })
                throw Refused($"{file} is missing, but its newest orders are still in {file}-wal.", Remedy);
            return;
        }
        // SQLite treats a file shorter than its header as a new one, and would begin to write it.
        if (new FileInfo(file).Length < SmallestFile)
            throw Refused($"{file} is cut off: it has {new FileInfo(file).Length} bytes.", $"{Remedy} To begin afresh, delete it.");

        var (version, tables) = Ask(file, db =>
        {
            var names = db.Query<string>(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'").ToHashSet();
            return (names.Contains("VersionInfo") ? db.ExecuteScalar<long?>("SELECT MAX(Version) FROM VersionInfo") : null, names);
        });
        tables.Remove("VersionInfo");
        if (version is null ? tables.Count > 0 : !tables.Contains("merchants"))
            throw Refused($"{file} is another program's database.", "Set StoreFlow:DataDirectory to a folder of StoreFlow's own.");
        if (version is not null && !tables.Contains("lifecycle"))
            throw Refused(
                $"{file} was made by a StoreFlow from before release 1.0, which this one does not read.",
                "Move the file away and start with a new one: import the shop again.");
        if (version > newest)
            throw Refused(
                $"{file} was written by a newer StoreFlow (schema {version}; this one knows {newest}).",
                "Start the newer program, or restore a backup from before the update.");
    }

    /// <summary>The same for a file that has to be a database of ours already.</summary>
    /// <exception cref="UnusableException">The file must not be restored.</exception>
    public static void IsBackup(string file, long newest)
    {
        IsOurs(file, newest);
        if (!Ask(file, db => db.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'VersionInfo')")))
            throw Refused($"{file} is an empty database, not a backup of StoreFlow.", "");
    }

    /// <summary>Reads the whole file, and refuses one that SQLite finds damaged. Takes about a second for each 40 MB.</summary>
    /// <param name="file">The database file.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <param name="named">What the message calls the file, where it is a copy of that one.</param>
    /// <exception cref="UnusableException">The file is damaged.</exception>
    public static void IsWhole(string file, CancellationToken cancellationToken = default, string? named = null)
    {
        var found = Ask(file, db =>
        {
            using var interrupt = cancellationToken.Register(() => raw.sqlite3_interrupt(db.Handle));
            return db.ExecuteScalar<string>("PRAGMA integrity_check(1)");
        });
        if (found is not "ok")
            throw Damaged(named ?? file, found!.ReplaceLineEndings(" "));
    }

    private static T Ask<T>(string file, Func<SqliteConnection, T> question)
    {
        try
        {
            using var db = SqliteDatabase.Open(file, readOnly: true);
            return question(db);
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is raw.SQLITE_NOTADB)
        {
            throw Refused($"{file} is not a database, or its beginning was overwritten.", Remedy, fault);
        }
        // A damaged schema may also read as text that cannot be parsed.
        catch (SqliteException fault) when (fault.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_ERROR)
        {
            throw Damaged(file, fault.Message);
        }
    }

    public static UnusableException Damaged(string file, string how) => Refused($"{file} is damaged ({how}).", Remedy);

    private static UnusableException Refused(string cause, string remedy, Exception? inner = null) =>
        new($"{cause} Nothing was changed. {remedy}", inner) { Cause = cause };
}
