using System.CommandLine;
using Microsoft.Data.Sqlite;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ImportShop;

/// <summary><c>import shop.json</c>: makes or updates a merchant; safe while the server runs.</summary>
internal static class ImportShopCommand
{
    public static Command Make(Func<DatabaseFile> open, Func<bool> isDevelopment)
    {
        var path = new Argument<FileInfo>("file") { Description = "The shop, as one JSON file; demo-shop.json shows how it looks." };
        var command = new Command("import", "Make or update a merchant with its stores, users, products and shipping methods.") { path };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(path), open, isDevelopment));
        return command;
    }

    private static int Run(FileInfo path, Func<DatabaseFile> open, Func<bool> isDevelopment)
    {
        try
        {
            var file = ShopFile.Read(File.ReadAllBytes(path.FullName));
            if (!isDevelopment())
                DemoShop.RefusePassword(file);
            var database = open();
            var hashes = ShopPasswords.Hash(file, known: DatabaseFile.Read(database.Path, ShopPasswords.Known));
            var imported = database.Write(db => ShopImport.Run(db, file, hashes, TimeProvider.System.Now()));
            if (imported.Changes == 0)
            {
                Console.WriteLine($"{file.Merchant!.Name} is up to date: nothing was changed.");
                return 0;
            }
            Console.WriteLine($"{file.Merchant!.Name} is imported: {imported.Changes} things were made or changed in {database.Path}.");
            foreach (var (id, name) in imported.Stores)
                Console.WriteLine($"Store {id}, {name}: customers order at /shop/{id}, staff work at /dashboard/{id}");
            return 0;
        }
        catch (Exception fault) when (fault is ShopFileException or IOException or UnauthorizedAccessException or SqliteException)
        {
            Console.Error.WriteLine($"{path.Name} was not imported, and nothing was changed.\n{fault.Message}");
            return 1;
        }
    }
}
