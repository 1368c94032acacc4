using Carter;

namespace StoreFlow.Features.MarkReady;

/// <summary>A pickup order waits at the counter (section 8).</summary>
public sealed class MarkReadyModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/mark-ready", (long id, StepBody? body, Caller caller, Transitions transitions) =>
                transitions.Run(id, body?.Version, caller, Step))
            .DescribeStep("MarkReady", "Say that a pickup order is ready at the counter");

    internal static readonly Transition Step = new(OrderStatus.Ready, Rule, Sql);

    internal static Refusal? Rule(Order order) => order switch
    {
        { FulfilmentType: FulfilmentType.Pickup, Status: OrderStatus.InProgress } => null,
        _ => Refusal.NoSuchStep(order, OrderStatus.Ready),
    };

    private const string Sql = """
        UPDATE orders
           SET status = 'ready',
               ready_at = @now,
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING *
        """;
}
