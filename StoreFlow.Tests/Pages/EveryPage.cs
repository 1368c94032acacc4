using Dapper;
using Microsoft.Playwright;

namespace StoreFlow.Tests.Pages;

/// <summary>A shop with something on every page, and the way to each page.</summary>
public sealed class EveryPage : StoreFlowApp, IAsyncLifetime
{
    /// <summary>What an attacker types into a name, a note or a product's name.</summary>
    public const string Script = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">";

    private readonly Dictionary<string, long> _orders = [];
    private readonly Dictionary<string, string> _ids = [];

    public static readonly string[] Names =
    [
        "home", "sign-in", "sign-in refused", "board", "board of nobody's store",
        "order pickup", "order shipping", "order shipped", "order with override", "no such order",
        "board products", "board product form", "board shipping", "board settings", "board people", "board tokens", "board changes",
        "board webhooks", "board emails", "board printers", "board printer form", "board privacy", "track erased",
        "account", "no tablet", "no such one-time link",
        "board selecting", "order hand-over", "order ticket", "board figures", "board service", "board slips",
        "track pickup", "track ready", "track shipping", "track shipped", "no such link", "shop", "shop with errors", "no such shop",
        "shop in German", "shop in Arabic", "track in German", "track in Arabic",
    ];

    public static TheoryData<string> All => [.. Names];

    public async Task InitializeAsync()
    {
        _ = Address;
        using (var db = OpenDatabase())
        {
            db.Execute("UPDATE products SET name = @Script WHERE id = 5", new { Script });
            db.Execute("UPDATE stores SET languages = 'en,de,ar' WHERE id = 1");
        }
        foreach (var (type, status) in Scenarios.StepsTo.Keys)
            await Remember($"{type} {status}", await this.OrderIn(status, type));

        await As(Owner).Post("/merchant/stores/1/printers", new { name = Script });
        var erased = await this.OrderIn("delivered", "shipping");
        await Remember("erased", erased);
        await As(Owner).Post("/merchant/customers/erase", new { order_ids = new[] { erased.Number("id") }, confirm = true });

        var body = Scenarios.CheckoutBody("shipping", name: Script);
        body["note"] = Script;
        body["items"] = new[] { new { product_id = 1, quantity = 1 }, new { product_id = 5, quantity = 2 } };
        var (_, view) = await As(null).Post("/checkout", body);
        var order = (await As(Owner).Get($"/stores/1/orders?q={view.Text("reference")}")).Body.GetProperty("orders")[0];
        await Remember("script", order);
    }

    /// <summary>Opens a page as the person it is for, and waits for the parts that need a circuit.</summary>
    public async Task Open(IPage page, string name, Func<string, Task> signIn)
    {
        var staff = name.StartsWith("board", StringComparison.Ordinal)
            || name == "account" || name.Contains("order", StringComparison.Ordinal)
                && !name.StartsWith("track", StringComparison.Ordinal);
        if (staff)
            await signIn("owner@demo.example");
        await page.GotoAsync(PathOf(name));
        await Assertions.Expect(page.Locator("main")).ToBeVisibleAsync();
        switch (name)
        {
            case "sign-in refused":
                await page.GetByLabel("E-mail address").FillAsync("nobody@demo.example");
                await page.GetByLabel("Password").FillAsync("wrong");
                await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
                await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
                break;
            case "shop with errors":
                await page.GetByLabel("Send it to me").CheckAsync();
                await page.GetByRole(AriaRole.Button, new() { Name = "Place the order" }).ClickAsync();
                await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
                break;
            case "board":
                await Assertions.Expect(page.Locator($"#order-{_orders["script"]} .age")).Not.ToBeEmptyAsync();
                break;
            case "board selecting":
                await page.GetByRole(AriaRole.Button, new() { Name = "Select", Exact = true }).ClickAsync();
                await page.GetByRole(AriaRole.Button, new() { Name = "To make" }).ClickAsync();
                await page.GetByText("More", new() { Exact = true }).ClickAsync();
                await page.Locator(".pick input").First.CheckAsync();
                await Assertions.Expect(page.Locator(".selection")).ToContainTextAsync("1 order selected");
                break;
            case "board product form":
                await page.GetByRole(AriaRole.Button, new()
                {
                    Name = "Edit Cinnamon bun"
                }).And(page.Locator(":not([data-settling])")).ClickAsync();
                await page.GetByLabel("Name").FillAsync("");
                await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).And(page.Locator(":not([data-settling])")).ClickAsync();
                await Assertions.Expect(page.Locator("#f-name-error")).ToBeVisibleAsync();
                break;
            case "board printer form":
                await page.GetByRole(AriaRole.Button, new()
                {
                    Name = "Add a printer"
                }).And(page.Locator(":not([data-settling])")).ClickAsync();
                await Assertions.Expect(page.GetByLabel("Paper")).ToBeVisibleAsync();
                break;
            case "board privacy":
                await page.GetByLabel("E-mail address").FillAsync("mia@example.com");
                await page.GetByRole(AriaRole.Button, new() { Name = "Look up" }).And(page.Locator(":not([data-settling])")).ClickAsync();
                await Assertions.Expect(page.GetByText("of that customer").First).ToBeVisibleAsync();
                break;
            case "board figures":
                await Assertions.Expect(page.GetByText("Turnover by day")).ToBeVisibleAsync();
                break;
            case "board slips":
                await Assertions.Expect(page.Locator(".one-slip")).ToHaveCountAsync(2);
                break;
            case "order with override":
                await page.GetByText("Override the status").ClickAsync();
                await page.GetByLabel("New status").SelectOptionAsync("shipped");
                await Assertions.Expect(page.Locator("#override-code")).ToBeVisibleAsync();
                break;
        }
    }

    private string PathOf(string name) => name switch
    {
        "home" => "/",
        "sign-in" or "sign-in refused" => "/login",
        "board" => "/dashboard/1",
        "board selecting" => "/dashboard/1",
        "order hand-over" => $"/dashboard/1/orders/{_orders["pickup ready"]}/hand-over",
        "order ticket" => $"/dashboard/1/orders/{_orders["script"]}/ticket",
        "board products" or "board product form" => "/dashboard/1/products",
        "board shipping" => "/dashboard/1/shipping",
        "board settings" => "/dashboard/1/settings",
        "board people" => "/dashboard/1/people",
        "board tokens" => "/dashboard/1/tokens",
        "board changes" => "/dashboard/1/changes",
        "board webhooks" => "/dashboard/1/webhooks",
        "board printers" or "board printer form" => "/dashboard/1/printers",
        "board privacy" => "/dashboard/1/privacy",
        "board emails" => "/dashboard/1/emails",
        "account" => "/account",
        "no tablet" => "/tablet",
        "no such one-time link" => "/link/none",
        "board figures" => "/dashboard/1/figures?from=2026-01-01&to=2026-02-01",
        "board service" => "/dashboard/1/service",
        "board slips" => $"/dashboard/1/slips?orders={_orders["script"]},{_orders["pickup ready"]}",
        "board of nobody's store" => "/dashboard/99",
        "order pickup" => $"/dashboard/1/orders/{_orders["pickup ready"]}",
        "order shipping" => $"/dashboard/1/orders/{_orders["script"]}",
        "order shipped" => $"/dashboard/1/orders/{_orders["shipping shipped"]}",
        "order with override" => $"/dashboard/1/orders/{_orders["shipping packing"]}",
        "no such order" => "/dashboard/1/orders/999999",
        "track pickup" => $"/track/{_ids["pickup in_progress"]}",
        "track erased" => $"/track/{_ids["erased"]}",
        "track ready" => $"/track/{_ids["pickup ready"]}",
        "track shipping" => $"/track/{_ids["script"]}",
        "track shipped" => $"/track/{_ids["shipping shipped"]}",
        "no such link" => "/track/00000000000000000000000000",
        "shop" or "shop with errors" => "/shop/1",
        "no such shop" => "/shop/99",
        "shop in German" => "/shop/1?lang=de",
        "shop in Arabic" => "/shop/1?lang=ar",
        "track in German" => $"/track/{_ids["pickup ready"]}?lang=de",
        "track in Arabic" => $"/track/{_ids["shipping shipped"]}?lang=ar",
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    private Task Remember(string name, System.Text.Json.JsonElement order)
    {
        _orders[name] = order.Number("id");
        _ids[name] = order.Text("public_id");
        return Task.CompletedTask;
    }

    Task IAsyncLifetime.DisposeAsync() => Task.CompletedTask;
}
