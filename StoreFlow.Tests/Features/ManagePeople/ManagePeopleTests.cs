using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.ManagePeople;

/// <summary>People over HTTP: invited by a link that works once, changed, locked out; somebody always remains who can manage.</summary>
public sealed class ManagePeopleTests : IDisposable
{
    private readonly StoreFlowApp _app = new();
    private readonly HttpClient _owner;

    public ManagePeopleTests() => _owner = _app.As(StoreFlowApp.Owner);

    [Fact]
    public async Task Somebody_is_invited_chooses_a_password_and_works_in_their_store_only()
    {
        var (status, invited) = await _owner.Post(
            "/merchant/users", new { email = "kim@demo.example", name = "Kim", role = "staff", store_ids = new[] { 2 } });
        Assert.Equal(201, status);
        var link = new Uri(invited.Text("link"));
        Assert.Contains("Welcome, <bdi>Kim</bdi>", await _app.As(null).GetStringAsync(link), StringComparison.Ordinal);
        Assert.Equal(400, (int)(await Choose(link, "short")).StatusCode);

        using var chosen = await Choose(link, "a password of Kim");
        Assert.Equal((302, "/dashboard"), ((int)chosen.StatusCode, chosen.Headers.Location?.ToString()));
        var kim = _app.WithCookie(chosen.SessionCookie());
        Assert.Equal((200, 404), ((await kim.Get("/stores/2/orders")).Status, (await kim.Get("/stores/1/orders")).Status));

        // Used once, it is dead, for reading and for another password.
        Assert.Equal(404, (int)(await _app.As(null).GetAsync(link)).StatusCode);
        Assert.Equal(404, (int)(await Choose(link, "another password")).StatusCode);
        using var signedIn = await _app.SignIn("kim@demo.example", "a password of Kim");
        Assert.Equal(302, (int)signedIn.StatusCode);
    }

    [Fact]
    public async Task A_new_link_ends_the_old_one_and_an_old_link_expires()
    {
        var id = await Invite("lea@demo.example");
        var first = await NewLink(id);
        var second = await NewLink(id);
        Assert.Equal(404, (int)(await _app.As(null).GetAsync(first)).StatusCode);
        Assert.Equal(200, (int)(await _app.As(null).GetAsync(second)).StatusCode);
        Assert.Equal(200, (await _owner.Patch($"/merchant/users/{id}", new { email = "lea.right@demo.example" })).Status);
        Assert.Equal(404, (int)(await _app.As(null).GetAsync(second)).StatusCode); // it went to the wrong address
        second = await NewLink(id);
        using (var db = _app.OpenDatabase())
            db.Execute("UPDATE one_time_links SET expires_at = 1");
        Assert.Equal(404, (int)(await _app.As(null).GetAsync(second)).StatusCode);
        Assert.Equal(404, (int)(await Choose(second, "too late for this")).StatusCode);
    }

    [Fact]
    public async Task Who_is_locked_out_is_out_at_once_and_a_change_of_role_keeps_the_stores()
    {
        var sam = _app.As(StoreFlowApp.Staff);
        using var session = await _app.SignedIn("staff@demo.example");
        var id = await IdOf("Sam");
        var (_, promoted) = await _owner.Patch($"/merchant/users/{id}", new { role = "manager" });
        Assert.Equal([1], promoted.GetProperty("store_ids").EnumerateArray().Select(store => store.GetInt64()));
        Assert.Equal(200, (await sam.Get("/merchant/stores")).Status);

        Assert.Equal(200, (await _owner.Patch($"/merchant/users/{id}", new { active = false })).Status);

        Assert.Equal((401, 401), ((await sam.Get("/stores/1/orders")).Status, (await session.Get("/stores/1/orders")).Status));
    }

    [Fact]
    public async Task The_last_owner_stays_and_nobody_takes_their_own_rights_away()
    {
        var olga = await IdOf("Olga");
        foreach (var body in new object[] { new { role = "staff" }, new { active = false } })
        {
            var (status, problem) = await _owner.Patch($"/merchant/users/{olga}", body);
            Assert.Equal((400, "The shop needs an owner. Make somebody else an owner first."), (status, problem.Text("detail")));
        }
        Assert.Equal(200, (await _owner.Patch($"/merchant/users/{await IdOf("Mina")}", new { role = "owner" })).Status);
        var (self, told) = await _owner.Patch($"/merchant/users/{olga}", new { role = "staff" });
        Assert.Equal((400, "You cannot take your own rights away. Another owner can."), (self, told.Text("detail")));
        Assert.Equal(200, (await _app.As(StoreFlowApp.Manager).Patch($"/merchant/users/{olga}", new { role = "staff" })).Status);
        Assert.Equal(403, (await _owner.Get("/merchant/tokens")).Status);
    }

    public static TheoryData<string, string> Bad => new()
    {
        { """{"email": "kim", "name": "Kim", "role": "staff"}""", "email" },
        { """{"email": "staff@demo.example", "name": "Kim", "role": "staff"}""", "email" },
        { """{"email": "owner@rival.example", "name": "Kim", "role": "staff"}""", "email" },
        { """{"email": "kim@demo.example", "name": "", "role": "staff"}""", "name" },
        { """{"email": "kim@demo.example", "name": "Kim"}""", "role" },
        { """{"email": "kim@demo.example", "name": "Kim", "role": "king"}""", "role" },
        { """{"email": "kim@demo.example", "name": "Kim", "role": "staff", "store_ids": [3]}""", "store_ids[0]" },
        { """{"email": "kim@demo.example", "name": "Kim", "role": "owner", "store_ids": [1]}""", "store_ids" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_bad_invitation_is_refused_at_its_field_and_makes_nobody(string body, string field)
    {
        var before = Traces();
        var (status, problem) = await _owner.Post("/merchant/users", JsonDocument.Parse(body).RootElement);
        Assert.Equal(400, status);
        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(before, Traces());
    }

    [Fact]
    public async Task A_manager_sets_pins_of_their_stores_and_manages_nobody()
    {
        var manager = _app.As(StoreFlowApp.Manager);
        var (sam, olga) = (await IdOf("Sam"), await IdOf("Olga"));
        Assert.Equal(200, (await Put(manager, $"/merchant/users/{sam}/pin", new { pin = "4711" })).Status);
        Assert.Equal(404, (await Put(manager, $"/merchant/users/{olga}/pin", new { pin = "4711" })).Status);
        await _owner.Patch($"/merchant/users/{await IdOf("Ana")}", new { role = "manager" });
        Assert.Equal(404, (await Put(manager, $"/merchant/users/{await IdOf("Ana")}/pin", new { pin = "4711" })).Status);
        // another manager's
        foreach (var easy in new[] { "1234", "0000", "987654", "12", "1234567", "47a1" })
            Assert.Equal(400, (await Put(manager, $"/merchant/users/{sam}/pin", new { pin = easy })).Status);
        Assert.Equal(403, (await manager.Post("/merchant/users", new { email = "x@demo.example", name = "X", role = "staff" })).Status);
        Assert.Equal(403, (await manager.Patch($"/merchant/users/{sam}", new { active = false })).Status);
        Assert.Equal(403, (await manager.Post($"/merchant/users/{sam}/link")).Status);
        Assert.DoesNotContain("Olga", (await manager.Get("/merchant/users")).Body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ones_own_password_needs_the_old_one_and_ends_the_other_sessions()
    {
        using var session = await _app.SignedIn("ana@demo.example");
        var (status, problem) = await Put(session, "/account/password", new { current_password = "wrong", password = "a new one of Ana" });
        Assert.Equal((400, "current_password"), (status, problem.GetProperty("errors").EnumerateObject().Single().Name));
        Assert.Equal(200, (await session.Get("/stores/1/orders")).Status);

        Assert.Equal(204, (await Put(
            session, "/account/password", new { current_password = SessionClient.Password, password = "a new one of Ana" })).Status);

        Assert.Equal(401, (await session.Get("/stores/1/orders")).Status);
        using var again = await _app.SignIn("ana@demo.example", "a new one of Ana");
        Assert.Equal(302, (int)again.StatusCode);
    }

    [Fact]
    public async Task Who_guesses_somebodys_password_in_their_open_session_is_slowed_down_and_told_for_how_long()
    {
        using var session = await _app.SignedIn("ana@demo.example");
        HttpResponseMessage answer;
        var tries = 0;
        do
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "/account/password")
            {
                Content = JsonContent.Create(new { current_password = $"guess {tries}", password = "a new one of Ana" }),
                Headers = { { "Sec-Fetch-Site", "same-origin" } },
            };
            answer = await session.SendAsync(request);
        }
        while ((int)answer.StatusCode == 400 && ++tries < 20);
        Assert.Equal(429, (int)answer.StatusCode);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(15));
    }

    [Fact]
    public async Task A_token_is_shown_once_works_tells_its_use_and_dies_by_one_call()
    {
        var sam = await IdOf("Sam");
        var (status, made) = await _owner.Post("/merchant/tokens", new { user_id = sam, name = "web shop", days = 30 });
        Assert.Equal(201, status);
        var client = _app.As(made.Text("token"));
        Assert.Equal(200, (await client.Get("/stores/1/orders")).Status);
        await Eventually.Holds(async () => (await TokenOf(made.Number("id"))).GetProperty("last_used_at").ValueKind is
            JsonValueKind.String, "used");
        Assert.DoesNotContain(made.Text("token"), (await _owner.Get("/merchant/tokens")).Body.GetRawText(), StringComparison.Ordinal);

        Assert.Equal(204, (await _owner.Send(HttpMethod.Delete, $"/merchant/tokens/{made.Number("id")}")).Status);

        Assert.Equal(401, (await client.Get("/stores/1/orders")).Status);
        Assert.Equal(404, (await _app.As(StoreFlowApp.Rival).Send(HttpMethod.Delete, $"/merchant/tokens/{made.Number("id")}")).Status);
        Assert.Equal(400, (await _owner.Post("/merchant/tokens", new { user_id = 5, name = "for the rival" })).Status);
    }

    private async Task<JsonElement> TokenOf(long id) => (await _owner.Get("/merchant/tokens")).Body.GetProperty("tokens").EnumerateArray()
        .Single(token => token.Number("id") == id);

    private async Task<long> Invite(string email) =>
        (await _owner.Post("/merchant/users", new { email, name = "Lea", role = "staff", store_ids = new[] { 1 } })).Body
            .GetProperty("user").Number("id");

    private async Task<Uri> NewLink(long id)
    {
        var (status, made) = await _owner.Post($"/merchant/users/{id}/link");
        Assert.Equal(201, status);
        return new(made.Text("link"));
    }

    private async Task<HttpResponseMessage> Choose(Uri link, string password)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
        using var form = new FormUrlEncodedContent([new("password", password)]);
        return await client.PostAsync(link, form);
    }

    private async Task<long> IdOf(string name) => (await _owner.Get("/merchant/users")).Body.GetProperty("users").EnumerateArray()
        .Single(user => user.Text("name") == name).Number("id");

    private static async Task<(int Status, JsonElement Body)> Put(HttpClient client, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path)
        {
            Content = HttpExtensions.ContentOf(body),
            Headers = { { "Sec-Fetch-Site", "same-origin" } },
        };
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    private string Traces()
    {
        using var db = _app.OpenDatabase();
        return JsonSerializer.Serialize(db.Query("SELECT id, email, name, role, active FROM users"))
            + db.ExecuteScalar<long>("SELECT COUNT(*) FROM merchant_log") + db.ExecuteScalar<long>("SELECT COUNT(*) FROM one_time_links");
    }

    public void Dispose() => _app.Dispose();
}
