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

    [Fact]
    public async Task Somebody_who_goes_on_guessing_from_everywhere_does_not_keep_the_right_password_out()
    {
        const string mina = "manager@demo.example";
        for (var guess = 1; guess <= 27; guess++)
        {
            var from = $"203.0.{guess % 3}.9";
            while (await Try(mina, "wrong", from) == 429)
                app.Time.Advance(TimeSpan.FromSeconds(5));
        }

        // From an address that has done nothing: told once to wait a few seconds, then let in, though the guesses go on.
        var wait = await Wait(mina, Right, "192.0.2.44");
        Assert.InRange(wait, 1, 5);
        app.Time.Advance(TimeSpan.FromSeconds(wait));
        await Try(mina, "wrong", "203.0.113.77");
        await Try(mina, "wrong", "203.0.113.78");
        Assert.Equal(302, await Try(mina, Right, "192.0.2.44"));
        app.Time.Advance(TimeSpan.FromMinutes(31));
    }

    [Fact]
    public async Task A_browser_that_signed_in_before_is_let_in_at_once_and_is_no_way_to_guess()
    {
        const string olga = "owner@demo.example", shop = "192.0.2.80";
        using var first = await app.SignIn(olga, Right, from: shop);
        var known = first.CookieOf("storeflow-device");
        Assert.NotNull(known);
        for (var guess = 1; guess <= 40; guess++)
            await Try(olga, "wrong", shop);                                     // even from the same address
        Assert.InRange(await Wait(olga, Right, shop), 1, 15 * 60);

        using (var answer = await app.SignIn(olga, Right, from: shop, cookie: known))
            Assert.Equal(302, (int)answer.StatusCode);
        for (var guess = 1; guess <= 6; guess++)
        {
            await Try(olga, "wrong", shop);
            await Try("ana@demo.example", "wrong", shop);
        }
        Assert.Equal(429, await Try("ana@demo.example", Right, shop, known));   // it is known for its own people only
        Assert.Equal(429, await Try(olga, Right, shop, known![..^4] + "AAAA")); // and nobody makes one up

        for (var guess = 1; guess <= 6; guess++)
            Assert.Equal(401, await Try(olga, "wrong", shop, known));
        Assert.Equal(429, await Try(olga, Right, shop, known));
        app.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(302, await Try(olga, Right, shop, known));
        app.Time.Advance(TimeSpan.FromMinutes(31));
    }

    [Theory]
    [InlineData("2001:db8:1:{0:x}00::1", "2001:db8:1:ff00::1")]     // one /48
    [InlineData("2001:db8:2:3{0:x2}::1", "2001:db8:2:3ff::1")]      // one /56
    public async Task Many_addresses_of_one_network_count_together(string guesser, string neighbour)
    {
        var (tries, refused) = (0, 0);
        for (; refused == 0 && tries < 200; tries++)
            if (await Try($"network{tries}@demo.example", "wrong", string.Format(null, guesser, tries)) == 429)
                refused++;
        Assert.InRange(tries, 22, 120); // more than one address alone has
        Assert.Equal(429, await Try("ana@demo.example", Right, neighbour));
        Assert.Equal(302, await Try("ana@demo.example", Right, "2001:db8:9:1::1"));
        app.Time.Advance(TimeSpan.FromMinutes(31));
    }

    private async Task<int> Try(string email, string password, string from, string? cookie = null)
    {
        using var answer = await app.SignIn(email, password, from: from, cookie: cookie);
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

/// <summary>Guesses that come all at once from one network do not take every turn to have a password checked.</summary>
public sealed class SignInQueueTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Fact]
    public async Task Others_sign_in_while_one_network_guesses_as_fast_as_it_can()
    {
        app.Started(); // before the guessers take all threads
        using var done = new CancellationTokenSource();
        var guess = 0;
        var guessers = Enumerable.Range(0, 100).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                var i = Interlocked.Increment(ref guess);
                using var answer = await app.SignIn($"guess{i}@demo.example", "wrong", from: $"2001:db8:7:{i % 65536:x}::1");
                Assert.Contains((int)answer.StatusCode, new[] { 401, 429, 503 });
            }
        })).ToList();
        await Eventually.Holds(() => Volatile.Read(ref guess) > 150, "Nobody guesses.");

        for (var i = 1; i <= 5; i++)
            using (var answer = await app.SignIn("owner@demo.example", SessionClient.Password, from: $"192.0.2.{i}"))
                Assert.Equal(302, (int)answer.StatusCode);

        await done.CancelAsync();
        await Task.WhenAll(guessers);
    }
}
