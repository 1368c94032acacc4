using Dapper;

namespace StoreFlow.Tests.Features.Privacy;

/// <summary>Data are erased by themselves after the days that the owner has set: not before, not twice, and never half.</summary>
public sealed class NightlyErasingTests
{
    [Fact]
    public async Task After_so_many_days_finished_orders_are_erased_by_themselves_once()
    {
        using var app = new StoppedClockApp();
        var owner = app.As(StoreFlowApp.Owner);
        var (done, cancelled, open) = (await app.OrderIn("completed"), await app.OrderIn("cancelled"), await app.OrderIn("ready"));
        var rivals = await app.OrderIn("completed", store: 3);
        var (_, off) = await owner.Get("/merchant/privacy");
        Assert.Equal(System.Text.Json.JsonValueKind.Null, off.GetProperty("erase_after_days").ValueKind);
        var (status, on) = await owner.Patch("/merchant/privacy", new { erase_after_days = 2, version = off.Number("version") });
        Assert.Equal((200, 2), (status, on.Number("erase_after_days")));
        Assert.Equal(409, (await owner.Patch("/merchant/privacy", new { erase_after_days = 9, version = off.Number("version") })).Status);

        // 03:00 of the second night comes 40 hours and 45 minutes after the orders were finished, that of the third after 64.
        app.Time.Advance(TimeSpan.FromHours(47));
        await NextLook(app);
        Assert.Equal("Mia Chen", await NameOf(app, done));
        app.Time.Advance(TimeSpan.FromHours(19));
        await Eventually.Holds(async () =>
        {
            app.Time.Advance(TimeSpan.FromMinutes(1));
            return await NameOf(app, done) == "erased" && await NameOf(app, cancelled) == "erased";
        }, "Nothing is erased by itself.");
        var erased = await app.Traces(done.Number("id"));
        app.Time.Advance(TimeSpan.FromDays(2));
        await NextLook(app);

        Assert.Equal(erased, await app.Traces(done.Number("id")));
        Assert.Equal("Mia Chen", await NameOf(app, open));
        var (_, theirs) = await app.As(StoreFlowApp.Rival).Get($"/orders/{rivals.Number("id")}");
        Assert.Equal("Mia Chen", theirs.GetProperty("customer").Text("name"));
        var log = (await owner.Get("/merchant/log")).Body.GetProperty("entries").EnumerateArray()
            .Where(entry => entry.Text("action") == "erased").ToList();
        Assert.All(log, entry => Assert.Equal("StoreFlow", entry.Text("actor")));
        Assert.Equal(
            new[] { done, cancelled }.Select(order => order.Text("reference")).Order(),
            log.Select(entry => entry.GetProperty("changes")[0].Text("after")).Order());
    }

    [Fact]
    public async Task A_death_in_between_leaves_an_order_whole_or_erased_whole()
    {
        await using var server = new RestartableServer();
        server.Start(("STOREFLOW_FAILPOINT", "erasing"));
        using var owner = await Client(server);
        var (_, placed) = await owner.Post("/checkout", Scenarios.CheckoutBody());
        var order = (await owner.Get("/stores/1/orders")).Body.GetProperty("orders")[0];
        var id = order.Number("id");
        Assert.Equal(200, (await owner.Post($"/orders/{id}/cancel", new { reason = "other", note = "Mia rang" })).Status);
        await Assert.ThrowsAsync<HttpRequestException>(
            () => owner.Post("/merchant/customers/erase", new { order_ids = new[] { id }, confirm = true }));
        await server.Kill();

        server.Start();
        using var again = await Client(server);
        Assert.Equal("Mia Chen", (await again.Get($"/orders/{id}")).Body.GetProperty("customer").Text("name"));
        Assert.Contains("Mia rang", (await again.Get($"/orders/{id}/history")).Body.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("erased", (await again.Get("/merchant/log")).Body.GetRawText(), StringComparison.Ordinal);
        var (_, answer) = await again.Post("/merchant/customers/erase", new { order_ids = new[] { id }, confirm = true });
        Assert.Equal(1, answer.Number("erased"));
        Assert.DoesNotContain("Mia", (await again.Get($"/orders/{id}/history")).Body.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("erased", (await again.Get($"/customer/{placed.Text("public_id")}/order")).Body.Text("first_name"));
    }

    /// <summary>Lets the server look whether something is to be done, and waits until it has: the search index is merged by then.</summary>
    private static async Task NextLook(StoppedClockApp app)
    {
        using (var db = app.OpenDatabase())
        {
            // A leftover of no meaning: the server removes it at the end of its look.
            var id = db.QuerySingle<long>("SELECT MIN(id) FROM orders");
            var stage = TestDatabase.IsPostgres ? 2 : 0; // PostgreSQL has no index to merge
            db.Execute("INSERT INTO erasing_leftovers (order_id, stage) VALUES (@id, @stage) ON CONFLICT DO NOTHING", new { id, stage });
        }
        await Eventually.Holds(() =>
        {
            app.Time.Advance(TimeSpan.FromMinutes(1));
            using var db = app.OpenDatabase();
            return db.ExecuteScalar<long>("SELECT COUNT(*) FROM erasing_leftovers") == 0;
        }, "The server does not look.");
    }

    private static async Task<string> NameOf(StoppedClockApp app, System.Text.Json.JsonElement order) =>
        (await app.As(StoreFlowApp.Owner).Get($"/orders/{order.Number("id")}")).Body.GetProperty("customer").Text("name");

    private static async Task<HttpClient> Client(RestartableServer server)
    {
        await server.Listening();
        var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", StoreFlowApp.Owner);
        return client;
    }
}
