using System.CommandLine;
using StoreFlow.Features.BackupDatabase;
using StoreFlow.Features.FirstRun;
using StoreFlow.Features.ManageTokens;
using StoreFlow.Features.MoveDatabase;
using StoreFlow.Features.ShopFiles;
using StoreFlow.Features.SignIn;
using StoreFlow.Features.VerifyOrders;
using StoreFlow.Features.Webhooks;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Setup;

/// <summary>What StoreFlow does besides serving: <c>dotnet run -- import shop.json</c> and so on.</summary>
internal static class Commands
{
    private const string SettingPrefix = "--StoreFlow:";

    /// <summary>The command that these arguments ask for, or null where they are the server's own, such as <c>--urls</c>.</summary>
    public static ParseResult? Recognise(string[] args)
    {
        var (settings, words) = Split(args);
        if (words is [] || (words[0].StartsWith('-') && words[0] is not ("--help" or "-h" or "-?" or "--version")))
            return null;

        // The same settings in the same order as the server's, so that both mean the same file.
        var builder = new Lazy<WebApplicationBuilder>(() =>
            WebApplication.CreateBuilder(new WebApplicationOptions { Args = settings, ContentRootPath = ProgramFolder.Path }));
        var root = new RootCommand("StoreFlow moves orders from checkout to the customer's hands. Without a command it serves.")
        {
            SetUpCommand.Make(Open),
            ImportShopCommand.Make(Open, () => builder.Value.Environment.IsDevelopment()),
            ExportShopCommand.Make(Find),
            TokenCommand.Make(Open),
            LinkCommand.Make(Open),
            BackupCommand.Make(Path, OrderCheck.Fault),
            RestoreCommand.Make(Path, OrderCheck.Fault),
            VerifyCommand.Make(Find),
            MoveCommand.Make(Read, OrderCheck.Fault),
            ListenCommand.Make(Find),
        };
        return root.Parse(words);

        Settings Read() => Settings.Of(builder.Value.Configuration);

        CommandDatabase Open() => CommandDatabase.Open(Read());

        CommandDatabase Find() => CommandDatabase.Find(Read());

        string Path() => Read() is { Database: null } settings
            ? DatabaseFile.PathOf(settings)
            : throw new UnusableException("Backup and restore are for the SQLite file. For PostgreSQL see docs/grow.md, Backup.");
    }

    /// <summary>
    /// Settings may stand among a command's words as among the server's arguments: <c>--StoreFlow:Name=value</c>, or with
    /// a blank between.
    /// </summary>
    private static (string[] Settings, string[] Words) Split(string[] args)
    {
        var (settings, words) = (new List<string>(), new List<string>());
        for (var i = 0; i < args.Length; i++)
        {
            var isSetting = args[i].StartsWith(SettingPrefix, StringComparison.OrdinalIgnoreCase);
            (isSetting ? settings : words).Add(args[i]);
            if (isSetting && !args[i].Contains('=') && i + 1 < args.Length)
                settings.Add(args[++i]);
        }
        return ([.. settings], [.. words]);
    }
}
