using System.Text.Json;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Faults;

/// <summary>The demo shop behind a server in its own process: its owner, its customers, and what each sees.</summary>
internal sealed class Shop(StoreFlowProcess server, HttpClient owner, HttpClient customer, HttpClient pages)
{
    public StoreFlowProcess Server => server;

    public HttpClient Owner => owner;

    public HttpClient Customer => customer;

    public static async Task<Shop> Of(StoreFlowProcess server)
    {
        var (owner, customer) = (await server.As(StoreFlowApp.Owner), await server.As(null));
        var pages = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = customer.BaseAddress };
        using var signedIn = await pages.PostAsync("/login", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["email"] = "owner@demo.example",
            ["password"] = SessionClient.Password,
        }));
        Assert.Equal(302, (int)signedIn.StatusCode);
        return new(server, owner, customer, pages);
    }

    /// <summary>A pending order, as the owner sees it.</summary>
    public async Task<JsonElement> PendingOrder()
    {
        var (status, view) = await customer.Post("/checkout", Scenarios.CheckoutBody());
        Assert.Equal(201, status);
        var (_, found) = await owner.Get($"/stores/1/orders?q={view.Text("reference")}");
        return found.GetProperty("orders")[0];
    }

    /// <summary>The order and its history: all that a step could leave behind.</summary>
    public async Task<string> Traces(JsonElement order) =>
        (await owner.Get($"/orders/{order.Number("id")}")).Body.GetRawText()
        + (await owner.Get($"/orders/{order.Number("id")}/history")).Body.GetRawText();

    /// <summary>All readers see the newest order: staff's API, the board and its list, the customer's page and view.</summary>
    public async Task Shows(JsonElement order)
    {
        Assert.Equal(200, (await customer.Get("/healthz")).Status);
        Assert.Equal(200, (await owner.Get($"/orders/{order.Number("id")}")).Status);
        Assert.Equal(200, (await customer.Get($"/customer/{order.Text("public_id")}/order")).Status);
        Assert.Contains(order.Text("reference"), await pages.GetStringAsync($"/track/{order.Text("public_id")}"), StringComparison.Ordinal);
        Assert.Contains("blazor", await pages.GetStringAsync("/dashboard/1"), StringComparison.Ordinal);
        var (_, newest) = await owner.Get("/stores/1/orders?limit=1");
        Assert.Equal(order.Text("reference"), newest.GetProperty("orders")[0].Text("reference"));
    }

    /// <summary>Asks <c>/readyz</c> until the database is well again.</summary>
    public Task IsReady() =>
        Eventually.Holds(async () => (await customer.Get("/readyz")).Status == 200, "The server did not become ready.");

    /// <summary>Asks <c>/readyz</c> until it says that this is wrong.</summary>
    public Task IsNotReady(string why) => Eventually.Holds(async () =>
    {
        var answer = await customer.Get("/readyz");
        if (answer.Status == 503)
            answer.Is(503, "busy");
        return answer.Status == 503 && answer.Body.Text("detail").Contains(why, StringComparison.Ordinal);
    }, $"/readyz did not say: {why}");

    /// <summary>Waits until the log has this.</summary>
    public Task Says(string sentence) =>
        Eventually.Holds(() => server.Said.Contains(sentence, StringComparison.Ordinal), $"The log did not say: {sentence}");
}
