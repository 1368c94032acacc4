using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace StoreFlow.Tests.Features.Emails;

/// <summary>The server with a clock that the test moves, and with a mail server or without one.</summary>
public sealed class MailApp(MailServer? mail = null, Dictionary<string, string>? settings = null) : LoggedApp
{
    public static readonly DateTimeOffset Start = new(2026, 11, 27, 10, 0, 0, TimeSpan.Zero);

    public FakeTimeProvider Time { get; } = new(Start);

    protected override TimeProvider Clock => Time;

    protected override Dictionary<string, string> Settings
    {
        get
        {
            var all = new Dictionary<string, string>
            {
                ["StoreFlow:PublicUrl"] = "https://orders.example/",
                ["StoreFlow:Webhooks:AllowPrivateAddresses"] = "true",
            };
            foreach (var (name, value) in mail?.Settings ?? new Dictionary<string, string>())
                all[name] = value;
            foreach (var (name, value) in settings ?? [])
                all[name] = value;
            return all;
        }
    }

    /// <summary>The e-mails that were kept as files, oldest first.</summary>
    public IReadOnlyList<MimeMessage> Kept => Directory.Exists(MailFolder)
        ? [.. Directory.GetFiles(MailFolder, "*.eml").Select(file => MimeMessage.Load(file)).OrderBy(message => message.Date)]
        : [];

    public string MailFolder => Path.Combine(Folder, "outgoing-mail");

    /// <summary>Switches the e-mails of store 1 on, all of them.</summary>
    public async Task SwitchOn(params string[] messages)
    {
        var (status, view) = await As(Owner).Patch("/merchant/stores/1/emails", new
        {
            active = true,
            shop_address = "shop@shop.example",
            messages = messages.Length > 0 ? messages :
            [
                "order_received", "order_accepted", "order_ready", "order_shipped", "order_handed_over", "order_cancelled",
                "promise_changed", "new_order", "late_order", "not_collected",
            ],
        });
        Assert.True(status == 200, view.ToString());
    }

    /// <summary>Places an order of somebody with this address.</summary>
    public async Task<JsonElement> OrderOf(string email, string type = "pickup", string name = "Mia Chen")
    {
        var body = Scenarios.CheckoutBody(type, name: name);
        body["customer"] = new { name, email };
        var (status, view) = await As(null).Post("/checkout", body);
        Assert.True(status == 201, view.ToString());
        var (_, found) = await As(Owner).Get($"/stores/1/orders?q={view.Text("reference")}");
        return found.GetProperty("orders").EnumerateArray().Single(order => order.Text("public_id") == view.Text("public_id"));
    }

    /// <summary>What has become of the e-mails of an order, oldest first.</summary>
    public List<JsonElement> Emails(JsonElement order) =>
    [
        .. As(Owner).Get("/merchant/stores/1/emails/deliveries?limit=200").Result.Body.GetProperty("deliveries").EnumerateArray()
            .Where(delivery => delivery.Number("order_id") == order.Number("id")).Reverse(),
    ];

    public List<string> Outcomes(JsonElement order) => [.. Emails(order).Select(one => $"{one.Text("kind")} {one.Text("outcome")}")];

    /// <summary>The clock goes on while one waits: pauses between tries take no real time.</summary>
    public Task Until(Func<bool> condition, string otherwise) => Eventually.Holds(() =>
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        return condition();
    }, otherwise);
}
