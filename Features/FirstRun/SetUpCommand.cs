using System.CommandLine;
using System.Data.Common;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.FirstRun;

/// <summary><c>setup</c>: the first set-up without a browser. The owner chooses a password by a one-time link.</summary>
internal static class SetUpCommand
{
    public static Command Make(Func<CommandDatabase> open)
    {
        var name = new Option<string>("--name") { Description = "The name of the shop.", Required = true };
        var store = new Option<string?>("--store") { Description = "The name of its first store, if another." };
        var address = new Option<string?>("--address") { Description = "Where customers collect." };
        var phone = new Option<string?>("--phone") { Description = "Whom customers call." };
        var zone = new Option<string>("--time-zone") { Description = "As in Europe/Berlin.", Required = true };
        var currency = new Option<string>("--currency") { Description = "ISO 4217, as in EUR.", Required = true };
        var email = new Option<string>("--email") { Description = "The owner's e-mail address.", Required = true };
        var owner = new Option<string>("--owner") { Description = "The owner's name.", Required = true };
        var samples = new Option<bool>("--samples") { Description = "Begin with some sample products." };
        var command = new Command("setup", "Make the shop in an empty data directory: a store and its owner.")
        {
            name, store, address, phone, zone, currency, email, owner, samples,
        };
        command.SetAction(parsed => Run(open, new()
        {
            Name = parsed.GetRequiredValue(name),
            StoreName = parsed.GetValue(store),
            Address = parsed.GetValue(address),
            Phone = parsed.GetValue(phone),
            TimeZone = parsed.GetRequiredValue(zone),
            Currency = parsed.GetRequiredValue(currency),
            Email = parsed.GetRequiredValue(email),
            OwnerName = parsed.GetRequiredValue(owner),
            Samples = parsed.GetValue(samples),
        }));
        return command;
    }

    private static int Run(Func<CommandDatabase> open, NewShop shop)
    {
        try
        {
            var fields = new Fields();
            shop.Check(fields);
            if (fields.Errors.Count > 0)
            {
                foreach (var (field, sentences) in fields.Errors)
                    Console.Error.WriteLine($"{Option(field)}: {sentences[0]}");
                return 1;
            }
            var database = open();
            var made = database.Write<(Store Store, string Link)?>(db =>
            {
                var now = TimeProvider.System.Now();
                return shop.Make(db, now) is var (store, owner) ? (store, OneTimeLinks.Make(db, owner, author: null, now)) : null;
            });
            if (made is not var (of, link))
            {
                Console.Error.WriteLine($"There is a shop in {database.Name} already. Nothing was changed.");
                return 1;
            }
            Console.WriteLine($"""
                {shop.Name.Trim()} is made in {database.Name}. Store {of.Id}: customers order at /shop/{of.Id},
                    staff work at /dashboard/{of.Id}.
                {shop.OwnerName.Trim()} chooses a password within three days at this address of the server, which works once:

                    {link}
                """);
            return 0;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or DbException)
        {
            Console.Error.WriteLine($"The shop was not made, and nothing was changed. {fault.Message}");
            return 1;
        }
    }

    private static string Option(string field) => field switch
    {
        "store_name" => "--store",
        "owner_name" => "--owner",
        _ => $"--{field.Replace('_', '-')}",
    };
}
