using System.Net;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.Webhooks;

/// <summary>Web hooks reach the public internet, and nothing of the server's own network.</summary>
public sealed class PublicAddressesTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.9.9")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")] // where clouds keep their secrets
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::a00:1")] // 10.0.0.1 by NAT64
    [InlineData("2002:c0a8:101::")] // 192.168.1.1 by 6to4
    [InlineData("fd00::1")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    public void These_are_private(string address) => Assert.False(PublicAddresses.Has(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("::ffff:8.8.8.8")]
    public void These_are_public(string address) => Assert.True(PublicAddresses.Has(IPAddress.Parse(address)));

    [Theory]
    [InlineData("https://127.0.0.1/hook")]
    [InlineData("https://[::1]/hook")]
    [InlineData("https://2130706433/hook")] // 127.0.0.1 as one number
    [InlineData("https://0x7f.1/hook")]
    [InlineData("https://localhost/hook")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("http://shop.example/hook")] // names of customers without encryption
    public async Task An_address_that_says_so_is_refused_at_once(string url) =>
        (await app.As(StoreFlowApp.Owner).Post("/webhooks", new { url, events = new[] { "OrderCreated" } }))
            .Is(400, "invalid_request", "url");

    [Fact]
    public async Task A_name_that_leads_there_is_refused_when_dns_has_answered()
    {
        // The machine's own name: whatever address it has, it is one of its own network.
        var name = Dns.GetHostName();
        var owner = app.As(StoreFlowApp.Owner);
        var (status, hook) = await owner.Post("/webhooks", new { url = $"https://{name}/hook", events = new[] { "OrderCreated" } });
        Assert.Equal(201, status);
        await app.PendingOrder();
        var path = $"/webhooks/{hook.Number("id")}/deliveries";
        await Eventually.Holds(
            async () => (await owner.Get(path)).Body.GetProperty("deliveries") is var list
                && list.GetArrayLength() == 1 && list[0].GetProperty("attempts").GetArrayLength() > 0,
            "It was not tried.");
        var delivery = (await owner.Get(path)).Body.GetProperty("deliveries")[0];
        Assert.Contains("private network", delivery.GetProperty("attempts")[0].Text("fault"), StringComparison.Ordinal);
        Assert.Equal("waiting", delivery.Text("status"));
    }
}
