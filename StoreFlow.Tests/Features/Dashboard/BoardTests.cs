using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>Finding one's way on the board: columns, filters, search, stores; and nothing lost when news comes in.</summary>
public sealed class BoardTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    [SkippableFact]
    public async Task Every_status_has_its_column_and_its_next_steps()
    {
        var board = await Staff(Olga);
        foreach (var ((type, status), column, steps) in new[]
        {
            (("pickup", "pending"), "new", new[] { "Accept" }),
            (("pickup", "accepted"), "accepted", ["Start preparing"]),
            (("pickup", "in_progress"), "working", ["Ready"]),
            (("pickup", "ready"), "ready", ["Collected"]),
            (("pickup", "completed"), "done", []),
            (("shipping", "accepted"), "accepted", ["Start packing", "Ship…"]),
            (("shipping", "packing"), "working", ["Ship…"]),
            (("shipping", "shipped"), "ready", ["Delivered"]),
            (("shipping", "delivered"), "done", []),
        })
        {
            var card = CardIn(board, column, (await App.OrderIn(status, type)).Number("id"));
            await Expect(card.Locator(".step")).ToHaveTextAsync(steps);
        }
        foreach (var (column, title) in new[] { ("new", "New"), ("accepted", "Accepted"), ("working", "Preparing / Packing"), ("ready", "Ready / Shipped"), ("done", "Done today") })
            await Expect(board.Locator($"#column-{column} h2")).ToContainTextAsync(title);
    }

    [SkippableFact]
    public async Task It_shows_pickup_or_shipping_only_and_keeps_to_it()
    {
        var (pickup, shipping) = ((await App.PendingOrder()).Number("id"), (await App.PendingOrder("shipping")).Number("id"));
        var board = await Staff();
        await Expect(Card(board, pickup)).ToBeVisibleAsync();
        await Expect(Card(board, shipping)).ToBeVisibleAsync();

        var filter = board.GetByRole(AriaRole.Group, new() { Name = "Show" });
        await Button(filter, "Shipping").ClickAsync();
        await Expect(Card(board, pickup)).ToHaveCountAsync(0);
        await Expect(Card(board, shipping)).ToBeVisibleAsync();
        await Expect(Button(filter, "Shipping")).ToHaveAttributeAsync("aria-pressed", "true");

        var (other, mine) = ((await App.PendingOrder()).Number("id"), (await App.PendingOrder("shipping")).Number("id"));
        await Expect(Card(board, mine)).ToBeVisibleAsync();
        await Expect(Card(board, other)).ToHaveCountAsync(0);
        await Button(filter, "Pickup").ClickAsync();
        await Expect(Card(board, other)).ToBeVisibleAsync();
        await Expect(Card(board, mine)).ToHaveCountAsync(0);
        await Button(filter, "All").ClickAsync();
        await Expect(Card(board, mine)).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task It_finds_an_order_by_reference_and_by_name()
    {
        var zoe = await App.PendingOrder(name: "Zoë Quill");
        var mia = await App.PendingOrder();
        var (zoes, mias) = (zoe.Number("id"), mia.Number("id"));
        var board = await Staff();
        await Expect(Card(board, mias)).ToBeVisibleAsync();
        var search = board.GetByLabel("Reference or name");

        await search.FillAsync("quil");
        await Expect(Card(board, mias)).ToHaveCountAsync(0);
        await Expect(Card(board, zoes)).ToBeVisibleAsync();
        await search.FillAsync(mia.Text("reference").ToLowerInvariant());
        await Expect(Card(board, zoes)).ToHaveCountAsync(0);
        await Expect(Card(board, mias)).ToBeVisibleAsync();

        // A step of somebody else's is seen in what was found, and what was typed stays.
        await App.As(StoreFlowApp.Manager).Post($"/orders/{mias}/accept");
        await Expect(CardIn(board, "accepted", mias)).ToBeVisibleAsync();
        await Expect(search).ToHaveValueAsync(mia.Text("reference").ToLowerInvariant());
        await search.FillAsync("");
        await Expect(Card(board, zoes)).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task Who_works_in_several_stores_goes_from_one_to_the_other()
    {
        var (here, there) = ((await App.PendingOrder(store: 1)).Number("id"), (await App.PendingOrder(store: 2)).Number("id"));
        var board = await Staff(Olga, "/dashboard");
        await Expect(board).ToHaveURLAsync($"{Address}dashboard/1");
        await Expect(Card(board, here)).ToBeVisibleAsync();

        await board.GetByLabel("Store").SelectOptionAsync("Corner Market Station");
        await Expect(board).ToHaveURLAsync($"{Address}dashboard/2");
        await Expect(Card(board, there)).ToBeVisibleAsync();
        await Expect(Card(board, here)).ToHaveCountAsync(0);
        var placed = (await App.PendingOrder(store: 2)).Number("id");
        await Expect(Card(board, placed)).ToBeVisibleAsync();
        await App.PendingOrder(store: 1);
        await Button(Card(board, placed), "Accept").ClickAsync();
        await Expect(CardIn(board, "accepted", placed)).ToBeVisibleAsync();
        await Expect(Card(board, here)).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task News_moves_neither_the_page_nor_what_is_typed()
    {
        var board = await Staff(Olga, "/dashboard/2", new() { ViewportSize = new() { Width = 1024, Height = 500 } });
        for (var i = 0; i < 8; i++)
            await App.PendingOrder(store: 2);
        var (_, waiting) = await App.As(StoreFlowApp.Owner).Get("/stores/2/orders?status=pending&limit=200");
        await Expect(board.Locator("#column-new .order")).ToHaveCountAsync(waiting.GetProperty("orders").GetArrayLength());
        var search = board.GetByLabel("Reference or name");
        await search.FocusAsync();
        await board.EvaluateAsync("scrollTo(0, 300)");
        await board.Keyboard.TypeAsync("m");
        var scrolled = await board.EvaluateAsync<double>("scrollY");

        var news = (await App.PendingOrder(store: 2)).Number("id");
        await Expect(Card(board, news)).ToBeAttachedAsync();
        await board.Keyboard.TypeAsync("i");
        await Expect(search).ToHaveValueAsync("mi");
        await Expect(search).ToBeFocusedAsync();
        Assert.Equal(scrolled, await board.EvaluateAsync<double>("scrollY"));
    }
}
