using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using StoreFlow.Features.Checkout;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Faults.Fuzzing;

/// <summary>What our own readers promise for any text. A failure names the seed that repeats it.</summary>
public sealed partial class ParserTests
{
    private static readonly int Tries = Effort.Of(20_000, 1_000_000);
    private static readonly Gen<string> Anything = Gen.OneOf(RequestGen.Texts, Gen.String[0, 300]);

    /// <summary>How people write down an id that was read out to them.</summary>
    private static readonly Gen<string> Scrawls = Gen.Select(Gen.Int[0, 7], Gen.Int.Array[26]).Select((style, dice) =>
    {
        var letters = PublicId.New().Select((c, i) => (style & 1, dice[i] & 3, c) switch
        {
            (1, 0, '0') => 'o',
            (1, 0, '1') => 'l',
            (1, 1, '1') => 'I',
            _ => (style & 2) == 2 ? char.ToLowerInvariant(c) : c,
        });
        if ((style & 4) != 4)
            return string.Concat(letters);
        return string.Concat(letters.Select((c, i) => (dice[i] & 7) switch { 0 => $"-{c}", 1 => $" {c}", _ => $"{c}" }));
    });

    [Fact]
    public void An_id_is_understood_however_it_is_written_down() => Scrawls.Sample(scrawl =>
    {
        var id = PublicId.Normalise(scrawl);
        Assert.Matches(IdPattern(), id);
        Assert.Equal(id, PublicId.Normalise(id!));
        Assert.Equal(PublicId.Reference(id!), $"{id![..4]}-{id[4..8]}");
    }, iter: Tries);

    [Fact]
    public void Whatever_is_typed_is_an_id_of_its_alphabet_or_none() => Anything.Sample(typed =>
    {
        if (PublicId.Normalise(typed) is not { } id)
            return;
        Assert.InRange(id.Length, 1, 26);
        Assert.All(id, c => Assert.Contains(c, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"));
        Assert.Equal(id, PublicId.Normalise(id));
    }, iter: Tries);

    private static readonly Gen<string> Addresses = Gen.OneOf(Anything, Gen.Select(
        Gens.Any("http://", "https://", "HTTPS://", "javascript:", "//", "http:/", "ftp://", " https://", "https:\\\\", "data:"),
        Gens.Any("carrier.example", "user@carrier.example", "user:pw@x", "[::1]", "localhost:99999", "é.example", "", "."),
        Anything, (scheme, host, rest) => scheme + host + "/" + rest));

    [Fact]
    public void A_tracking_URL_is_a_web_address_that_is_safe_to_show_or_none() => Addresses.Sample(url =>
    {
        var fields = new Fields();
        var tracking = Tracking.Read(fields, "1Z", url);
        if (fields.Errors.Count > 0)
        {
            Assert.Equal("tracking_url", Assert.Single(fields.Errors).Key);
            return;
        }
        if (tracking.Url is not { } taken)
        {
            Assert.True(string.IsNullOrWhiteSpace(url));
            return;
        }
        Assert.Matches(WebAddress(), taken);
        Assert.DoesNotMatch(Unsafe(), taken);
        Assert.DoesNotContain('@', new Uri(taken).Authority);
        Assert.InRange(taken.Length, 1, 2000);
    }, iter: Tries);

    [Fact]
    public void A_tracking_code_is_one_that_carriers_print_or_none() => Gen.OneOf(Anything, Gen.String["AZaz09 ._/:#-é\n"]).Sample(code =>
    {
        var fields = new Fields();
        var tracking = Tracking.Read(fields, code, null);
        Assert.Equal(fields.Errors.Count == 0, tracking.Code is { } taken && CodePattern().IsMatch(taken));
        if (fields.Errors.Count == 0)
            Assert.Equal(tracking.Code, Uri.UnescapeDataString(tracking.EscapedCode!));
    }, iter: Tries);

    [Fact]
    public void An_idempotency_key_is_printable_or_refused() => Gen.OneOf(Anything, Gen.String[Gen.Char[' ', '\x7f'], 0, 300]).Sample(key =>
    {
        var fields = new Fields();
        var read = IdempotencyKey.Read(fields, key, new CheckoutBody(1, FulfilmentType.Pickup, [], null));
        Assert.Equal(PrintableAscii().IsMatch(key), fields.Refusal is null);
        Assert.Equal(32, read.RequestHash.Length);
    }, iter: Tries);

    [Fact]
    public void Text_is_within_its_bounds_and_can_be_shown_or_it_is_refused() =>
        Gen.Select(Anything, Gen.Int[1, 5], Gen.Int[5, 200], Gen.Bool).Sample((text, shortest, longest, lines) =>
        {
            var fields = new Fields();
            var read = fields.Text("field", text, longest, shortest, lines);
            if (fields.Refusal is not null)
                return;
            Assert.InRange(read.Length, shortest, longest);
            Assert.Equal(read.Trim(), read);
            Assert.DoesNotContain(read, c => char.IsControl(c) && !(lines && c is '\n' or '\r' or '\t'));
        }, iter: Tries);

    [Fact]
    public void An_email_address_has_somebody_and_somewhere_or_it_is_refused() =>
        Gen.OneOf(Anything, Gen.String["ab@. <>\",\r\n"]).Sample(text =>
        {
            var fields = new Fields();
            var email = fields.Email("email", text);
            if (fields.Refusal is null)
                Assert.Matches("(?s)^.+@[^@]+$", email);
        }, iter: Tries);

    [Fact]
    public void Whatever_is_wrong_with_JSON_is_said_in_words() =>
        Gen.OneOf(Anything, Gen.String["{}[]\":,0123456789.-+eEntruefalsitems \n\\u"], Bodies).Sample(text =>
        {
            try
            {
                JsonSerializer.Deserialize<CheckoutBody>(text, Json.Answers);
            }
            catch (JsonException fault)
            {
                Assert.Matches("^[A-Z].* .*[.]$", JsonFault.Sentence(fault, Json.Answers));
                Assert.DoesNotMatch(
                    @"Exception|System\.|StoreFlow\.|Nullable|Int64|`|\bPath:", JsonFault.Sentence(fault, Json.Answers));
            }
        }, iter: Tries);

    private static Gen<string> Bodies => Gen.Select(
        Gens.Any("store_id", "fulfilment_type", "items", "customer", "shipping", "note"),
        Gens.Any("name", "method", "address", "product_id", "quantity"),
        Gens.Any(
            "1", "1.5", "\"x\"", "null", "true", "[]", "{}", "1e999", "99999999999999999999", "\"\\ud800\"", "\"\\x\"", "01",
            "{\"a\":1,\"a\":2}"),
        Gen.Int[0, 3],
        (outer, inner, value, depth) => depth switch
        {
            0 => $"{{\"{outer}\":{value}}}",
            1 => $"{{\"{outer}\":{{\"{inner}\":{value}}}}}",
            2 => $"{{\"{outer}\":[{{\"{inner}\":{value}}}]}}",
            _ => $"{{\"{outer}\":{value},\"{outer}\":{value}",
        });

    [GeneratedRegex("^[0-9A-HJKMNP-TV-Z]{26}$")]
    private static partial Regex IdPattern();

    [GeneratedRegex("^https?://[^/]", RegexOptions.IgnoreCase)]
    private static partial Regex WebAddress();

    [GeneratedRegex("[\\s\\x00-\\x1f\\x7f\"<>\\\\]")]
    private static partial Regex Unsafe();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9 ._/:#-]{0,63}\z")]
    private static partial Regex CodePattern();

    [GeneratedRegex(@"^[ -~]{1,255}\z")]
    private static partial Regex PrintableAscii();
}
