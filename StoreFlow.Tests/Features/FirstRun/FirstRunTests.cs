using System.Net;
using System.Text.RegularExpressions;
using Dapper;

namespace StoreFlow.Tests.Features.FirstRun;

/// <summary>The first set-up as a new owner meets it: a process on an empty folder, and one address that its log tells.</summary>
public sealed partial class FirstRunTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task An_empty_folder_becomes_a_shop_by_one_form_and_its_address_then_is_dead()
    {
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Production");
        using var browser = Browser(await server.Address);
        var setUp = await SetUpAddress(server);
        foreach (var page in new[] { "/", "/login", "/dashboard", "/shop/1" })
        {
            using var answer = await browser.GetAsync(page);
            Assert.Equal(404, (int)answer.StatusCode);
            Assert.Contains("There is no shop here yet", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Equal(200, (int)(await browser.GetAsync("/healthz")).StatusCode);
        Assert.Contains("Set up your shop", await browser.GetStringAsync(setUp), StringComparison.Ordinal);

        // A wrong field is told, what was typed stays, and nothing is made.
        using (var refused = await browser.PostAsync(setUp, Form(("currency", "XYZ"), ("email", "bo"))))
        {
            Assert.Equal(400, (int)refused.StatusCode);
            var page = await refused.Content.ReadAsStringAsync();
            Assert.Contains("ISO 4217", page, StringComparison.Ordinal);
            Assert.Contains("not an e-mail address", page, StringComparison.Ordinal);
            Assert.Contains("value=\"Bike Shop\"", page, StringComparison.Ordinal);
            Assert.Contains("Type the password again", page, StringComparison.Ordinal);
            Assert.DoesNotContain("a password of Bo", page, StringComparison.Ordinal);
        }
        Assert.Equal(0, Count("merchants"));

        using var made = await browser.PostAsync(setUp, Form());
        Assert.Equal((302, "/dashboard/1/products"), ((int)made.StatusCode, made.Headers.Location?.ToString()));

        Assert.Equal(200, (int)(await browser.GetAsync("/dashboard/1")).StatusCode); // signed in
        Assert.Contains("Sourdough loaf (sample)", await browser.GetStringAsync("/shop/1"), StringComparison.Ordinal);
        Assert.Equal(404, (int)(await browser.GetAsync(setUp)).StatusCode);
        Assert.Equal(404, (int)(await browser.PostAsync(setUp, Form(("email", "thief@bike.example")))).StatusCode);
        Assert.Equal((1, 1, 1), (Count("merchants"), Count("stores"), Count("users")));
        Assert.DoesNotContain("a password of Bo", server.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thousand_guesses_find_nothing()
    {
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Production");
        using var browser = Browser(await server.Address);
        var setUp = await SetUpAddress(server);
        var guesses = Enumerable.Range(0, 1000).Select(i => $"/setup/{i}").Append("/setup/").Append(setUp[..^1]).Append($"{setUp}A");
        await Parallel.ForEachAsync(guesses, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (guess, _) =>
        {
            Assert.Equal(404, (int)(await browser.GetAsync(guess, CancellationToken.None)).StatusCode);
            Assert.Contains((int)(await browser.PostAsync(guess, Form(), CancellationToken.None)).StatusCode, new[] { 404, 405 });
        });
        Assert.Equal(0, Count("merchants"));
        Assert.Equal(302, (int)(await browser.PostAsync(setUp, Form())).StatusCode);
    }

    [Fact]
    public async Task Of_ten_who_send_the_form_at_once_one_makes_the_shop()
    {
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Production");
        using var browser = Browser(await server.Address);
        var setUp = await SetUpAddress(server);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i =>
            browser.PostAsync(setUp, Form(("email", $"bo{i}@bike.example")))));
        Assert.Single(answers, answer => (int)answer.StatusCode == 302);
        Assert.Equal((1, 1, 1), (Count("merchants"), Count("stores"), Count("users")));
    }

    [Fact]
    public async Task The_command_line_does_the_same_once_and_its_link_lets_the_owner_in()
    {
        string[] setup =
        [
            "setup", "--name", "Bike Shop", "--time-zone", "Asia/Tokyo", "--currency", "JPY", "--email", "bo@bike.example", "--owner",
                "Bo",
            "--samples",
        ];
        var (bad, _, error) = await StoreFlowProcess.Run(_folder.Path, [.. setup[..4], "Moon/Base", "--currency", "ABC", .. setup[7..]]);
        Assert.Equal(1, bad);
        Assert.Contains("--time-zone: ", error, StringComparison.Ordinal);
        Assert.Contains("--currency: ", error, StringComparison.Ordinal);

        var (exit, said, _) = await StoreFlowProcess.Run(_folder.Path, setup);
        Assert.Equal(0, exit);
        var link = LinkPath().Match(said).Value;
        var (again, _, twice) = await StoreFlowProcess.Run(_folder.Path, setup);
        Assert.Equal(1, again);
        Assert.Contains("There is a shop", twice, StringComparison.Ordinal);

        await using var server = StoreFlowProcess.Serve(_folder.Path, "Production");
        using var browser = Browser(await server.Address);
        using var form = new FormUrlEncodedContent([new("password", "a password of Bo")]);
        Assert.Equal("/dashboard", (await browser.PostAsync(link, form)).Headers.Location?.ToString());
        Assert.DoesNotContain("/setup/", server.Said, StringComparison.Ordinal);
        Assert.Contains("¥480", WebUtility.HtmlDecode(await browser.GetStringAsync("/shop/1")), StringComparison.Ordinal);

        // An owner who has forgotten the password gets another link by a command on the server.
        var (_, forgot, _) = await StoreFlowProcess.Run(_folder.Path, "link", "bo@bike.example");
        Assert.Equal(200, (int)(await browser.GetAsync(LinkPath().Match(forgot).Value)).StatusCode);
    }

    private static async Task<string> SetUpAddress(StoreFlowProcess server)
    {
        await Eventually.Holds(() => SetUpPath().IsMatch(server.Said), "The log tells the address of the set-up.");
        return SetUpPath().Match(server.Said).Groups[1].Value;
    }

    private static HttpClient Browser(Uri address) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new() })
        {
            BaseAddress = address,
            DefaultRequestHeaders = { { "Sec-Fetch-Site", "same-origin" } },
        };

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] others)
    {
        var form = new Dictionary<string, string>
        {
            ["name"] = "Bike Shop",
            ["time_zone"] = "Europe/Berlin",
            ["currency"] = "eur",
            ["owner_name"] = "Bo",
            ["email"] = "bo@bike.example",
            ["password"] = "a password of Bo",
            ["samples"] = "yes",
        };
        foreach (var (name, value) in others)
            form[name] = value;
        return new(form);
    }

    private long Count(string table)
    {
        using var db = TestDatabase.Open(_folder.Path);
        return db.ExecuteScalar<long>($"SELECT COUNT(*) FROM {table}");
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(@"http://\S+?(/setup/\S+)")]
    private static partial Regex SetUpPath();

    [GeneratedRegex(@"/link/\S+")]
    private static partial Regex LinkPath();
}
