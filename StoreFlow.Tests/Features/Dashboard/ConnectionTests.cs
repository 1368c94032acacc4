using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Microsoft.Playwright;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.Dashboard;

/// <summary>A lost connection shows at once and heals by itself; then the page is right, without a reload by hand.</summary>
public sealed class ConnectionTests(StoreFlowApp app) : PageTest(app), IClassFixture<StoreFlowApp>, IAsyncLifetime
{
    private RestartableServer? _server;

    protected override Uri Address => _server?.LastAddress ?? base.Address;

    // The browser writes down that nobody answers, which is what these tests bring about.
    protected override bool IsExpected(string complaint) => !complaint.Contains("CSP");

    [SkippableFact]
    public async Task After_the_server_was_killed_and_started_again_the_board_goes_on()
    {
        _server = new(samePort: true);
        await Start(_server);
        var before = await Order(_server);
        var board = await Staff();
        await Expect(Card(board, before)).ToBeVisibleAsync();
        var banner = board.Locator("#connection");
        await Expect(banner).ToBeHiddenAsync();

        await _server.Kill();
        await Expect(banner).ToBeVisibleAsync();
        await Expect(banner).ToContainTextAsync("The connection is lost.");
        await Expect(board.Locator("#content")).ToHaveAttributeAsync("inert", "");   // no button promises what it cannot do

        await Start(_server);
        var after = await Order(_server);
        await Expect(CardIn(board, "new", after)).ToBeVisibleAsync();
        await Expect(banner).ToBeHiddenAsync();
        await Expect(board.Locator("header")).ToContainTextAsync("Sam");
        await Button(Card(board, before), "Accept").ClickAsync();
        await Expect(CardIn(board, "accepted", before)).ToBeVisibleAsync();
    }

    [SkippableFact]
    [Trait("Engine", "Sqlite")]
    public async Task Who_was_signed_out_while_the_server_was_away_is_asked_to_sign_in()
    {
        _server = new(samePort: true);
        await Start(_server);
        var board = await Staff();
        await _server.Kill();
        await Expect(board.Locator("#connection")).ToBeVisibleAsync();
        using (var db = StoreFlow.Infrastructure.SqliteDatabase.Open(_server.File))
            db.Execute("DELETE FROM sessions"); // as a restore does
        await Start(_server);
        await Expect(board.GetByLabel("Password")).ToBeVisibleAsync();
    }

    [SkippableTheory]
    [InlineData(null, "https://carrier.example/t/1Z-HALF", "https://carrier.example/t/1Z-HALF-2")]
    [InlineData("https://other.example/half", "https://other.example/half", "https://other.example/half")]
    public async Task What_was_half_typed_is_back_after_the_server_was_started_again(string? ownLink, string link, string linkInTheEnd)
    {
        _server = new(samePort: true);
        await Start(_server);
        var order = await Order(_server, "shipping");
        using var staff = Client(_server);
        await staff.PostAsync($"/orders/{order}/accept", null);
        var page = await Staff(Sam, $"/dashboard/1/orders/{order}");
        var (code, url) = (page.GetByLabel("Tracking code"), page.GetByLabel("Tracking link (optional)"));
        await code.FillAsync("1Z-HALF");
        await Expect(url).ToHaveValueAsync("https://carrier.example/t/1Z-HALF");
        if (ownLink is not null)
            await url.FillAsync(ownLink);

        await _server.Kill();
        await Expect(page.Locator("#connection")).ToBeVisibleAsync();
        // On a slow line the old page still changes while the new one is on its way.
        await page.EvaluateAsync("addEventListener('beforeunload', () => document.querySelector('#content').append(' '))");
        await Start(_server);

        await Expect(page.Locator("#connection")).ToBeHiddenAsync();
        await Expect(code).ToHaveValueAsync("1Z-HALF");
        await Expect(url).ToHaveValueAsync(link);
        await Expect(Button(page.Locator("#ship"), "Mark as shipped")).ToBeEnabledAsync(); // the server has it, too
        await code.FillAsync("1Z-HALF-2");
        await Expect(code).ToHaveValueAsync("1Z-HALF-2");
        await Expect(url).ToHaveValueAsync(linkInTheEnd);
        await Button(page.Locator("#ship"), "Mark as shipped").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Follow the parcel" })).ToHaveAttributeAsync("href", linkInTheEnd);
        await Expect(page.Locator("[aria-labelledby=tracking] strong")).ToHaveTextAsync("1Z-HALF-2");
    }

    [SkippableFact]
    public async Task A_tablet_without_wifi_says_so_and_catches_up()
    {
        var board = await Staff();
        await board.EvaluateAsync("window.sameAsBefore = true");
        var missed = await App.PendingOrder();
        await Expect(Card(board, missed.Number("id"))).ToBeVisibleAsync();

        await board.Context.SetOfflineAsync(true);
        await Expect(board.Locator("#connection")).ToBeVisibleAsync();
        await App.As(StoreFlowApp.Manager).Post($"/orders/{missed.Number("id")}/accept");
        var placed = await App.PendingOrder();
        await board.Context.SetOfflineAsync(false);

        await Expect(board.Locator("#connection")).ToBeHiddenAsync();
        await Expect(CardIn(board, "accepted", missed.Number("id"))).ToBeVisibleAsync();
        await Expect(CardIn(board, "new", placed.Number("id"))).ToBeVisibleAsync();
    }

    private static HttpClient Client(RestartableServer server) => new()
    {
        BaseAddress = server.Address,
        DefaultRequestHeaders = { Authorization = new("Bearer", StoreFlowApp.Manager) },
    };

    /// <summary>Places an order by the API and answers its number.</summary>
    private static async Task<long> Order(RestartableServer server, string type = "pickup")
    {
        using var client = Client(server);
        using var answer = await client.PostAsJsonAsync("/checkout", Scenarios.CheckoutBody(type));
        var view = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var found = await client.GetFromJsonAsync<JsonElement>($"/stores/1/orders?q={view.Text("reference")}");
        return found.GetProperty("orders")[0].Number("id");
    }

    private static async Task Start(RestartableServer server)
    {
        server.Start();
        await server.Listening();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
