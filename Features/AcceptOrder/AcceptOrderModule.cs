using Carter;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.AcceptOrder;

/// <summary>The merchant takes the order on (sections 8 and 9).</summary>
public sealed class AcceptOrderModule : ICarterModule
{
    /// <param name="Version">The version that the caller acts on; optional.</param>
    /// <param name="ReadyInMinutes">Promises the order for so many minutes from now; optional.</param>
    /// <param name="PromisedAt">Promises it for this instant instead, up to 30 days ahead; optional.</param>
    public sealed record Body(long? Version = null, long? ReadyInMinutes = null, DateTimeOffset? PromisedAt = null);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/accept", async (
                long id, Body? body, Caller caller, Transitions transitions, TimeProvider clock) =>
                (await transitions.RunAsync(id, body?.Version, caller, Step(body?.ReadyInMinutes, body?.PromisedAt, clock.Now()))).ToHttp())
            .DescribeStep("AcceptOrder", "Accept a new order");

    internal static Step Step(long? readyInMinutes, DateTimeOffset? promisedAt, DateTimeOffset now)
    {
        var fields = new Fields();
        var promise = Promise.Read(fields, readyInMinutes, promisedAt);
        return new("accept", OrderStatus.Accepted, order => promise.Check(now) ?? Rule(order),
            Failpoint.IsPlanted("acceptance told anew") ? Sql.Replace("COALESCE(accepted_at, @now)", "@now") : Sql)
        {
            Promise = promise,
            Errors = fields.Errors,
        };
    }

    internal static Refusal? Rule(Order order) => Lifecycle.Check(order, OrderStatus.Accepted);

    private const string Sql = $"""
        UPDATE orders
           SET status = 'accepted',
               accepted_at = COALESCE(accepted_at, @now),
               promised_at = COALESCE(@promisedAt, promised_at),
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING {Order.Columns}
        """;
}
