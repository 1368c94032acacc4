using Carter;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.CancelOrder;

/// <summary>Turns a new order down, or cancels one that was accepted: staff the former only, manager and owner both.</summary>
public sealed class CancelOrderModule : ICarterModule
{
    /// <param name="Reason">Why.</param>
    /// <param name="Note">More about it, for the staff only: up to 500 characters. <c>other</c> needs one of at least 3.</param>
    /// <param name="Version">The version that the caller acts on; optional.</param>
    public sealed record Body(CancelReason? Reason, string? Note = null, long? Version = null);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/cancel", async (long id, Body body, Caller caller, Transitions transitions) =>
                (await transitions.RunAsync(id, body.Version, caller, Step(body.Reason, body.Note, caller.Actor.Role))).ToHttp())
            .DescribeStep("CancelOrder", "Turn down or cancel an unfinished order");

    internal static Step Step(CancelReason? reason, string? note, Role role)
    {
        var fields = new Fields();
        var why = fields.Choice("reason", reason);
        var more = why is CancelReason.Other
            ? fields.Text("note", note, longest: 500, shortest: 3, lines: true)
            : fields.OptionalText("note", note, longest: 500, lines: true);
        return new("cancel", OrderStatus.Cancelled, order => Rule(order, role), Sql)
        {
            Cancellation = new(why, more),
            Errors = fields.Errors,
            Describe = OrderCancelled.Between,
        };
    }

    internal static Refusal? Rule(Order order, Role role) => Lifecycle.Check(order, OrderStatus.Cancelled)
        ?? (order.AllowedTransitions(role).Contains(OrderStatus.Cancelled)
            ? null
            : new(Reason.Forbidden, $"This order is {order.Stage.Is}, so only a manager or the owner may cancel it."));

    private const string Sql = $"""
        UPDATE orders
           SET status = 'cancelled',
               cancelled_at = @now,
               cancel_reason = @cancelReason,
               cancel_note = @cancelNote,
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING {Order.Columns}
        """;
}
