namespace StoreFlow.Tests.Infrastructure;

/// <summary>Ids that do not exist or belong to another merchant get the same answer: not found.</summary>
public sealed class BadIdTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    public static TheoryData<string> NoIds() =>
    [
        "0", "-1", "999999", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "99999999999999999999999999",
        "abc", "1.5", "0x1", "1e3", "%27%20OR%201=1", "١",
    ];

    [Theory]
    [MemberData(nameof(NoIds))]
    public async Task No_such_order(string id)
    {
        foreach (var route in Scenarios.OrderRoutes)
            (await app.As(StoreFlowApp.Owner).Call(route, id, Scenarios.AnyStep())).Is(404, "not_found");
    }

    [Theory]
    [MemberData(nameof(NoIds))]
    public async Task No_such_store(string id)
    {
        foreach (var path in new[] { "orders", "orders/events", "catalogue" })
            (await app.As(StoreFlowApp.Owner).Get($"/stores/{id}/{path}")).Is(404, "not_found");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("ABCD-1234")]
    [InlineData("00000000000000000000000000")]
    [InlineData("000000000000000000000000000")]
    [InlineData("UUUUUUUUUUUUUUUUUUUUUUUUUU")]
    [InlineData("%27%20OR%201=1")]
    public async Task No_such_public_id(string id)
    {
        (await app.As(null).Get($"/customer/{id}/order")).Is(404, "not_found");
        (await app.As(null).Get($"/customer/{id}/order/events")).Is(404, "not_found");
    }

    [Fact]
    public async Task The_first_characters_of_a_public_id_open_nothing()
    {
        var id = (await app.PendingOrder()).Text("public_id");
        for (var length = 1; length < id.Length; length++)
            Assert.Equal(404, (await app.As(null).Get($"/customer/{id[..length]}/order")).Status);
        Assert.Equal(200, (await app.As(null).Get($"/customer/{id}/order")).Status);
        Assert.Equal(200, (await app.As(null).Get($"/customer/{id.ToLowerInvariant()}/order")).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer no-such-token")]
    [InlineData("Bearer DEMO-OWNER")]
    [InlineData("Bearer demo-owner demo-owner")]
    [InlineData("Basic ZGVtby1vd25lcjo=")]
    [InlineData("demo-owner")]
    public async Task A_missing_or_unknown_token_opens_nothing(string? authorization)
    {
        var id = (await app.PendingOrder()).Number("id");
        var client = app.As(null);
        if (authorization is not null)
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        foreach (var route in Scenarios.OrderRoutes)
            (await app.Refused(id, () => client.Call(route, id, Scenarios.AnyStep()))).Is(401, "unauthenticated");
        (await client.Get("/stores/1/orders")).Is(401, "unauthenticated");
        (await client.Get("/stores/1/orders?access_token=demo-owner")).Is(401, "unauthenticated");
    }
}
