using System.Net.Http.Json;
using Dapper;

namespace StoreFlow.Tests.Infrastructure;

/// <summary>Another process holds the file's write lock: who reads does not notice, who writes is told to come back.</summary>
[Trait("Engine", "Sqlite")]
public sealed class BusyTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Fact]
    public async Task Reads_go_on_and_a_write_is_refused_as_busy_until_the_lock_is_gone()
    {
        var order = await app.PendingOrder();
        var path = $"/orders/{order.Number("id")}";
        var owner = app.As(StoreFlowApp.Owner);
        using var other = app.OpenDatabase();
        other.Execute("BEGIN IMMEDIATE");

        var write = owner.PostAsync($"{path}/accept", JsonContent.Create(new { version = 1 }));
        do
            Assert.Equal("pending", (await owner.Get(path)).Body.Text("status"));
        while (await Task.WhenAny(write, Task.Delay(100)) != write);

        using var answer = await write;
        Assert.Equal(503, (int)answer.StatusCode);
        Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("busy", (await answer.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>()).Text("code"));
        Assert.Single((await owner.Get($"{path}/history")).Body.GetProperty("entries").EnumerateArray());

        other.Execute("ROLLBACK");
        Assert.Equal(200, (await owner.Post($"{path}/accept", new { version = 1 })).Status);
    }

    [Fact]
    public async Task A_short_lock_is_waited_for()
    {
        var order = await app.PendingOrder();
        using var other = app.OpenDatabase();
        other.Execute("BEGIN IMMEDIATE");
        var write = app.As(StoreFlowApp.Owner).Post($"/orders/{order.Number("id")}/accept");
        Assert.Equal(200, (await app.As(StoreFlowApp.Owner).Get($"/orders/{order.Number("id")}")).Status);
        other.Execute("COMMIT");
        Assert.Equal(200, (await write).Status);
    }
}
