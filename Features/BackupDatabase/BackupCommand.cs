using System.CommandLine;
using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.BackupDatabase;

/// <summary><c>backup FILE</c>: a whole copy of the database as it is at one commit. Safe while the server runs.</summary>
internal static class BackupCommand
{
    private const double Megabyte = 1024 * 1024; // bytes

    public static Command Make(Func<string> find)
    {
        var path = new Argument<FileInfo>("file") { Description = "Where the backup goes; a file that exists is never overwritten." };
        var command = new Command("backup", "Write a checked copy of the database to a new file, also while the server runs.") { path };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(path).FullName, find));
        return command;
    }

    private static int Run(string target, Func<string> find)
    {
        try
        {
            var (watch, source) = (Stopwatch.StartNew(), find());
            var orders = Copy(source, target);
            var size = new FileInfo(target).Length / Megabyte;
            Console.WriteLine(
                $"{target} is a backup of {source}: {size:N1} MB, {orders:N0} orders, made in {watch.Elapsed.TotalSeconds:N1} s.");
            return 0;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SqliteException)
        {
            var isFull = fault is SqliteException { SqliteErrorCode: raw.SQLITE_FULL };
            Console.Error.WriteLine($"No backup was made. {(isFull ? "The disk that it goes to is full." : fault.Message)}");
            return 1;
        }
    }

    /// <summary>Copies the database and answers how many orders are in the copy.</summary>
    private static long Copy(string source, string target)
    {
        if (!File.Exists(source))
            throw new UnusableException($"There is no database at {source}.");
        if (Path.Exists(target))
            throw new UnusableException($"{target} is there already. Choose another name.");
        if (!Directory.Exists(Path.GetDirectoryName(target)))
            throw new UnusableException($"There is no folder {Path.GetDirectoryName(target)}.");

        var unfinished = $"{target}.new";
        File.Delete(unfinished);    // left by a backup that was killed
        try
        {
            DatabaseFile.Copy(source, unfinished);
            StartupFileCheck.IsOurs(unfinished, Migrator.Newest);
            StartupFileCheck.IsWhole(unfinished);
            var orders = DatabaseFile.Read(unfinished, db => db.ExecuteScalar<long>("SELECT COUNT(*) FROM orders"));
            File.Move(unfinished, target);
            return orders;
        }
        catch
        {
            TryDelete(unfinished);
            throw;
        }
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The reason why no backup was made is more important. The next backup deletes this file.
        }
    }
}
