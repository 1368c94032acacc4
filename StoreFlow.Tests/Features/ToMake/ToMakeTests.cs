using System.Text.Json;
using Dapper;

namespace StoreFlow.Tests.Features.ToMake;

/// <summary>What is to be made: only what is accepted or in work, of this store, and only for who works there.</summary>
public sealed class ToMakeTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Fact]
    public async Task Pieces_add_up_over_what_is_accepted_and_in_work()
    {
        Assert.Empty(await Totals());
        foreach (var (type, status) in Scenarios.StepsTo.Keys)
            await app.OrderIn(status, type);           // two sourdough loaves each
        await app.OrderIn("accepted", store: 2);

        // Accepted and in preparation, accepted and being packed: four orders.
        var product = Assert.Single(await Totals());
        Assert.Equal(
            ("BREAD-SOUR", "Sourdough loaf", 8L, 4L),
            (product.Text("sku"), product.Text("name"), product.Number("quantity"), product.Number("orders")));
    }

    [Fact]
    public async Task A_product_that_was_renamed_is_one_product()
    {
        using var own = new StoreFlowApp();
        await own.OrderIn("accepted");
        using (var db = own.OpenDatabase())
            db.Execute("UPDATE products SET name = 'Rye loaf' WHERE sku = 'BREAD-SOUR' AND store_id = 1");
        await own.OrderIn("accepted");

        var (_, body) = await own.As(StoreFlowApp.Staff).Get("/stores/1/orders/totals");
        var product = Assert.Single(body.GetProperty("products").EnumerateArray());
        Assert.Equal(("Rye loaf", 4L), (product.Text("name"), product.Number("quantity")));
    }

    [Fact]
    public async Task Another_store_is_not_found_and_a_stranger_is_nobody()
    {
        (await app.As(StoreFlowApp.Staff).Get("/stores/2/orders/totals")).Is(404, "not_found");
        (await app.As(StoreFlowApp.Rival).Get("/stores/1/orders/totals")).Is(404, "not_found");
        (await app.As(null).Get("/stores/1/orders/totals")).Is(401, "unauthenticated");
    }

    private async Task<List<JsonElement>> Totals() =>
        [.. (await app.As(StoreFlowApp.Staff).Get("/stores/1/orders/totals")).Body.GetProperty("products").EnumerateArray()];
}
