using System.CommandLine;
using System.Data.Common;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ShopFiles;

/// <summary><c>export</c>: writes the file that would make a merchant again to the standard output. Only reads.</summary>
internal static class ExportShopCommand
{
    public static Command Make(Func<CommandDatabase> find)
    {
        var merchant = new Option<string>("--merchant") { Description = "The code of the merchant; needed where there are several." };
        var command = new Command(
            "export", "Write the file that import would make this shop from, without passwords, PINs and tokens.") { merchant };
        command.SetAction(parsed => Run(parsed.GetValue(merchant), find));
        return command;
    }

    private static int Run(string? code, Func<CommandDatabase> find)
    {
        try
        {
            var database = find();
            var merchants = database.Read(ShopExport.Merchants);
            if (merchants.Where(merchant => code is null || merchant.Code == code).ToList() is not [var only])
                throw new UnusableException(merchants.Count == 0
                    ? "There is no merchant yet."
                    : $"Say which merchant: --merchant with one of {string.Join(", ", merchants.Select(merchant => merchant.Code))}.");
            Console.WriteLine(database.Read(db => ShopExport.Of(db, only.Id)).Write());
            return 0;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or DbException)
        {
            Console.Error.WriteLine($"Nothing was exported. {fault.Message}");
            return 1;
        }
    }
}
