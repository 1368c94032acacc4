using System.Net;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.SignIn;

/// <summary>Guessing passwords gets slower and slower, for an account and for an address.</summary>
public sealed class SignInThrottleTests(StoppedClockApp app) : IClassFixture<StoppedClockApp>
{
    private const string Right = SessionClient.Password;

    [Fact]
    public async Task After_five_failures_an_account_waits_twice_as_long_each_time()
    {
        const string sam = "staff@demo.example", home = "203.0.113.1";
        for (var failure = 1; failure <= 6; failure++)
            Assert.Equal(401, await Try(sam, "wrong", home));

        // The right password, from another address and in other letters, has to wait as well.
        Assert.Equal(2, await Wait("Staff@Demo.example ", Right, "203.0.113.2"));
        app.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(401, await Try(sam, "wrong", home));
        Assert.Equal(4, await Wait(sam, Right, home));
        Assert.Equal(302, await Try("ana@demo.example", Right, home));      // a colleague at the same counter does not
        app.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(302, await Try(sam, Right, home));
        Assert.Equal(401, await Try(sam, "wrong", home));                   // and it is forgotten
        Assert.Equal(302, await Try(sam, Right, home));
    }

    [Fact]
    public async Task An_address_that_tries_one_account_after_the_other_waits_too()
    {
        const string evil = "198.51.100.1";
        for (var failure = 1; failure <= 21; failure++)
            Assert.Equal(401, await Try($"guess{failure}@demo.example", "wrong", evil));

        Assert.Equal(2, await Wait("manager@demo.example", Right, evil));
        Assert.Equal(302, await Try("manager@demo.example", Right, "198.51.100.2"));
        app.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(302, await Try("manager@demo.example", Right, evil));
    }

    [Fact]
    public async Task One_second_is_told_as_one()
    {
        using var own = new StoppedClockApp();
        for (var failure = 1; failure <= 6; failure++)
            (await own.SignIn("staff@demo.example", "wrong", from: "203.0.113.9")).Dispose();
        Assert.Contains("Too many tries. Wait 2 seconds, then try again.", await Told());
        own.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("Too many tries. Wait 1 second, then try again.", await Told());

        async Task<string> Told()
        {
            using var answer = await own.SignIn("staff@demo.example", Right, from: "203.0.113.9");
            return await answer.Content.ReadAsStringAsync();
        }
    }

    private async Task<int> Try(string email, string password, string from)
    {
        using var answer = await app.SignIn(email, password, from: from);
        return (int)answer.StatusCode;
    }

    private async Task<double> Wait(string email, string password, string from)
    {
        using var answer = await app.SignIn(email, password, from: from);
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Contains("Too many tries.", await answer.Content.ReadAsStringAsync());
        return answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds;
    }
}
