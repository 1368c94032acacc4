using System.Diagnostics;
using StoreFlow.Tests.Features.ShopFiles;
using StoreFlow.Tests.Pages;

namespace StoreFlow.Tests.Features.SignIn;

/// <summary>Who runs the server reads of failed sign-ins, and a stranger does not fill the disk with them.</summary>
public sealed class SignInLogTests
{
    [Fact]
    public async Task A_failed_sign_in_is_one_line_without_secrets_and_many_are_few_lines()
    {
        using var folder = TestFolder.WithDemoShop();
        await using var server = StoreFlowProcess.Serve(folder.Path, "Development");
        var address = await server.Address;
        using (await SessionClient.SignIn(address, "owner@demo.example", "hunter-two", from: "203.0.113.7"))
        using (await SessionClient.SignIn(address, "nobody@elsewhere.example", "hunter-three", from: "203.0.113.8"))
        {
            await Eventually.Holds(() => Lines().Count == 2, "The failures are not in the log.");
        }
        Assert.Contains("from 203.0.113.7", Lines()[0]);
        Assert.Contains("for user 1", Lines()[0]);
        Assert.Contains("from 203.0.113.8", Lines()[1]);
        var said = server.Said[server.Said.IndexOf("203.0.113.7", StringComparison.Ordinal)..]; // the demo's people stand before
        Assert.All(["hunter-two", "hunter-three", "owner@", "nobody@"], secret => Assert.DoesNotContain(secret, said));

        var guessing = Stopwatch.StartNew();
        for (var i = 0; i < 60; i++)
            using (await SessionClient.SignIn(address, $"guess{i}@elsewhere.example", "wrong", from: $"198.51.{i}.7")) { }
        // Twenty a minute; where the machine is so slow that the guesses take minutes, more lines are right.
        Assert.InRange(Lines().Count, 3, 20 * (2 + (int)guessing.Elapsed.TotalMinutes));

        List<string> Lines() =>
            [.. server.Said.Split('\n').Where(line => line.Contains("sign-in failed", StringComparison.OrdinalIgnoreCase))];
    }

    [Fact]
    public async Task A_token_that_is_none_writes_nothing_to_the_log()
    {
        using var folder = new TestFolder();
        Assert.Equal(0, (await StoreFlowProcess.Run(folder.Path, "import", folder.Write("shop.json", ShopFileTexts.Good))).Exit);
        await using var server = StoreFlowProcess.Serve(folder.Path, "Production");
        using var stranger = await server.As("no-such-token");
        for (var i = 0; i < 20; i++)
            (await stranger.Get("/stores/1/orders")).Is(401, "unauthenticated");
        using (await SessionClient.SignIn(await server.Address, "nobody@elsewhere.example", "wrong"))
            await Eventually.Holds(
                () => server.Said.Contains("sign-in failed", StringComparison.OrdinalIgnoreCase), "The log does not go on.");
        Assert.DoesNotContain("Bearer", server.Said);
    }
}
