namespace StoreFlow.Tests.Features.Checkout;

/// <summary>A stranger who checks out too often is told when to come back.</summary>
public sealed class CheckoutLimitTests(CheckoutLimitTests.OneAMinute app) : IClassFixture<CheckoutLimitTests.OneAMinute>
{
    public sealed class OneAMinute : StoreFlowApp
    {
        protected override Dictionary<string, string> Settings => new() { ["StoreFlow:CheckoutsPerMinute"] = "1" };
    }

    [Fact]
    public async Task The_wait_is_the_one_that_helps()
    {
        using var stranger = app.As(null);
        stranger.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        Assert.Equal(201, (await stranger.Post("/checkout", Scenarios.CheckoutBody())).Status);

        // However slow the machine, ten seconds a checkout is what the server allows.
        HttpResponseMessage answer;
        do
            answer = await stranger.PostAsync("/checkout", null);
        while ((int)answer.StatusCode != 429);
        Assert.Equal(TimeSpan.FromSeconds(10), answer.Headers.RetryAfter!.Delta);
    }
}
