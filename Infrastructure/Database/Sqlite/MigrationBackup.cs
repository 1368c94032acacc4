using Dapper;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Infrastructure;

/// <summary>The copy that is made before a migration changes a file that holds somebody's shop.</summary>
internal static class MigrationBackup
{
    /// <summary>Makes the copy where a migration is due; the caller holds the <see cref="DirectoryLock"/>.</summary>
    /// <returns>The copy, or null where nothing is due or there is nothing to lose.</returns>
    /// <exception cref="UnusableException">No copy could be made, so nothing may be migrated.</exception>
    public static string? Make(string file, Settings settings, DateTimeOffset now)
    {
        if (Migrator.IsUpToDate(file) || !File.Exists(file) || !HoldsAShop(file))
            return null;
        var folder = new BackupFolder(settings);
        try
        {
            folder.Prepare();
            folder.RemoveUnfinished();
            var copy = folder.BeforeMigration(Migrator.Newest, now);
            if (!File.Exists(copy)) // two starts in one second
                CheckedCopy.Make(file, copy);
            folder.ThinMigrations();
            return copy;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new UnusableException(
                $"{file} is of an older release and would be migrated, but no copy of it could be made first, so nothing was changed. " +
                $"{fault.Message}", fault);
        }
    }

    private static bool HoldsAShop(string file) => DatabaseFile.Read(file, db =>
        db.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'merchants')")
        && db.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM merchants)"));
}
