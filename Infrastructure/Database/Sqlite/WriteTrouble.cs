using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StoreFlow.Infrastructure;

/// <summary>What keeps the file from taking writes, as a sentence for the operator.</summary>
internal static class WriteTrouble
{
    private const string Full = "The disk that holds the orders is full.", MakeRoom = "Make room";

    private const long Room = 1024 * 1024; // bytes; less than this is full for all purposes

    /// <summary>What a running server says of a full disk.</summary>
    public const string DiskFull = $"{Full} {MakeRoom}; writes then work again by themselves.";

    /// <summary>The trouble of a running server, or null where it is none that may pass by itself.</summary>
    public static string? Of(Exception fault) =>
        Find(fault) is var (cause, remedy) ? $"{cause} {remedy}; writes then work again by themselves." : null;

    /// <summary>The same for a start that has failed, and does not try again.</summary>
    public static string? OfStart(Exception fault, string folder) =>
        // On a full disk SQLite may tell of an input/output error only.
        (IsFull(folder) ? (Full, MakeRoom) : Find(fault)) is var (cause, remedy) ? $"{cause} {remedy}, then start StoreFlow again." : null;

    /// <summary>Whether it is a lock that was waited for in vain.</summary>
    public static bool IsLock(Exception fault) => fault is SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED };

    /// <summary>Whether the disk that holds the folder has no room left, as far as the system tells.</summary>
    public static bool IsFull(string folder)
    {
        try
        {
            return new DriveInfo(folder) is { TotalSize: > 0, AvailableFreeSpace: < Room }; // some file systems do not say
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    private static (string Cause, string Remedy)? Find(Exception fault) => (fault as SqliteException)?.SqliteErrorCode switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED =>
            ("Another program keeps the database locked for writing.", "End it, be it a database tool or a backup"),
        raw.SQLITE_FULL => (Full, MakeRoom),
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN =>
            ("The database file or its folder cannot be written.", "Give the server write access, or mount the disk writable"),
        raw.SQLITE_IOERR =>
            ($"The disk answers with an input/output error ({((SqliteException)fault).SqliteExtendedErrorCode}).",
             "Check the disk and its free space, and mend it"),
        _ => null,
    };
}
