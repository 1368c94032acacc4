using System.CommandLine;
using System.Data.Common;
using System.Diagnostics;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.MoveDatabase;

/// <summary>
/// <c>move</c>: copies a whole shop from its SQLite file into an empty PostgreSQL database, or back into a new file. What it copies from
/// stays as it is.
/// </summary>
internal static class MoveCommand
{
    private static readonly Option<string> To = new("--to")
    {
        Description = "The connection string of an empty PostgreSQL database; left out, StoreFlow:Database. Other people of this machine " +
            "see a password in a command's arguments: keep it in ~/.pgpass or in the file that PGPASSFILE names.",
    };

    private static readonly Option<FileInfo> From = new("--from")
    {
        Description = "A backup to move; left out, the database file of StoreFlow:DataDirectory.",
    };

    private static readonly Option<FileInfo> ToFile = new("--to-file")
    {
        Description = "The way back: the SQLite file to make from the PostgreSQL database of StoreFlow:Database.",
    };

    /// <param name="read">The settings.</param>
    /// <param name="check">Says what is wrong in a copy, or null.</param>
    public static Command Make(Func<Settings> read, Func<DbConnection, string?> check)
    {
        var command = new Command(
            "move", "Copy the shop from its SQLite file into an empty PostgreSQL database, or back. Stop the server first.")
        {
            To,
            From,
            ToFile,
        };
        command.Validators.Add(given =>
        {
            if (given.GetValue(ToFile) is not null && (given.GetValue(To) is not null || given.GetValue(From) is not null))
                given.AddError("--to-file goes without --to and --from: it copies from StoreFlow:Database.");
        });
        command.SetAction(parsed => Run(() => parsed.GetValue(ToFile) is { } file
            ? ToSqlite(read(), file.FullName, check)
            : ToPostgres(read(), parsed.GetValue(To), parsed.GetValue(From)?.FullName, check)));
        return command;
    }

    private static int Run(Func<bool> move)
    {
        try
        {
            return move() ? 0 : 1;
        }
        catch (BusyException fault) when (fault.Sentence != BusyException.UsualSentence)
        {
            Console.Error.WriteLine(fault.Sentence);
            return 1;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or DbException or BusyException)
        {
            Console.Error.WriteLine($"Nothing was moved. {fault.Message}");
            return 1;
        }
    }

    private static bool ToPostgres(Settings settings, string? to, string? backup, Func<DbConnection, string?> check)
    {
        var watch = Stopwatch.StartNew();
        var target = new Settings
        {
            Database = to ?? settings.Database
                ?? throw new UnusableException("Say where to: --to \"Host=localhost;Database=storeflow;Username=storeflow\"."),
        };
        var current = backup is null || settings.DataDirectory is not null ? DatabaseFile.PathOf(settings) : null;
        var file = backup ?? current!;
        if (!File.Exists(file))
            throw new UnusableException(backup is null ? $"There is no database at {file}." : $"There is no file {file}.");
        var folder = Path.GetDirectoryName(file)!;
        var isBackup = file != current && Path.GetFileName(file) != SqliteDatabase.FileName;
        // A server on the file would write what is not copied any more. A backup has no server.
        using var alone = isBackup ? null : DirectoryLock.OfCommand(folder) ?? throw DirectoryLock.Taken(folder);
        StartupFileCheck.IsBackup(file, Migrator.Newest);
        if (!Migrator.IsUpToDate(file))
            throw new UnusableException(
                $"{file} is of an older release. " +
                (isBackup ? "Restore it with this release, and move that." : "Start this release on it once, stop it, and move then."));

        var database = PostgresCommands.OpenEmpty(target);
        Console.WriteLine($"Moving {file} to {database.Name}.");
        var copied = DatabaseFile.Read(file, source => database.Write(db =>
        {
            var filled = PostgresFilling.Fill(source, db, KeyFiles.In(folder), isBackup, database.Name, Tell);
            Tell("Checking");
            return check(db) is { } fault
                ? throw new UnusableException(
                    $"The copy is not sound: {fault} Run verify on the file: where it finds the same, that is older than the move.")
                : filled;
        }));
        Console.WriteLine(
            $"{database.Name} has the whole shop: {copied}, copied and checked in {watch.Elapsed.TotalSeconds:N0} s. " +
            $"Set StoreFlow:Database to it and start StoreFlow. {file} is as it was: keep it as a backup." +
            (isBackup ? " Everybody has to sign in again, and shared tablets have to be set up anew." : ""));
        return true;
    }

    private static bool ToSqlite(Settings settings, string file, Func<DbConnection, string?> check)
    {
        var watch = Stopwatch.StartNew();
        if (settings.Database is null)
            throw new UnusableException("Set StoreFlow:Database to the PostgreSQL database that the shop is in.");
        if (Directory.Exists(file))
            file = Path.Combine(file, SqliteDatabase.FileName);
        if (Path.Exists(file))
            throw new UnusableException($"{file} is there already. Choose another name, or move it away.");
        var folder = Path.GetDirectoryName(file)!;
        if (!Directory.Exists(folder))
            throw new UnusableException($"There is no folder {folder}.");
        using var alone = DirectoryLock.OfCommand(folder) ?? throw DirectoryLock.Taken(folder);

        var database = CommandDatabase.Find(settings);
        Console.WriteLine($"Moving {database.Name} to {file}.");
        var copied = SqliteFilling.Make(file, database, check, Tell);
        Console.WriteLine(
            $"{file} has the whole shop: {copied}, copied and checked in {watch.Elapsed.TotalSeconds:N0} s. " +
            $"Set StoreFlow:DataDirectory to its folder, remove StoreFlow:Database, and start StoreFlow. {database.Name} is as it was.");
        return true;
    }

    private static void Tell(string line) => Console.WriteLine($"  {line}");
}
