using Carter;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.AcceptOrder;

/// <summary>The merchant takes the order on (sections 8 and 9).</summary>
public sealed class AcceptOrderModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/accept", async (long id, StepBody? body, Caller caller, Transitions transitions) =>
                (await transitions.RunAsync(id, body?.Version, caller, Step)).ToHttp())
            .DescribeStep("AcceptOrder", "Accept a new order");

    internal static readonly Step Step = new("accept", OrderStatus.Accepted, Rule,
        Failpoint.IsPlanted("acceptance told anew") ? Sql.Replace("COALESCE(accepted_at, @now)", "@now") : Sql);

    internal static Refusal? Rule(Order order) => Lifecycle.Check(order, OrderStatus.Accepted);

    private const string Sql = $"""
        UPDATE orders
           SET status = 'accepted',
               accepted_at = COALESCE(accepted_at, @now),
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING {Order.Columns}
        """;
}
