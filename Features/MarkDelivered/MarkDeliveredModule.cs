using Carter;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.MarkDelivered;

/// <summary>The parcel has arrived (section 9); terminal.</summary>
public sealed class MarkDeliveredModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/mark-delivered", async (long id, StepBody? body, Caller caller, Transitions transitions) =>
                (await transitions.RunAsync(id, body?.Version, caller, Step)).ToHttp())
            .DescribeStep("MarkDelivered", "Say that a shipped order has arrived");

    internal static readonly Step Step = new("mark-delivered", OrderStatus.Delivered, Rule, Sql);

    internal static Refusal? Rule(Order order) => Lifecycle.Check(order, OrderStatus.Delivered);

    private const string Sql = $"""
        UPDATE orders
           SET status = 'delivered',
               shipping_status = 'delivered',
               completed_at = @now,
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING {Order.Columns}
        """;
}
