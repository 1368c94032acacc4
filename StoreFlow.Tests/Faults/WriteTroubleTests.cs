using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using StoreFlow.Infrastructure;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// The disk is full, cannot be written or is locked by somebody else: reads go on, writes are told to come back and
/// work again by themselves, the process stays up and says what is wrong.
/// </summary>
public sealed class WriteTroubleTests(ITestOutputHelper output) : IDisposable
{
    private readonly TestFolder _folder = new();

    [SkippableFact]
    public async Task A_disk_that_is_full_costs_only_the_writes_and_only_while_it_is_full()
    {
        var disk = new SmallDisk(_folder);
        Skip.IfNot(disk.Works, "Needs a mount namespace of its own (unshare -rm), for a disk that is really small.");
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Development", disk.Under);
        await Outlasts(server, "is full", () => disk.Fill(server.Id), () => disk.Empty(server.Id));
    }

    [SkippableTheory]
    [InlineData("is full", "write 28")]                     // ENOSPC
    [InlineData("input/output error", "write 5")]           // EIO
    [InlineData("cannot be written", "write 30", "open 30")] // EROFS: the system has taken the disk for damaged and made it read-only
    public async Task A_disk_that_refuses_writes_costs_only_the_writes_and_only_while_it_does(string why, params string[] orders)
    {
        var disk = new BadDisk(_folder);
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Development", disk.Under());
        await Outlasts(server, why, () => disk.Fail(orders), disk.Heal);
    }

    [Fact]
    public async Task A_lock_that_another_program_forgot_costs_only_the_writes_and_only_while_it_is_held()
    {
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Development");
        await server.As(null);
        using var stuckReader = SqliteDatabase.Open(_folder.Database, readOnly: true);
        using var other = SqliteDatabase.Open(_folder.Database);
        await Outlasts(server, "locked", () =>
        {
            stuckReader.Execute("BEGIN");
            stuckReader.ExecuteScalar<long>("SELECT COUNT(*) FROM orders");
            other.Execute("BEGIN IMMEDIATE");
        }, () => other.Execute("ROLLBACK"), TimeSpan.FromSeconds(Effort.Of(8, 60)));
        stuckReader.Execute("COMMIT");
    }

    private async Task Outlasts(StoreFlowProcess server, string why, Action begin, Action end, TimeSpan atLeast = default)
    {
        var shop = await Shop.Of(server);
        var order = await shop.PendingOrder();
        await shop.Shows(order);
        var before = await shop.Traces(order);

        begin();
        var (held, refused, longest) = (Stopwatch.StartNew(), 0, TimeSpan.Zero);
        do
        {
            // Half of them steps, half of them checkouts; the reads below are answered while these still wait.
            var writes = Enumerable.Range(0, 8).Select(i => Refused(shop, order, checkout: i % 2 == 0)).ToList();
            do
                await shop.Shows(order);
            while (!writes.TrueForAll(write => write.IsCompleted));
            foreach (var waited in await Task.WhenAll(writes))
                longest = waited > longest ? waited : longest;
            refused += writes.Count;
            await shop.IsNotReady(why);
        }
        while (held.Elapsed < atLeast);
        Assert.Equal(before, await shop.Traces(order));
        end();

        await shop.IsReady();
        var (status, moved) = await shop.Owner.Post($"/orders/{order.Number("id")}/accept", new { version = 1 });
        Assert.Equal((200, 2), (status, moved.Number("version")));
        var next = await shop.PendingOrder();
        Assert.Equal(order.Number("id") + 1, next.Number("id")); // the refused checkouts left nothing behind
        await shop.Shows(next);
        await shop.Says("Writes are refused.");
        await shop.Says(why);
        await shop.Says("takes writes again.");
        Assert.DoesNotContain("   at ", server.Said, StringComparison.Ordinal);
        output.WriteLine($"{refused} writes refused in {held.Elapsed.TotalSeconds:F1} s; the longest waited {longest.TotalSeconds:F1} s.");
    }

    private static async Task<TimeSpan> Refused(Shop shop, JsonElement order, bool checkout)
    {
        var waited = Stopwatch.StartNew();
        using var answer = checkout
            ? await shop.Customer.PostAsync("/checkout", JsonContent.Create(Scenarios.CheckoutBody()))
            : await shop.Owner.PostAsync($"/orders/{order.Number("id")}/accept", JsonContent.Create(new { version = 1 }));
        Assert.Equal(503, (int)answer.StatusCode);
        Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>()).Is(503, "busy");
        return waited.Elapsed;
    }

    public void Dispose() => _folder.Dispose();
}
