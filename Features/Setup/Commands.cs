using System.CommandLine;
using StoreFlow.Features.ImportShop;
using StoreFlow.Features.ManageTokens;
using StoreFlow.Features.VerifyOrders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Setup;

/// <summary>What StoreFlow does besides serving: <c>dotnet run -- import shop.json</c> and so on.</summary>
internal static class Commands
{
    /// <summary>The command that these arguments ask for, or null where they are the server's own, such as <c>--urls</c>.</summary>
    public static ParseResult? Recognise(string[] args)
    {
        if (args is [] || (args[0].StartsWith('-') && args[0] is not ("--help" or "-h" or "-?" or "--version")))
            return null;
        var root = new RootCommand("StoreFlow moves orders from checkout to the customer's hands. Without a command it serves.")
        {
            ImportShopCommand.Make(Open),
            TokenCommand.Make(Open),
            VerifyCommand.Make(() => DatabaseFile.PathOf(Settings())),
        };
        return root.Parse(args);
    }

    private static DatabaseFile Open() => new(Settings());

    // The same settings in the same order as the server's, so that both mean the same file.
    private static IConfiguration Settings() =>
        WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = ProgramFolder.Path }).Configuration;
}
