namespace StoreFlow.Tests.Features.Orders;

/// <summary>Every payload, as a session that a reviewer reads. Callers rely on names, order and values of the fields.</summary>
public sealed class PayloadTests : IDisposable
{
    // A server for each test, so that the numbers in a session are always the same.
    private readonly StoppedClockApp _app = new();
    private readonly Transcript _session = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_pickup_order_from_the_catalogue_to_the_counter()
    {
        var (customer, staff) = (_app.As(null), _app.As(StoreFlowApp.Staff));
        await _session.Send(customer, HttpMethod.Get, "/stores/1/catalogue");
        var placed = await _session.Send(customer, HttpMethod.Post, "/checkout", new
        {
            store_id = 1,
            fulfilment_type = "pickup",
            items = new[] { new { product_id = 1, quantity = 2 }, new { product_id = 3, quantity = 1 } },
            customer = new { name = "Mia Chen", email = "mia@example.com" },
            note = "Sliced, please",
        });
        await _session.Send(staff, HttpMethod.Get, "/orders/1");
        foreach (var step in Scenarios.StepsTo[("pickup", "completed")])
        {
            _app.Time.Advance(TimeSpan.FromMinutes(5));
            await _session.Send(staff, HttpMethod.Post, $"/orders/1/{step}", new { });
        }
        await TrackedBy(customer, placed.Text("public_id"));
        await _session.Send(staff, HttpMethod.Get, "/orders/1/history");
        await _session.Send(staff, HttpMethod.Get, "/stores/1/orders?status=active");

        Snapshots.Match(_session.ToString(), "PickupOrder");
    }

    [Fact]
    public async Task A_shipping_order_with_a_correction_and_an_override()
    {
        var (customer, owner, sam) = (_app.As(null), _app.As(StoreFlowApp.Owner), _app.As(StoreFlowApp.Staff));
        var placed = await _session.Send(customer, HttpMethod.Post, "/checkout", new
        {
            store_id = 1,
            fulfilment_type = "shipping",
            items = new[] { new { product_id = 4, quantity = 3 } },
            customer = new { name = "Jörg Weiß", email = "joerg@example.com", phone = "+49 30 1234567" },
            shipping = new
            {
                method = "express",
                name = "Weiß family",
                address = new
                {
                    line1 = "Quay Street 5",
                    line2 = "3rd floor",
                    city = "Hamburg",
                    region = "HH",
                    postal_code = "20457",
                    country = "DE",
                },
            },
        });
        await _session.Send(sam, HttpMethod.Get, "/orders/1");
        await _session.Send(sam, HttpMethod.Patch, "/orders/1/status", new { status = "accepted", version = 1 });
        await _session.Send(sam, HttpMethod.Post, "/orders/1/start-packing");
        _app.Time.Advance(TimeSpan.FromHours(1));
        await _session.Send(sam, HttpMethod.Post, "/orders/1/ship", new { tracking_code = "1Z 999" });
        await TrackedBy(customer, placed.Text("public_id"));
        await _session.Send(
            sam, HttpMethod.Patch, "/orders/1/tracking",
            new { tracking_code = "1Z-998", tracking_url = "https://elsewhere.example/1Z-998" });
        await _session.Send(
            owner, HttpMethod.Post, "/orders/1/override", new { status = "packing", reason = "The carrier brought it back" });
        await _session.Send(sam, HttpMethod.Post, "/orders/1/ship", new { tracking_code = "1Z-997", version = 6 });
        _app.Time.Advance(TimeSpan.FromDays(1));
        await _session.Send(sam, HttpMethod.Post, "/orders/1/mark-delivered");
        await _session.Send(sam, HttpMethod.Get, "/orders/1/history");

        Snapshots.Match(_session.ToString(), "ShippingOrder");
    }

    [Fact]
    public async Task A_page_of_the_list()
    {
        foreach (var type in new[] { "pickup", "shipping", "pickup" })
            await _app.PendingOrder(type);
        var staff = _app.As(StoreFlowApp.Staff);
        await _session.Send(staff, HttpMethod.Get, "/stores/1/orders?limit=2");
        await _session.Send(staff, HttpMethod.Get, "/stores/1/orders?limit=2&after=2");
        await _session.Send(staff, HttpMethod.Get, "/stores/1/orders?q=nobody");

        Snapshots.Match(_session.ToString(), "List");
    }

    private Task TrackedBy(HttpClient customer, string publicId) =>
        _session.Send(customer, HttpMethod.Get, $"/customer/{publicId}/order", named: "/customer/{public_id}/order");
}
