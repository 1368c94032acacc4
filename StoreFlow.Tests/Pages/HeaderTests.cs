namespace StoreFlow.Tests.Pages;

/// <summary>What every answer tells a browser.</summary>
public sealed class HeaderTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Theory]
    [InlineData("/")]
    [InlineData("/login")]
    [InlineData("/dashboard/1")]
    [InlineData("/shop/1")]
    [InlineData("/shop/99")]
    [InlineData("/track/00000000000000000000000000")]
    [InlineData("/stores/1/orders")]
    [InlineData("/no-such-page")]
    [InlineData("/board.js")]
    public async Task Scripts_come_from_this_server_and_nobody_frames_it(string path)
    {
        using var sam = await app.SignedIn("staff@demo.example");
        using var answer = await sam.GetAsync(path);
        var policy = answer.Headers.GetValues("Content-Security-Policy")
            .SelectMany(one => one.Split("; "))
            .ToDictionary(part => part.Split(' ')[0], part => part.Split(' ', 2)[1]);

        Assert.Equal("'self'", policy["default-src"]);
        Assert.Equal("'self'", policy["script-src"]);
        Assert.Equal("'none'", policy["frame-ancestors"]);
        Assert.Equal("'none'", policy["object-src"]);
        Assert.Equal("'self'", policy["form-action"]);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("same-origin", answer.Headers.GetValues("Referrer-Policy").Single());
    }

    [Theory]
    [InlineData("/track/{public_id}")]
    [InlineData("/customer/{public_id}/order")]
    [InlineData("/stores/1/orders")]
    [InlineData("/orders/{id}/history")]
    [InlineData("/dashboard/1")]
    [InlineData("/dashboard/1/orders/{id}")]
    [InlineData("/dashboard/1/orders/{id}/ticket")]
    [InlineData("/orders/{id}/tickets")]
    public async Task What_has_names_in_it_is_kept_nowhere(string path)
    {
        var order = await app.PendingOrder();
        path = path.Replace("{id}", $"{order.Number("id")}").Replace("{public_id}", order.Text("public_id"));
        using var sam = await app.SignedIn("staff@demo.example");
        using var answer = await (path.Contains("/track") || path.Contains("/customer") ? app.As(null) : sam).GetAsync(path);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task Only_a_ticket_may_be_framed_and_only_by_the_pages_of_this_server()
    {
        var order = await app.PendingOrder();
        using var sam = await app.SignedIn("staff@demo.example");
        using var answer = await sam.GetAsync($"/dashboard/1/orders/{order.Number("id")}/ticket");
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Contains("frame-ancestors 'self'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_may_be_kept_by_who_asked_and_by_nobody_between()
    {
        var order = await app.PendingOrder();
        using var answer = await app.As(StoreFlowApp.Staff).GetAsync($"/orders/{order.Number("id")}");
        Assert.True(answer.Headers.CacheControl is { Private: true, NoCache: true, NoStore: false });
    }
}
