using System.Data.Common;
using System.Net;
using System.Text.Json;
using Dapper;
using StoreFlow.Features.Languages;

namespace StoreFlow.Tests.Features.Languages;

/// <summary>Which language a customer is answered in, and which one an order remembers. Store 1 speaks six, its own is German.</summary>
public sealed class LanguageTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>, IAsyncLifetime
{
    private static readonly string[] Six = ["de", "en", "fr", "es", "tr", "ar"];

    public async Task InitializeAsync() =>
        Assert.Equal(200, (await app.As(StoreFlowApp.Owner).Patch("/merchant/stores/1", new { languages = Six })).Status);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("/shop/1", null, "de", "ltr")]
    [InlineData("/shop/1", "it", "de", "ltr")]
    [InlineData("/shop/1", "ar-EG,en;q=0.5", "ar", "rtl")]
    [InlineData("/shop/1", "en;q=0.2, tr-TR;q=0.9", "tr", "ltr")]
    [InlineData("/shop/1", "fr;q=0, es", "es", "ltr")]
    [InlineData("/shop/1?lang=fr", "ar", "fr", "ltr")]
    [InlineData("/shop/1?lang=it", "ar", "ar", "rtl")]
    [InlineData("/shop/2?lang=de", "de", "en", "ltr")]
    [InlineData("/shop/99", "ar", "ar", "rtl")]
    [InlineData("/track/nothing?lang=tr", "ar", "tr", "ltr")]
    [InlineData("/track/nothing", null, "en", "ltr")]
    public async Task The_link_and_then_the_browser_decide_among_what_the_store_speaks(
        string path, string? browser, string language, string direction)
    {
        using var answer = await Ask(path, browser);
        Assert.Contains($"<html lang=\"{language}\" dir=\"{direction}\">", await answer.Content.ReadAsStringAsync());
        Assert.Equal([language], answer.Content.Headers.ContentLanguage);
        Assert.Contains("Accept-Language", answer.Headers.Vary);
    }

    [Fact]
    public async Task An_order_remembers_the_language_in_which_it_was_placed_and_its_page_speaks_it()
    {
        var (asked, own, named) = (await Place("ar"), await Place(null), await Place("ar", "tr"));
        using (var db = app.OpenDatabase())
        {
            Assert.Equal("ar", OrderLanguage.Of(db, IdOf(db, asked)).Code);
            Assert.Equal("de", OrderLanguage.Of(db, IdOf(db, own)).Code);
            Assert.Equal("tr", OrderLanguage.Of(db, IdOf(db, named)).Code);
            Assert.Equal("de", OrderLanguage.OfStore(db, 1).Code);
            Assert.Equal("en", OrderLanguage.OfStore(db, 2).Code);
            Assert.ThrowsAny<DbException>(() =>
                db.Execute("UPDATE orders SET language = 'en', version = version + 1 WHERE public_id = @asked", new { asked }));
        }
        Assert.Contains("Siparişiniz için teşekkürler!", await Page($"/track/{named}"));
        Assert.Contains("Vielen Dank für Ihre Bestellung!", await Page($"/track/{named}", "de"));
        Assert.Contains("¡Gracias por su pedido!", await Page($"/track/{named}?lang=es", "de"));
        Assert.Contains("شكرًا لطلبك!", await Page($"/track/{asked}"));
    }

    [Fact]
    public async Task An_order_of_the_counter_is_in_the_stores_own_language_and_its_refusal_in_the_clerks()
    {
        var body = Scenarios.CheckoutBody();
        var (status, order) = await app.As(StoreFlowApp.Staff).Post("/stores/1/orders", body);
        Assert.Equal(201, status);
        using (var db = app.OpenDatabase())
            Assert.Equal("de", OrderLanguage.Of(db, order.Number("id")).Code);
        body["customer"] = new { name = "" };
        (_, var refused) = await app.As(StoreFlowApp.Staff).Post("/stores/1/orders", body);
        Assert.Equal("This is needed.", refused.GetProperty("errors").GetProperty("customer.name")[0].GetString());
    }

    [Fact]
    public async Task A_language_that_the_store_does_not_speak_is_refused_and_nothing_is_placed()
    {
        var before = Orders();
        var (status, refused) = await Checkout("en", Body(language: "it"));
        Assert.Equal(400, status);
        Assert.Equal(
            "This store speaks: de, en, fr, es, tr, ar.", refused.GetProperty("errors").GetProperty("language")[0].GetString());
        Assert.Equal(before, Orders());
    }

    [Theory]
    [InlineData("de", "Das ist länger als 40 Zeichen.", "Das ist länger als 100 Zeichen.", "Das ist keine E-Mail-Adresse.")]
    [InlineData("ar", "هذا أطول من 40 حرفًا.", "هذا أطول من 100 حرف.", "هذا ليس عنوان بريد إلكتروني.")]
    [InlineData("en", "This is longer than 40 characters.", "This is longer than 100 characters.", "This is not an e-mail address.")]
    public async Task A_refusal_speaks_the_customers_language_with_its_plural_forms(
        string language, string phone, string name, string email)
    {
        var before = Orders();
        var body = Body();
        body["customer"] = new { name = new string('x', 101), email = "nobody", phone = new string('1', 41) };
        var (status, refused) = await Checkout(language, body);
        Assert.Equal(400, status);
        var errors = refused.GetProperty("errors");
        Assert.Equal(
            (phone, name, email), (First(errors, "customer.phone"), First(errors, "customer.name"), First(errors, "customer.email")));
        Assert.Equal(before, Orders());
    }

    [Fact]
    public async Task The_form_of_the_shop_answers_in_its_links_language_and_leads_to_a_page_in_it()
    {
        var fields = new Dictionary<string, string>
        {
            ["key"] = $"shop-{Guid.NewGuid():N}",
            ["fulfilment_type"] = "pickup",
            ["quantity-1"] = "2",
            ["customer.name"] = "Deniz",
        };
        using var wrong = await app.As(null).PostAsync("/shop/1?lang=tr", new FormUrlEncodedContent(fields));
        var page = WebUtility.HtmlDecode(await wrong.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("Biraz eksik var. Lütfen işaretli alanlara bakın.", page);
        Assert.Contains("Bu alan gerekli.", page);
        Assert.Contains("action=\"/shop/1?lang=tr\"", page);

        fields["customer.email"] = "deniz@example.com";
        using var placed = await app.As(null).PostAsync("/shop/1?lang=tr", new FormUrlEncodedContent(fields));
        var there = placed.RequestMessage!.RequestUri!; // the client follows
        Assert.EndsWith("?lang=tr", there.OriginalString, StringComparison.Ordinal);
        Assert.Contains("Siparişiniz için teşekkürler!", WebUtility.HtmlDecode(await placed.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("""{"languages": []}""")]
    [InlineData("""{"languages": ["xx"]}""")]
    [InlineData("""{"languages": ["de", "de"]}""")]
    [InlineData("""{"languages": [null]}""")]
    public async Task A_list_of_languages_that_cannot_be_is_refused(string body)
    {
        var (status, refused) = await app.As(StoreFlowApp.Owner)
            .Patch("/merchant/stores/1", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(400, status);
        Assert.True(refused.GetProperty("errors").TryGetProperty("languages", out _));
        Assert.Equal(Six, await Spoken());
    }

    [Fact]
    public async Task Only_the_owner_chooses_the_languages()
    {
        Assert.Equal(403, (await app.As(StoreFlowApp.Manager).Patch("/merchant/stores/1", new { languages = new[] { "en" } })).Status);
        Assert.Equal(Six, await Spoken());
    }

    /// <summary>As a web shop reads it.</summary>
    private async Task<IEnumerable<string?>> Spoken() =>
        (await app.As(null).Get("/stores/1/catalogue")).Body.GetProperty("store").GetProperty("languages")
            .EnumerateArray().Select(language => language.GetString());

    private static Dictionary<string, object?> Body(string? language = null)
    {
        var body = Scenarios.CheckoutBody();
        body["language"] = language;
        return body;
    }

    private Task<(int Status, JsonElement Body)> Checkout(string? browser, Dictionary<string, object?> body)
    {
        var client = app.As(null);
        if (browser is not null)
            client.DefaultRequestHeaders.Add("Accept-Language", browser);
        return client.Post("/checkout", body);
    }

    private async Task<string> Place(string? browser, string? language = null)
    {
        var (status, order) = await Checkout(browser, Body(language));
        Assert.Equal(201, status);
        return order.Text("public_id");
    }

    private async Task<HttpResponseMessage> Ask(string path, string? browser)
    {
        var client = app.As(null);
        if (browser is not null)
            client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Language", browser);
        return await client.GetAsync(path);
    }

    private async Task<string> Page(string path, string? browser = null)
    {
        using var answer = await Ask(path, browser);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    private static string? First(JsonElement errors, string field) => errors.GetProperty(field)[0].GetString();

    private static long IdOf(DbConnection db, string publicId) =>
        db.QuerySingle<long>("SELECT id FROM orders WHERE public_id = @publicId", new { publicId });

    private long Orders()
    {
        using var db = app.OpenDatabase();
        return db.QuerySingle<long>("SELECT COUNT(*) FROM orders");
    }
}
