using System.Text;
using MimeKit;

namespace StoreFlow.Tests.Features.Emails;

/// <summary>E-mails through a real mail server, which takes them as well or as badly as the test wants.</summary>
public sealed class EmailTests
{
    [SkippableTheory]
    [InlineData("starttls")]
    [InlineData("tls")]
    public async Task An_order_is_told_encrypted_in_the_stores_name_and_without_a_number(string tls)
    {
        using var mail = await MailServer.Start(tls);
        using var app = new MailApp(mail, new() { ["StoreFlow:Smtp:Tls"] = tls });
        await app.SwitchOn("order_received", "new_order");
        var order = await app.OrderOf("mia@example.com");
        await app.Until(() => mail.Mails.Count == 2, "The e-mails do not come.");

        var (toCustomer, toShop) = (mail.Mails[0], mail.Mails[1]);
        Assert.Equal(("orders@shop.example", "mia@example.com", "shop", true),
            (toCustomer.From, toCustomer.To, toCustomer.User, toCustomer.IsSecure));
        var message = toCustomer.Message;
        Assert.Equal("\"Corner Market Harbour\" <orders@shop.example>", message.From.ToString());
        Assert.Equal("\"Mia Chen\" <mia@example.com>", message.To.ToString());
        Assert.Equal("shop@shop.example", message.ReplyTo.Mailboxes.Single().Address);
        Assert.Equal("auto-generated", message.Headers[HeaderId.AutoSubmitted]);
        Assert.Equal($"Your order {order.Text("reference")} at Corner Market Harbour", message.Subject);
        Assert.Equal($"{app.Emails(order)[0].Text("message_id")}@shop.example", message.MessageId);
        Assert.Contains($"https://orders.example/track/{order.Text("public_id")}", message.TextBody, StringComparison.Ordinal);
        Assert.Contains($"href=\"https://orders.example/track/{order.Text("public_id")}\"", message.HtmlBody, StringComparison.Ordinal);
        Assert.Equal("shop@shop.example", toShop.To);
        Assert.Empty(toShop.Message.ReplyTo);
        Assert.All(mail.Mails, one => Assert.DoesNotMatch(@"/(orders|stores|dashboard)/\d", one.Message.HtmlBody + one.Message.TextBody));
        await app.Until(() => app.Outcomes(order).SequenceEqual(["order_received sent", "new_order sent"]), "It is not written down.");
    }

    [SkippableFact]
    public async Task A_mailbox_that_is_refused_is_not_tried_again_and_holds_up_nobody()
    {
        using var mail = await MailServer.Start();
        using var app = new MailApp(mail);
        await app.SwitchOn("order_received");
        var (gone, junk, full, other) =
            (await app.OrderOf("gone@example.com"), await app.OrderOf("junk@example.com"), await app.OrderOf("full@example.com"),
                await app.OrderOf("mia@example.com"));
        await app.Until(() => mail.Mails.Count == 1, "The other order is held up.");
        Assert.Equal("mia@example.com", mail.Mails[0].To);
        await app.Until(() => app.Outcomes(gone)[0].EndsWith("not_sent", StringComparison.Ordinal)
            && app.Outcomes(junk)[0].EndsWith("not_sent", StringComparison.Ordinal), "They are not given up.");
        var attempt = app.Emails(gone)[0].GetProperty("attempts").EnumerateArray().Single();
        Assert.Equal((550L, "The address was refused: 550 5.1.1 no such user"), (attempt.Number("answer"), attempt.Text("fault")));
        Assert.Contains("554 5.7.1", app.Emails(junk)[0].GetProperty("attempts")[0].Text("fault"), StringComparison.Ordinal);
        Assert.Equal("order_received waiting", app.Outcomes(full)[0]); // a full mailbox may be emptied
        await app.Until(() => app.Outcomes(other)[0] == "order_received sent", "It is not written down that the other one was sent.");
        var view = (await app.As(StoreFlowApp.Owner).Get("/merchant/stores/1/emails")).Body;
        Assert.Equal(System.Text.Json.JsonValueKind.Null, view.GetProperty("failing_since").ValueKind); // the mail server is well
    }

    [SkippableFact]
    public async Task One_that_is_greylisted_comes_soon_and_a_server_that_has_too_many_gets_a_pause()
    {
        using var mail = await MailServer.Start();
        using var app = new MailApp(mail);
        await app.SwitchOn("order_received");
        var grey = await app.OrderOf("grey@example.com");
        await app.Until(() => mail.Mails.Count == 1 && app.Outcomes(grey)[0] == "order_received sent", "The greylisted one does not come.");
        var attempts = app.Emails(grey)[0].GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal([451L, 250L], attempts.Select(attempt => attempt.Number("answer")));
        Assert.InRange(
            attempts[1].GetProperty("at").GetDateTimeOffset() - attempts[0].GetProperty("at").GetDateTimeOffset(),
            TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));

        var busy = await app.OrderOf("busy@example.com");
        await app.Until(() => app.Emails(busy).FirstOrDefault() is { ValueKind: System.Text.Json.JsonValueKind.Object } one
            && one.GetProperty("attempts").GetArrayLength() > 0, "It is not tried.");
        var before = app.Time.GetUtcNow();
        var after = await app.OrderOf("mia@example.com");
        await app.Until(() => mail.Mails.Count == 3 && app.Outcomes(after)[0] == "order_received sent", "Nothing comes after the pause.");
        var began = app.Emails(after)[0].GetProperty("attempts")[0].GetProperty("at").GetDateTimeOffset();
        Assert.InRange(began - before, TimeSpan.FromMinutes(1.5), TimeSpan.FromMinutes(5)); // the whole store waited
    }

    [SkippableFact]
    public async Task A_server_that_falls_silent_is_left_after_fifteen_seconds_and_tried_again()
    {
        using var mail = await MailServer.Start();
        using var app = new MailApp(mail);
        await app.SwitchOn("order_received");
        var silent = await app.OrderOf("silent@example.com");
        await app.OrderOf("mia@example.com");
        await app.Until(() => mail.Mails.Count == 1, "The other order is held up for ever.");
        var one = app.Emails(silent)[0];
        Assert.Equal("waiting", one.Text("outcome"));
        Assert.Equal("The mail server did not answer within 15 seconds.", one.GetProperty("attempts")[0].Text("fault"));
    }

    [SkippableTheory]
    [InlineData("starttls", "StoreFlow:Smtp:Password", "wrong-Qx77-word", "refused the user and the password", 1)]
    [InlineData("starttls", "StoreFlow:Smtp:CaFile", "", "certificate cannot be trusted", 0)]
    [InlineData("starttls", "StoreFlow:Smtp:Host", "127.0.0.1", "certificate cannot be trusted", 0)]
    [InlineData("plain", "StoreFlow:Smtp:Tls", "starttls", "offers no encryption", 0)]
    [InlineData("starttls", "StoreFlow:Smtp:From", "refused@shop.example", "refused the sender's address: 550", 1)]
    [InlineData("starttls", "StoreFlow:Smtp:Port", "9", "No connection", 0)]
    public async Task What_is_wrong_with_the_mail_server_is_told_and_tried_again_and_no_password_goes_anywhere(
        string mode, string setting, string value, string sentence, int signIns)
    {
        using var mail = await MailServer.Start(mode);
        using var app = new MailApp(mail, new() { [setting] = value });
        await app.SwitchOn("order_received");
        var order = await app.OrderOf("mia@example.com");
        await app.Until(() => app.Emails(order).FirstOrDefault() is { ValueKind: System.Text.Json.JsonValueKind.Object } one
            && one.GetProperty("attempts").GetArrayLength() > 0, "It is not tried.");
        Assert.Contains(sentence, app.Emails(order)[0].GetProperty("attempts")[0].Text("fault"), StringComparison.Ordinal);
        Assert.Equal("waiting", app.Emails(order)[0].Text("outcome"));
        var owner = app.As(StoreFlowApp.Owner);
        var view = (await owner.Get("/merchant/stores/1/emails")).Body;
        Assert.Equal(System.Text.Json.JsonValueKind.String, view.GetProperty("failing_since").ValueKind);
        var (_, test) = await owner.Post("/merchant/stores/1/emails/test");
        Assert.Equal("not_sent", test.Text("outcome"));
        Assert.Empty(mail.Mails);
        Assert.True(signIns == 0 ? mail.SignIns == 0 : mail.SignIns > 0, "The password is sent where it must not be, or not at all.");

        var everything = string.Join('\n', app.Logged) + app.Emails(order)[0] + view + test
            + await app.As(null).GetStringAsync("/metrics");
        Assert.DoesNotContain(MailServer.Password, everything, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-Qx77-word", everything, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_test_goes_to_the_shops_address_at_once()
    {
        using var mail = await MailServer.Start();
        using var app = new MailApp(mail);
        var owner = app.As(StoreFlowApp.Owner);
        var (_, first) = await owner.Post("/merchant/stores/1/emails/test");
        Assert.Equal(("owner@demo.example", "sent"), (first.Text("to"), first.Text("outcome"))); // nobody has said where the shop reads
        await app.SwitchOn();
        var (_, second) = await owner.Post("/merchant/stores/1/emails/test");
        Assert.Equal(("shop@shop.example", "sent"), (second.Text("to"), second.Text("outcome")));
        await Eventually.Holds(() => mail.Mails.Count == 2, "The mail server has not got both.");
        Assert.Equal("A test of the e-mails of Corner Market Harbour", mail.Mails[1].Message.Subject);
        (await app.As(StoreFlowApp.Rival).Post("/merchant/stores/1/emails/test")).Is(404, "not_found");
    }

    [SkippableFact]
    public async Task The_owner_is_told_once_of_a_web_hook_that_has_failed_for_a_day()
    {
        using var mail = await MailServer.Start();
        using var app = new MailApp(mail);
        var (status, _) = await app.As(StoreFlowApp.Owner).Post(
            "/webhooks", new { url = "http://127.0.0.1:9/hooks", events = new[] { "OrderCreated" } });
        Assert.Equal(201, status);
        await app.OrderOf("mia@example.com");
        await app.Until(() => app.As(StoreFlowApp.Owner).Get("/webhooks").Result.Body.GetProperty("webhooks")[0]
            .GetProperty("failing_since").ValueKind == System.Text.Json.JsonValueKind.String, "It does not fail.");
        Assert.Empty(mail.Mails);
        app.Time.Advance(TimeSpan.FromHours(25));
        await app.Until(() => mail.Mails.Count == 1, "The owner is not told.");
        Assert.Equal(("owner@demo.example", "A web hook has failed for a day"), (mail.Mails[0].To, mail.Mails[0].Message.Subject));
        Assert.Contains("http://127.0.0.1:9/hooks", mail.Mails[0].Message.TextBody, StringComparison.Ordinal);
        for (var minutes = 0; minutes < 10; minutes++)
        {
            app.Time.Advance(TimeSpan.FromMinutes(1));
            await app.OrderOf("mia@example.com");
        }
        Assert.Single(mail.Mails);
    }

    [Theory]
    [InlineData("Mia\r\nBcc: thief@example.com")]
    [InlineData("Mia\nBcc: thief@example.com")]
    [InlineData("Mia\u0085\u2028\0Bcc: thief@example.com")]
    public void A_line_break_in_a_name_begins_no_header(string name)
    {
        var mailer = new StoreFlow.Features.Emails.Mailer(new());
        var content = StoreFlow.Features.Emails.EmailContent.Render(
            new("Hello {name}", "Hello {name}"), new Dictionary<string, string> { ["name"] = name, ["store"] = name }, isForShop: false,
            StoreFlow.Features.Languages.Language.English);
        var message = mailer.Make(content, name, "mia@example.com", name, "shop@shop.example", "id", DateTimeOffset.UnixEpoch);
        using var stream = new MemoryStream();
        message.WriteTo(stream);
        stream.Position = 0;
        var read = MimeMessage.Load(stream);
        Assert.Empty(read.Bcc);
        Assert.Equal("mia@example.com", read.To.Mailboxes.Single().Address);
        Assert.Equal("Hello Mia Bcc: thief@example.com", read.Subject);
        var head = Encoding.UTF8.GetString(stream.ToArray()).ReplaceLineEndings("\n").Split("\n\n")[0];
        Assert.DoesNotMatch("(?m)^Bcc", head);
    }
}
