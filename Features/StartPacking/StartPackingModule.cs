using Carter;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.StartPacking;

/// <summary>Staff begin to pack a shipping order (section 9).</summary>
public sealed class StartPackingModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/start-packing", async (long id, StepBody? body, Caller caller, Transitions transitions) =>
                (await transitions.RunAsync(id, body?.Version, caller, Step)).ToHttp())
            .DescribeStep("StartPacking", "Begin to pack an accepted shipping order");

    internal static readonly Step Step = new("start-packing", OrderStatus.Packing, Rule, Sql);

    internal static Refusal? Rule(Order order) => Lifecycle.Check(order, OrderStatus.Packing);

    private const string Sql = $"""
        UPDATE orders
           SET status = 'packing',
               started_at = @now,
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING {Order.Columns}
        """;
}
