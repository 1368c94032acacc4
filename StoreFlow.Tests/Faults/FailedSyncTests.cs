using System.Net.Http.Json;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// After a failed sync nobody knows what is on the disk. The server does not guess: it ends, and acknowledges nothing.
/// </summary>
public sealed class FailedSyncTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [SkippableFact]
    public async Task A_failed_sync_ends_the_server_with_a_sentence_and_nothing_of_its_batch_is_acknowledged()
    {
        var disk = new BadDisk(_folder);
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Development", disk.Under());
        var shop = await Shop.Of(server);
        var order = await shop.PendingOrder();

        disk.Fail("sync 5");
        var writes = Enumerable.Range(0, 16).Select(i => i == 0
            ? shop.Owner.PostAsync($"/orders/{order.Number("id")}/accept", JsonContent.Create(new { version = 1 }))
            : shop.Customer.PostAsync("/checkout", JsonContent.Create(Scenarios.CheckoutBody()))).ToList();
        foreach (var write in writes)
            Assert.IsAssignableFrom<HttpRequestException>(await Record.ExceptionAsync(() => write));

        Assert.Equal(74, await server.Exit());
        Assert.Contains("StoreFlow stops: the disk could not confirm a write (fsync failed)", server.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Said, StringComparison.Ordinal);

        // The server does not start on a disk that still cannot sync: what the system's memory holds may never get there.
        await using (var refused = StoreFlowProcess.Serve(_folder.Path, "Development", disk.Under()))
        {
            Assert.Equal(1, await refused.Exit());
            Assert.Contains("input/output error", refused.Said, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", refused.Said, StringComparison.Ordinal);
        }

        disk.Heal();
        await using var again = StoreFlowProcess.Serve(_folder.Path, "Development", disk.Under());
        var healed = await Shop.Of(again);
        var (_, now) = await healed.Owner.Get($"/orders/{order.Number("id")}");
        var (_, history) = await healed.Owner.Get($"/orders/{order.Number("id")}/history");
        Assert.Equal(now.Number("version"), history.GetProperty("entries").GetArrayLength());
        Assert.Equal(200, (await healed.Owner.Post($"/orders/{(await healed.PendingOrder()).Number("id")}/accept")).Status);
    }

    public void Dispose() => _folder.Dispose();
}
