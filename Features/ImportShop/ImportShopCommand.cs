using System.CommandLine;
using Microsoft.Data.Sqlite;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ImportShop;

/// <summary><c>import shop.json</c>: makes or updates a merchant; safe while the server runs.</summary>
internal static class ImportShopCommand
{
    public static Command Make(Func<DatabaseFile> open)
    {
        var path = new Argument<FileInfo>("file") { Description = "The shop, as one JSON file; demo-shop.json shows how it looks." };
        var command = new Command("import", "Make or update a merchant with its stores, users, products and shipping methods.") { path };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(path), open));
        return command;
    }

    private static int Run(FileInfo path, Func<DatabaseFile> open)
    {
        try
        {
            var file = ShopFile.Read(File.ReadAllBytes(path.FullName));
            var database = open();
            var changes = database.Write(db => ShopImport.Run(db, file, TimeProvider.System.Now()));
            Console.WriteLine(changes == 0
                ? $"{file.Merchant!.Name} is up to date: nothing was changed."
                : $"{file.Merchant!.Name} is imported: {changes} things were made or changed in {database.Path}.");
            return 0;
        }
        catch (Exception fault) when (fault is ShopFileException or IOException or UnauthorizedAccessException or SqliteException)
        {
            Console.Error.WriteLine($"{path.Name} was not imported, and nothing was changed.\n{fault.Message}");
            return 1;
        }
    }
}
