using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Infrastructure;

/// <summary>What has not changed is not sent again, and what is long is sent short.</summary>
public sealed class SmallAnswersTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Fact]
    public async Task An_order_that_has_not_changed_is_not_sent_again()
    {
        var staff = app.As(StoreFlowApp.Staff);
        var id = (await app.PendingOrder()).Number("id");
        var first = await Ask(staff, $"/orders/{id}");
        Assert.Equal(("\"1\"", "no-cache, private"), (Tag(first), $"{first.Headers.CacheControl}"));

        foreach (var known in new[] { "\"1\"", "W/\"1\"", "\"7\", \"1\"", "*" })
            await AssertNotModified(await Ask(staff, $"/orders/{id}", known), "\"1\"");
        foreach (var known in new[] { "\"2\"", "1", "nonsense", "" })
            Assert.Equal(HttpStatusCode.OK, (await Ask(staff, $"/orders/{id}", known)).StatusCode);

        await staff.Send(HttpMethod.Post, $"/orders/{id}/accept");
        var changed = await Ask(staff, $"/orders/{id}", "\"1\"");
        Assert.Equal((HttpStatusCode.OK, "\"2\""), (changed.StatusCode, Tag(changed)));
        Assert.Equal("accepted", (await changed.Content.ReadFromJsonAsync<JsonElement>()).Text("status"));
    }

    [Fact]
    public async Task What_one_may_not_see_is_not_there_whatever_one_claims_to_know()
    {
        var id = (await app.PendingOrder()).Number("id");
        Assert.Equal(HttpStatusCode.NotFound, (await Ask(app.As(StoreFlowApp.Rival), $"/orders/{id}", "*")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Ask(app.As(null), "/stores/999999/catalogue", "*")).StatusCode);
    }

    [Fact]
    public async Task A_catalogue_is_sent_again_only_when_it_has_changed()
    {
        using var own = new StoreFlowApp();
        var customer = own.As(null);
        var first = Tag(await Ask(customer, "/stores/1/catalogue"));
        await AssertNotModified(await Ask(customer, "/stores/1/catalogue", first), first!);

        using var db = own.OpenDatabase();
        db.Execute("UPDATE products SET price = price + 1 WHERE id = 1");
        var changed = await Ask(customer, "/stores/1/catalogue", first);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(first, Tag(changed));
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task A_long_answer_is_compressed_for_who_asks_for_it(string encoding)
    {
        await app.PlaceOrders(5);
        var staff = app.As(StoreFlowApp.Staff);
        var plain = await Ask(staff, "/stores/1/orders");
        Assert.Empty(plain.Content.Headers.ContentEncoding);

        var compressed = await Ask(staff, "/stores/1/orders", encoding: encoding);
        Assert.Equal([encoding], compressed.Content.Headers.ContentEncoding);
        Assert.Contains("Accept-Encoding", compressed.Headers.Vary);
        Assert.True((await compressed.Content.ReadAsByteArrayAsync()).Length * 2 < (await plain.Content.ReadAsByteArrayAsync()).Length);
    }

    [Fact]
    public async Task Customers_pages_are_compressed_and_the_pages_of_a_session_are_not()
    {
        Assert.Equal(["br"], (await Ask(app.As(null), "/shop/1", encoding: "br")).Content.Headers.ContentEncoding);

        using var staff = await app.SignedIn("manager@demo.example");
        var board = await Ask(staff, "/dashboard", encoding: "br");
        Assert.Equal(HttpStatusCode.OK, board.StatusCode);
        Assert.Empty(board.Content.Headers.ContentEncoding);
    }

    private static async Task<HttpResponseMessage> Ask(HttpClient client, string path, string? known = null, string? encoding = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (known is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", known);
        if (encoding is not null)
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(encoding));
        return await client.SendAsync(request);
    }

    private static async Task AssertNotModified(HttpResponseMessage answer, string tag)
    {
        Assert.Equal((HttpStatusCode.NotModified, tag), (answer.StatusCode, Tag(answer)));
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    private static string? Tag(HttpResponseMessage answer) => answer.Headers.ETag?.Tag;
}
