namespace StoreFlow.Tests.Features.Webhooks;

/// <summary>The command that shows what web hooks would be sent, beside a running server.</summary>
public sealed class ListenTests : IDisposable
{
    private readonly TestFolder _folder = TestFolder.WithDemoShop();

    [Fact]
    public async Task It_prints_what_happens_as_it_would_be_sent_and_sends_nothing()
    {
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Development");
        using var owner = await server.As(StoreFlowApp.Owner);
        await owner.Post("/checkout", Scenarios.CheckoutBody());
        await using var listening = StoreFlowProcess.Command(
            _folder.Path, "listen", "--store", "1", "--after", "0", "--secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        await Eventually.Holds(
            () => listening.Said.Contains("\"type\":\"OrderCreated\"", StringComparison.Ordinal), "It prints nothing.");
        Assert.Equal(200, (await owner.Post("/orders/1/accept")).Status);
        await Eventually.Holds(
            () => listening.Said.Contains("\"new_status\":\"accepted\"", StringComparison.Ordinal), "It stops listening.");
        Assert.Contains("webhook-signature: v1,", listening.Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("There is no store 9.", "--store", "9")]
    [InlineData("whsec_", "--secret", "short")]
    public async Task What_it_cannot_do_is_said(string why, params string[] arguments)
    {
        await using (var server = StoreFlowProcess.Serve(_folder.Path, "Development"))
            await server.Address;
        var (exit, _, error) = await StoreFlowProcess.Run(_folder.Path, ["listen", .. arguments]);
        Assert.Equal(1, exit);
        Assert.Contains(why, error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
