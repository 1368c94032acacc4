using Carter;

namespace StoreFlow.Features.AcceptOrder;

/// <summary>The merchant takes the order on (sections 8 and 9).</summary>
public sealed class AcceptOrderModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/accept", (long id, StepBody? body, Caller caller, Transitions transitions) =>
                transitions.Run(id, body?.Version, caller, Step))
            .DescribeStep("AcceptOrder", "Accept a new order");

    internal static readonly Transition Step = new(OrderStatus.Accepted, Rule, Sql);

    internal static Refusal? Rule(Order order) => order switch
    {
        { Status: OrderStatus.Pending } => null,
        _ => Refusal.NoSuchStep(order, OrderStatus.Accepted),
    };

    private const string Sql = """
        UPDATE orders
           SET status = 'accepted',
               accepted_at = COALESCE(accepted_at, @now),
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING *
        """;
}
