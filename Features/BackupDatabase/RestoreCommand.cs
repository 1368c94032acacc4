using System.CommandLine;
using System.Data.Common;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.BackupDatabase;

/// <summary><c>restore FILE</c>: puts a backup in the database's place and keeps the database of before. Never beside a server.</summary>
internal static class RestoreCommand
{
    /// <param name="find">The database file.</param>
    /// <param name="check">Says what is wrong in a backup, or null.</param>
    public static Command Make(Func<string> find, Func<DbConnection, string?> check)
    {
        var path = new Argument<FileInfo>("file") { Description = "The backup; it is checked first, and stays as it is." };
        var command = new Command(
            "restore", "Put a backup in the database's place, and keep the database of before beside it. Stop the server first.") { path };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(path).FullName, find, check));
        return command;
    }

    private static int Run(string backup, Func<string> find, Func<DbConnection, string?> check)
    {
        try
        {
            var file = find();
            if (backup == file)
                throw new UnusableException($"{file} is the database itself.");
            if (!File.Exists(backup))
                throw new UnusableException($"There is no file {backup}.");
            var folder = Path.GetDirectoryName(file)!;
            using var alone = DirectoryLock.OfCommand(folder) ?? throw DirectoryLock.Taken(folder);
            Tell(backup, file, Restoring.Run(backup, file, check, TimeProvider.System.Now()));
            return 0;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or DbException)
        {
            Console.Error.WriteLine($"Nothing was restored. {fault.Message}");
            return 1;
        }
    }

    private static void Tell(string backup, string file, Restored restored)
    {
        var newest = restored.NewestOrderAt is { } at ? $", the newest of {at:yyyy-MM-dd HH:mm} UTC" : "";
        Console.WriteLine($"{file} is now what {backup} has: {restored.Orders:N0} orders{newest}.");
        if (restored.WasOlder)
            Console.WriteLine("The backup was of an older release; the database is migrated to this one.");
        Console.WriteLine(restored.Kept is { } kept
            ? $"The database of before is kept as {kept}. Delete it when you no longer need it."
            : "There was no database before.");
        Console.WriteLine(
            "Everybody has to sign in again, and shared tablets have to be set up anew. " +
            "Passwords, accounts and API tokens are those of the backup: " +
            "what was changed or revoked since has to be changed or revoked again. Start StoreFlow now.");
    }
}
