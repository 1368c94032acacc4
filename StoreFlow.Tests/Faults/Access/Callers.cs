using Dapper;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Faults.Access;

/// <summary>A caller with or without a token or session, and the stores where this caller works.</summary>
internal sealed record Caller(string Name, string? Token, string? Cookie, params long[] Stores)
{
    /// <summary>Whether the shop knows nobody by this token or session, or no longer does.</summary>
    public bool IsNobody => Stores.Length == 0;

    /// <summary>All kinds of callers: with a token, with a session of the pages, with neither, and with what was valid once.</summary>
    public static async Task<List<Caller>> All(StoreFlowApp app)
    {
        var (elsewhere, elsewhereToken) = app.NewStaff();
        var (revoked, revokedToken) = app.NewStaff();
        var (expired, expiredToken) = app.NewStaff();
        var (gone, goneToken) = app.NewStaff();
        using (var db = app.OpenDatabase())
        {
            db.Execute("UPDATE store_assignments SET store_id = 2 WHERE user_id = @elsewhere", new { elsewhere });
            db.Execute("UPDATE api_tokens SET revoked_at = 1 WHERE user_id = @revoked", new { revoked });
            db.Execute("UPDATE api_tokens SET expires_at = 1 WHERE user_id = @expired", new { expired });
            db.Execute("UPDATE users SET active = 0 WHERE id = @gone", new { gone });
        }
        var signedOut = await Session(app, "ana@demo.example");
        await Send(app, signedOut, "/logout");
        return
        [
            new("anonymous", null, null), new("no such token", "no-such-token", null), new("revoked token", revokedToken, null),
            new("expired token", expiredToken, null), new("token of one who left", goneToken, null), new("signed out", null, signedOut),
            new("staff of 1", StoreFlowApp.Staff, null, 1), new("staff of 2", elsewhereToken, null, 2),
            new("manager", StoreFlowApp.Manager, null, 1, 2),
            new("owner", StoreFlowApp.Owner, null, 1, 2), new("rival", StoreFlowApp.Rival, null, 3),
            new("session staff of 1", null, await Session(app, "staff@demo.example"), 1),
            new("session owner", null, await Session(app, "owner@demo.example"), 1, 2),
        ];
    }

    /// <summary>Whether a caller is an owner somewhere.</summary>
    public bool IsOwner => Name is "owner" or "session owner" or "rival";

    public void Sign(HttpRequestMessage request)
    {
        if (Token is not null)
            request.Headers.Authorization = new("Bearer", Token);
        if (Cookie is null)
            return;
        request.Headers.Add("Cookie", Cookie);
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
    }

    private static async Task<string> Session(StoreFlowApp app, string email)
    {
        using var answer = await app.SignIn(email, SessionClient.Password);
        return answer.SessionCookie();
    }

    private static async Task Send(StoreFlowApp app, string cookie, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Headers = { { "Cookie", cookie }, { "Sec-Fetch-Site", "same-origin" } },
        };
        using var answer = await app.As(null).SendAsync(request);
    }
}
