using Carter;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.CompleteOrder;

/// <summary>The customer has collected a pickup order (section 8); terminal.</summary>
public sealed class CompleteOrderModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/complete", async (long id, StepBody? body, Caller caller, Transitions transitions) =>
                (await transitions.RunAsync(id, body?.Version, caller, Step)).ToHttp())
            .DescribeStep("CompleteOrder", "Hand a ready pickup order to its customer");

    internal static readonly Step Step = new("complete", OrderStatus.Completed, Rule, Sql);

    internal static Refusal? Rule(Order order) => Lifecycle.Check(order, OrderStatus.Completed);

    private const string Sql = $"""
        UPDATE orders
           SET status = 'completed',
               completed_at = @now,
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING {Order.Columns}
        """;
}
