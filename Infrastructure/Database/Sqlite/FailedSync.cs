using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StoreFlow.Infrastructure;

/// <summary>
/// After a failed sync nobody knows what is on the disk: the system may have dropped what it could not write, and may
/// report the next sync as a success. So the process ends at once, and the next start reads what the disk has.
/// </summary>
internal static class FailedSync
{
    private const int ExitCode = 74; // EX_IOERR of sysexits.h

    public static void EndProcessOn(Exception fault)
    {
        if (Is(fault))
            EndProcess();
    }

    public static void EndProcess()
    {
        // Not the console's logger: it writes later, and the process ends before that.
        Console.Error.WriteLine(
            "StoreFlow stops: the disk could not confirm a write (fsync failed), so nobody knows what is on it. " +
            "What waited was not acknowledged. " +
            "Check the disk, then start again.");
        Leave();
    }

    /// <summary>Ends the process without closing the database: what is on the disk stays as it is.</summary>
    public static void Leave()
    {
        if (OperatingSystem.IsWindows())
            Process.GetCurrentProcess().Kill();
        else
            Exit(ExitCode);
    }

    public static bool Is(Exception fault) => fault is SqliteException
    {
        SqliteExtendedErrorCode: raw.SQLITE_IOERR_FSYNC or raw.SQLITE_IOERR_DIR_FSYNC
    };

    // Without exit handlers: closing the database would write to that disk again.
    [DllImport("libc", EntryPoint = "_exit")]
    private static extern void Exit(int code);
}
