using System.Text.RegularExpressions;
using StoreFlow.Features.CancelOrder;
using StoreFlow.Features.ChangePromise;
using StoreFlow.Features.CompleteOrder;
using StoreFlow.Features.CorrectTracking;
using StoreFlow.Features.Emails;
using StoreFlow.Features.Languages;
using StoreFlow.Features.ManageProducts;
using StoreFlow.Features.Merchants;
using StoreFlow.Features.Orders;
using StoreFlow.Features.OverrideStatus;
using StoreFlow.Features.Printers;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.Languages;

/// <summary>What rules say in English, as a German staff page shows it.</summary>
public sealed partial class StaffSentenceTests
{
    private static readonly StaffTexts German = StaffTexts.Find("de")!;
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("You are signed out.", "Sie sind abgemeldet.")]
    [InlineData("You already accepted this order just now.", "Sie haben diese Bestellung gerade eben schon angenommen.")]
    [InlineData("Ana already accepted this order 3 minutes ago.", "Ana hat diese Bestellung vor 3 Minuten schon angenommen.")]
    [InlineData("Ana put this order to “collected” 1 day ago.", "Ana hat diese Bestellung vor einem Tag auf „abgeholt“ gesetzt.")]
    [InlineData("Ana changed this 3 minutes ago (price, on sale). Look at it as it is now, then save again.",
        "Ana hat das vor 3 Minuten geändert (Preis, im Verkauf). Sehen Sie es sich an, wie es jetzt ist, und speichern Sie dann noch "
        + "einmal.")]
    [InlineData("This is longer than 40 characters.", "Das ist länger als 40 Zeichen.")]
    [InlineData("There is no {x} in this message. It has: {a}, {b}.", "In dieser Nachricht gibt es kein {x}. Sie hat: {a}, {b}.")]
    [InlineData("This time is in the past. This is needed.", "Diese Zeit ist schon vorbei. Das wird gebraucht.")]
    [InlineData("This has to be one of: a, b. This is needed.", "Das muss eines hiervon sein: a, b. Das wird gebraucht.")]
    [InlineData("It is not saved yet. This is needed.", "Es ist noch nicht gespeichert. Das wird gebraucht.")]
    public void A_sentence_is_told_in_German(string english, string german) => Assert.Equal(german, German.Sentence(english));

    [Theory]
    [InlineData("")]
    [InlineData("Nobody has a text for this.")]
    [InlineData("Nobody has a text for this. This is needed.")]
    [InlineData("Ready")]
    [InlineData("accepted")]
    public void What_is_not_known_stays_as_it_is(string english) => Assert.Equal(english, German.Sentence(english));

    [Theory]
    [InlineData("Another product of this store has the SKU “Pickup”.", "Pickup")]
    [InlineData("Another product of this store has the SKU “A. B”.", "A. B")]
    [InlineData("Another product of this store has the SKU “{1}”.", "{1}")]
    [InlineData("The message was refused: 450 Wait for 3 minutes ago", "450 Wait for 3 minutes ago")]
    public void A_name_or_what_somebody_said_is_not_translated(string english, string kept)
    {
        Assert.NotEqual(english, German.Sentence(english));
        Assert.Contains(kept, German.Sentence(english));
    }

    [Fact]
    public void English_stays_as_it_is() =>
        Assert.Equal("You are signed out.", StaffTexts.English.Sentence("You are signed out."));

    [Fact]
    public void Every_refusal_of_a_step_is_told_in_German() => AssertGerman(StageOrders.All.SelectMany(order => new[]
    {
        CancelOrderModule.Rule(order, Role.Staff),
        ChangePromiseModule.Rule(order),
        CorrectTrackingModule.Rule(order),
        CompleteOrderModule.Rule(order with { AsksForCode = true, PickupCode = "1234" }, null, null, Role.Staff),
        CompleteOrderModule.Rule(order with { AsksForCode = true, PickupCode = "1234" }, null, "He forgot it", Role.Staff),
    }
    .Concat(Enum.GetValues<OrderStatus>().Select(to => Lifecycle.Check(order, to)))
    .Concat(Enum.GetValues<OrderStatus>().Where(to => to is not OrderStatus.Cancelled) // the form does not offer it
        .Select(to => OverrideStatusModule.Rule(order, to, Tracking.None))))
    .Append(new Promise(null, Now.AddMinutes(-1)).Check(Now))
    .Append(new Promise(null, Now.AddDays(31)).Check(Now))
    .Append(Refusal.NotFound).Append(Refusal.Forbidden)
    .Append(WrongCodes.NotThisCode).Append(WrongCodes.TooMany)
    .OfType<Refusal>().Select(refusal => refusal.Detail)
    .Append(BusyException.UsualSentence));

    [Fact]
    public void Who_was_faster_is_told_in_German() => AssertGerman(
        from stage in Lifecycle.Stages
        where stage.From.Count > 0
        from action in Enum.GetValues<AuditAction>()
        from user in new long[] { 1, 2 }
        from seconds in new[] { 0, 1, 5, 60, 600, 3600, 7200, 90_000, 900_000 }
        let last = new LastChange { UserId = user, Actor = "Ana", Action = action, CreatedAt = Now.AddSeconds(-seconds) }
        select last.Sentence(StageOrders.Of(stage.Type, stage.Status), new Actor { UserId = 1, Name = "Sam" }, Now));

    [Fact]
    public void What_is_wrong_in_a_field_is_told_in_German()
    {
        var fields = new List<Fields>();
        Fields Next()
        {
            fields.Add(new());
            return fields[^1];
        }
        Next().Text("a", "", 10);
        Next().Text("a", "x", 10, shortest: 3);
        Next().Text("a", "xxx", 2);
        Next().Text("a", "x\u0007x", 10);
        Next().Email("a", "nobody");
        Next().Number("a", 0, 1, 5);
        Next().Number("a", 0, 1, long.MaxValue);
        Next().Choice<Role>("a", null);
        MerchantRules.Code(Next(), "a", "Ä");
        MerchantRules.Text(Next(), "a", " x", 10);
        MerchantRules.Price(Next(), "a", -1);
        MerchantRules.Currency(Next(), "a", "XXX");
        MerchantRules.TimeZone(Next(), "a", "berlin");
        MerchantRules.TimeZone(Next(), "a", "nowhere");
        MerchantRules.Template(Next(), "a", "https://carrier.example/");
        MerchantRules.NewPassword(Next(), "a", "short", isDevelopment: false);
        MerchantRules.NewPassword(Next(), "a", Passwords.Demo, isDevelopment: false);
        MerchantRules.Pin(Next(), "a", "12");
        MerchantRules.Pin(Next(), "a", "1111");
        Store.ReadCutoff(Next(), "a", "noon");
        Store.ReadDays(Next(), "a", []);
        Store.ReadLanguages(Next(), "a", ["xx"]);
        OpeningHours.Check(Next(), "a", new Dictionary<string, List<string?>?> { ["mo"] = [], ["mon"] = ["8-18"] });
        Tracking.Read(Next(), "", "ftp://carrier.example");
        Wording.Read(Next(), "a", EmailKind.OrderReady, "Two\nlines {items}", "Hello {nobody}");
        Wording.Read(Next(), "a", EmailKind.OrderReady, "{items}", "A } alone");
        foreach (var table in new[]
        {
            "", "sku,name,price,colour\n", "sku,name\n", "sku,name,price,sku\n", "sku,name,price\na,b\n", "sku,name,price\na,b,much\n",
            "sku,name,price,on_sale,sort_order\na,b,1,perhaps,first\na,b,1,,\n", "sku,name,price\n\"a,b,1\n",
        })
            ProductTable.Read(Next(), new MemoryStream(System.Text.Encoding.UTF8.GetBytes(table)), "EUR");
        ProductTable.Read(Next(), new MemoryStream([0x73, 0xFF]), "EUR");
        Assert.All(fields, each => Assert.NotNull(each.Refusal));
        AssertGerman(fields.SelectMany(each => each.Errors.Values.Select(sentences => sentences[0]).Append(each.Refusal!.Detail)));
    }

    [Fact]
    public void What_a_printer_reports_is_told_in_German() =>
        AssertGerman(Enumerable.Range(0, 700).Select(code => new PrinterStatus(code).Trouble).OfType<string>());

    [Fact]
    public void E_mails_have_German_names() => AssertGerman(Enum.GetValues<EmailKind>().Select(EmailTexts.NameOf));

    private static void AssertGerman(IEnumerable<string> sentences) => Assert.All(sentences.Distinct(), english =>
    {
        var german = German.Sentence(english);
        Assert.NotEqual(english, german);
        Assert.DoesNotMatch(Place(), german);
        Assert.DoesNotMatch(English(), german);
    });

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"\b(the|this|order|ago|just|is|has|and|with)\b")]
    private static partial Regex English();
}
