using System.CommandLine;
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ManageTokens;

/// <summary><c>token create|list|revoke --user ...</c>: API tokens for scripts. Safe while the server runs.</summary>
internal static class TokenCommand
{
    public static Command Make(Func<DatabaseFile> open)
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
        create.SetAction(parsed => Run(open, parsed.GetRequiredValue(user), (db, userId) =>
            Create(db, userId, parsed.GetRequiredValue(name), parsed.GetValue(days))));
        var list = new Command("list", "List a user's tokens.");
        list.SetAction(parsed => Run(open, parsed.GetRequiredValue(user), List));
        var revoke = new Command("revoke", "Revoke a token: what it opened ends within seconds.") { id };
        revoke.SetAction(parsed =>
            Run(open, parsed.GetRequiredValue(user), (db, userId) => Revoke(db, userId, parsed.GetRequiredValue(id))));

        return new Command("token", "Hand out and take back API tokens.") { user, create, list, revoke };
    }

    private static int Run(Func<DatabaseFile> open, string email, Func<DbConnection, long, (int Exit, string Message)> action)
    {
        try
        {
            var (exit, message) = open().Write(db =>
                db.QuerySingleOrDefault<long?>("SELECT id FROM users WHERE email = @email", new { email }) is { } userId
                    ? action(db, userId)
                    : (1, $"There is no user {email}. Users come from the file that import reads."));
            (exit == 0 ? Console.Out : Console.Error).WriteLine(message);
            return exit;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SqliteException)
        {
            Console.Error.WriteLine(fault is UnusableException
                ? fault.Message
                : $"The database cannot be written now; nothing was changed. {fault.Message}");
            return 1;
        }
    }

    private static (int, string) Create(DbConnection db, long userId, string name, int? days)
    {
        if (days is < 1 or > 36500)
            return (1, "--days has to be from 1 to 36500.");
        var (token, now) = (ApiTokens.New(), TimeProvider.System.Now());
        var id = ApiTokens.Insert(db, userId, name, token, demo: false, now, days is { } count ? now.AddDays(count) : null);
        return (0, $"""
            Token {id}, shown this once:

                {token}

            Send it as: Authorization: Bearer {token}
            """);
    }

    private static (int, string) List(DbConnection db, long userId)
    {
        var now = TimeProvider.System.Now();
        var tokens = db.Query<Row>(
            "SELECT id, name, created_at, expires_at, revoked_at FROM api_tokens WHERE user_id = @userId ORDER BY id",
            new { userId });
        var lines = tokens
            .Select(token => $"{token.Id,4}  {token.Name,-24}  made {token.CreatedAt:yyyy-MM-dd}  {token.State(now)}")
            .ToList();
        return (0, lines.Count == 0 ? "No tokens." : string.Join('\n', lines));
    }

    private static (int, string) Revoke(DbConnection db, long userId, long id) =>
        db.Execute("UPDATE api_tokens SET revoked_at = COALESCE(revoked_at, @now) WHERE id = @id AND user_id = @userId",
            new { id, userId, now = TimeProvider.System.Now() }) == 1
            ? (0, $"Token {id} is revoked.")
            : (1, $"This user has no token {id}; token list shows the ones there are.");

    private sealed record Row
    {
        public long Id { get; init; }
        public required string Name { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? ExpiresAt { get; init; }
        public DateTimeOffset? RevokedAt { get; init; }

        public string State(DateTimeOffset now) =>
            RevokedAt is { } revoked ? $"revoked {revoked:yyyy-MM-dd}"
            : ExpiresAt is not { } expires ? "good until revoked"
            : expires <= now ? $"expired {expires:yyyy-MM-dd}" : $"good until {expires:yyyy-MM-dd}";
    }
}
