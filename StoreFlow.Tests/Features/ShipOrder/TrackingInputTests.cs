namespace StoreFlow.Tests.Features.ShipOrder;

/// <summary>What a tracking code and its URL may be, in every place that takes one.</summary>
public sealed class TrackingInputTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    public static TheoryData<string?> BadCodes() =>
    [
        null, "", "   ", "1Z\n999", "1Z\0999", "1Z\u0007", "\t1Z", "1Z\u202E999", "<script>", "1Z\"999", "ÄÖ-1", "📦", "-1Z",
        new string('1', 65),
    ];

    public static TheoryData<string> BadUrls() =>
    [
        "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x",
        "file:///etc/passwd", "ftp://carrier.example/1", "https://user@carrier.example/1",
        "https://user:secret@carrier.example/1", "//carrier.example/1", "/t/1", "carrier.example/1", "https://", "https:///1",
        "https://carrier.example/\n1", "https://carrier.example/a b", "https://carrier.example/\"onclick=",
        "https://carrier.example/<script>", "nonsense",
        "https://carrier.example/" + new string('x', 5000),
    ];

    [Theory]
    [MemberData(nameof(BadCodes))]
    public Task A_bad_code_is_refused(string? code) =>
        RefusedEverywhere(new { status = "shipped", reason = "As the carrier says", tracking_code = code }, "tracking_code");

    [Theory]
    [MemberData(nameof(BadUrls))]
    public Task A_bad_URL_is_refused(string url) =>
        RefusedEverywhere(
            new { status = "shipped", reason = "As the carrier says", tracking_code = "1Z-999", tracking_url = url }, "tracking_url");

    [Theory]
    [InlineData("1", null, "https://carrier.example/t/1")]
    [InlineData("RR 123 456 785 DE", null, "https://carrier.example/t/RR%20123%20456%20785%20DE")]
    [InlineData("A/B:C#D_e.f-1", null, "https://carrier.example/t/A%2FB%3AC%23D_e.f-1")]
    [InlineData("  1Z-999  ", null, "https://carrier.example/t/1Z-999")]
    [InlineData("1Z-999", "", "https://carrier.example/t/1Z-999")]
    [InlineData("1Z-999", "http://carrier.example:8080/x?y=1&z=%C3%A4#top", "http://carrier.example:8080/x?y=1&z=%C3%A4#top")]
    public async Task A_good_one_is_shown_to_staff_and_customer(string code, string? url, string shown)
    {
        var order = await app.OrderIn("packing", "shipping");

        var (status, shipped) = await app.As(StoreFlowApp.Staff).Post(
            $"/orders/{order.Number("id")}/ship", new { tracking_code = code, tracking_url = url });

        Assert.Equal(200, status);
        Assert.Equal((code.Trim(), shown), (shipped.Text("tracking_code"), shipped.Text("tracking_url")));
        var (_, view) = await app.As(null).Get($"/customer/{order.Text("public_id")}/order");
        Assert.Equal((code.Trim(), shown), (view.Text("tracking_code"), view.Text("tracking_url")));
    }

    [Fact]
    public async Task Of_the_longest_code_and_URL_nothing_is_lost()
    {
        var (code, url) = (new string('1', 64), "https://carrier.example/" + new string('x', 2000 - 24));
        var order = await app.OrderIn("packing", "shipping");
        var (status, shipped) = await app.As(StoreFlowApp.Staff).Post(
            $"/orders/{order.Number("id")}/ship", new { tracking_code = code, tracking_url = url });
        Assert.Equal((200, code, url), (status, shipped.Text("tracking_code"), shipped.Text("tracking_url")));
    }

    private async Task RefusedEverywhere(object body, string field)
    {
        var owner = app.As(StoreFlowApp.Owner);
        var (packed, shipped) = (await app.OrderIn("packing", "shipping"), await app.OrderIn("shipped", "shipping"));
        foreach (var (route, order) in new[]
        {
            ("POST /orders/{id}/ship", packed), ("PATCH /orders/{id}/status", packed), ("POST /orders/{id}/override", packed),
            ("PATCH /orders/{id}/tracking", shipped),
        })
        {
            var id = order.Number("id");
            (await app.Refused(id, () => owner.Call(route, id, body))).Is(400, "invalid_request", field);
        }
    }
}
