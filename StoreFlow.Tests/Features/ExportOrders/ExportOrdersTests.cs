namespace StoreFlow.Tests.Features.ExportOrders;

/// <summary>The orders of some days as CSV: all of them, once, in the store's money and time, for manager and owner.</summary>
public sealed class ExportOrdersTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Fact]
    public async Task Every_order_of_the_store_stands_there_once()
    {
        await app.PlaceOrders(2100); // more than twice what is read at once
        var order = await app.PendingOrder(name: "=HYPERLINK(1)");
        var lines = await Lines("");
        Assert.StartsWith("reference,public_id,placed,status", lines[0].TrimStart('\uFEFF'), StringComparison.Ordinal);
        var ids = lines[1..].Select(line => line.Split(',')[1]).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.True(ids.Count >= 2101);
        var row = lines.Single(line => line.Contains(order.Text("public_id"), StringComparison.Ordinal));
        Assert.Contains(",9.60,", row, StringComparison.Ordinal);
        Assert.DoesNotContain(",=HYPERLINK", row, StringComparison.Ordinal);
        Assert.Single(await Lines("?from=2020-01-01&to=2020-12-31"));
        var (from, to) = (DateTime.UtcNow.AddDays(-2), DateTime.UtcNow.AddDays(2));
        Assert.Equal(lines.Count, (await Lines($"?from={from:yyyy-MM-dd}&to={to:yyyy-MM-dd}")).Count);
    }

    [Fact]
    public async Task A_day_that_is_none_is_refused_and_only_those_who_manage_the_store_get_it()
    {
        var owner = app.As(StoreFlowApp.Owner);
        foreach (var query in new[] { "from=yesterday", "to=2026-02-30", "from=2026-02-02&to=2026-02-01" })
            Assert.Equal(400, (await owner.Get($"/merchant/stores/1/orders.csv?{query}")).Status);
        Assert.Equal(403, (await app.As(StoreFlowApp.Staff).Get("/merchant/stores/1/orders.csv")).Status);
        Assert.Equal(404, (await app.As(StoreFlowApp.Rival).Get("/merchant/stores/1/orders.csv")).Status);
    }

    private async Task<List<string>> Lines(string query) =>
        [.. (await app.As(StoreFlowApp.Owner).GetStringAsync($"/merchant/stores/1/orders.csv{query}"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
