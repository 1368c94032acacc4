using Dapper;
using Microsoft.AspNetCore.SignalR.Client;

namespace StoreFlow.Tests.Features.LiveUpdates;

/// <summary>Who may no longer listen is hung up on, though nothing happens in the store meanwhile.</summary>
public sealed class EndOfRightsTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    private const string Revoked = "UPDATE api_tokens SET revoked_at = 1 WHERE user_id = @userId";
    private const string Expired = "UPDATE api_tokens SET expires_at = 1 WHERE user_id = @userId";
    private const string Inactive = "UPDATE users SET active = 0 WHERE id = @userId";
    private const string LostTheStore = "DELETE FROM store_assignments WHERE user_id = @userId";

    [Theory]
    [InlineData(Revoked, 401)]
    [InlineData(Expired, 401)]
    [InlineData(Inactive, 401)]
    [InlineData(LostTheStore, 404)]
    public async Task Ends_both_kinds_of_connection(string change, int afterwards)
    {
        var (userId, token) = app.NewStaff();
        await using var hub = await LiveClient.OnStore(app, 1, token: token);
        using var stream = await EventStreamClient.OfStore(app, 1, token: token);
        await using var other = await LiveClient.OnStore(app, 1);
        await app.PendingOrder();
        Assert.Equal("OrderCreated", (await hub.Next()).Name);
        Assert.Equal("OrderCreated", (await stream.Next()).Name);

        Change(change, userId);

        await hub.Closed;
        await stream.Ended();
        Assert.Equal(afterwards, (await app.As(token).Get("/stores/1/orders/events")).Status);
        Assert.Equal(HubConnectionState.Connected, other.Connection.State);
    }

    [Theory]
    [InlineData(Revoked)]
    [InlineData(Expired)]
    [InlineData(Inactive)]
    public async Task Ends_a_hub_connection_that_listens_to_no_store(string change)
    {
        var (userId, token) = app.NewStaff();
        var order = await app.PendingOrder();
        await using var idle = await LiveClient.Connect(app, token);
        await idle.Connection.InvokeAsync<object>("SubscribeCustomer", order.Text("public_id"));
        await using var stranger = await LiveClient.OnOrder(app, order.Text("public_id"));

        Change(change, userId);

        await idle.Closed;
        Assert.Equal(HubConnectionState.Connected, stranger.Connection.State);
    }

    [Fact]
    public async Task A_revoked_token_is_refused_by_the_next_request()
    {
        var (userId, token) = app.NewStaff();
        var client = app.As(token);
        var order = await app.PendingOrder();
        Assert.Equal(200, (await client.Get($"/orders/{order.Number("id")}")).Status);

        Change(Revoked, userId);

        var (status, problem) = await app.Refused(order.Number("id"), () => client.Post($"/orders/{order.Number("id")}/accept"));
        Assert.Equal((401, "unauthenticated"), (status, problem.Text("code")));
    }

    [Fact]
    public async Task The_server_lets_everybody_go_when_it_stops()
    {
        var stopping = new StoreFlowApp();
        await using var hub = await LiveClient.OnStore(stopping, 1);
        using var stream = await EventStreamClient.OfStore(stopping, 1);
        var order = await stopping.PendingOrder();
        using var customer = await EventStreamClient.Open(stopping, $"/customer/{order.Text("public_id")}/order/events");

        await stopping.DisposeAsync();

        await hub.Closed;
        await stream.Ended();
        await customer.Ended();
    }

    private void Change(string sql, long userId)
    {
        using var db = app.OpenDatabase();
        Assert.Equal(1, db.Execute(sql, new { userId }));
    }
}
