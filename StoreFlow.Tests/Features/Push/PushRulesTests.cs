using System.Net;
using System.Text;
using Dapper;

namespace StoreFlow.Tests.Features.Push;

/// <summary>Who may subscribe, to what, and how often.</summary>
public sealed class PushRulesTests(LoggedApp app) : IClassFixture<LoggedApp>, IDisposable
{
    private const string Key = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    private const string Auth = "BTBZMqHH6r4Tts7J_aSIgg";

    private readonly Browser _browser = new("https://push.example");

    public void Dispose() => _browser.Dispose();

    [Theory]
    [InlineData("{}", "endpoint", "keys.p256dh", "keys.auth")]
    [InlineData("""{"endpoint":"https://push.example/x","keys":{"p256dh":"KEY"}}""", "keys.auth")]
    [InlineData("""{"endpoint":"https://push.example/x","keys":{"p256dh":"KEY","auth":"BTBZMqHH6r4Tts7J"}}""", "keys.auth")]
    [InlineData("""{"endpoint":"https://push.example/x","keys":{"p256dh":"KEX","auth":"AUTH"}}""", "keys.p256dh")] // not on the curve
    [InlineData("""{"endpoint":"https://push.example/x","keys":{"p256dh":"*","auth":"AUTH"}}""", "keys.p256dh")]
    [InlineData("""{"endpoint":"http://push.example/x","keys":{"p256dh":"KEY","auth":"AUTH"}}""", "endpoint")]
    [InlineData("""{"endpoint":"https://me:x@push.example/x","keys":{"p256dh":"KEY","auth":"AUTH"}}""", "endpoint")]
    [InlineData("""{"endpoint":"push.example","keys":{"p256dh":"KEY","auth":"AUTH"}}""", "endpoint")]
    [InlineData("""{"endpoint":"https://127.0.0.1/x","keys":{"p256dh":"KEY","auth":"AUTH"}}""", "endpoint")]
    [InlineData("""{"endpoint":"https://localhost/x","keys":{"p256dh":"KEY","auth":"AUTH"}}""", "endpoint")]
    [InlineData("""{"endpoint":"https://[::ffff:10.0.0.1]/x","keys":{"p256dh":"KEY","auth":"AUTH"}}""", "endpoint")]
    [InlineData("""{"endpoint":"https://169.254.169.254/x","keys":{"p256dh":"KEY","auth":"AUTH"}}""", "endpoint")]
    public async Task A_wrong_field_is_named_and_nothing_is_kept(string body, params string[] fields)
    {
        var order = await app.PendingOrder();
        body = body.Replace("KEY", Key).Replace("KEX", Key[..^1] + "0").Replace("AUTH", Auth);
        var answer = await app.As(null).Post(Path(order.Text("public_id")), new StringContent(body, Encoding.UTF8, "application/json"));
        answer.Is(400, "invalid_request");
        Assert.Equal(fields.Order(), answer.Body.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order());
        Assert.Equal(0, Kept(order.Number("id")));
    }

    [Fact]
    public async Task An_order_that_is_not_there_has_nothing_to_tell()
    {
        var path = Path("00000000000000000000000000");
        (await app.As(null).Get(path)).Is(404, "not_found");
        (await app.As(null).Post(path, _browser.Subscription)).Is(404, "not_found");
        (await app.As(null).Send(HttpMethod.Delete, path, _browser.Subscription)).Is(404, "not_found");
        (await app.As(StoreFlowApp.Owner).Post(path, _browser.Subscription)).Is(404, "not_found");
    }

    [Theory]
    [InlineData("completed", "pickup")]
    [InlineData("cancelled", "pickup")]
    [InlineData("delivered", "shipping")]
    public async Task An_order_that_has_ended_has_nothing_more_to_tell(string status, string type)
    {
        var order = await app.OrderIn(status, type);
        (await app.As(null).Post(Path(order.Text("public_id")), _browser.Subscription)).Is(404, "not_found");
        Assert.Equal(0, Kept(order.Number("id")));
    }

    [Fact]
    public async Task An_order_has_five_and_the_sixth_is_refused()
    {
        var order = await app.PendingOrder();
        var path = Path(order.Text("public_id"));
        for (var i = 0; i < 5; i++)
            Assert.Equal(204, (await app.As(null).Post(path, Subscription($"https://push.example/{i}"))).Status);
        (await app.As(null).Post(path, Subscription("https://push.example/5"))).Is(400, "invalid_request", "endpoint");
        Assert.Equal(204, (await app.As(null).Post(path, Subscription("https://push.example/4"))).Status); // it is there already
        Assert.Equal(5, Kept(order.Number("id")));
    }

    [Fact]
    public async Task An_address_may_change_so_many_a_minute()
    {
        var order = await app.PendingOrder();
        var stranger = app.As(null);
        stranger.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.77");
        var answers = new List<int>();
        for (var i = 0; i < 45; i++)
            answers.Add((await stranger.Post(Path(order.Text("public_id")), _browser.Subscription)).Status);
        Assert.Equal(30, answers.TakeWhile(status => status == 204).Count());
        Assert.Equal(429, answers[30]);
        var elsewhere = app.As(null);
        elsewhere.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.78");
        Assert.Equal(204, (await elsewhere.Post(Path(order.Text("public_id")), _browser.Subscription)).Status);
    }

    [Fact]
    public async Task A_name_that_leads_into_the_servers_network_is_not_called_and_no_log_shows_it()
    {
        // The machine's own name: whatever address it has, it is one of its own network.
        var endpoint = $"https://{Dns.GetHostName()}/send/5ecret";
        var order = await app.PendingOrder();
        Assert.Equal(204, (await app.As(null).Post(Path(order.Text("public_id")), Subscription(endpoint))).Status);
        foreach (var step in new[] { "accept", "start-preparation", "mark-ready" })
            await app.Step(order, step);
        await Eventually.Holds(() => Kept(order.Number("id")) == 0, "It is still there.");
        await Eventually.Holds(() => Fault(order.Number("id")) is not null, "It was not tried.");
        Assert.Contains("private network", Fault(order.Number("id")), StringComparison.Ordinal);
        Assert.DoesNotContain(app.Logged, entry => entry.Contains("5ecret", StringComparison.Ordinal));
    }

    private static object Subscription(string endpoint) => new { endpoint, keys = new { p256dh = Key, auth = Auth } };

    private static string Path(string publicId) => $"/customer/{publicId}/push";

    private long Kept(long order)
    {
        using var db = app.OpenDatabase();
        return db.ExecuteScalar<long>("SELECT COUNT(*) FROM push_subscriptions WHERE order_id = @order", new { order });
    }

    private string? Fault(long order)
    {
        using var db = app.OpenDatabase();
        return db.QueryFirstOrDefault<string>(
            "SELECT a.fault FROM delivery_attempts a JOIN deliveries d ON d.id = a.delivery_id WHERE d.order_id = @order", new { order });
    }
}
