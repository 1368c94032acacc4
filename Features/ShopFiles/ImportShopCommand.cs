using System.CommandLine;
using System.Data.Common;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ShopFiles;

/// <summary><c>import shop.json</c>: makes or updates a merchant, and says what it changes; safe while the server runs.</summary>
internal static class ImportShopCommand
{
    public static Command Make(Func<CommandDatabase> open, Func<bool> isDevelopment)
    {
        var path = new Argument<FileInfo>("file") { Description = "The shop, as one JSON file; export writes one." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would change, and change nothing." };
        var setPasswords = new Option<bool>("--set-passwords")
        {
            Description = "Give the file's passwords to people who have one already, too. Without it, theirs stay.",
        };
        var command = new Command("import", "Make or update a merchant with its stores, users, products and shipping methods.")
        {
            path,
            dryRun,
            setPasswords,
        };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(path), parsed.GetValue(dryRun), parsed.GetValue(setPasswords), open, isDevelopment));
        return command;
    }

    private static int Run(FileInfo path, bool dryRun, bool setPasswords, Func<CommandDatabase> open, Func<bool> isDevelopment)
    {
        try
        {
            var file = ShopFile.Read(File.ReadAllBytes(path.FullName));
            if (!isDevelopment())
                DemoShop.RefusePassword(file);
            var database = open();
            var passwords = ShopPasswords.Of(file, database.Read(ShopPasswords.Known), setPasswords);
            var imported = database.Write(db => ShopImport.Run(db, file, passwords.Hashes, TimeProvider.System.Now()), keep: !dryRun);
            foreach (var change in imported.Changes)
                Console.WriteLine(change);
            foreach (var email in passwords.Kept)
                Console.WriteLine($"User {email}: keeps another password than the file has (--set-passwords would replace it)");
            Console.WriteLine((imported.Changes.Count, dryRun) switch
            {
                (0, _) => $"{file.Merchant!.Name} is up to date: nothing was changed.",
                (var count, true) => $"{Quantity.Of(count, "thing")} would be made or changed in {database.Name}. Nothing was changed.",
                (var count, false) =>
                    $"{file.Merchant!.Name} is imported: {Quantity.Of(count, "thing")} made or changed in {database.Name}.",
            });
            if (imported.Changes.Count > 0 && !dryRun)
                foreach (var store in imported.Stores)
                    Console.WriteLine(
                        $"Store {store.Id}, {store.Name}: customers order at /shop/{store.Id}, staff work at /dashboard/{store.Id}");
            return 0;
        }
        catch (Exception fault) when (fault is ShopFileException or IOException or UnauthorizedAccessException or DbException)
        {
            Console.Error.WriteLine($"{path.Name} was not imported, and nothing was changed.\n{fault.Message}");
            return 1;
        }
    }
}
