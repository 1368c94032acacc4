using System.Text;
using System.Text.Json;

namespace StoreFlow.Tests.Docs;

/// <summary>The examples in the API's description are what the server takes and answers.</summary>
public sealed class ApiExampleTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Theory]
    [InlineData("AcceptOrder", "pickup", "pending", "accepted")]
    [InlineData("ChangeStatus", "pickup", "pending", "accepted")]
    [InlineData("ShipOrder", "shipping", "packing", "shipped")]
    [InlineData("CorrectTracking", "shipping", "shipped", "shipped")]
    [InlineData("OverrideStatus", "shipping", "shipped", "accepted")]
    public async Task The_example_of_a_step_does_it(string operationId, string type, string from, string to)
    {
        var operation = (await ApiDocument.Of(app)).Find(operationId);
        var order = await app.OrderIn(from, type);
        var path = operation.Path.Replace("{id}", $"{order.Number("id")}");

        var (status, moved) = await app.As(StoreFlowApp.Owner)
            .Send(new(operation.Method), path, operation.Body!.Value.GetProperty("example"));

        Assert.Equal((200, to), (status, moved.Text("status")));
        Assert.Equal(order.Number("version") + 1, moved.Number("version"));
    }

    [Fact]
    public async Task The_example_of_a_checkout_places_the_order_that_the_example_of_its_answer_shows()
    {
        var checkout = (await ApiDocument.Of(app)).Find("Checkout");
        var (status, placed) = await app.As(null).Post("/checkout", checkout.Body!.Value.GetProperty("example"));

        Assert.Equal(201, status);
        var example = checkout.Answers.Single(answer => answer.Status == 201).Json.GetProperty("example");
        string[] random = ["public_id", "reference", "created_at", "promised_at"];
        Assert.Equal(
            example.EnumerateObject()
                .Where(property => !random.Contains(property.Name))
                .Select(property => $"{property.Name}: {Compact(property.Value)}"),
            placed.EnumerateObject()
                .Where(property => !random.Contains(property.Name))
                .Select(property => $"{property.Name}: {Compact(property.Value)}"));
    }

    [Theory]
    [InlineData("GetCatalogue", "/stores/1/catalogue")]
    [InlineData("ListOrders", "/stores/1/orders?limit=1&fulfilment_type=pickup")]
    [InlineData("GetOrder", "/orders/{id}")]
    [InlineData("GetOrderHistory", "/orders/{id}/history")]
    [InlineData("TrackOrder", "/customer/{public_id}/order")]
    [InlineData("Alive", "/healthz")]
    [InlineData("Ready", "/readyz")]
    public async Task The_example_of_an_answer_has_the_fields_of_the_answer(string operationId, string path)
    {
        await app.PendingOrder();
        var order = await app.OrderIn("shipped", "shipping");
        var (status, real) = await app.As(StoreFlowApp.Owner).Get(
            path.Replace("{id}", $"{order.Number("id")}").Replace("{public_id}", order.Text("public_id")));
        var answer = (await ApiDocument.Of(app)).Find(operationId).Answers.Single(answer => answer.Status == 200);

        Assert.Equal(200, status);
        Assert.Equal(Fields(real), Fields(answer.Json.GetProperty("example")));
    }

    [Fact]
    public async Task The_examples_of_problems_are_the_problems_that_come()
    {
        var pending = $"/orders/{(await app.PendingOrder()).Number("id")}";
        var checkout = Scenarios.CheckoutBody();
        var (staff, stranger) = (app.As(StoreFlowApp.Staff), app.As(null));
        stranger.DefaultRequestHeaders.Add("Idempotency-Key", $"{Guid.NewGuid()}");
        await stranger.Post("/checkout", checkout);
        checkout["note"] = "Another order";

        await Same("ShipOrder", "invalid_request", await staff.Post($"{pending}/ship", new { }));
        await Same("GetOrder", "unauthenticated", await stranger.Get(pending));
        await Same(
            "OverrideStatus", "forbidden", await staff.Post($"{pending}/override", new { status = "accepted", reason = "no owner" }));
        await Same("GetOrder", "not_found", await staff.Get("/orders/0"));
        await Same("AcceptOrder", "order_stale", await staff.Post($"{pending}/accept", new { version = 7 }));
        await Same("AcceptOrder", "transition_not_allowed", await staff.Post($"{pending}/complete"));
        await Same("Checkout", "too_large", await app.As(null).Post("/checkout", new { note = new string('x', 100_000) }));
        await Same("Checkout", "idempotency_key_reused", await stranger.Post("/checkout", checkout));
        using var text = await app.As(null).PostAsync("/checkout", new StringContent("hello", Encoding.UTF8, "text/plain"));
        var textAnswer = JsonDocument.Parse(await text.Content.ReadAsStringAsync()).RootElement;
        await Same("Checkout", "unsupported_media_type", ((int)text.StatusCode, textAnswer));
    }

    private async Task Same(string operationId, string code, (int Status, JsonElement Body) real)
    {
        var answer = (await ApiDocument.Of(app)).Find(operationId).Answers.Single(answer => answer.Status == real.Status);
        var example = answer.Json.GetProperty("examples").GetProperty(code).GetProperty("value");
        Assert.Equal(code, real.Body.Text("code"));
        Assert.Equal(real.Body.Text("type"), example.Text("type"));
        Assert.Equal(real.Body.Text("title"), example.Text("title"));
        Assert.Equal(Fields(real.Body, "errors"), Fields(example, "errors"));
        if (code is not ("invalid_request" or "order_stale" or "transition_not_allowed"))
            Assert.Equal(real.Body.Text("detail"), example.Text("detail"));
    }

    private static string Compact(JsonElement json) => JsonSerializer.Serialize(json);

    /// <summary>The paths of all fields, in order and without values. What is inside <paramref name="leaf"/> is left out.</summary>
    private static List<string> Fields(JsonElement json, string leaf = "meta", string path = "") => json.ValueKind switch
    {
        JsonValueKind.Object => [.. json.EnumerateObject().SelectMany(field =>
            Fields(field.Name == leaf ? default : field.Value, leaf, $"{path}.{field.Name}").Prepend($"{path}.{field.Name}"))],
        JsonValueKind.Array => [.. json.EnumerateArray().SelectMany(one => Fields(one, leaf, path)).Distinct()],
        _ => [],
    };
}
