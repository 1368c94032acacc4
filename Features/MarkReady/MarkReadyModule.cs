using Carter;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.MarkReady;

/// <summary>A pickup order waits at the counter (section 8).</summary>
public sealed class MarkReadyModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/mark-ready", async (long id, StepBody? body, Caller caller, Transitions transitions) =>
                (await transitions.RunAsync(id, body?.Version, caller, Step)).ToHttp())
            .DescribeStep("MarkReady", "Say that a pickup order is ready at the counter");

    internal static readonly Step Step = new("mark-ready", OrderStatus.Ready, Rule, Sql);

    internal static Refusal? Rule(Order order) => Lifecycle.Check(order, OrderStatus.Ready);

    private const string Sql = $"""
        UPDATE orders
           SET status = 'ready',
               ready_at = @now,
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING {Order.Columns}
        """;
}
