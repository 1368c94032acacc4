using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace StoreFlow.Tests.Infrastructure;

/// <summary>
/// Who may see and do what: role × route × own store, another store of the merchant, a store of another merchant. The routes
/// come from the server itself, so a new one fails here until somebody has said who may use it.
/// </summary>
public sealed partial class AccessTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    private static readonly string[] StoreRoutes =
    [
        "GET /stores/{id}/orders", "GET /stores/{id}/orders/events", "GET /stores/{id}/orders/totals", "POST /stores/{id}/orders/steps",
        "GET /stores/{id}/service", "PATCH /stores/{id}/service",
    ];

    // Not everybody in the store, or not with any body: FiguresTests and CounterOrderTests.
    private static readonly string[] OtherStoreRoutes = ["GET /stores/{id}/figures", "POST /stores/{id}/orders"];

    // For those who manage; AccessMatrixTests asks each of them of everybody.
    private static readonly string[] MerchantRoutes =
    [
        "GET /merchant/stores", "POST /merchant/stores", "PATCH /merchant/stores/{id}",
        "GET /merchant/stores/{id}/products", "POST /merchant/stores/{id}/products",
        "PATCH /merchant/stores/{id}/products/{product_id}", "GET /merchant/stores/{id}/products/{product_id}/prices",
        "GET /merchant/stores/{id}/products.csv", "POST /merchant/stores/{id}/products.csv", "GET /merchant/stores/{id}/orders.csv",
        "GET /merchant/stores/{id}/shipping-methods", "POST /merchant/stores/{id}/shipping-methods",
        "PATCH /merchant/stores/{id}/shipping-methods/{code}",
        "GET /merchant/users", "POST /merchant/users", "PATCH /merchant/users/{id}", "POST /merchant/users/{id}/link",
        "PUT /merchant/users/{id}/pin",
        "GET /merchant/tokens", "POST /merchant/tokens", "DELETE /merchant/tokens/{id}",
        "GET /webhooks", "POST /webhooks", "GET /webhooks/{id}", "PATCH /webhooks/{id}", "DELETE /webhooks/{id}",
        "GET /merchant/stores/{id}/emails", "PATCH /merchant/stores/{id}/emails", "POST /merchant/stores/{id}/emails/test",
        "GET /merchant/stores/{id}/emails/deliveries", "POST /merchant/stores/{id}/emails/deliveries/{delivery_id}/resend",
        "GET /webhooks/{id}/deliveries", "POST /webhooks/{id}/deliveries/{delivery_id}/resend",
        "GET /merchant/stores/{id}/printers", "POST /merchant/stores/{id}/printers",
        "PATCH /merchant/printers/{id}", "DELETE /merchant/printers/{id}",
        "POST /merchant/customers/find", "POST /merchant/customers/export", "POST /merchant/customers/erase",
        "GET /merchant/privacy", "PATCH /merchant/privacy",
        "GET /merchant/log", "GET /merchant/export", "PUT /account/password", "PUT /account/pin",
    ];

    // For staff who work in the order's store, whatever its version; and for printers. PrinterTests.
    private static readonly string[] PrinterRoutes =
    [
        "GET /orders/{id}/tickets", "POST /orders/{id}/tickets",
        "POST /cloudprnt/{printer}", "GET /cloudprnt/{printer}", "DELETE /cloudprnt/{printer}",
    ];

    private static readonly string[] OpenRoutes =
    [
        "POST /checkout", "GET /stores/{id}/catalogue", "GET /customer/{public_id}/order", "GET /customer/{public_id}/order/events",
        "GET /customer/{public_id}/push", "POST /customer/{public_id}/push", "DELETE /customer/{public_id}/push",
        "GET /healthz", "GET /readyz", "GET /openapi/{documentName}.json",
        "/hubs/orders", "/hubs/orders/negotiate", // the hub asks at each subscription
    ];

    private static readonly Dictionary<string, long[]> StoresOf = new()
    {
        [StoreFlowApp.Owner] = [1, 2],
        [StoreFlowApp.Manager] = [1, 2],
        [StoreFlowApp.Staff] = [1],
        [StoreFlowApp.Rival] = [3],
    };

    [Fact]
    public void Every_route_has_somebody_who_may_use_it() =>
        Assert.Equal(
            [
                .. Scenarios.OrderRoutes.Concat(StoreRoutes).Concat(OtherStoreRoutes).Concat(MerchantRoutes)
                    .Concat(PrinterRoutes).Concat(OpenRoutes).Concat(ServerRoutes.Pages)
                    .Order(StringComparer.Ordinal),
            ],
            ServerRoutes.Of(app).Order(StringComparer.Ordinal));

    public static IEnumerable<object[]> OrderCalls() =>
        Scenarios.OrderRoutes.SelectMany(route => StoresOf.Keys.Select(caller => new object[] { route, caller }));

    public static IEnumerable<object[]> StoreCalls() =>
        StoreRoutes.SelectMany(route => StoresOf.Keys.Select(caller => new object[] { route, caller }));

    [Theory]
    [MemberData(nameof(OrderCalls))]
    public async Task An_order_is_for_those_who_work_in_its_store(string route, string caller)
    {
        var forbidden = route.EndsWith("/override", StringComparison.Ordinal) && caller is (StoreFlowApp.Manager or StoreFlowApp.Staff);
        foreach (var store in new long[] { 1, 2, 3 })
        {
            var order = (await app.PendingOrder(store: store)).Number("id");
            var owner = store == 3 ? StoreFlowApp.Rival : StoreFlowApp.Owner;
            var before = await app.Traces(order, owner);

            // A version that no order has: callers who may act are told that it is stale, and nothing changes.
            var answer = await Raw(caller, route, order, Scenarios.AnyStep(version: 999));

            var mine = StoresOf[caller].Contains(store);
            var expected = forbidden ? 403 : !mine ? 404 : route.StartsWith("GET", StringComparison.Ordinal) ? 200 : 409;
            Assert.Equal((store, expected), (store, answer.Status));
            if (expected == 404)
                Assert.Equal(await Raw(caller, route, 999999, Scenarios.AnyStep(version: 999)), answer);    // as if it were not there
            Assert.Equal(before, await app.Traces(order, owner));
        }
    }

    [Theory]
    [MemberData(nameof(StoreCalls))]
    public async Task A_store_is_for_those_who_work_there(string route, string caller)
    {
        foreach (var store in new long[] { 1, 2, 3 })
        {
            var mine = StoresOf[caller].Contains(store);
            var answer = await Raw(caller, route, store, Scenarios.AnyStep());
            Assert.Equal((store, mine ? 200 : 404), (store, answer.Status));
            if (!mine)
                Assert.Equal(await Raw(caller, route, 999, Scenarios.AnyStep()), answer);
        }
        Assert.Equal(401, (await Raw(null, route, 1)).Status);
    }

    [Theory]
    [InlineData("GET /stores/1/catalogue")]
    [InlineData("GET /healthz")]
    [InlineData("GET /readyz")]
    [InlineData("GET /openapi/v1.json")]
    public async Task What_is_open_is_open_to_all(string route)
    {
        foreach (var caller in StoresOf.Keys.Append(null).Append("no-such-token"))
            Assert.Equal(200, (await Raw(caller, route, 1)).Status);
    }

    [Fact]
    public async Task A_customers_link_works_for_whoever_holds_it()
    {
        var order = await app.PendingOrder();
        foreach (var caller in StoresOf.Keys.Append(null))
            Assert.Equal(200, (await app.As(caller).Get($"/customer/{order.Text("public_id")}/order")).Status);
    }

    [Fact]
    public async Task Whom_the_shop_lets_go_is_out_at_once()
    {
        using var own = new StoreFlowApp();
        var id = (await own.PendingOrder()).Number("id");
        using var db = own.OpenDatabase();
        Assert.Equal(200, (await own.As(StoreFlowApp.Staff).Get($"/orders/{id}")).Status);

        db.Execute("DELETE FROM store_assignments WHERE user_id = (SELECT id FROM users WHERE email = 'staff@demo.example')");
        Assert.Equal(404, (await own.As(StoreFlowApp.Staff).Get($"/orders/{id}")).Status);
        Assert.Equal(404, (await own.As(StoreFlowApp.Staff).Post($"/orders/{id}/accept")).Status);

        db.Execute("UPDATE users SET role = 'staff' WHERE email = 'owner@demo.example'");
        Assert.Equal(403, (await own.As(StoreFlowApp.Owner).Post($"/orders/{id}/override", Scenarios.AnyStep())).Status);

        db.Execute("UPDATE users SET active = 0 WHERE email = 'manager@demo.example'");
        Assert.Equal(401, (await own.As(StoreFlowApp.Manager).Get($"/orders/{id}")).Status);
    }

    /// <summary>An import holds the file and takes a store from a member of staff while his step waits for the file.</summary>
    [Fact]
    [Trait("Engine", "Sqlite")]
    public async Task A_step_that_waits_is_not_taken_for_somebody_whom_the_shop_lets_go_meanwhile()
    {
        using var own = new StoreFlowApp();
        var id = (await own.PendingOrder()).Number("id");
        var before = await own.Traces(id);
        using var db = own.OpenDatabase();
        db.Execute("BEGIN IMMEDIATE");
        var step = own.As(StoreFlowApp.Staff).Post($"/orders/{id}/accept");
        for (var i = 0; i < 20; i++)
            Assert.Equal(200, (await own.As(StoreFlowApp.Owner).Get($"/orders/{id}")).Status); // by now the step waits for the file

        db.Execute("DELETE FROM store_assignments WHERE user_id = (SELECT id FROM users WHERE email = 'staff@demo.example'); COMMIT");

        Assert.Equal(404, (await step).Status);
        Assert.Equal(before, await own.Traces(id));
    }

    /// <summary>An answer as it was sent, without trace id and date. Of an answer that stays open, only the beginning.</summary>
    private async Task<(int Status, string Headers, string Body)> Raw(string? caller, string route, long id, object? body = null)
    {
        var (method, path) = (route.Split(' ')[0], route.Split(' ')[1].Replace("{id}", $"{id}"));
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = method == "GET" ? null : HttpExtensions.ContentOf(body),
        };
        using var response = await app.As(caller).SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var headers = response.Headers.Concat(response.Content.Headers)
            .Where(header => header.Key != "Date")
            .Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
        var text = response.Content.Headers.ContentType?.MediaType == "text/event-stream" ? ""
            : await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, string.Join('\n', headers), TraceId().Replace(text, ""));
    }

    [GeneratedRegex("00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]")]
    private static partial Regex TraceId();
}
