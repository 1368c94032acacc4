using Carter;

namespace StoreFlow.Features.StartPacking;

/// <summary>Staff begin to pack a shipping order (section 9).</summary>
public sealed class StartPackingModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/start-packing", (long id, StepBody? body, Caller caller, Transitions transitions) =>
                transitions.Run(id, body?.Version, caller, Step))
            .DescribeStep("StartPacking", "Begin to pack an accepted shipping order");

    internal static readonly Transition Step = new(OrderStatus.Packing, Rule, Sql);

    internal static Refusal? Rule(Order order) => order switch
    {
        { FulfilmentType: FulfilmentType.Shipping, Status: OrderStatus.Accepted } => null,
        _ => Refusal.NoSuchStep(order, OrderStatus.Packing),
    };

    private const string Sql = """
        UPDATE orders
           SET status = 'packing',
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING *
        """;
}
