using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StoreFlow.Infrastructure;

/// <summary>A copy of the database that was read as a whole and found good before it got its name.</summary>
internal static class CheckedCopy
{
    /// <summary>The ending of a copy that is not finished, or whose process was killed.</summary>
    public const string Unfinished = ".new";

    /// <summary>The ending of a copy that is a whole database, but holds orders that are not what their audit log says.</summary>
    public const string Unsound = ".unsound";

    private const long Spare = 1024 * 1024; // bytes

    /// <summary>Makes the copy, also while a server writes. It is on the disk, under its name, when this returns.</summary>
    /// <param name="source">The database file.</param>
    /// <param name="target">The copy; nothing may have that name yet.</param>
    /// <param name="check">Says what is wrong in the copy, or null. Left out, only the file itself is checked.</param>
    /// <returns>How many orders the copy has.</returns>
    /// <exception cref="IOException">There is no copy of that name; the message says why.</exception>
    public static long Make(string source, string target, Func<DbConnection, string?>? check = null)
    {
        if (!File.Exists(source))
            throw new UnusableException($"There is no database at {source}.");
        if (Path.Exists(target))
            throw new UnusableException($"{target} is there already. Choose another name.");
        if (!Directory.Exists(Path.GetDirectoryName(target)))
            throw new UnusableException($"There is no folder {Path.GetDirectoryName(target)}.");

        var unfinished = $"{target}{Unfinished}";
        TryDelete(unfinished);      // left by a backup that was killed
        HasRoom(source, Path.GetDirectoryName(target)!);
        try
        {
            DatabaseFile.Copy(source, unfinished);
            StartupFileCheck.IsOurs(unfinished, Migrator.Newest);
            if (check is null)
                StartupFileCheck.IsWhole(unfinished, named: source);
            else if (DatabaseFile.Read(unfinished, check) is { } fault)
                throw Keep(source, unfinished, $"{target}{Unsound}", fault);
            var orders = DatabaseFile.Read(unfinished, db => db.ExecuteScalar<long>("SELECT COUNT(*) FROM orders"));
            DurableFiles.Move(unfinished, target);
            return orders;
        }
        catch (Exception fault) when (IsFull(fault))
        {
            TryDelete(unfinished);
            throw new UnusableException(Full, fault);
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
        {
            TryDelete(unfinished);
            throw StartupFileCheck.Damaged(source, fault.Message);
        }
        catch
        {
            TryDelete(unfinished);
            throw;
        }
    }

    private const string Full = "The disk that it goes to is full.";

    private static bool IsFull(Exception fault) => fault is SqliteException { SqliteErrorCode: raw.SQLITE_FULL }
        || (fault is IOException && (fault.HResult & 0xFFFF) is 28 or 112); // ENOSPC, and the same on Windows

    /// <summary>A disk that fills up half-way may be the one that the server writes to.</summary>
    private static void HasRoom(string source, string folder)
    {
        var log = new FileInfo($"{source}-wal");
        var needed = new FileInfo(source).Length + (log.Exists ? log.Length : 0) + Spare;
        if (new DriveInfo(folder) is { TotalSize: > 0, AvailableFreeSpace: var free } && free < needed)
            throw new UnusableException($"{Full} The copy needs {needed / 1e6:N1} MB, and {free / 1e6:N1} MB are free.");
    }

    /// <summary>A file that is damaged helps nobody. One that SQLite can read is better than none.</summary>
    private static UnusableException Keep(string source, string unfinished, string unsound, string fault)
    {
        StartupFileCheck.IsWhole(unfinished, named: source);
        DurableFiles.Move(unfinished, unsound);
        return new($"The copy was checked and is not sound: {fault} The command verify tells more. The copy is kept as {unsound}.");
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The reason why no copy was made is more important. The next one deletes this file.
        }
    }
}
