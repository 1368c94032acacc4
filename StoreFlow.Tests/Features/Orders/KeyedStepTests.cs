using System.Net;
using System.Text.Json;

namespace StoreFlow.Tests.Features.Orders;

/// <summary>A step that is sent again under its idempotency key, for any reason, is not taken a second time.</summary>
public sealed class KeyedStepTests(StoppedClockApp app) : IClassFixture<StoppedClockApp>
{
    /// <summary>Every route that changes an order, with the kind and status of an order that it can be called on.</summary>
    public static TheoryData<string, string, string> Steps => new()
    {
        { "POST /orders/{id}/accept", "pickup", "pending" },
        { "POST /orders/{id}/start-preparation", "pickup", "accepted" },
        { "POST /orders/{id}/mark-ready", "pickup", "in_progress" },
        { "POST /orders/{id}/complete", "pickup", "ready" },
        { "POST /orders/{id}/start-packing", "shipping", "accepted" },
        { "POST /orders/{id}/ship", "shipping", "packing" },
        { "POST /orders/{id}/mark-delivered", "shipping", "shipped" },
        { "POST /orders/{id}/cancel", "pickup", "in_progress" },
        { "PATCH /orders/{id}/tracking", "shipping", "shipped" },
        { "PATCH /orders/{id}/promise", "pickup", "accepted" },
        { "PATCH /orders/{id}/status", "pickup", "pending" },
        { "POST /orders/{id}/override", "shipping", "pending" },
    };

    [Fact]
    public void Every_route_that_changes_an_order_is_among_them() =>
        Assert.Equal(
            Scenarios.OrderRoutes.Where(route => !route.StartsWith("GET", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            Steps.Select(row => (string)row[0]).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Twenty_at_once_take_one_step_and_get_one_answer(string route, string type, string status)
    {
        var order = await app.OrderIn(status, type);
        var key = Guid.NewGuid().ToString();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Take(route, order.Number("id"), key))));

        var (code, body) = Assert.Single(answers.Distinct());
        Assert.Equal(HttpStatusCode.OK, code);
        var version = JsonDocument.Parse(body).RootElement.Number("version");
        Assert.Equal(order.Number("version") + 1, version);
        Assert.Equal(version, await Version(order));
        Assert.Equal((code, body), await Take(route, order.Number("id"), key));
        Assert.Equal(version, await Version(order));
    }

    [Fact]
    public async Task The_first_answer_stays_when_the_order_has_moved_on()
    {
        var order = await app.PendingOrder();
        var first = await Take("POST /orders/{id}/accept", order.Number("id"), "moved on");
        await app.Step(order, "start-preparation");

        Assert.Equal(first, await Take("POST /orders/{id}/accept", order.Number("id"), "moved on"));
    }

    [Fact]
    public async Task Another_step_or_another_order_under_the_same_key_is_refused_and_changes_nothing()
    {
        var (order, other) = (await app.PendingOrder(), await app.PendingOrder());
        await Take("POST /orders/{id}/accept", order.Number("id"), "taken");

        foreach (var (route, id) in new[]
        {
            ("POST /orders/{id}/start-preparation", order.Number("id")), ("POST /orders/{id}/accept", other.Number("id")),
        })
        {
            (await app.Refused(id, () => Read(Take(route, id, "taken")))).Is(422, "idempotency_key_reused");
        }
    }

    [Fact]
    public async Task A_refused_step_uses_its_key_up_for_nothing()
    {
        var order = await app.PendingOrder();
        var (id, key) = (order.Number("id"), "too early");
        (await app.Refused(id, () => Read(Take("POST /orders/{id}/mark-ready", id, key)))).Is(409, "transition_not_allowed");
        await app.Step(order, "accept");
        await app.Step(order, "start-preparation");

        Assert.Equal(HttpStatusCode.OK, (await Take("POST /orders/{id}/mark-ready", id, key)).Code);
    }

    [Fact]
    public async Task The_keys_of_one_member_of_staff_are_not_those_of_another()
    {
        var (order, other) = (await app.PendingOrder(), await app.PendingOrder());
        await Take("POST /orders/{id}/accept", order.Number("id"), "1");

        Assert.Equal(HttpStatusCode.OK, (await Take("POST /orders/{id}/accept", other.Number("id"), "1", StoreFlowApp.Staff)).Code);
    }

    [Fact]
    public async Task A_key_opens_no_order_that_is_not_ones_own()
    {
        var order = await app.PendingOrder();
        await Take("POST /orders/{id}/accept", order.Number("id"), "mine");

        (await Read(Take("POST /orders/{id}/accept", order.Number("id"), "mine", StoreFlowApp.Rival))).Is(404, "not_found");
    }

    [Fact]
    public async Task After_72_hours_the_key_is_forgotten()
    {
        var order = await app.PendingOrder();
        await Take("POST /orders/{id}/accept", order.Number("id"), "old");
        app.Time.Advance(TimeSpan.FromHours(72));

        (await Read(Take("POST /orders/{id}/accept", order.Number("id"), "old"))).Is(409, "transition_not_allowed");
    }

    [Theory]
    [InlineData("")]
    [InlineData("schön")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        var id = (await app.PendingOrder()).Number("id");

        (await app.Refused(id, () => Read(Take("POST /orders/{id}/accept", id, key)))).Is(400, "invalid_request", "Idempotency-Key");
    }

    private async Task<(HttpStatusCode Code, string Body)> Take(string route, long id, string key, string token = StoreFlowApp.Owner)
    {
        var words = route.Split(' ');
        using var request = new HttpRequestMessage(new(words[0]), words[1].Replace("{id}", $"{id}"))
        {
            Content = HttpExtensions.ContentOf(Scenarios.AnyStep()),
        };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var answer = await app.As(token).SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<(int Status, JsonElement Body)> Read(Task<(HttpStatusCode Code, string Body)> answer)
    {
        var (code, body) = await answer;
        return ((int)code, JsonDocument.Parse(body).RootElement);
    }

    private async Task<long> Version(JsonElement order) =>
        (await app.As(StoreFlowApp.Owner).Get($"/orders/{order.Number("id")}")).Body.Number("version");
}
