using CsCheck;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Orders;
using StoreFlow.Features.Printers;

namespace StoreFlow.Tests.Features.Printers;

/// <summary>A ticket fits its paper, whatever customers and shops write.</summary>
public sealed class TicketTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 16, 0, 0, TimeSpan.Zero);

    private static readonly Ticket Sample = new()
    {
        Store = "Corner Market",
        Reference = "ABCD-1234",
        FulfilmentType = FulfilmentType.Pickup,
        PromisedAt = Now.AddHours(1),
        PlacedAt = Now.AddMinutes(-5),
        Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"),
        Customer = "Mia C.",
        Items = [(2, "Cinnamon bun"), (12, "Sourdough bread with roasted walnuts, sliced, in paper")],
        Note = "No nuts please.\nRing twice.",
    };

    [Fact]
    public void It_speaks_the_language_of_the_store() => Assert.Contains(
        "ABHOLUNG\nFertig bis ", (Sample with { Language = Language.Find("de")! }).ToText(32, null, Now), StringComparison.Ordinal);

    [Fact]
    public void It_says_what_the_kitchen_needs() => Assert.Equal("""
        *** PERHAPS A COPY ***

        Corner Market
        ================================

           ABCD-1234

        PICKUP
        Ready by 18:00
        For Mia C.
        --------------------------------
          2 x Cinnamon bun
         12 x Sourdough bread with
              roasted walnuts, sliced,
              in paper
        --------------------------------
        !!! NOTE !!!
        > No nuts please.
        > Ring twice.
        --------------------------------
        Placed 16:55, printed 17:00

        """, Sample.ToText(32, "PERHAPS A COPY", Now));

    [Fact]
    public void A_promise_of_another_day_has_its_date() =>
        Assert.Contains("Sent by Sat 28 Nov, 18:00", (Sample with
        {
            FulfilmentType = FulfilmentType.Shipping,
            PromisedAt = Now.AddHours(25),
        }).ToText(48, null, Now), StringComparison.Ordinal);

    [Fact]
    public void No_command_for_the_printer_gets_through()
    {
        var ticket = (Sample with { Note = "a\u001bp\0b\u0007\u009b2J\u202egnp.\u2028c\td\re" }).ToText(48, null, Now);
        Assert.Contains("> apb2Jgnp.c d\n> e\n", ticket, StringComparison.Ordinal);
        Assert.DoesNotContain(ticket, c => char.IsControl(c) && c != '\n');
    }

    [Theory]
    [InlineData("Mia Chen", "Mia C.")]
    [InlineData("Mia", "Mia")]
    [InlineData("  Ana  María   López ", "Ana L.")]
    [InlineData("Zoë 😀", "Zoë 😀.")]
    public void Of_a_name_there_is_the_first_and_a_letter(string name, string shown) => Assert.Equal(shown, Ticket.NameOf(name));

    [Fact]
    public void No_line_is_wider_than_the_paper_and_nothing_is_lost()
    {
        string[] signs = ["a", "W", "7", "é", "日", "😀", " ", "\n", "e\u0301", "-", "w"];
        var texts = Gen.Int[0, signs.Length - 1].Select(i => signs[i]).Array[0, 120].Select(string.Concat);
        Gen.Select(texts, texts, Gen.Int[1, 999], Gen.Bool.Select(isWide => isWide ? 48 : 32)).Sample((item, note, quantity, columns) =>
        {
            var ticket = (Sample with { Items = [(quantity, item)], Note = note, Store = "S" + item }).ToText(columns, null, Now);
            Assert.All(ticket.Split('\n'), line => Assert.InRange(Paper.WidthOf(line), 0, columns));
            Assert.Contains(Letters(note), Letters(ticket), StringComparison.Ordinal);
            Assert.Contains(Letters(item), Letters(ticket), StringComparison.Ordinal);
        }, iter: 2000);

        static string Letters(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c != '>'));
    }
}
