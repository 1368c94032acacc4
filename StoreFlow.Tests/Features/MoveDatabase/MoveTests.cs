using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using StoreFlow.Infrastructure;
using StoreFlow.Tests.Faults;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.MoveDatabase;

/// <summary>The real command: a shop goes to PostgreSQL and back, and nobody who asks the server notices.</summary>
public sealed class MoveTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestFolder _other = new();

    [SkippableFact]
    public async Task A_shop_goes_to_PostgreSQL_and_back_with_all_that_anybody_can_ask_for()
    {
        var setting = Empty();
        FirstStart.In(_folder.Path, demo: true);
        long[] ids;
        List<string> before;
        string cookie, token;
        await using (var server = Serve(_folder, null))
        {
            var shop = await Shop.Of(server);
            ids = await Fill(shop);
            token = (await shop.Owner.Post("/merchant/tokens", new { user_id = 1, name = "till" })).Body.Text("token");
            cookie = await SignIn(server);
            before = await Answers(shop.Owner, ids);

            var (busy, nothing, refusal) = await Move("--to", setting);
            Assert.Equal((1, ""), (busy, nothing));
            Assert.Contains($"Nothing was moved. Another process ({server.Id}) works on", refusal, StringComparison.Ordinal);
            await server.Kill();    // its newest orders are in the write-ahead log
        }
        var (hash, last, orders) = (Hash(), Last(), ids.Max());

        var (exit, said, error) = await Move("--to", setting);

        Assert.Equal((0, ""), (exit, error));
        Assert.Matches(@"\n  orders: \d+\n", said.ReplaceLineEndings("\n"));
        Assert.Contains($"has the whole shop: {ids.Length} orders, ", said, StringComparison.Ordinal);
        Assert.Contains("is as it was: keep it as a backup.", said, StringComparison.Ordinal);
        Assert.Equal(hash, Hash());
        Assert.Equal(Schema(TestPostgres.Shared.MakeMigrated(demo: false)), Schema(setting));
        var (again, _, full) = await Move("--to", setting);
        Assert.Equal(1, again);
        Assert.Contains("holds a shop already. Name an empty database.", full, StringComparison.Ordinal);

        await using (var server = Serve(_folder, setting))
        {
            using var owner = await server.As(StoreFlowApp.Owner);
            Assert.Equal(before, await Answers(owner, ids));
            await IsSignedIn(server, cookie, token);
            using var events = await EventStreamClient.Open(
                await server.As(StoreFlowApp.Owner), "/stores/1/orders/events", lastEventId: last - 1);
            var order = await (await Shop.Of(server)).PendingOrder();
            Assert.Equal(orders + 1, order.Number("id"));
            Assert.Equal([last, last + 1], (await events.Next(2)).Select(one => one.Id!.Value));
            Assert.Single((await owner.Get("/webhooks")).Body.GetProperty("webhooks").EnumerateArray());
            before = await Answers(owner, ids);

            var (busy, _, refusal) = await Move(setting, "--to-file", _other.Path);
            Assert.Equal(1, busy);
            Assert.Contains("A server runs on", refusal, StringComparison.Ordinal);
            await server.Kill();
        }

        (exit, said, error) = await Move(setting, "--to-file", _other.Path);

        Assert.Equal((0, ""), (exit, error));
        Assert.Contains($"{_other.Database} has the whole shop: {ids.Length + 1} orders, ", said, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_other.Path, "*.new*"));
        foreach (var file in Directory.EnumerateFiles(_other.Path, "*", SearchOption.AllDirectories))
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await using (var server = Serve(_other, null))
        {
            using var owner = await server.As(StoreFlowApp.Owner);
            Assert.Equal(before, await Answers(owner, ids));
            await IsSignedIn(server, cookie, token);
            var order = await (await Shop.Of(server)).PendingOrder();
            Assert.Equal(orders + 2, order.Number("id"));
        }
        Assert.Equal(0, (await StoreFlowProcess.Run(_other.Path, Circumstances(null), "verify")).Exit);
    }

    [SkippableFact]
    public async Task A_move_that_fails_leaves_the_database_empty_and_as_the_migrations_made_it()
    {
        var setting = Empty();
        FirstStart.In(_folder.Path, demo: true);
        Change("UPDATE users SET name = 'Ma' || char(0) || 'x' WHERE id = 1");

        var (exit, _, error) = await Move("--to", setting);

        Assert.Equal(1, exit);
        Assert.Contains(
            "The column name of the table users has a text with the character 0, which PostgreSQL does not take.", error,
            StringComparison.Ordinal);
        using (var db = TestPostgres.Open(setting))
        {
            Assert.Equal(0, db.ExecuteScalar<long>("SELECT COUNT(*) FROM merchants"));
            Assert.Equal(12, db.ExecuteScalar<long>("SELECT COUNT(*) FROM lifecycle"));
        }
        Assert.Equal(Schema(TestPostgres.Shared.MakeMigrated(demo: false)), Schema(setting));
        Change("UPDATE users SET name = 'Max' WHERE id = 1");
        Assert.Equal(0, (await Move("--to", setting)).Exit);
    }

    [SkippableFact]
    public async Task A_backup_is_moved_without_the_sessions_of_its_day()
    {
        var setting = Empty();
        FirstStart.In(_folder.Path, demo: true);
        await using (var server = Serve(_folder, null))
            await SignIn(server);
        var backup = Path.Combine(_other.Path, "monday.db");
        Assert.Equal(0, (await StoreFlowProcess.Run(_folder.Path, Circumstances(null), "backup", backup)).Exit);

        await using var running = Serve(_folder, null); // a backup is moved beside it
        await running.Address;
        var (exit, said, error) = await Move("--to", setting, "--from", backup);

        Assert.Equal((0, ""), (exit, error));
        Assert.Contains("Everybody has to sign in again", said, StringComparison.Ordinal);
        using var db = TestPostgres.Open(setting);
        Assert.Equal(0, db.ExecuteScalar<long>("SELECT COUNT(*) FROM sessions"));
    }

    [SkippableFact]
    public async Task What_cannot_be_moved_is_refused_in_a_sentence_without_the_password()
    {
        var setting = Empty();
        await Refused("There is no database at", null, "--to", setting);
        FirstStart.In(_folder.Path, demo: true);
        var hash = Hash();
        await Refused("There is no file", null, "--to", setting, "--from", Path.Combine(_other.Path, "none.db"));
        await Refused(
            "There is no database", null, "--to",
            $"{new NpgsqlConnectionStringBuilder(setting) { Database = "nowhere" }};Password=hush-hush");
        await Refused("PostgreSQL cannot be reached", null, "--to", "Host=127.0.0.1;Port=1;Database=x;Username=y;Password=hush-hush");
        await Refused("is no PostgreSQL connection string", null, "--to", "hush-hush");
        await Refused("Say where to", null);
        await Refused("Set StoreFlow:Database", null, "--to-file", Path.Combine(_other.Path, "new.db"));
        await Refused("is there already", setting, "--to-file", _folder.Database);
        await Refused("holds no shop of this release", setting, "--to-file", Path.Combine(_other.Path, "new.db"));
        using (var db = TestPostgres.Open(setting))
        {
            Assert.Equal(0, db.ExecuteScalar<long>("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'"));
            db.Execute("CREATE TABLE letters (id int)");
        }
        await Refused("holds another program's tables", null, "--to", setting);
        Assert.Equal(hash, Hash());
        Assert.Empty(Directory.EnumerateFiles(_other.Path, "new.db*"));

        async Task Refused(string why, string? database, params string[] arguments)
        {
            var (exit, said, error) = await StoreFlowProcess.Run(_folder.Path, Circumstances(database), ["move", .. arguments]);
            Assert.Equal((1, ""), (exit, said));
            Assert.StartsWith("Nothing was moved. ", error, StringComparison.Ordinal);
            Assert.Contains(why, error, StringComparison.Ordinal);
            Assert.DoesNotContain("hush", error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        }
    }

    /// <summary>Orders of all kinds, of which two are erased, and a web hook whose receiver is away.</summary>
    private static async Task<long[]> Fill(Shop shop)
    {
        var hook = new { url = "http://127.0.0.1:9/orders", events = new[] { "OrderCreated", "OrderStatusUpdated" } };
        Assert.Equal(201, (await shop.Owner.Post("/webhooks", hook)).Status);
        var ids = new List<long>();
        foreach (var ((type, _), steps) in Scenarios.StepsTo)
        {
            var (status, view) = await shop.Customer.Post("/checkout", Scenarios.CheckoutBody(type, name: "Zoë Çelik"));
            Assert.Equal(201, status);
            var found = (await shop.Owner.Get($"/stores/1/orders?q={view.Text("reference")}")).Body.GetProperty("orders")[0];
            ids.Add(found.Number("id"));
            foreach (var step in steps)
                Assert.Equal(200, (await shop.Owner.Post($"/orders/{ids[^1]}/{step}", Scenarios.BodyOf(step))).Status);
        }
        var (overridden, _) = await shop.Owner.Post($"/orders/{ids[1]}/override", new { status = "ready", reason = "The shop knows why" });
        Assert.Equal(200, overridden);
        var finished = ids.Where((_, i) => Scenarios.StepsTo.Keys.ElementAt(i).Status is "completed" or "delivered").ToList();
        var (erased, answer) = await shop.Owner.Post("/merchant/customers/erase", new { order_ids = finished, confirm = true });
        Assert.Equal((200, 2), (erased, answer.GetProperty("order_ids").GetArrayLength()));
        return [.. ids];
    }

    private static async Task<List<string>> Answers(HttpClient owner, long[] ids)
    {
        var answers = new List<string>();
        string[] paths =
        [
            "/stores/1/orders?limit=12&status=ready", "/stores/1/orders?q=celik", "/stores/1/figures?from=2026-01-01&to=2026-01-31",
            "/stores/1/catalogue", .. ids.Select(id => $"/orders/{id}"), .. ids.Select(id => $"/orders/{id}/history"),
        ];
        foreach (var path in paths)
        {
            var (status, body) = await owner.Get(path);
            Assert.True(status == 200, $"{path}: {status}");
            var answer = JsonNode.Parse(body.GetRawText())!.AsObject();
            answer.Remove("pickup_from"); // of the catalogue: moves on while the shop moves
            answers.Add($"{path} {answer.ToJsonString()}");
        }
        return answers;
    }

    private static async Task<string> SignIn(StoreFlowProcess server)
    {
        using var answer = await SessionClient.SignIn(await server.Address, "owner@demo.example", SessionClient.Password);
        Assert.Equal(302, (int)answer.StatusCode);
        return answer.SessionCookie();
    }

    private static async Task IsSignedIn(StoreFlowProcess server, string cookie, string token)
    {
        using var session = SessionClient.WithCookie(await server.Address, cookie);
        using var page = await session.GetAsync("/dashboard/1");
        Assert.Equal(200, (int)page.StatusCode);
        using var till = await server.As(token);
        Assert.Equal(200, (await till.Get("/stores/1/orders")).Status);
    }

    private StoreFlowProcess Serve(TestFolder folder, string? database) =>
        StoreFlowProcess.Serve(folder.Path, "Development", Circumstances(database));

    private Task<(int Exit, string Out, string Error)> Move(string option, string value, string? other = null, string? its = null) =>
        option is "--to"
            ? StoreFlowProcess.Run(
                _folder.Path, Circumstances(null), other is null ? ["move", option, value] : ["move", option, value, other, its!])
            : StoreFlowProcess.Run(_folder.Path, Circumstances(option), "move", value, other!);

    /// <summary>Which engine it is is said here, whichever the run is on.</summary>
    private static Action<ProcessStartInfo> Circumstances(string? database) => start =>
    {
        start.Environment["StoreFlow__Webhooks__AllowPrivateAddresses"] = "true";
        if (database is null)
            start.Environment.Remove("StoreFlow__Database");
        else
            start.Environment["StoreFlow__Database"] = database;
    };

    private static string Empty() => TestPostgres.Shared.MakeEmpty();

    private static List<string> Schema(string setting)
    {
        using var db = TestPostgres.Open(setting);
        return db.Query<string>("""
            SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
             WHERE c.relnamespace = 'public'::regnamespace
            UNION ALL
            SELECT conrelid::regclass || ' ' || conname || ' ' || convalidated || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
             WHERE connamespace = 'public'::regnamespace
            UNION ALL
            SELECT tgenabled::text || ' ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
             ORDER BY 1
            """).AsList();
    }

    private string Hash() => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(_folder.Database)));

    private long Last()
    {
        using var db = SqliteDatabase.Open(_folder.Database, readOnly: true);
        return db.ExecuteScalar<long>("SELECT MAX(sequence) FROM audit_log WHERE store_id = 1");
    }

    private void Change(string sql)
    {
        using var db = SqliteDatabase.Open(_folder.Database);
        db.Execute(sql);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _other.Dispose();
    }
}
