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
        var policy = answer.Headers.GetValues("Content-Security-Policy").SelectMany(one => one.Split("; ")).ToDictionary(part => part.Split(' ')[0], part => part.Split(' ', 2)[1]);

        Assert.Equal("'self'", policy["default-src"]);
        Assert.Equal("'self'", policy["script-src"]);
        Assert.Equal("'none'", policy["frame-ancestors"]);
        Assert.Equal("'none'", policy["object-src"]);
        Assert.Equal("'self'", policy["form-action"]);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("same-origin", answer.Headers.GetValues("Referrer-Policy").Single());
    }

    [Fact]
    public async Task A_customers_page_is_kept_nowhere()
    {
        var order = await app.PendingOrder();
        using var answer = await app.As(null).GetAsync($"/track/{order.Text("public_id")}");
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }
}
