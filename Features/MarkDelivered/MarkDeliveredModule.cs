using Carter;

namespace StoreFlow.Features.MarkDelivered;

/// <summary>The parcel has arrived (section 9); terminal.</summary>
public sealed class MarkDeliveredModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/mark-delivered", (long id, StepBody? body, Caller caller, Transitions transitions) =>
                transitions.Run(id, body?.Version, caller, Step))
            .DescribeStep("MarkDelivered", "Say that a shipped order has arrived");

    internal static readonly Transition Step = new(OrderStatus.Delivered, Rule, Sql);

    internal static Refusal? Rule(Order order) => order switch
    {
        { FulfilmentType: FulfilmentType.Shipping, Status: OrderStatus.Shipped } => null,
        _ => Refusal.NoSuchStep(order, OrderStatus.Delivered),
    };

    private const string Sql = """
        UPDATE orders
           SET status = 'delivered',
               shipping_status = 'delivered',
               completed_at = @now,
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING *
        """;
}
