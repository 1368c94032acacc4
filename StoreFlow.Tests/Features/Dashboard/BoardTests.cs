using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>Columns, filters, search and stores of the board. Nothing is lost when news comes in.</summary>
public sealed class BoardTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>
{
    [SkippableFact]
    public async Task Every_status_has_its_column_and_its_next_steps()
    {
        var board = await Staff(Olga);
        foreach (var ((type, status), column, steps) in new[]
        {
            (("pickup", "pending"), "new", new[] { "Accept", "10 min", "20 min", "30 min" }),
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
        foreach (var (column, title) in new[]
        {
            ("new", "New"), ("accepted", "Accepted"), ("working", "Preparing / Packing"), ("ready", "Ready / Shipped"),
            ("done", "Done today"),
        })
        {
            await Expect(board.Locator($"#column-{column} h2")).ToContainTextAsync(title);
        }
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
        var search = board.GetByLabel("Reference, name or link");

        await search.FillAsync("quil");
        await Expect(Card(board, mias)).ToHaveCountAsync(0);
        await Expect(Card(board, zoes)).ToBeVisibleAsync();
        await search.FillAsync(mia.Text("reference").ToLowerInvariant());
        await Expect(Card(board, zoes)).ToHaveCountAsync(0);
        await Expect(Card(board, mias)).ToBeVisibleAsync();

        // A step of another person shows in the found orders, and what was typed stays.
        await App.As(StoreFlowApp.Manager).Post($"/orders/{mias}/accept");
        await Expect(CardIn(board, "accepted", mias)).ToBeVisibleAsync();
        await Expect(search).ToHaveValueAsync(mia.Text("reference").ToLowerInvariant());
        await search.FillAsync("");
        await Expect(Card(board, zoes)).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task Enter_opens_the_one_order_that_a_typed_reference_or_a_scanned_link_names()
    {
        var order = await App.OrderIn("ready");
        var (id, reference) = (order.Number("id"), order.Text("reference"));
        var link = $"https://shop.example/track/{order.Text("public_id")}?s=1";
        foreach (var text in new[] { reference, reference.ToLowerInvariant().Replace("-", ""), link })
        {
            var board = await Staff();
            await board.GetByLabel("Reference, name or link").PressSequentiallyAsync(text);
            await board.Keyboard.PressAsync("Enter");
            await Expect(board).ToHaveURLAsync(new Uri(App.Address, $"/dashboard/1/orders/{id}/hand-over").ToString());
            await Expect(Button(board.Locator("main"), $"Collected: {reference}")).ToBeVisibleAsync();
        }
    }

    [SkippableFact]
    public async Task One_scan_after_the_other_opens_each_order_under_any_filter()
    {
        var board = await Staff();
        await Button(board.GetByRole(AriaRole.Group, new() { Name = "Show" }), "Shipping").ClickAsync();
        for (var i = 0; i < 3; i++)
        {
            var order = await App.OrderIn("ready");
            var (box, link) = (board.GetByLabel("Reference, name or link"), $"https://shop.example/track/{order.Text("public_id")}");
            await box.PressSequentiallyAsync(link);
            await Expect(box).ToHaveValueAsync(link);
            await board.Keyboard.PressAsync("Enter");
            await Expect(board.Locator("h1")).ToHaveTextAsync(order.Text("reference"));
            await board.GetByText("← Board").ClickAsync();
            await Expect(board.GetByLabel("Reference, name or link")).ToHaveValueAsync("");
        }
        await Expect(Button(board.GetByRole(AriaRole.Group, new() { Name = "Show" }), "Shipping"))
            .ToHaveAttributeAsync("aria-pressed", "true");
    }

    [SkippableFact]
    public async Task Enter_stays_on_the_board_where_a_search_finds_several_or_none()
    {
        var (one, other) = (await App.PendingOrder(name: "Twina Both"), await App.PendingOrder(name: "Twina Also"));
        var board = await Staff();
        await board.GetByLabel("Reference, name or link").FillAsync("Twina");
        await board.Keyboard.PressAsync("Enter");
        await Expect(Card(board, one.Number("id"))).ToBeVisibleAsync();
        await Expect(Card(board, other.Number("id"))).ToBeVisibleAsync();
        await Expect(board.Locator(".order")).ToHaveCountAsync(2);
        await board.GetByLabel("Reference, name or link").FillAsync("https://shop.example/track/00000000000000000000000000");
        await board.Keyboard.PressAsync("Enter");
        await Expect(board.Locator(".order")).ToHaveCountAsync(0);
        await Expect(board).ToHaveURLAsync(new Uri(App.Address, "/dashboard/1").ToString());
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
        var search = board.GetByLabel("Reference, name or link");
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

    [SkippableFact]
    public async Task A_store_that_is_switched_right_after_news_never_shows_the_other_stores_card()
    {
        var board = await Staff(Olga, "/dashboard/1");
        var rounds = 0;
        foreach (var (from, to) in new[] { (1, 2), (2, 1), (1, 2), (2, 1), (1, 2), (2, 1) })
        {
            await Expect(board.Locator("#column-new")).ToBeVisibleAsync();
            await App.As(null).Post("/checkout", Scenarios.CheckoutBody(store: from, name: $"Stranger {++rounds}"));
            await board.GetByLabel("Store").SelectOptionAsync($"{to}");
            await Expect(board).ToHaveURLAsync($"{Address}dashboard/{to}");
            var own = (await App.PendingOrder(store: to)).Number("id");
            await Expect(Card(board, own)).ToBeVisibleAsync();
            await Expect(board.Locator($".order .ref:not([href^='/dashboard/{to}/'])")).ToHaveCountAsync(0);
        }
    }

    [SkippableFact]
    public async Task Filter_search_and_place_outlive_an_order_a_reload_and_a_restart()
    {
        for (var i = 0; i < 6; i++)
            await App.PendingOrder("shipping", name: "Kept View");
        var phone = new ViewportSize { Width = 390, Height = 700 };
        var board = await Staff(options: new() { ViewportSize = phone });
        await Button(board.GetByRole(AriaRole.Group, new() { Name = "Show" }), "Shipping").ClickAsync();
        await board.GetByLabel("Reference, name or link").FillAsync("kept vi");
        await Expect(board.Locator("#column-done h2")).Not.ToContainTextAsync("today"); // the search is done
        await Expect(board.Locator("#column-new .order")).ToHaveCountAsync(6);
        await Scroll(board, 333);
        var card = board.Locator("#column-new .order .ref").Nth(2);

        await card.ClickAsync();
        await Expect(board.GetByRole(AriaRole.Link, new() { Name = "← Board" })).ToBeVisibleAsync();
        await board.GetByRole(AriaRole.Link, new() { Name = "← Board" }).ClickAsync();
        await AssertKept(board);

        await card.ClickAsync();
        await Expect(board.GetByRole(AriaRole.Link, new() { Name = "← Board" })).ToBeVisibleAsync();
        await board.GoBackAsync();
        await AssertKept(board);

        await board.ReloadAsync();
        await AssertKept(board);

        var restarted = await Device(new() { ViewportSize = phone, StorageState = await board.Context.StorageStateAsync() });
        await restarted.GotoAsync("/dashboard/1");
        await AssertKept(restarted);

        // Another store has its own view.
        var olga = await Device(new() { ViewportSize = phone, StorageState = await board.Context.StorageStateAsync() });
        await olga.Context.ClearCookiesAsync();
        await SignIn(olga.Context, Olga);
        await olga.GotoAsync("/dashboard/2");
        await Expect(olga.GetByLabel("Reference, name or link")).ToHaveValueAsync("");
        await Expect(Button(olga.GetByRole(AriaRole.Group, new() { Name = "Show" }), "All")).ToHaveAttributeAsync("aria-pressed", "true");

        static async Task AssertKept(IPage board)
        {
            await Expect(board.GetByLabel("Reference, name or link")).ToHaveValueAsync("kept vi");
            var shipping = Button(board.GetByRole(AriaRole.Group, new() { Name = "Show" }), "Shipping");
            await Expect(shipping).ToHaveAttributeAsync("aria-pressed", "true");
            await Expect(board.Locator("#column-new .order")).ToHaveCountAsync(6);
            await Becomes(board, "Math.abs(scrollY - 333) < 2");
        }
    }

    // Scrolls as a finger does, so that the page gets the events.
    private static async Task Scroll(IPage page, int y)
    {
        await page.EvaluateAsync("y => scrollTo(0, y)", y);
        await Becomes(page, "y => Object.values(localStorage).some(kept => kept.startsWith('{\"page\":' + y + ','))", y);
    }

    [SkippableFact]
    public async Task A_long_text_in_the_search_box_does_not_end_the_page()
    {
        var board = await Staff();
        await board.EvaluateAsync("window.sameAsBefore = true");
        var search = board.GetByLabel("Reference, name or link");
        await search.FocusAsync();
        await board.Keyboard.InsertTextAsync(new string('x', 3000));
        await Expect(board.Locator("#column-new .empty")).ToBeVisibleAsync();
        await search.FillAsync(new string('y', 3000)); // more than the box takes from a keyboard
        await search.FillAsync("");
        var order = (await App.PendingOrder()).Number("id");
        await Expect(Card(board, order)).ToBeVisibleAsync();
        Assert.True(await board.EvaluateAsync<bool>("window.sameAsBefore === true"));
        await Expect(board.Locator("#connection")).ToBeHiddenAsync();
    }

    [SkippableTheory]
    [InlineData(1180)]
    [InlineData(1024)]
    [InlineData(820)]
    [InlineData(360)]
    public async Task Headings_stand_on_one_line(int width)
    {
        await App.OrderIn("in_progress");
        var board = await Staff(options: new() { ViewportSize = new() { Width = width, Height = 820 } });
        await Expect(board.Locator("#column-working .order").First).ToBeAttachedAsync();
        var headings = board.Locator(".column h2:visible");
        var heights = await headings.EvaluateAllAsync<double[]>("all => all.map(it => it.getBoundingClientRect().height)");
        Assert.Single(heights.Distinct());
        Assert.True(
            await headings.EvaluateAllAsync<bool>("all => all.every(it => it.scrollWidth <= it.clientWidth)"), "A heading is cut off.");
    }

    [SkippableFact]
    public async Task What_is_done_says_when_and_does_not_grow_older()
    {
        var order = await App.OrderIn("completed");
        var board = await Staff();
        var card = CardIn(board, "done", order.Number("id"));
        await Expect(card.Locator("time")).Not.ToBeEmptyAsync();
        await Expect(card.Locator("time[data-since]")).ToHaveCountAsync(0);
        await Expect(card.Locator("time")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^\d\d:\d\d$"));
    }

    [SkippableFact]
    public async Task The_link_to_the_shipping_form_names_its_order()
    {
        var order = await App.OrderIn("packing", "shipping");
        var board = await Staff();
        var link = Card(board, order.Number("id")).GetByRole(AriaRole.Link, new() { Name = $"Ship…: {order.Text("reference")}" });
        await Expect(link).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task The_search_box_has_one_cross()
    {
        var board = await Staff();
        await board.GetByLabel("Reference, name or link").FillAsync("mia");
        await Expect(board.Locator(".search button")).ToBeVisibleAsync();
        // In a field of type search the browser draws one, too.
        await Expect(board.GetByLabel("Reference, name or link")).Not.ToHaveAttributeAsync("type", "search");
    }
}
