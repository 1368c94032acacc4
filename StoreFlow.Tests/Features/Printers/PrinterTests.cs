using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Time.Testing;

namespace StoreFlow.Tests.Features.Printers;

/// <summary>The kitchen's printer prints each order once, comes back after anything, and never prints a night's pile.</summary>
public sealed class PrinterTests : IDisposable
{
    private readonly MovedApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_ticket_comes_when_an_order_is_accepted_and_once_only()
    {
        var (_, printer) = await Add();
        var order = await _app.PendingOrder();
        await Settled();
        Assert.Null(await printer.Offered()); // placed is not accepted

        await Accept(order);
        await Offers(printer);
        await printer.Work();
        var ticket = Assert.Single(printer.Printed);
        Assert.Contains(order.Text("reference"), ticket, StringComparison.Ordinal);
        Assert.Contains("  2 x ", ticket, StringComparison.Ordinal);
        Assert.Contains("For Mia C.", ticket, StringComparison.Ordinal);
        Assert.DoesNotContain("Chen", ticket, StringComparison.Ordinal);
        Assert.DoesNotContain("@", ticket, StringComparison.Ordinal);
        Assert.DoesNotContain("€", ticket, StringComparison.Ordinal);
        Assert.DoesNotContain("COPY", ticket, StringComparison.Ordinal);
        Assert.All(ticket.Split('\n'), line => Assert.InRange(line.Length, 0, 48));
        Assert.Equal(("sent", null), await Ticket(order));

        // Back and accepted once more: it is not printed twice by itself.
        var owner = _app.As(StoreFlowApp.Owner);
        Assert.Equal(200, (await owner.Post(
            $"/orders/{order.Number("id")}/override", new { status = "pending", reason = "a slip of the finger" })).Status);
        await Accept(order);
        await Settled();
        await printer.Work();
        Assert.Single(printer.Printed);
        Assert.Contains("printed before", (await Ticket(order)).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Placed_orders_print_where_that_is_chosen_and_tickets_come_in_the_order_of_the_log()
    {
        var (_, printer) = await Add(new { name = "Bar", prints_on = "placed", paper_mm = 58 });
        var orders = new List<JsonElement>();
        for (var i = 0; i < 3; i++)
            orders.Add(await _app.PendingOrder());
        foreach (var order in Enumerable.Reverse(orders))
            await Accept(order);
        await Offers(printer);
        await Settled();
        await printer.Work();
        Assert.Equal(
            orders.Select(order => order.Text("reference")),
            printer.Printed.Select(ticket => orders.Select(order => order.Text("reference")).Single(ticket.Contains)));
        Assert.All(printer.Printed.SelectMany(ticket => ticket.Split('\n')), line => Assert.InRange(line.Length, 0, 32));
    }

    [Fact]
    public async Task Out_of_paper_it_waits_and_says_so_and_prints_once_there_is_paper()
    {
        var (id, printer) = await Add();
        var order = await Accepted();
        Assert.Null(await printer.Offered("410%20Out%20of%20paper"));
        Assert.Equal(("waiting", "It is out of paper."), await Ticket(order));
        Assert.Equal("It is out of paper.", (await Get(id)).Text("trouble"));

        // The paper ends in the middle: what comes then may be a copy, and says so.
        var token = await printer.Offered();
        await printer.Fetch(token);
        Assert.Null(await printer.Offered("410%20Out%20of%20paper"));
        Assert.Null(await printer.Offered("410%20Out%20of%20paper"));
        Assert.Equal(token, await printer.Offered());
        Assert.StartsWith("*** PERHAPS A COPY ***", await printer.Fetch(token), StringComparison.Ordinal);
        Assert.Equal(200, await printer.Confirm(token, "200%20OK"));
        Assert.Equal(("sent", null), await Ticket(order));
        Assert.Null(await printer.Offered());
        Assert.Equal(JsonValueKind.Null, (await Get(id)).GetProperty("trouble").ValueKind);
    }

    [Fact]
    public async Task An_error_instead_of_a_confirmation_leaves_it_waiting_and_what_it_cannot_read_is_given_up()
    {
        var (_, printer) = await Add();
        var order = await Accepted();
        var token = await printer.Offered();
        await printer.Fetch(token);
        Assert.Equal(200, await printer.Confirm(token, "420%20Cover%20open"));
        Assert.Equal(("waiting", "Its cover is open."), await Ticket(order));

        await printer.Fetch(token = await printer.Offered());
        Assert.Equal(200, await printer.Confirm(token, "511"));
        Assert.Equal(("failed", "It cannot read the ticket."), await Ticket(order));
        Assert.Null(await printer.Offered()); // it does not hold up those behind it
    }

    [Fact]
    public async Task Without_power_in_the_middle_it_is_offered_once_more_as_perhaps_a_copy_and_no_third_time()
    {
        var (_, printer) = await Add();
        var order = await Accepted();
        var token = await printer.Offered();
        var first = await printer.Fetch(token);
        Assert.Equal(first, await printer.Fetch(token)); // a download that broke off
        Assert.Null(await printer.Offered(isPrinting: true)); // still at it

        Assert.Equal(token, await printer.Offered());
        var second = await printer.Fetch(token);
        Assert.StartsWith("*** PERHAPS A COPY ***", second, StringComparison.Ordinal);
        Assert.EndsWith(first, second.Replace("*** PERHAPS A COPY ***\n\n", "", StringComparison.Ordinal), StringComparison.Ordinal);

        Assert.Null(await printer.Offered());
        var (status, fault) = await Ticket(order);
        Assert.Equal("failed", status);
        Assert.Contains("perhaps it is printed", fault, StringComparison.Ordinal);
        Assert.Equal(200, await printer.Confirm(token, "200%20OK")); // too late; it changes nothing
        Assert.Equal("failed", (await Ticket(order)).Status);
    }

    [Fact]
    public async Task A_confirmation_without_a_token_means_the_ticket_that_was_fetched_and_twice_ends_no_other()
    {
        var (_, printer) = await Add();
        var (one, other) = (await Accepted(), await Accepted());
        await Offers(printer);
        Assert.Contains(one.Text("reference"), await printer.Fetch(token: null), StringComparison.Ordinal);
        Assert.Equal(200, await printer.Confirm(token: null, "OK"));
        Assert.Equal(200, await printer.Confirm(token: null, "OK"));
        Assert.Equal(("sent", "waiting"), ((await Ticket(one)).Status, (await Ticket(other)).Status));
    }

    [Fact]
    public async Task After_a_night_it_prints_nothing_old_and_what_is_asked_for_again()
    {
        var (_, printer) = await Add();
        var order = await Accepted();
        _app.Time.Advance(TimeSpan.FromHours(9));
        Assert.Equal(("failed", "It is older than 30 minutes."), await Ticket(order));
        Assert.Null(await printer.Offered());
        Assert.Equal(("failed", "It is older than 30 minutes."), await Ticket(order));

        var (status, list) = await _app.As(StoreFlowApp.Staff).Post($"/orders/{order.Number("id")}/tickets");
        Assert.Equal((202, "waiting"), (status, list.GetProperty("tickets")[0].Text("status")));
        await _app.As(StoreFlowApp.Staff).Post($"/orders/{order.Number("id")}/tickets"); // tapped twice
        await printer.Work();
        Assert.DoesNotContain("AGAIN", Assert.Single(printer.Printed), StringComparison.Ordinal); // it was never printed
        await _app.As(StoreFlowApp.Staff).Post($"/orders/{order.Number("id")}/tickets");
        await printer.Work();
        Assert.StartsWith("*** PRINTED AGAIN ***", printer.Printed[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_promise_is_the_one_of_the_step_and_a_later_ticket_has_the_later_one()
    {
        var (_, printer) = await Add();
        var order = await Accepted();
        await Offers(printer);
        var tomorrow = _app.Time.GetUtcNow().AddDays(1);
        Assert.Equal(200, (await _app.As(StoreFlowApp.Owner).Patch(
            $"/orders/{order.Number("id")}/promise", new { promised_at = tomorrow })).Status);
        await printer.Work();
        await _app.As(StoreFlowApp.Owner).Post($"/orders/{order.Number("id")}/tickets");
        await printer.Work();
        Assert.Equal(2, printer.Printed.Count);
        Assert.DoesNotContain(tomorrow.ToString("ddd d MMM", null), printer.Printed[0], StringComparison.Ordinal);
        Assert.Contains(tomorrow.ToString("ddd d MMM", null), printer.Printed[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelled_before_it_is_printed_it_is_not_printed()
    {
        var (_, printer) = await Add();
        var order = await Accepted();
        Assert.Equal(200, (await _app.As(StoreFlowApp.Owner).Post(
            $"/orders/{order.Number("id")}/cancel", new { reason = "customer_asked" })).Status);
        Assert.Null(await printer.Offered());
        Assert.Equal(("failed", "The order was cancelled before."), await Ticket(order));
    }

    [Fact]
    public async Task Switched_off_it_gets_nothing_and_switched_on_only_what_comes_then_and_removed_it_is_unknown()
    {
        var (id, printer) = await Add();
        var waiting = await Accepted();
        var owner = _app.As(StoreFlowApp.Owner);
        Assert.Equal(200, (await owner.Patch($"/merchant/printers/{id}", new { active = false })).Status);
        Assert.Null(await printer.Offered());
        Assert.Equal("failed", (await Ticket(waiting)).Status);
        var missed = await Accepted(waits: false);
        Assert.Equal(202, (await owner.Post($"/orders/{missed.Number("id")}/tickets")).Status);
        Assert.Equal(200, (await owner.Patch($"/merchant/printers/{id}", new { active = true })).Status);
        await Settled();
        Assert.Null(await printer.Offered());
        var later = await Accepted();
        await printer.Work();
        Assert.Contains(later.Text("reference"), Assert.Single(printer.Printed), StringComparison.Ordinal);

        await Accepted();
        var token = await printer.Offered();
        Assert.Equal(204, (await owner.Send(HttpMethod.Delete, $"/merchant/printers/{id}")).Status);
        Assert.Equal(401, (await printer.Poll()).Status);
        Assert.Equal(401, await printer.TryFetch(token!));
        (await owner.Patch($"/merchant/printers/{id}", new { name = "Bar" })).Is(404, "not_found");
    }

    [Fact]
    public async Task A_wrong_password_opens_nothing_nor_does_a_token_of_the_owner_or_another_printer()
    {
        var (id, printer) = await Add();
        var (other, _) = await Add(store: 2);
        await Accepted();
        var token = await printer.Offered();
        Assert.Equal(415, await printer.TryFetch(token!, "image%2Fpng"));
        Assert.Equal(404, await printer.TryFetch("msg_of_nobody"));

        foreach (var (path, user, password) in new[]
        {
            ($"/cloudprnt/{id}", $"printer-{id}", "wrong"), ($"/cloudprnt/{id}", "printer-999", "wrong"),
            ($"/cloudprnt/{other}", $"printer-{id}", _password), ("/cloudprnt/999", "printer-999", ""), ("/cloudprnt/x", "x", "x"),
        })
        {
            var stranger = new SimulatedPrinter(_app, path, user, password);
            var (status, problem) = await stranger.Poll();
            Assert.Equal((401, "unauthenticated"), (status, problem.Text("code")));
            Assert.Equal(401, await stranger.TryFetch(token!));
            Assert.Equal(401, await stranger.Confirm(token, "200%20OK"));
        }
        foreach (var caller in new[] { null, StoreFlowApp.Owner })
            (await _app.As(caller).Post($"/cloudprnt/{id}", new { statusCode = "200" })).Is(401, "unauthenticated");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/cloudprnt/{id}")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", "no base64!") },
        };
        using var answer = await _app.As(null).SendAsync(request);
        Assert.Equal((401, "Basic"), ((int)answer.StatusCode, answer.Headers.WwwAuthenticate.Single().Scheme));
        Assert.Equal(token, await printer.Offered()); // what it waits for is untouched
    }

    [Fact]
    public async Task The_password_is_shown_once_kept_as_a_hash_and_a_new_one_ends_the_old_one()
    {
        var (id, printer) = await Add();
        var owner = _app.As(StoreFlowApp.Owner);
        Assert.DoesNotContain(_password, (await owner.Get("/merchant/stores/1/printers")).Body.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(_password, (await owner.Get("/merchant/log")).Body.GetRawText(), StringComparison.Ordinal);
        using (var db = _app.OpenDatabase())
            Assert.DoesNotContain(_password, string.Join('|', db.Query("SELECT * FROM printers")
                .SelectMany(row => ((IDictionary<string, object?>)row).Values).Select(value => value is byte[] bytes
                    ? Encoding.UTF8.GetString(bytes) : $"{value}")), StringComparison.Ordinal);
        var (status, changed) = await owner.Patch($"/merchant/printers/{id}", new { new_password = true, version = 1 });
        Assert.Equal(200, status);
        Assert.Equal(401, (await printer.Poll()).Status);
        var again = new SimulatedPrinter(_app, changed.Text("path"), changed.Text("user"), changed.Text("password"));
        Assert.Equal(200, (await again.Poll()).Status);
        Assert.NotEqual(JsonValueKind.Null, (await Get(id)).GetProperty("asked_at").ValueKind);
        (await owner.Patch($"/merchant/printers/{id}", new { name = "Bar", version = 1 })).Is(409, "stale");
    }

    [Fact]
    public async Task Printers_are_for_the_manager_of_the_store_and_the_owner()
    {
        var (id, _) = await Add();
        using (var db = _app.OpenDatabase())
            db.Execute("DELETE FROM store_assignments WHERE store_id = 1 AND user_id IN (SELECT id FROM users WHERE role = 'manager')");
        foreach (var (caller, status, code) in new[]
        {
            (StoreFlowApp.Staff, 403, "forbidden"), (StoreFlowApp.Manager, 404, "not_found"), (StoreFlowApp.Rival, 404, "not_found"),
        })
        {
            (await _app.As(caller).Get("/merchant/stores/1/printers")).Is(status, code);
            (await _app.As(caller).Post("/merchant/stores/1/printers", new { name = "Mine" })).Is(status, code);
            (await _app.As(caller).Patch($"/merchant/printers/{id}", new { active = false })).Is(status, code);
            (await _app.As(caller).Send(HttpMethod.Delete, $"/merchant/printers/{id}")).Is(status, code);
        }
        Assert.True((await Get(id)).GetProperty("active").GetBoolean());
        Assert.Equal(201, (await _app.As(StoreFlowApp.Manager).Post("/merchant/stores/2/printers", new { name = "Mine" })).Status);

        var foreign = await _app.PendingOrder(store: 2);
        (await _app.As(StoreFlowApp.Staff).Post($"/orders/{foreign.Number("id")}/tickets")).Is(404, "not_found");
        (await _app.As(StoreFlowApp.Rival).Get($"/orders/{foreign.Number("id")}/tickets")).Is(404, "not_found");
    }

    [Theory]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name":"Kitchen","paper_mm":57}""", "paper_mm")]
    [InlineData("""{"name":"Kitchen","prints_on":"eaten"}""", "prints_on")]
    public async Task A_wrong_field_is_named_and_nothing_is_made(string body, string field)
    {
        var owner = _app.As(StoreFlowApp.Owner);
        var answer = await owner.Post("/merchant/stores/1/printers", new StringContent(body, Encoding.UTF8, "application/json"));
        answer.Is(400, "invalid_request");
        Assert.Equal(field, answer.Body.GetProperty("errors").EnumerateObject().Single().Name);
        Assert.Equal(0, (await owner.Get("/merchant/stores/1/printers")).Body.GetProperty("printers").GetArrayLength());
    }

    private string _password = "";

    private async Task<(long Id, SimulatedPrinter Printer)> Add(object? body = null, long store = 1)
    {
        var (status, made) = await _app.As(StoreFlowApp.Owner).Post(
            $"/merchant/stores/{store}/printers", body ?? new { name = "Kitchen" });
        Assert.True(status == 201, made.ToString());
        if (store == 1)
            _password = made.Text("password");
        return (made.Number("id"), new(_app, made.Text("path"), made.Text("user"), made.Text("password")));
    }

    private async Task<JsonElement> Accepted(bool waits = true)
    {
        var order = await _app.PendingOrder();
        await Accept(order);
        if (waits)
            await Until(() => Ticket(order).Result.Status == "waiting", "No ticket is made.");
        return order;
    }

    private async Task Accept(JsonElement order) =>
        Assert.Equal(200, (await _app.As(StoreFlowApp.Owner).Post($"/orders/{order.Number("id")}/accept")).Status);

    /// <summary>The latest ticket of an order.</summary>
    private async Task<(string Status, string? Fault)> Ticket(JsonElement order)
    {
        var tickets = (await _app.As(StoreFlowApp.Owner).Get($"/orders/{order.Number("id")}/tickets")).Body.GetProperty("tickets");
        return tickets.GetArrayLength() == 0 ? ("none", null) : (tickets[0].Text("status"), tickets[0].GetProperty("fault").GetString());
    }

    private async Task<JsonElement> Get(long id) =>
        (await _app.As(StoreFlowApp.Owner).Get("/merchant/stores/1/printers")).Body.GetProperty("printers").EnumerateArray()
            .Single(printer => printer.Number("id") == id);

    private Task Offers(SimulatedPrinter printer) => Until(() => printer.Offered().Result is not null, "It is offered nothing.");

    /// <summary>Waits until the relay has made of the log what there is to make.</summary>
    private Task Settled() => Until(() =>
    {
        using var db = _app.OpenDatabase();
        return db.ExecuteScalar<bool>("""
            SELECT NOT EXISTS (SELECT 1 FROM destination_stores s JOIN destinations d ON d.id = s.destination_id AND d.active = 1
                                WHERE s.cursor < (SELECT MAX(sequence) FROM audit_log a WHERE a.store_id = s.store_id))
            """);
    }, "The relay does not come to the end of the log.");

    /// <summary>The clock goes on while one waits, but slowly: tickets get old.</summary>
    private Task Until(Func<bool> condition, string otherwise) => Eventually.Holds(() =>
    {
        _app.Time.Advance(TimeSpan.FromMilliseconds(250));
        return condition();
    }, otherwise);

    private sealed class MovedApp : StoreFlowApp
    {
        // At noon, so that the day does not end in the middle of a test.
        public FakeTimeProvider Time { get; } = new(new DateTimeOffset(DateTimeOffset.UtcNow.Date, TimeSpan.Zero).AddHours(12));

        protected override TimeProvider Clock => Time;
    }
}
