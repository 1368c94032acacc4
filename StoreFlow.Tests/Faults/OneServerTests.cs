using System.Net;
using System.Net.Sockets;

namespace StoreFlow.Tests.Faults;

/// <summary>One server for a data directory and for a port: the second one says so and exits.</summary>
public sealed class OneServerTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task A_second_server_on_the_same_directory_names_the_first_and_a_killed_one_locks_nobody_out()
    {
        await using var first = StoreFlowProcess.Serve(_folder.Path, "Development");
        var shop = await Shop.Of(first);
        var order = await shop.PendingOrder();

        await using (var second = StoreFlowProcess.Serve(_folder.Path, "Development"))
        {
            Assert.Equal(1, await second.Exit());
            Assert.Contains($"Another process ({first.Id}) works on {_folder.Path} already.", second.Said, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", second.Said, StringComparison.Ordinal);
        }
        Assert.Equal(200, (await shop.Owner.Post($"/orders/{order.Number("id")}/accept")).Status);

        await first.Kill();
        await using var next = StoreFlowProcess.Serve(_folder.Path, "Development");
        Assert.Equal("accepted", (await (await next.As(StoreFlowApp.Owner)).Get($"/orders/{order.Number("id")}")).Body.Text("status"));
    }

    [Fact]
    public async Task Of_two_servers_started_together_on_an_empty_directory_one_wins_and_the_other_says_so()
    {
        await using var one = StoreFlowProcess.Serve(_folder.Path, "Development");
        await using var two = StoreFlowProcess.Serve(_folder.Path, "Development");
        var (endOfOne, endOfTwo) = (one.Exit(), two.Exit());
        var loser = await Task.WhenAny(endOfOne, endOfTwo) == endOfOne ? one : two;
        var winner = loser == one ? two : one;

        Assert.Equal(1, await loser.Exit());
        Assert.Contains($"Another process ({winner.Id}) works on", loser.Said, StringComparison.Ordinal);
        await (await Shop.Of(winner)).PendingOrder();
    }

    [Fact]
    public async Task A_command_and_a_server_started_together_on_an_empty_directory_both_do_their_work()
    {
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Development");
        var (exit, _, error) = await StoreFlowProcess.Run(_folder.Path, "token", "list", "--user", "nobody@demo.example");
        Assert.Equal((1, "There is no user nobody@demo.example."), (exit, error.Trim()));
        await (await Shop.Of(server)).PendingOrder();
    }

    [Fact]
    public async Task A_port_that_is_in_use_is_a_sentence()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var urls = $"http://127.0.0.1:{((IPEndPoint)holder.LocalEndpoint).Port}";
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Development", urls: urls);
        Assert.Equal(1, await server.Exit());
        Assert.Contains(
            $"StoreFlow cannot listen: Failed to bind to address {urls}: address already in use.", server.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Said, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
