using Dapper;
using Microsoft.Extensions.Time.Testing;

namespace StoreFlow.Tests.Features.Push;

/// <summary>The server, which may reach a push service on this machine, with a clock that goes on while one waits.</summary>
public sealed class PushApp : StoreFlowApp
{
    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    protected override TimeProvider Clock => Time;

    protected override Dictionary<string, string> Settings => new()
    {
        ["StoreFlow:Push:AllowPrivateAddresses"] = "true",
        ["StoreFlow:Push:Contact"] = "mailto:shop@demo.example",
    };

    /// <summary>How many browsers are told of an order.</summary>
    public long Subscriptions(long order)
    {
        using var db = OpenDatabase();
        return db.ExecuteScalar<long>("SELECT COUNT(*) FROM push_subscriptions WHERE order_id = @order", new { order });
    }

    /// <summary>What has become of what is told of an order: <c>ready sent</c>.</summary>
    public IReadOnlyList<string> Deliveries(long order)
    {
        using var db = OpenDatabase();
        return db.Query<string>("""
            SELECT d.event || ' ' || d.status FROM deliveries d
              JOIN destinations t ON t.id = d.destination_id AND t.kind = 'push'
             WHERE d.order_id = @order
             ORDER BY d.id
            """, new { order }).AsList();
    }

    /// <summary>The last reason why something of an order was not told.</summary>
    public string? Fault(long order)
    {
        using var db = OpenDatabase();
        return db.QueryFirstOrDefault<string>("""
            SELECT a.fault FROM delivery_attempts a JOIN deliveries d ON d.id = a.delivery_id
             WHERE d.order_id = @order
             ORDER BY a.began_at DESC, a.number DESC
             LIMIT 1
            """, new { order });
    }

    public Task Until(Func<bool> condition, string otherwise, int step = 1) => Eventually.Holds(() =>
    {
        Time.Advance(TimeSpan.FromSeconds(step));
        return condition();
    }, otherwise);
}
