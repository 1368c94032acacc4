using System.CommandLine;
using System.Data.Common;
using System.Diagnostics;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.BackupDatabase;

/// <summary><c>backup FILE</c>: a whole copy of the database as it is at one commit. Safe while the server runs.</summary>
internal static class BackupCommand
{
    private const double Megabyte = 1024 * 1024; // bytes

    /// <param name="find">The database file.</param>
    /// <param name="check">Says what is wrong in a copy, or null.</param>
    public static Command Make(Func<string> find, Func<DbConnection, string?> check)
    {
        var path = new Argument<FileInfo>("file") { Description = "Where the backup goes; a file that exists is never overwritten." };
        var command = new Command("backup", "Write a checked copy of the database to a new file, also while the server runs.") { path };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(path).FullName, find, check));
        return command;
    }

    private static int Run(string target, Func<string> find, Func<DbConnection, string?> check)
    {
        try
        {
            var (watch, source) = (Stopwatch.StartNew(), find());
            StepBack(ProcessPriorityClass.BelowNormal);     // not further: while it copies, the write-ahead log grows
            var orders = CheckedCopy.Make(source, target, copy =>
            {
                StepBack(ProcessPriorityClass.Idle);
                return check(copy);
            });
            var size = new FileInfo(target).Length / Megabyte;
            Console.WriteLine(
                $"{target} is a backup of {source}: {size:N1} MB, {orders:N0} orders, made in {watch.Elapsed.TotalSeconds:N1} s.");
            return 0;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or DbException)
        {
            Console.Error.WriteLine($"No backup was made. {fault.Message}");
            return 1;
        }
    }

    /// <summary>The checks keep a processor busy for a while. A server beside them comes first.</summary>
    private static void StepBack(ProcessPriorityClass priority)
    {
        try
        {
            using var self = Process.GetCurrentProcess();
            self.PriorityClass = priority; // on Linux of this one thread, which does all the work
        }
        catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or PlatformNotSupportedException)
        {
            // A container may forbid it; then the backup is made with the usual priority.
        }
    }
}
