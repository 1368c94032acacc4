using System.Security.Cryptography;
using Dapper;
using StoreFlow.Infrastructure;
using StoreFlow.Tests.Faults;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.SignIn;

/// <summary>How long a session lasts. One that is over stays over, also for somebody who has a copy of its cookie.</summary>
public sealed class SessionTests
{
    private const string Olga = "owner@demo.example";

    [Fact]
    public async Task A_copied_cookie_is_refused_after_sign_out_and_after_a_restart_too()
    {
        using var folder = TestFolder.WithDemoShop();
        string copy, other;
        long order;
        await using (var server = StoreFlowProcess.Serve(folder.Path, "Development"))
        {
            order = (await (await Shop.Of(server)).PendingOrder()).Number("id");
            (copy, other) = (await Cookie(server), await Cookie(server));
            using var session = SessionClient.WithCookie(await server.Address, copy);
            Assert.Equal(200, (await session.Get($"/orders/{order}")).Status);
            await session.SignOut();
            await IsRefused(server, copy);
            await server.Kill();
        }

        await using var next = StoreFlowProcess.Serve(folder.Path, "Development");
        await IsRefused(next, copy);
        using var stays = SessionClient.WithCookie(await next.Address, other);
        Assert.Equal(200, (await stays.Get($"/orders/{order}")).Status); // a restart signs nobody out

        async Task IsRefused(StoreFlowProcess server, string cookie)
        {
            using var session = SessionClient.WithCookie(await server.Address, cookie);
            session.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
            (await session.Get($"/orders/{order}")).Is(401, "unauthenticated");
            var forced = new { status = "accepted", reason = "Only the owner may" };
            (await session.Post($"/orders/{order}/override", forced)).Is(401, "unauthenticated");
            var (_, history) = await (await server.As(StoreFlowApp.Owner)).Get($"/orders/{order}/history");
            Assert.Equal(["order_created"], history.GetProperty("entries").EnumerateArray().Select(entry => entry.Text("action")));
        }
    }

    [Fact]
    public async Task Somebody_who_left_and_came_back_signs_in_again()
    {
        await using var app = new StoreFlowApp();
        using var ana = await app.SignedIn("ana@demo.example");
        foreach (var active in new[] { "false", "true" })
        {
            var file = Path.Combine(app.Folder, "shop.json");
            await File.WriteAllTextAsync(file, $$"""
                {
                  "merchant": { "code": "corner-market", "name": "Corner Market" },
                  "users": [{ "email": "ana@demo.example", "name": "Ana", "role": "staff", "stores": ["harbour"], "active": {{active}} }]
                }
                """);
            Assert.Equal(0, (await StoreFlowProcess.Run(app.Folder, "import", file, "--set-passwords")).Exit);
            Assert.Equal(401, (await ana.Get("/stores/1/orders")).Status);
        }
        using var again = await app.SignedIn("ana@demo.example");
        Assert.Equal(200, (await again.Get("/stores/1/orders")).Status);
    }

    [Fact]
    public async Task It_lasts_fourteen_days_from_its_last_use_which_is_written_down_once_an_hour()
    {
        await using var app = new StoppedClockApp();
        using var first = await app.SignIn(Olga, SessionClient.Password);
        var cookie = first.SessionCookie();
        var began = LastUse(app);

        app.Time.Advance(TimeSpan.FromMinutes(59));
        cookie = await Use(app, cookie);
        Assert.Equal(began, LastUse(app));

        // Longer than the fourteen days since the sign-in, never as long since the last use.
        for (var use = 1; use <= 3; use++)
        {
            app.Time.Jump(TimeSpan.FromDays(6));
            cookie = await Use(app, cookie);
            await Eventually.Holds(() => LastUse(app) == Now(app), "The use is not written down.");
        }
        app.Time.Jump(Sessions.Lifetime - TimeSpan.FromMinutes(1));
        cookie = await Use(app, cookie);
        await Eventually.Holds(() => LastUse(app) == Now(app), "The use is not written down.");
        app.Time.Jump(Sessions.Lifetime);
        using var late = app.WithCookie(cookie);
        Assert.Equal(401, (await late.Get("/stores/1/orders")).Status);

        // The next sign-in clears it away. Of the new one only the hash is kept.
        (await app.SignedIn(Olga)).Dispose();
        using var db = app.OpenDatabase();
        Assert.Equal(SHA256.HashSizeInBytes, db.QuerySingle<byte[]>("SELECT id_hash FROM sessions").Length);
    }

    private static long LastUse(StoppedClockApp app)
    {
        using var db = app.OpenDatabase();
        return db.QuerySingle<long>("SELECT last_used_at FROM sessions");
    }

    private static long Now(StoppedClockApp app) => app.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Uses a session; the cookie that a browser has afterwards.</summary>
    private static async Task<string> Use(StoppedClockApp app, string cookie)
    {
        using var session = app.WithCookie(cookie);
        using var answer = await session.GetAsync("/stores/1/orders");
        Assert.Equal(200, (int)answer.StatusCode);
        return answer.CookieOf("storeflow") ?? cookie;
    }

    private static async Task<string> Cookie(StoreFlowProcess server)
    {
        using var answer = await SessionClient.SignIn(await server.Address, Olga, SessionClient.Password);
        return answer.SessionCookie();
    }
}
