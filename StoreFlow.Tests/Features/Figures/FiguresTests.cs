using System.Globalization;
using System.Text.Json;
using Dapper;

namespace StoreFlow.Tests.Features.Figures;

/// <summary>The figures are what somebody with a pencil would get from the histories of the orders.</summary>
public sealed class FiguresTests : IDisposable
{
    private const string Route = "/stores/1/figures";
    private readonly StoppedClockApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task They_equal_a_plain_recomputation_from_the_log()
    {
        using (var db = _app.OpenDatabase())
            db.Execute("UPDATE stores SET time_zone = 'Pacific/Kiritimati' WHERE id = 1"); // 14 hours ahead
        var random = new Random(7);
        var ids = new List<long>();
        var plans = Scenarios.StepsTo.ToList();
        for (var i = 0; i < 60; i++)
        {
            var ((type, _), steps) = plans[random.Next(plans.Count)];
            var order = await _app.PendingOrder(type);
            ids.Add(order.Number("id"));
            foreach (var step in steps)
            {
                _app.Time.Advance(TimeSpan.FromSeconds(random.Next(1, 1200)));
                order = await _app.Step(order, step);
            }
            _app.Time.Advance(TimeSpan.FromMinutes(random.Next(0, 240)));
        }
        await _app.PendingOrder(store: 2); // another store's

        var orders = new List<Told>();
        foreach (var id in ids)
            orders.Add(await ReadAsync(id));
        var days = orders.GroupBy(order => order.Day).OrderBy(day => day.Key).ToList();
        var (first, last) = (days[0].Key, days[^1].Key);
        var (status, figures) = await _app.As(StoreFlowApp.Manager).Get($"{Route}?from={first}&to={last}");
        Assert.Equal(200, status);

        var sold = orders.Where(order => order.Cancelled is null).ToList();
        Assert.Equal(orders.Count, figures.Number("orders"));
        Assert.Equal(orders.Count - sold.Count, figures.Number("cancelled"));
        Assert.Equal(sold.Sum(order => order.Total), figures.Number("turnover"));
        Assert.Equal(2 * sold.Count, figures.Number("pieces"));
        var because = Assert.Single(figures.GetProperty("cancelled_because").EnumerateArray());
        Assert.Equal(("customer_asked", orders.Count - sold.Count), (because.Text("reason"), (int)because.Number("orders")));
        var product = Assert.Single(figures.GetProperty("products").EnumerateArray());
        Assert.Equal(
            (1L, 2L * sold.Count, 960L * sold.Count),
            (product.Number("product_id"), product.Number("quantity"), product.Number("turnover")));

        AssertDuration(figures, "to_accept", orders.Select(order => order.Accepted - order.Created));
        AssertDuration(figures, "to_start", orders.Select(order => order.Started - order.Created));
        AssertDuration(figures, "to_ready_or_ship", orders.Select(order => order.Ready - order.Created));
        AssertDuration(figures, "to_collect", orders.Where(order => order.IsPickup).Select(order => order.Finished - order.Ready));
        AssertDuration(figures, "to_deliver", orders.Where(order => !order.IsPickup).Select(order => order.Finished - order.Ready));

        var now = _app.Time.GetUtcNow();
        var decided = sold.Where(order => order.Ready is not null || order.Promised < now).ToList();
        Assert.Equal(decided.Count, figures.GetProperty("promises").Number("made"));
        Assert.Equal(decided.Count(order => order.Ready <= order.Promised), figures.GetProperty("promises").Number("in_time"));
        Assert.Equal(
            days.Select(day => (day.Key, (long)day.Count(), day.Where(order => order.Cancelled is null).Sum(order => order.Total))),
            figures.GetProperty("days").EnumerateArray().Where(day => day.Number("orders") > 0)
                .Select(day => (day.Text("name"), day.Number("orders"), day.Number("turnover"))));
        Assert.Equal(
            orders.GroupBy(order => order.Local.Hour).OrderBy(hour => hour.Key).Select(hour => ($"{hour.Key}", (long)hour.Count())),
            figures.GetProperty("hours").EnumerateArray().Where(hour => hour.Number("orders") > 0)
                .Select(hour => (hour.Text("name"), hour.Number("orders"))));
        Assert.Equal(7, figures.GetProperty("weekdays").GetArrayLength());
    }

    [Fact]
    public async Task Left_out_days_are_today_and_a_day_without_orders_is_all_zero()
    {
        await _app.PendingOrder();
        var (_, today) = await _app.As(StoreFlowApp.Owner).Get(Route);
        Assert.Equal(("2026-11-22", "2026-11-22", 1L), (today.Text("from"), today.Text("to"), today.Number("orders")));
        var (_, before) = await _app.As(StoreFlowApp.Owner).Get($"{Route}?from=2026-11-01&to=2026-11-01");
        Assert.Equal((0L, 0L, 0L), (before.Number("orders"), before.Number("turnover"), before.Number("pieces")));
        var (_, far) = await _app.As(StoreFlowApp.Owner).Get($"{Route}?to=8999-12-31");
        Assert.Equal("8999-12-31", far.Text("from")); // one day, not seven thousand years
        Assert.Equal(JsonValueKind.Null, before.GetProperty("promises").GetProperty("share").ValueKind);
    }

    [Fact]
    public async Task A_spreadsheet_gets_names_that_are_no_formulas()
    {
        using (var db = _app.OpenDatabase())
            db.Execute("UPDATE products SET name = '=HYPERLINK(\"https://evil.example\",\"Loaf\")' WHERE id = 1");
        await _app.PendingOrder();
        using var answer = await _app.As(StoreFlowApp.Manager).GetAsync($"{Route}?format=csv");
        Assert.Equal("text/csv; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("figures-2026-11-22-2026-11-22.csv", answer.Content.Headers.ContentDisposition?.FileName?.Trim('"'));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("\nall,2026-11-22 to 2026-11-22,1,2,9.60,", text);
        Assert.Contains("\nproduct,\"'=HYPERLINK(", text);
        Assert.DoesNotMatch(@"(^|,|\n)""?[=+@-]", text);
    }

    [Theory]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-11-22&to=2026-13-01", "to")]
    [InlineData("from=2026-11-22&to=2026-11-21", "from")]
    [InlineData("from=2020-01-01&to=2026-01-01", "from")]
    [InlineData("from=1971-01-01", "from")]
    [InlineData("format=xml", "format")]
    public async Task What_cannot_be_read_is_refused_by_its_name(string query, string field) =>
        (await _app.As(StoreFlowApp.Owner).Get($"{Route}?{query}")).Is(400, "invalid_request", field);

    [Fact]
    public async Task They_are_for_manager_and_owner_of_the_store()
    {
        (await _app.As(StoreFlowApp.Staff).Get(Route)).Is(403, "forbidden");
        (await _app.As(StoreFlowApp.Rival).Get(Route)).Is(404, "not_found");
        (await _app.As(null).Get(Route)).Is(401, "unauthenticated");
        Assert.Equal(200, (await _app.As(StoreFlowApp.Manager).Get(Route)).Status);
    }

    private sealed record Told(
        bool IsPickup, long Total, DateTimeOffset Created, DateTimeOffset Promised, DateTimeOffset? Accepted, DateTimeOffset? Started,
        DateTimeOffset? Ready, DateTimeOffset? Finished, DateTimeOffset? Cancelled)
    {
        public DateTimeOffset Local => Created.ToOffset(TimeSpan.FromHours(14));
        public string Day => Local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    /// <summary>From the history alone, except for what was bought.</summary>
    private async Task<Told> ReadAsync(long id)
    {
        var owner = _app.As(StoreFlowApp.Owner);
        var (_, order) = await owner.Get($"/orders/{id}");
        var entries = (await owner.Get($"/orders/{id}/history")).Body.GetProperty("entries").EnumerateArray().ToList();
        return new(
            order.Text("fulfilment_type") == "pickup", order.Number("total"), entries[0].GetProperty("timestamp").GetDateTimeOffset(),
            entries[0].GetProperty("meta").GetProperty("promised_at").GetDateTimeOffset(),
            At("accepted"), At("in_progress", "packing"), At("ready", "shipped"), At("completed", "delivered"), At("cancelled"));

        DateTimeOffset? At(params string[] statuses) => entries
            .Where(entry => statuses.Contains(entry.GetProperty("meta").Text("new_status")))
            .Select(entry => (DateTimeOffset?)entry.GetProperty("timestamp").GetDateTimeOffset())
            .FirstOrDefault();
    }

    private static void AssertDuration(JsonElement figures, string name, IEnumerable<TimeSpan?> lengths)
    {
        var seconds = lengths.OfType<TimeSpan>().Select(length => length.TotalSeconds).Order().ToList();
        var told = figures.GetProperty("times").GetProperty(name);
        Assert.Equal(seconds.Count, told.Number("count"));
        Assert.NotEmpty(seconds);
        var middle = seconds.Count / 2;
        var median = seconds.Count % 2 == 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2;
        Assert.Equal(median, told.GetProperty("median").GetDouble(), 3);
        // Nine of ten took this long at most, and it is the shortest time of which that is true.
        var p90 = told.GetProperty("p90").GetDouble();
        Assert.True(seconds.Count(one => one <= p90) >= 0.9 * seconds.Count);
        Assert.True(seconds.Count(one => one < p90) < 0.9 * seconds.Count);
    }
}
