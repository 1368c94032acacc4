namespace StoreFlow.Tests.Features.Orders;

/// <summary>
/// Where a request is wrong in two ways, the earlier check answers: 401, 403 (the role), 400 (the body), 404 (the
/// order, for this caller), 409 stale, 409 no such step. Nobody learns what they may not know.
/// </summary>
public sealed class CheckOrderTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    private static readonly object Unusable = new { status = "shipped", tracking_code = "" };
    private static readonly object Usable = Scenarios.AnyStep();

    [Fact]
    public async Task Who_is_asking_comes_before_everything()
    {
        var stranger = app.As("no-such-token");
        (await Of("completed", stranger, "override", Usable)).Is(401, "unauthenticated");       // before 403 and 409
        (await Of("pending", stranger, "ship", Unusable)).Is(401, "unauthenticated");           // before 400
        (await stranger.Post("/orders/999999/ship", Usable)).Is(401, "unauthenticated");        // before 404
    }

    [Theory]
    [InlineData(StoreFlowApp.Manager)]
    [InlineData(StoreFlowApp.Staff)]
    public async Task The_role_comes_before_the_body_and_the_order(string token)
    {
        var clerk = app.As(token);
        (await Of("pending", clerk, "override", Unusable)).Is(403, "forbidden");                // before 400
        (await clerk.Post("/orders/999999/override", Usable)).Is(403, "forbidden");             // before 404
        (await Of("completed", clerk, "override", Usable)).Is(403, "forbidden");                // before 409
        (await Of("pending", clerk, "override", Scenarios.AnyStep(version: 7))).Is(403, "forbidden");
    }

    [Fact]
    public async Task The_body_comes_before_the_order()
    {
        var owner = app.As(StoreFlowApp.Owner);
        foreach (var route in new[]
        {
            "POST /orders/{id}/ship", "PATCH /orders/{id}/tracking", "PATCH /orders/{id}/status", "POST /orders/{id}/override",
        })
        {
            // Before 404 and before 409.
            (await owner.Call(route, 999999, Unusable)).Is(400, "invalid_request", "tracking_code");
            var completed = (await app.OrderIn("completed")).Number("id");
            (await app.Refused(completed, () => owner.Call(route, completed, Unusable))).Is(400, "invalid_request", "tracking_code");
        }
        (await Of("pending", owner, "ship", new { version = 7 })).Is(400, "invalid_request", "tracking_code");      // before stale
    }

    [Fact]
    public async Task The_order_comes_before_its_state()
    {
        var theirs = (await app.OrderIn("completed", store: 3)).Number("id");
        var owner = app.As(StoreFlowApp.Owner);
        foreach (var route in Scenarios.OrderRoutes)
        {
            (await app.Refused(theirs, () => owner.Call(route, theirs, Usable), reader: StoreFlowApp.Rival)).Is(404, "not_found");
            (await app.Refused(
                theirs, () => owner.Call(route, theirs, Scenarios.AnyStep(version: 1)), reader: StoreFlowApp.Rival)).Is(404, "not_found");
        }
    }

    [Fact]
    public async Task A_stale_version_comes_before_the_step()
    {
        (await Of("completed", app.As(StoreFlowApp.Staff), "accept", new { version = 1 })).Is(409, "order_stale");
        (await Of("completed", app.As(StoreFlowApp.Owner), "override", Scenarios.AnyStep(version: 1))).Is(409, "order_stale");
        (await Of("completed", app.As(StoreFlowApp.Staff), "accept", new { version = 5 })).Is(409, "transition_not_allowed");
    }

    private async Task<(int Status, System.Text.Json.JsonElement Body)> Of(string status, HttpClient client, string step, object body)
    {
        var id = (await app.OrderIn(status)).Number("id");
        return await app.Refused(id, () => client.Post($"/orders/{id}/{step}", body));
    }
}
