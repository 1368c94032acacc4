using System.Text.Json;

namespace StoreFlow.Tests.Features.ListOrders;

/// <summary>A store's orders: pages, order, filters.</summary>
public sealed class ListOrdersTests(ListOrdersTests.Shop shop) : IClassFixture<ListOrdersTests.Shop>
{
    /// <summary>A shop with two orders in each status there is, and others' orders in between.</summary>
    public sealed class Shop : StoreFlowApp, IAsyncLifetime
    {
        /// <summary>The orders of store 1 by "type status".</summary>
        public Dictionary<string, List<long>> Ids { get; } = [];

        /// <summary>All of them, newest first.</summary>
        public List<long> All => [.. Ids.Values.SelectMany(ids => ids).OrderDescending()];

        public async Task InitializeAsync()
        {
            for (var round = 0; round < 2; round++)
                foreach (var (type, status) in Scenarios.StepsTo.Keys)
                {
                    var order = await this.OrderIn(status, type);
                    if (!Ids.TryGetValue($"{type} {status}", out var ids))
                        Ids[$"{type} {status}"] = ids = [];
                    ids.Add(order.Number("id"));
                    await this.PendingOrder(store: 2 + round);
                }
        }

        Task IAsyncLifetime.DisposeAsync() => Task.CompletedTask;
    }

    private readonly List<long> _all = shop.All;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(200)]
    public async Task Paging_walks_all_exactly_once_newest_first(int limit)
    {
        var walked = new List<long>();
        for (var after = ""; ;)
        {
            var page = await List($"?limit={limit}{after}");
            Assert.InRange(Ids(page).Count, 1, limit);
            walked.AddRange(Ids(page));
            if (page.GetProperty("next").ValueKind is JsonValueKind.Null)
                break;
            Assert.Equal(limit, Ids(page).Count);
            after = $"&after={page.Number("next")}";
        }
        Assert.Equal(_all, walked);
    }

    [Fact]
    public async Task Orders_that_come_and_move_meanwhile_disturb_no_page()
    {
        await using var own = new Shop();
        await own.InitializeAsync();
        var first = await List("?limit=8&status=active", own);
        await own.PendingOrder();
        await own.As(StoreFlowApp.Owner).Post($"/orders/{own.Ids["pickup pending"][0]}/accept");
        var second = await List($"?limit=200&status=active&after={first.Number("next")}", own);

        var done = own.Ids.Where(ids => ids.Key.EndsWith("completed") || ids.Key.EndsWith("delivered") || ids.Key.EndsWith("cancelled"))
            .SelectMany(ids => ids.Value);
        Assert.Equal(own.All.Except(done), Ids(first).Concat(Ids(second)));
    }

    [Fact]
    public async Task A_status_filters_and_more_of_them_add_up()
    {
        foreach (var status in Scenarios.StepsTo.Keys.Select(key => key.Status).Distinct())
            Assert.Equal(Of(status), Ids(await List($"?status={status}")));
        Assert.Equal(Of("ready", "packing", "delivered"), Ids(await List("?status=ready&status=packing&status=delivered&status=ready")));
        Assert.Equal(_all.Except(Of("completed", "delivered", "cancelled")), Ids(await List("?status=active")));
        Assert.Equal(_all.Except(Of("delivered", "cancelled")), Ids(await List("?status=active&status=completed")));
    }

    [Fact]
    public async Task The_kind_of_order_filters_too()
    {
        var shipping = _all.Where(id => shop.Ids.Any(ids =>
            ids.Key.StartsWith("shipping", StringComparison.Ordinal) && ids.Value.Contains(id)));
        Assert.Equal(shipping, Ids(await List("?fulfilment_type=shipping")));
        Assert.Equal([.. shop.Ids["pickup accepted"].OrderDescending()], Ids(await List("?fulfilment_type=pickup&status=accepted")));
        Assert.Empty(Ids(await List("?fulfilment_type=pickup&status=packing")));
        Assert.Equal([.. shop.Ids["pickup pending"].OrderDescending()], Ids(await List("?fulfilment_type=pickup&status=pending&q=mia")));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("limit=9223372036854775808", "limit")]
    [InlineData("after=0", "after")]
    [InlineData("after=x", "after")]
    [InlineData("status=lost", "status")]
    [InlineData("status=pending&status=", "status")]
    [InlineData("status=pending,accepted", "status")]
    [InlineData("fulfilment_type=drone", "fulfilment_type")]
    [InlineData("fulfilment_type=", "fulfilment_type")]
    [InlineData("q=a%00b", "q")]
    public async Task A_filter_that_is_none_is_refused_by_its_name(string query, string field) =>
        (await shop.As(StoreFlowApp.Staff).Get($"/stores/1/orders?{query}")).Is(400, "invalid_request", field);

    [Fact]
    public async Task Fifty_are_a_page_when_nobody_says_otherwise()
    {
        await using var own = new StoreFlowApp();
        for (var i = 0; i < 51; i++)
            await own.As(null).Post("/checkout", Scenarios.CheckoutBody());
        Assert.Equal(50, Ids(await List("", own)).Count);
        Assert.Equal(51, Ids(await List("?limit=200", own)).Count);
    }

    private async Task<JsonElement> List(string query, StoreFlowApp? at = null)
    {
        var (status, body) = await (at ?? shop).As(StoreFlowApp.Staff).Get($"/stores/1/orders{query}");
        Assert.Equal(200, status);
        return body;
    }

    private List<long> Of(params string[] statuses) =>
        [.. shop.Ids.Where(ids => statuses.Contains(ids.Key.Split(' ')[1])).SelectMany(ids => ids.Value).OrderDescending()];

    private static List<long> Ids(JsonElement page) => [.. page.GetProperty("orders").EnumerateArray().Select(order => order.Number("id"))];
}
