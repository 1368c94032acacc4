using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MimeKit;

namespace StoreFlow.Tests.Features.Emails;

/// <summary>What the e-mails of a store say and when there is one, read from the files of a server without a mail server.</summary>
public sealed partial class EmailFileTests : IDisposable
{
    private readonly MailApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Each_message_reads_as_it_was_reviewed()
    {
        await _app.SwitchOn();
        await Open("mon,tue,wed,thu,fri,sat,sun");
        var pickup = await Placed("pickup");
        pickup = await Told(pickup, "accept");
        pickup = await Told(pickup, "start-preparation", emails: 0);
        Assert.Equal(200, (await _app.As(StoreFlowApp.Owner).Patch(
            $"/orders/{pickup.Number("id")}/promise", new { ready_in_minutes = 55 })).Status);
        await Arrived(pickup, 4);
        await Told(await Told(pickup, "mark-ready"), "complete");
        var parcel = await Placed("shipping");
        parcel = await Told(parcel, "accept");
        await Told(await Told(parcel, "ship"), "mark-delivered");
        await Told(await Placed("pickup"), "cancel");

        var late = await Placed("pickup");
        _app.Time.Advance(TimeSpan.FromHours(2));
        await Arrived(late, 3);
        var lain = await Placed("pickup");
        foreach (var step in new[] { "accept", "start-preparation", "mark-ready" })
            lain = await Told(lain, step, step == "start-preparation" ? 0 : 1);
        _app.Time.Advance(TimeSpan.FromDays(3));
        await Arrived(lain, 5);

        var text = new StringBuilder();
        foreach (var message in _app.Kept.DistinctBy(Shape))
            text.Append(CultureInfo.InvariantCulture, $"To: {message.To}\nSubject: {message.Subject}\n\n")
                .Append(message.TextBody!.ReplaceLineEndings("\n"))
                .Append("\n==========\n");
        Snapshots.Match(WithoutChance(text.ToString()), "EmailTexts");
        var ready = _app.Kept.First(one => one.Subject!.EndsWith("is ready", StringComparison.Ordinal));
        Snapshots.Match(WithoutChance(ready.HtmlBody!.ReplaceLineEndings("\n")), "EmailReadyHtml");

        static string Shape(MimeMessage message) => Reference().Replace(message.Subject!, "") + message.TextBody!.Length;

        // The clock goes on while the test waits, by how much depends on the machine.
        static string WithoutChance(string text) => Minute().Replace(
            Reference().Replace(Code().Replace(text, "{code}"), "{reference}"), "{time}");
    }

    [Fact]
    public async Task Without_a_mail_server_an_e_mail_is_a_file_for_its_owner_alone_and_nobody_says_that_it_was_sent()
    {
        var view = (await _app.As(StoreFlowApp.Owner).Get("/merchant/stores/1/emails")).Body;
        Assert.Equal((false, false, 0L), (
            view.GetProperty("active").GetBoolean(), view.GetProperty("leaves_house").GetBoolean(), view.Number("version")));
        await _app.SwitchOn("order_received");
        var order = await _app.OrderOf("mia@example.com");
        await Arrived(order, 1);
        var file = Directory.GetFiles(_app.MailFolder).Single();
        Assert.EndsWith($"{_app.Emails(order)[0].Text("message_id")}.eml", file, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(["order_received kept_as_file"], _app.Outcomes(order));
        Assert.Equal("storeflow@localhost", _app.Kept[0].From.Mailboxes.Single().Address);

        var (status, again) = await _app.As(StoreFlowApp.Owner).Post(
            $"/merchant/stores/1/emails/deliveries/{_app.Emails(order)[0].Number("id")}/resend");
        Assert.Equal(202, status);
        await Arrived(order, 2);
        Assert.Equal(2, _app.Kept.Select(message => message.MessageId).Distinct().Count()); // a mail program would hide a second one
        Assert.NotEqual(_app.Emails(order)[0].Text("message_id"), again.Text("message_id"));
        var (_, test) = await _app.As(StoreFlowApp.Owner).Post("/merchant/stores/1/emails/test");
        Assert.Equal("kept_as_file", test.Text("outcome"));
    }

    [Theory]
    [InlineData("de", "ltr", "ist abholbereit", "Guten Tag Mia,", "Holen Sie sie bei")]
    [InlineData("ar", "rtl", "جاهز", "مرحبًا Mia،", "تفضّل باستلامه")]
    public async Task A_customer_reads_it_in_the_language_of_the_order_and_the_shop_in_English(
        string language, string direction, params string[] words)
    {
        var owner = _app.As(StoreFlowApp.Owner);
        Assert.Equal(200, (await owner.Patch("/merchant/stores/1", new { languages = new[] { "en", language } })).Status);
        await _app.SwitchOn("order_ready", "new_order");
        var body = Scenarios.CheckoutBody("pickup");
        body["language"] = language;
        var (_, view) = await _app.As(null).Post("/checkout", body);
        var (_, found) = await owner.Get($"/stores/1/orders?q={view.Text("reference")}");
        var order = found.GetProperty("orders")[0];
        await Arrived(order, 1);
        foreach (var step in new[] { "accept", "start-preparation", "mark-ready" })
            order = await _app.Step(order, step);
        await Arrived(order, 2);

        var (toShop, mail) = (_app.Kept.Single(IsForShop), _app.Kept.Single(one => !IsForShop(one)));
        Assert.StartsWith("New order", toShop.Subject, StringComparison.Ordinal);
        Assert.Contains(words[0], mail.Subject, StringComparison.Ordinal);
        Assert.All(words[1..], word => Assert.Contains(word, mail.TextBody, StringComparison.Ordinal));
        Assert.Contains($"<html lang=\"{language}\" dir=\"{direction}\">", mail.HtmlBody, StringComparison.Ordinal);

        static bool IsForShop(MimeMessage message) => message.To.ToString() == "shop@shop.example";
    }

    [Fact]
    public async Task It_tells_the_order_as_it_was_then_not_as_it_is_when_it_is_sent()
    {
        await _app.SwitchOn("order_received", "order_accepted");
        await Off();
        var order = await _app.OrderOf("mia@example.com");
        var owner = _app.As(StoreFlowApp.Owner);
        var (_, then) = await owner.Post($"/orders/{order.Number("id")}/accept", new { ready_in_minutes = 30 });
        Assert.Equal(200, (await owner.Patch($"/orders/{order.Number("id")}/promise", new { ready_in_minutes = 300 })).Status);
        await On();
        await Arrived(order, 2);
        var accepted = _app.Kept.Single(message => message.Subject!.Contains("accepted", StringComparison.Ordinal)).TextBody;
        var told = TimeZoneInfo.ConvertTime(then.GetProperty("promised_at").GetDateTimeOffset(), _app.Time.LocalTimeZone);
        Assert.Contains(
            $"ready about {told.ToString("ddd d MMM, HH:mm", CultureInfo.InvariantCulture)}.", accepted, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_before_it_was_switched_on_is_not_told_and_what_is_over_is_not_sent_late()
    {
        Assert.Equal(200, (await _app.As(StoreFlowApp.Owner).Patch(
            "/merchant/stores/1/emails", new { messages = new[] { "order_received" } })).Status); // chosen, not switched on
        var before = await _app.OrderOf("mia@example.com");
        await _app.SwitchOn("order_received", "order_accepted", "order_ready", "order_handed_over", "promise_changed");
        await Off();
        var over = await _app.OrderOf("mia@example.com");
        foreach (var step in new[] { "accept", "start-preparation", "mark-ready", "complete" })
            over = await _app.Step(over, step);
        var open = await _app.Step(await _app.OrderOf("mia@example.com"), "accept");
        await On();
        await Arrived(over, 4);
        await Arrived(open, 2);
        Assert.Empty(_app.Emails(before));
        Assert.Equal(
            ["order_received not_sent", "order_accepted not_sent", "order_ready not_sent", "order_handed_over kept_as_file"],
            _app.Outcomes(over));
        Assert.Equal("The order is collected meanwhile.", _app.Emails(over)[2].GetProperty("attempts")[0].Text("fault"));
        Assert.Equal(["order_received kept_as_file", "order_accepted kept_as_file"], _app.Outcomes(open));

        await Off();
        var old = await _app.OrderOf("mia@example.com");
        _app.Time.Advance(TimeSpan.FromDays(4));
        await On();
        await Arrived(old, 1);
        Assert.Equal("It is too old to be news.", _app.Emails(old)[0].GetProperty("attempts")[0].Text("fault"));

        await Off();
        var skipped = await _app.OrderOf("mia@example.com");
        Assert.Equal(200, (await _app.As(StoreFlowApp.Owner).Patch(
            "/merchant/stores/1/emails", new { active = true, skip_missed = true })).Status);
        var later = await _app.OrderOf("mia@example.com");
        await Arrived(later, 1);
        Assert.Empty(_app.Emails(skipped));
    }

    [Fact]
    public async Task A_customer_without_an_address_gets_none_and_a_small_move_of_the_promise_is_none_worth()
    {
        await _app.SwitchOn();
        var body = Scenarios.CheckoutBody();
        body["customer"] = new { name = "Mia Chen" };
        body.Remove("store_id");
        var (status, placed) = await _app.As(StoreFlowApp.Owner).Post("/stores/1/orders", body);
        Assert.True(status == 201, placed.ToString());
        var order = await _app.OrderOf("mia@example.com");
        var owner = _app.As(StoreFlowApp.Owner);
        var promised = (await owner.Get($"/orders/{order.Number("id")}")).Body.GetProperty("promised_at").GetDateTimeOffset();
        foreach (var minutes in new[] { 9, 30 })
            Assert.Equal(200, (await owner.Patch(
                $"/orders/{order.Number("id")}/promise", new { promised_at = promised.AddMinutes(minutes) })).Status);
        await Arrived(order, 3);
        Assert.Equal(["order_received", "new_order", "promise_changed"], _app.Emails(order).Select(one => one.Text("kind")));
        Assert.Equal(1, _app.Kept.Count(message => message.Subject!.StartsWith("New time", StringComparison.Ordinal)));
        Assert.Equal(2, _app.Kept.Count(message => message.To.Mailboxes.Single().Address == "mia@example.com"));
    }

    [Fact]
    public async Task A_reason_that_is_not_the_customers_to_know_is_not_told()
    {
        await _app.SwitchOn("order_cancelled");
        var order = await _app.OrderOf("mia@example.com");
        Assert.Equal(200, (await _app.As(StoreFlowApp.Owner).Post(
            $"/orders/{order.Number("id")}/cancel", new { reason = "suspected_fraud", note = "third stolen card" })).Status);
        await Arrived(order, 1);
        Assert.Contains("Corner Market Harbour cannot complete this order.", _app.Kept[0].TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("fraud", _app.Kept[0].ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("stolen", _app.Kept[0].ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_late_order_is_told_once_and_only_what_became_late_since()
    {
        var before = await _app.OrderOf("mia@example.com");
        _app.Time.Advance(TimeSpan.FromHours(3));
        await _app.SwitchOn("late_order");
        var order = await _app.OrderOf("mia@example.com");
        _app.Time.Advance(TimeSpan.FromHours(2));
        await Arrived(order, 1);
        Assert.Equal(["late_order kept_as_file"], _app.Outcomes(order));
        Assert.Equal(200, (await _app.As(StoreFlowApp.Owner).Patch(
            $"/orders/{order.Number("id")}/promise", new { ready_in_minutes = 5 })).Status);
        for (var minutes = 0; minutes < 20; minutes++)
        {
            _app.Time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(10); // the clock has to be heard; nothing is waited for
        }
        Assert.Single(_app.Emails(order));
        Assert.Empty(_app.Emails(before));
    }

    [Fact]
    public async Task The_owner_words_a_message_anew_and_takes_the_usual_words_again()
    {
        await _app.SwitchOn("order_received");
        var owner = _app.As(StoreFlowApp.Owner);
        var (status, view) = await owner.Patch("/merchant/stores/1/emails", new
        {
            wordings = new
            {
                order_received = new { subject = "Moin {name}!", text = "Danke, {name} <b>& bis gleich</b>.\n\nAlso {time}" },
            },
        });
        Assert.True(status == 200, view.ToString());
        var order = await _app.OrderOf("mia@example.com", name: "<i>{customer}</i> Chen");
        await Arrived(order, 1);
        Assert.Equal("Moin <i>{customer}</i>!", _app.Kept[0].Subject); // what stands in a name is no placeholder
        Assert.Contains("Danke, &lt;i&gt;{customer}&lt;/i&gt; &lt;b&gt;&amp; bis gleich&lt;/b&gt;.", _app.Kept[0].HtmlBody,
            StringComparison.Ordinal);
        (await owner.Patch("/merchant/stores/1/emails", new { active = false, version = 1 })).Is(409, "stale");
        var (_, usual) = await owner.Patch(
            "/merchant/stores/1/emails", new { wordings = new Dictionary<string, object?> { ["order_received"] = null } });
        Assert.Equal("Your order {reference} at {store}", usual.GetProperty("messages")[0].Text("subject"));
        var log = (await owner.Get("/merchant/log?limit=1")).Body.GetProperty("entries")[0];
        Assert.Equal(("emails", "changed"), (log.Text("kind"), log.Text("action")));
    }

    [Theory]
    [InlineData("""{"wordings":{"order_ready":{"subject":"{oops}","text":"x"}}}""", "wordings.order_ready.subject")]
    [InlineData("""{"wordings":{"order_ready":{"subject":"Ready","text":"{tracking_code}"}}}""", "wordings.order_ready.text")]
    [InlineData("""{"wordings":{"order_ready":{"subject":"Ready","text":"Show {code"}}}""", "wordings.order_ready.text")]
    [InlineData("""{"wordings":{"order_ready":{"subject":" ","text":"x"}}}""", "wordings.order_ready.subject")]
    [InlineData("""{"wordings":{"order_ready":{"subject":"a\nBcc: x@example.com","text":"x"}}}""", "wordings.order_ready.subject")]
    [InlineData(
        """{"wordings":{"order_ready":{"subject":"{items}","text":""}}}""", "wordings.order_ready.subject", "wordings.order_ready.text")]
    [InlineData("""{"wordings":{"order_eaten":{"subject":"a","text":"x"}}}""", "wordings.order_eaten")]
    [InlineData("""{"messages":["order_eaten"]}""", "messages")]
    [InlineData("""{"messages":["new_order"]}""", "shop_address")]
    [InlineData("""{"shop_address":"nobody"}""", "shop_address")]
    public async Task A_wrong_field_is_named_and_nothing_is_changed(string body, params string[] fields)
    {
        var owner = _app.As(StoreFlowApp.Owner);
        var answer = await owner.Patch("/merchant/stores/1/emails", new StringContent(body, Encoding.UTF8, "application/json"));
        answer.Is(400, "invalid_request");
        Assert.Equal(fields.Order(), answer.Body.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order());
        Assert.Equal(0, (await owner.Get("/merchant/stores/1/emails")).Body.Number("version"));
    }

    [Fact]
    public async Task They_are_the_owners_and_another_merchants_are_not_there()
    {
        await _app.SwitchOn("order_received");
        var order = await _app.OrderOf("mia@example.com");
        await Arrived(order, 1);
        foreach (var path in new[] { "/merchant/stores/1/emails", "/merchant/stores/1/emails/deliveries" })
        {
            foreach (var token in new[] { StoreFlowApp.Manager, StoreFlowApp.Staff })
                (await _app.As(token).Get(path)).Is(403, "forbidden");
            (await _app.As(StoreFlowApp.Rival).Get(path)).Is(404, "not_found");
        }
        (await _app.As(StoreFlowApp.Rival).Patch("/merchant/stores/1/emails", new { active = false })).Is(404, "not_found");
        var delivery = _app.Emails(order)[0].Number("id");
        (await _app.As(StoreFlowApp.Rival).Post($"/merchant/stores/1/emails/deliveries/{delivery}/resend")).Is(404, "not_found");
        (await _app.As(StoreFlowApp.Rival).Post($"/merchant/stores/3/emails/deliveries/{delivery}/resend")).Is(404, "not_found");
        Assert.Single(_app.Emails(order));
    }

    private async Task Off() =>
        Assert.Equal(200, (await _app.As(StoreFlowApp.Owner).Patch("/merchant/stores/1/emails", new { active = false })).Status);

    private async Task On() =>
        Assert.Equal(200, (await _app.As(StoreFlowApp.Owner).Patch("/merchant/stores/1/emails", new { active = true })).Status);

    private async Task Open(string days)
    {
        var hours = days.Split(',').ToDictionary(day => day, _ => new[] { "08:00-22:00" });
        Assert.Equal(200, (await _app.As(StoreFlowApp.Owner).Patch(
            "/merchant/stores/1", new { opening_hours = hours, time_zone = "Europe/Berlin" })).Status);
    }

    private async Task<JsonElement> Placed(string type)
    {
        var order = await _app.OrderOf("mia@example.com", type);
        await Arrived(order, 2);
        return order;
    }

    private async Task<JsonElement> Told(JsonElement order, string step, int emails = 1)
    {
        var before = _app.Emails(order).Count;
        order = await _app.Step(order, step);
        if (emails > 0)
            await Arrived(order, before + emails);
        return order;
    }

    /// <summary>So many e-mails of the order were tried.</summary>
    private Task Arrived(JsonElement order, int emails) => _app.Until(
        () => _app.Emails(order) is var all && all.Count >= emails && all.All(one => one.Text("outcome") != "waiting"),
        $"There are no {emails} e-mails.");

    [GeneratedRegex(@"(?<=at the counter:\n\n)\d{4}|(?<=letter-spacing:6px"">)\d{4}")]
    private static partial Regex Code();

    [GeneratedRegex(@"\b\d\d:\d\d\b")]
    private static partial Regex Minute();

    [GeneratedRegex(@"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b")]
    private static partial Regex Reference();
}
