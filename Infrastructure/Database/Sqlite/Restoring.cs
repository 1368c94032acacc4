using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StoreFlow.Infrastructure;

/// <summary>What a restore did.</summary>
/// <param name="Orders">How many orders the database has now.</param>
/// <param name="NewestOrderAt">When the newest of them was placed.</param>
/// <param name="Kept">Where the database of before is; null where there was none.</param>
/// <param name="WasOlder">Whether the backup was of an older release and was migrated.</param>
internal sealed record Restored(long Orders, DateTimeOffset? NewestOrderAt, string? Kept, bool WasOlder);

/// <summary>
/// Puts a backup in the database's place. A crash in between leaves the old database or the new one: the new one is made under
/// another name, and one rename puts it in place.
/// </summary>
internal static class Restoring
{
    private const string Unfinished = ".restoring";

    /// <summary>Somebody may have signed out, or lost their account, since the backup was made.</summary>
    public const string SignOutSql = """
        DELETE FROM sessions;
        DELETE FROM one_time_links;
        UPDATE devices SET revoked_at = COALESCE(revoked_at, created_at);
        """;

    private static readonly string[] Companions = ["-wal", "-shm", "-journal"];

    /// <summary>The caller holds the <see cref="DirectoryLock"/>.</summary>
    /// <param name="backup">The backup; it stays as it is.</param>
    /// <param name="file">The database file, which need not exist.</param>
    /// <param name="check">Says what is wrong in the backup, or null.</param>
    /// <param name="now">Names what is kept of the old database.</param>
    /// <exception cref="IOException">Nothing was restored; the message says why.</exception>
    public static Restored Run(string backup, string file, Func<DbConnection, string?> check, DateTimeOffset now)
    {
        var unfinished = $"{file}{Unfinished}";
        RemoveUnfinished(file);
        try
        {
            var wasOlder = Prepare(backup, unfinished, check);
            var (orders, newest) = DatabaseFile.Read(unfinished, db =>
                db.QuerySingle<(long, long?)>("SELECT COUNT(*), MAX(created_at) FROM orders"));
            var kept = KeepOld(file, FreeName($"{file}.before-restore-{BackupFolder.ToStamp(now)}"));
            DurableFiles.Move(unfinished, file);
            return new(orders, newest is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null, kept, wasOlder);
        }
        catch (Exception fault)
        {
            RemoveUnfinished(file);
            if (WhyNot(fault) is { } why)
                throw new UnusableException(why, fault);
            throw;
        }
    }

    private static string? WhyNot(Exception fault) => fault switch
    {
        UnusableException { Cause: { } cause } => $"{cause} Nothing was changed. Restore another backup.",
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL } => "The disk of the data directory is full. Nothing was changed.",
        _ => null,
    };

    /// <summary>Deletes what a killed restore has left.</summary>
    public static void RemoveUnfinished(string file)
    {
        foreach (var left in ((string[])["", .. Companions]).Select(companion => $"{file}{Unfinished}{companion}").Where(File.Exists))
        {
            try
            {
                File.Delete(left);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // Where it stands in the way, the next restore says so.
            }
        }
    }

    private static bool Prepare(string backup, string unfinished, Func<DbConnection, string?> check)
    {
        StartupFileCheck.IsBackup(backup, Migrator.Newest);
        Copy(backup, unfinished);
        StartupFileCheck.IsWhole(unfinished, named: backup);
        var wasOlder = !Migrator.IsUpToDate(unfinished);
        if (wasOlder)
            Migrator.MigrateUp(unfinished); // the check knows the newest schema
        if (DatabaseFile.Read(unfinished, check) is { } fault)
            throw new UnusableException($"{backup} is not sound: {fault} Nothing was changed. Restore another backup.");
        DatabaseFile.Change(unfinished, db => db.Execute(SignOutSql));
        return wasOlder;
    }

    private static void Copy(string backup, string unfinished)
    {
        try
        {
            DatabaseFile.Copy(backup, unfinished);
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
        {
            throw StartupFileCheck.Damaged(backup, fault.Message);
        }
    }

    // A restore that was killed in the same second may have kept the old database under this name.
    private static string FreeName(string name)
    {
        var free = name;
        for (var number = 2; Path.Exists(free); number++)
            free = $"{name}-{number}";
        return free;
    }

    /// <summary>Keeps the old database under a second name, whole. Until the rename it has its own name, too.</summary>
    private static string? KeepOld(string file, string kept)
    {
        if (File.Exists(file))
        {
            var isReadable = TryCarryLog(file);
            DurableFiles.KeepAs(file, kept);
            if (isReadable)
                return kept;
        }
        // SQLite would play the old log into the new database. Of a damaged one it is kept as it is.
        File.Delete($"{file}-shm"); // SQLite makes it anew from the log
        foreach (var companion in Companions.Where(companion => File.Exists($"{file}{companion}")))
            DurableFiles.Move($"{file}{companion}", $"{kept}{companion}");
        return File.Exists(kept) || File.Exists($"{kept}-wal") ? kept : null;
    }

    private static bool TryCarryLog(string file)
    {
        try
        {
            DatabaseFile.CarryLog(file);
            return true;
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT)
        {
            return false;
        }
    }
}
