using System.Text.Json;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests;

/// <summary>Uses the public API to get to where a test begins.</summary>
public static class Scenarios
{
    private static readonly string[] ToReady = ["accept", "start-preparation", "mark-ready"];

    /// <summary>Every status with the steps that lead to it, by fulfilment type.</summary>
    public static readonly IReadOnlyDictionary<(string Type, string Status), string[]> StepsTo = new Dictionary<(string, string), string[]>
    {
        [("pickup", "pending")] = [],
        [("pickup", "accepted")] = ["accept"],
        [("pickup", "in_progress")] = ["accept", "start-preparation"],
        [("pickup", "ready")] = ToReady,
        [("pickup", "completed")] = [.. ToReady, "complete"],
        [("pickup", "cancelled")] = ["accept", "cancel"],
        [("shipping", "pending")] = [],
        [("shipping", "accepted")] = ["accept"],
        [("shipping", "packing")] = ["accept", "start-packing"],
        [("shipping", "shipped")] = ["accept", "start-packing", "ship"],
        [("shipping", "delivered")] = ["accept", "start-packing", "ship", "mark-delivered"],
        [("shipping", "cancelled")] = ["accept", "start-packing", "ship", "cancel"],
    };

    /// <summary>Every route on which staff read or move an order. The tests of access keep this list complete.</summary>
    public static readonly IReadOnlyList<string> OrderRoutes =
    [
        "GET /orders/{id}", "GET /orders/{id}/history",
        "POST /orders/{id}/accept", "POST /orders/{id}/start-preparation", "POST /orders/{id}/mark-ready", "POST /orders/{id}/complete",
        "POST /orders/{id}/start-packing", "POST /orders/{id}/ship", "POST /orders/{id}/mark-delivered",
        "POST /orders/{id}/cancel", "PATCH /orders/{id}/tracking", "PATCH /orders/{id}/promise",
        "PATCH /orders/{id}/status", "POST /orders/{id}/override",
    ];

    /// <summary>A body that every step can read; each takes its own fields from it. The step for many orders finds none.</summary>
    public static object AnyStep(long? version = null) => new
    {
        version,
        status = "accepted",
        reason = "customer_asked",
        tracking_code = "1Z-999",
        ready_in_minutes = 20,
        order_ids = new[] { 999_999 },
        to = "accepted",
        busy_minutes = 0,
        fulfilment_type = "pickup",
        items = new[] { new { product_id = 999_999, quantity = 1 } }, // no store has it
        customer = new { name = "Mia Chen" },
    };

    /// <summary>Calls a route as it stands in <see cref="OrderRoutes"/>; a GET goes without the body.</summary>
    public static Task<(int Status, JsonElement Body)> Call(this HttpClient client, string route, object id, object? body = null)
    {
        var (method, path) = (route.Split(' ')[0], route.Split(' ')[1]);
        return client.Send(new HttpMethod(method), path.Replace("{id}", $"{id}"), method == "GET" ? null : body);
    }

    /// <summary>A body for <c>POST /checkout</c> that is accepted as it stands.</summary>
    public static Dictionary<string, object?> CheckoutBody(string type = "pickup", long store = 1, string name = "Mia Chen")
    {
        var body = new Dictionary<string, object?>
        {
            ["store_id"] = store,
            ["fulfilment_type"] = type,
            ["items"] = new[] { new { product_id = FirstProduct(store), quantity = 2 } },
            ["customer"] = new { name, email = "mia@example.com", phone = "+49 30 1234567" },
        };
        if (type == "shipping")
            body["shipping"] = new
            {
                method = "standard",
                name,
                address = new { line1 = "Quay Street 5", city = "Hamburg", postal_code = "20457", country = "DE" },
            };
        return body;
    }

    /// <summary>The body of a step that needs one.</summary>
    public static object? BodyOf(string step) => step switch
    {
        "ship" => new { tracking_code = "1Z-999" },
        "cancel" => new { reason = "customer_asked" },
        _ => null,
    };

    /// <summary>Places an order and reads it back as the owner of its store sees it.</summary>
    public static async Task<JsonElement> PendingOrder(
        this StoreFlowApp app, string type = "pickup", long store = 1, string name = "Mia Chen")
    {
        var (status, view) = await app.As(null).Post("/checkout", CheckoutBody(type, store, name));
        Assert.Equal(201, status);
        var owner = app.As(store == 3 ? StoreFlowApp.Rival : StoreFlowApp.Owner);
        var (_, found) = await owner.Get($"/stores/{store}/orders?q={view.Text("reference")}");
        return found.GetProperty("orders").EnumerateArray().Single(order => order.Text("public_id") == view.Text("public_id"));
    }

    /// <summary>An order that the owner of its store has moved to this status, step by step.</summary>
    public static async Task<JsonElement> OrderIn(this StoreFlowApp app, string status, string type = "pickup", long store = 1)
    {
        var order = await app.PendingOrder(type, store);
        foreach (var step in StepsTo[(type, status)])
            order = await app.Step(order, step);
        return order;
    }

    /// <summary>Takes one step with an order, as the owner of its store.</summary>
    public static async Task<JsonElement> Step(this StoreFlowApp app, JsonElement order, string step)
    {
        var owner = app.As(order.Number("store_id") == 3 ? StoreFlowApp.Rival : StoreFlowApp.Owner);
        var (status, moved) = await owner.Post($"/orders/{order.Number("id")}/{step}", BodyOf(step));
        Assert.Equal(200, status);
        return moved;
    }

    /// <summary>An accepted order that the owner puts into these statuses, one after the other.</summary>
    public static async Task<JsonElement> Overridden(this StoreFlowApp app, params string[] statuses)
    {
        var order = await app.OrderIn("accepted", statuses[0] is "packing" or "shipped" or "delivered" ? "shipping" : "pickup");
        foreach (var status in statuses)
        {
            var code = status is "shipped" or "delivered" ? "1Z-999" : null;
            var (answer, moved) = await app.As(StoreFlowApp.Owner).Post(
                $"/orders/{order.Number("id")}/override", new { status, reason = "The shop knows why", tracking_code = code });
            Assert.Equal(200, answer);
            order = moved;
        }
        return order;
    }

    /// <summary>Places this many orders for pickup, 32 at a time: the cheapest way to many events.</summary>
    public static async Task PlaceOrders(this StoreFlowApp app, int count, long store = 1)
    {
        var customer = app.As(null);
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, _) =>
            Assert.Equal(201, (await customer.Post("/checkout", CheckoutBody(store: store))).Status));
    }

    /// <summary>The latest sequence of a store, as the file has it.</summary>
    public static long LatestSequence(this StoreFlowApp app, long store = 1)
    {
        using var db = app.OpenDatabase();
        return db.ExecuteScalar<long>("SELECT COALESCE(MAX(sequence), 0) FROM audit_log WHERE store_id = @store", new { store });
    }

    /// <summary>Adds a member of staff for store 1 of the demo shop, with a token. A test may remove this person.</summary>
    public static (long UserId, string Token) NewStaff(this StoreFlowApp app)
    {
        using var db = app.OpenDatabase();
        var token = ApiTokens.New();
        var userId = db.QuerySingle<long>(
            "INSERT INTO users (merchant_id, email, name, role, created_at) VALUES (1, @email, 'Temp', 'staff', 0) RETURNING id",
            new { email = $"{token}@demo.example" });
        db.Execute("INSERT INTO store_assignments (user_id, store_id) VALUES (@userId, 1)", new { userId });
        ApiTokens.Insert(db, userId, "temp", token, demo: false, DateTimeOffset.UnixEpoch, expires: null);
        return (userId, token);
    }

    /// <summary>Does something that must be refused, and checks that the order and its history are the same as before.</summary>
    public static async Task<(int Status, JsonElement Body)> Refused(
        this StoreFlowApp app,
        long orderId,
        Func<Task<(int Status, JsonElement Body)>> attempt,
        string reader = StoreFlowApp.Owner)
    {
        var before = await app.Traces(orderId, reader);
        var answer = await attempt();
        Assert.InRange(answer.Status, 400, 499);
        Assert.Equal(before, await app.Traces(orderId, reader));
        return answer;
    }

    /// <summary>All that a step could leave behind on an order: the order and its history. Each row of the history is an event.</summary>
    public static async Task<string> Traces(this StoreFlowApp app, long orderId, string reader = StoreFlowApp.Owner)
    {
        var client = app.As(reader);
        return (await client.Get($"/orders/{orderId}")).Body.GetRawText()
            + (await client.Get($"/orders/{orderId}/history")).Body.GetRawText();
    }

    /// <summary>
    /// Checks out in a way that must be refused, and checks that it left nothing behind: no order, no line, no audit row, no
    /// key.
    /// </summary>
    public static async Task<(int Status, JsonElement Body)> CheckoutRefused(
        this StoreFlowApp app, object? body, string? idempotencyKey = null)
    {
        using var db = app.OpenDatabase();
        var before = Rows();
        var client = app.As(null);
        if (idempotencyKey is not null)
            client.DefaultRequestHeaders.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        var answer = await client.Post("/checkout", body);
        Assert.InRange(answer.Status, 400, 499);
        Assert.Equal(before, Rows());
        return answer;

        (long, long, long, long) Rows() => db.QuerySingle<(long, long, long, long)>("""
            SELECT (SELECT COUNT(*) FROM orders), (SELECT COUNT(*) FROM order_items), (SELECT COUNT(*) FROM audit_log),
                   (SELECT COUNT(*) FROM idempotency_keys)
            """);
    }

    private static long FirstProduct(long store) => store switch { 1 => 1, 2 => 6, _ => 9 };
}
