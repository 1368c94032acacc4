using Carter;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.StartPreparation;

/// <summary>Staff begin to prepare a pickup order (section 8).</summary>
public sealed class StartPreparationModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/start-preparation", async (long id, StepBody? body, Caller caller, Transitions transitions) =>
                (await transitions.RunAsync(id, body?.Version, caller, Step)).ToHttp())
            .DescribeStep("StartPreparation", "Begin to prepare an accepted pickup order");

    internal static readonly Step Step = new("start-preparation", OrderStatus.InProgress, Rule, Sql);

    internal static Refusal? Rule(Order order) => Lifecycle.Check(order, OrderStatus.InProgress);

    private const string Sql = $"""
        UPDATE orders
           SET status = 'in_progress',
               started_at = @now,
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING {Order.Columns}
        """;
}
