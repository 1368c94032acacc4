using System.Text.Json;
using Dapper;

namespace StoreFlow.Tests.Features.ShipOrder;

/// <summary>The shop's own bicycle needs no carrier: StoreFlow makes the code, and the customer's page is its link.</summary>
public sealed class OwnCourierTests : IClassFixture<StoreFlowApp>
{
    private readonly StoreFlowApp _app;

    public OwnCourierTests(StoreFlowApp app)
    {
        _app = app;
        using var db = app.OpenDatabase();
        db.Execute("UPDATE shipping_methods SET own_courier = 1, tracking_url_template = NULL WHERE store_id = 1 AND code = 'express'");
    }

    [Theory]
    [InlineData("ship")]
    [InlineData("status")]
    public async Task Without_a_code_it_gets_one_and_the_customers_page_as_its_link(string door)
    {
        var order = await Accepted();
        Assert.True(order.GetProperty("shipping").GetProperty("own_courier").GetBoolean());
        var staff = _app.As(StoreFlowApp.Staff);
        var (status, shipped) = door == "ship"
            ? await staff.Post($"/orders/{order.Number("id")}/ship", new { })
            : await staff.Patch($"/orders/{order.Number("id")}/status", new { status = "shipped" });
        Assert.Equal(200, status);
        Assert.Equal($"SF-{order.Text("reference")}", shipped.Text("tracking_code"));
        Assert.Equal(new Uri(_app.Address, $"/track/{order.Text("public_id")}").ToString(), shipped.Text("tracking_url"));
        Assert.Equal("shipped", shipped.Text("shipping_status"));
        Assert.Equal(0, (await StoreFlowProcess.Run(_app.Folder, "verify")).Exit);
    }

    [Fact]
    public async Task A_code_that_is_given_stays()
    {
        var order = await Accepted();
        var (_, shipped) = await _app.As(StoreFlowApp.Staff).Post($"/orders/{order.Number("id")}/ship", new { tracking_code = "BIKE-7" });
        Assert.Equal("BIKE-7", shipped.Text("tracking_code"));
    }

    [Fact]
    public async Task Another_method_still_needs_one()
    {
        var order = await _app.OrderIn("packing", "shipping");
        (await _app.Refused(order.Number("id"), () => _app.As(StoreFlowApp.Staff).Post($"/orders/{order.Number("id")}/ship", new { })))
            .Is(400, "invalid_request", "tracking_code");
    }

    private async Task<JsonElement> Accepted()
    {
        var body = Scenarios.CheckoutBody("shipping");
        body["shipping"] = new
        {
            method = "express",
            name = "Mia Chen",
            address = new { line1 = "Quay Street 5", city = "Hamburg", postal_code = "20457", country = "DE" },
        };
        var (_, view) = await _app.As(null).Post("/checkout", body);
        var (_, found) = await _app.As(StoreFlowApp.Owner).Get($"/stores/1/orders?q={view.Text("reference")}");
        return await _app.Step(found.GetProperty("orders")[0], "accept");
    }
}
