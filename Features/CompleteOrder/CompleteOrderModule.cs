using Carter;

namespace StoreFlow.Features.CompleteOrder;

/// <summary>The customer has collected a pickup order (section 8); terminal.</summary>
public sealed class CompleteOrderModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/complete", (long id, StepBody? body, Caller caller, Transitions transitions) =>
                transitions.Run(id, body?.Version, caller, Step))
            .DescribeStep("CompleteOrder", "Hand a ready pickup order to its customer");

    internal static readonly Transition Step = new(OrderStatus.Completed, Rule, Sql);

    internal static Refusal? Rule(Order order) => order switch
    {
        { FulfilmentType: FulfilmentType.Pickup, Status: OrderStatus.Ready } => null,
        _ => Refusal.NoSuchStep(order, OrderStatus.Completed),
    };

    private const string Sql = """
        UPDATE orders
           SET status = 'completed',
               completed_at = @now,
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING *
        """;
}
