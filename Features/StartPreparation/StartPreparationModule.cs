using Carter;

namespace StoreFlow.Features.StartPreparation;

/// <summary>Staff begin to prepare a pickup order (section 8).</summary>
public sealed class StartPreparationModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/start-preparation", (long id, StepBody? body, Caller caller, Transitions transitions) =>
                transitions.Run(id, body?.Version, caller, Step))
            .DescribeStep("StartPreparation", "Begin to prepare an accepted pickup order");

    internal static readonly Transition Step = new(OrderStatus.InProgress, Rule, Sql);

    internal static Refusal? Rule(Order order) => order switch
    {
        { FulfilmentType: FulfilmentType.Pickup, Status: OrderStatus.Accepted } => null,
        _ => Refusal.NoSuchStep(order, OrderStatus.InProgress),
    };

    private const string Sql = """
        UPDATE orders
           SET status = 'in_progress',
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING *
        """;
}
