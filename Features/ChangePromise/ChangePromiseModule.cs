using Carter;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ChangePromise;

/// <summary>Promises an unfinished order for another time; its customer is told.</summary>
public sealed class ChangePromiseModule : ICarterModule
{
    /// <param name="PromisedAt">When it shall be ready or sent: later than now, up to 30 days ahead; or <c>ready_in_minutes</c>.</param>
    /// <param name="ReadyInMinutes">The same in minutes from now.</param>
    /// <param name="Version">The version that the caller acts on; optional.</param>
    public sealed record Body(DateTimeOffset? PromisedAt = null, long? ReadyInMinutes = null, long? Version = null);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPatch("/orders/{id}/promise", async (
                long id, Body body, Caller caller, Transitions transitions, TimeProvider clock) =>
                (await transitions.RunAsync(id, body.Version, caller, Step(body.ReadyInMinutes, body.PromisedAt, clock.Now()))).ToHttp())
            .DescribeStep("ChangePromise", "Promise an order for another time");

    internal static Step Step(long? readyInMinutes, DateTimeOffset? promisedAt, DateTimeOffset now)
    {
        var fields = new Fields();
        var promise = Promise.Read(fields, readyInMinutes, promisedAt);
        if (promise == Promise.Unchanged)
            fields.Refuse("promised_at", "Send the new time, here or as ready_in_minutes.");
        return new("change-promise", To: null, order => promise.Check(now) ?? Rule(order), Sql)
        {
            Promise = promise,
            Errors = fields.Errors,
            Describe = PromiseChanged.Between,
        };
    }

    internal static Refusal? Rule(Order order) => order.Stage.IsTerminal
        ? Lifecycle.NotAllowed($"This order is {order.Stage.Is}, so there is nothing left to promise.")
        : null;

    private const string Sql = $"""
        UPDATE orders
           SET promised_at = @promisedAt,
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING {Order.Columns}
        """;
}
