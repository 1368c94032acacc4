using System.CommandLine;
using System.Data.Common;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.SignIn;

/// <summary><c>link EMAIL</c>: a one-time link to choose a new password, for an owner who has forgotten theirs.</summary>
internal static class LinkCommand
{
    public static Command Make(Func<CommandDatabase> open)
    {
        var email = new Argument<string>("email") { Description = "The e-mail address of the user." };
        var command = new Command("link", "Make a one-time link with which a user chooses a new password.") { email };
        command.SetAction(parsed => Run(open, parsed.GetRequiredValue(email)));
        return command;
    }

    private static int Run(Func<CommandDatabase> open, string email)
    {
        try
        {
            var link = open().Write(db => Person.FindByEmail(db, email) is { Active: true } person
                ? OneTimeLinks.Make(db, person, author: null, TimeProvider.System.Now())
                : null);
            if (link is null)
                Console.Error.WriteLine($"There is no user {email}, or they are locked out.");
            else
                Console.WriteLine($"Within three days, once, at this address of the server: {link}");
            return link is null ? 1 : 0;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or DbException)
        {
            Console.Error.WriteLine($"No link was made. {fault.Message}");
            return 1;
        }
    }
}
