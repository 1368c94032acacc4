using System.CommandLine;
using System.Data.Common;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ManageTokens;

/// <summary><c>token create|list|revoke --user ...</c>: API tokens for scripts. Safe while the server runs.</summary>
internal static class TokenCommand
{
    public static Command Make(Func<CommandDatabase> open)
    {
        var user = new Option<string>("--user") { Description = "The e-mail address of the user.", Required = true, Recursive = true };
        var name = new Option<string>("--name")
        {
            Description = "What the token is for, to tell it from others.",
            DefaultValueFactory = _ => "api",
        };
        var days = new Option<int?>("--days") { Description = "After how many days it expires; left out, it does not." };
        var id = new Option<long>("--id") { Description = "Which token, as token list shows it.", Required = true };

        var create = new Command("create", "Make a token. It is shown once.") { name, days };
        create.SetAction(parsed => Run(open, parsed.GetRequiredValue(user), (db, person) =>
            Create(db, person, parsed.GetRequiredValue(name), parsed.GetValue(days))));
        var list = new Command("list", "List a user's tokens.");
        list.SetAction(parsed => Run(open, parsed.GetRequiredValue(user), List));
        var revoke = new Command("revoke", "Revoke a token: what it opened ends within seconds.") { id };
        revoke.SetAction(parsed =>
            Run(open, parsed.GetRequiredValue(user), (db, person) => Revoke(db, person, parsed.GetRequiredValue(id))));

        return new Command("token", "Hand out and take back API tokens.") { user, create, list, revoke };
    }

    private static int Run(Func<CommandDatabase> open, string email, Func<DbConnection, Person, (int Exit, string Message)> action)
    {
        try
        {
            var (exit, message) = open().Write(db =>
                Person.FindByEmail(db, email) is { } person ? action(db, person) : (1, $"There is no user {email}."));
            (exit == 0 ? Console.Out : Console.Error).WriteLine(message);
            return exit;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or DbException)
        {
            Console.Error.WriteLine(fault is UnusableException
                ? fault.Message
                : $"The database cannot be written now; nothing was changed. {fault.Message}");
            return 1;
        }
    }

    private static (int, string) Create(DbConnection db, Person person, string name, int? days)
    {
        var fields = new Fields();
        Token.Check(fields, name, days);
        if (fields.Errors.Count > 0)
            return (1, string.Join('\n', fields.Errors.Select(field => $"--{field.Key}: {field.Value[0]}")));
        var now = TimeProvider.System.Now();
        var (id, secret) = Token.Make(db, person, name.Trim(), days is { } count ? now.AddDays(count) : null, author: null, now);
        return (0, $"""
            Token {id}, shown this once:

                {secret}

            Send it as: Authorization: Bearer {secret}
            """);
    }

    private static (int, string) List(DbConnection db, Person person)
    {
        var now = TimeProvider.System.Now();
        var lines = Token.OfUser(db, person.Id)
            .Select(token => $"{token.Id,4}  {token.Name,-24}  made {token.CreatedAt:yyyy-MM-dd}  {Used(token)}  {State(token, now)}")
            .ToList();
        return (0, lines.Count == 0 ? "No tokens." : string.Join('\n', lines));
    }

    private static (int, string) Revoke(DbConnection db, Person person, long id) =>
        Token.OfUser(db, person.Id).Any(token => token.Id == id)
        && Token.Revoke(db, person.MerchantId, id, author: null, TimeProvider.System.Now())
            ? (0, $"Token {id} is revoked.")
            : (1, $"This user has no token {id}; token list shows the ones there are.");

    private static string Used(Token token) => token.LastUsedAt is { } used ? $"used {used:yyyy-MM-dd}" : "never used";

    private static string State(Token token, DateTimeOffset now) =>
        token.RevokedAt is { } revoked ? $"revoked {revoked:yyyy-MM-dd}"
        : token.ExpiresAt is not { } expires ? "good until revoked"
        : expires <= now ? $"expired {expires:yyyy-MM-dd}" : $"good until {expires:yyyy-MM-dd}";
}
