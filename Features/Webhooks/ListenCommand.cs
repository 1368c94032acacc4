using System.CommandLine;
using System.Text;
using Dapper;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Webhooks;

/// <summary>
/// <c>listen</c>: prints the web hooks of what happens, as they would be sent, for those who write a receiver. It sends nothing, and
/// runs beside the server.
/// </summary>
internal static class ListenCommand
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    public static Command Make(Func<CommandDatabase> find)
    {
        var store = new Option<long>("--store") { Description = "The store's number.", DefaultValueFactory = _ => 1 };
        var after = new Option<long?>("--after") { Description = "Begin after this sequence; left out, with what happens from now on." };
        var secret = new Option<string?>("--secret") { Description = "Sign with this secret (whsec_...), to try a receiver's check." };
        var command = new Command("listen", "Prints the web hooks of what happens in a store, as they would be sent.")
        {
            store, after, secret,
        };
        command.SetAction((parsed, cancellationToken) => ListenAsync(
            find, parsed.GetValue(store), parsed.GetValue(after), parsed.GetValue(secret), cancellationToken));
        return command;
    }

    private static async Task<int> ListenAsync(
        Func<CommandDatabase> find, long store, long? after, string? secret, CancellationToken cancellationToken)
    {
        var key = secret is null ? null : WebhookSignature.Read(secret);
        if (secret is not null && key is null)
            return Fail("The secret has to be whsec_ and 24 to 64 bytes in base64.");
        CommandDatabase database;
        try
        {
            database = find();
        }
        catch (IOException fault)
        {
            return Fail($"There is no shop to listen to. {fault.Message}");
        }
        if (database.Read(db => db.QuerySingleOrDefault<(string Name, long Newest)?>(StoreSql, new { store })) is not
            var (name, newest))
            return Fail($"There is no store {store}.");
        var position = after ?? newest;
        Console.Error.WriteLine($"Listening to {name} after sequence {position}. Ctrl+C ends it.");
        try
        {
            while (true)
            {
                foreach (var announcement in database.Read(db => Announcement.OfStore(db, store, position, most: 500)))
                {
                    foreach (var told in announcement.ForStore)
                        Print(told, store, announcement.Sequence, key);
                    position = announcement.Sequence;
                }
                await Task.Delay(BetweenLooks, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    private static void Print(Event told, long store, long sequence, byte[]? key)
    {
        var body = WebhookMessage.Wrap(told);
        var (id, seconds) = ($"msg_listen_{store}_{sequence}_{told.Name}", TimeProvider.System.Now().ToUnixTimeSeconds());
        Console.WriteLine($"webhook-id: {id}\nwebhook-timestamp: {seconds}");
        if (key is not null)
            Console.WriteLine($"webhook-signature: {WebhookSignature.Of([key], id, seconds, body)}");
        Console.WriteLine($"\n{Encoding.UTF8.GetString(body)}\n");
    }

    private const string StoreSql = """
        SELECT s.name, (SELECT COALESCE(MAX(a.sequence), 0) FROM audit_log a WHERE a.store_id = s.id) AS newest
          FROM stores s
         WHERE s.id = @store
        """;

    private static int Fail(string sentence)
    {
        Console.Error.WriteLine(sentence);
        return 1;
    }
}
