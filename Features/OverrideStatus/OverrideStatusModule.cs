using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.OverrideStatus;

/// <summary>
/// "Owner may override status in exceptional cases" (section 8): an unfinished order goes into any other status of
/// its own fulfilment type, forwards or backwards, with a reason. What a status needs still holds.
/// </summary>
public sealed class OverrideStatusModule : ICarterModule
{
    /// <param name="Status">Where the order shall be.</param>
    /// <param name="Reason">Why, in 3 to 500 characters, for the audit log.</param>
    /// <param name="Version">The version that the caller acts on; optional.</param>
    /// <param name="TrackingCode">Needed for <c>shipped</c>, and for <c>delivered</c> where the order has none yet.</param>
    /// <param name="TrackingUrl">Where to follow the parcel; optional.</param>
    public sealed record Body(
        OrderStatus? Status, string? Reason, long? Version = null, string? TrackingCode = null, string? TrackingUrl = null);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/override", Override)
            .RequireAuthorization(Policies.Owner)
            .DescribeStep("OverrideStatus", "Put an unfinished order into another status (owner only)");

    // The pages come in here, past the route's policy: the role is asked once more.
    internal static async Task<Results<Ok<OrderView>, ProblemHttpResult>> Override(long id, Body body, Caller caller, Transitions transitions) =>
        caller.Actor.Role is Role.Owner
            ? await transitions.Run(id, body.Version, caller, Step(body))
            : Problems.Answer(new(Reason.Forbidden, "Only the owner may override."));

    private static Transition Step(Body body)
    {
        var fields = new Fields();
        var to = fields.Choice("status", body.Status);
        var reason = fields.Text("reason", body.Reason, longest: 500, shortest: 3, lines: true);
        var (tracking, wrongTracking) = Tracking.Read(body.TrackingCode, body.TrackingUrl, required: to is OrderStatus.Shipped);
        fields.Include(wrongTracking);

        return new(to, order => Rule(order, to, tracking), Sql)
        {
            Action = AuditAction.StatusOverridden,
            Tracking = tracking,
            Invalid = fields.Refusal,
            Reason = reason,
        };
    }

    internal static Refusal? Rule(Order order, OrderStatus to, Tracking tracking) => order switch
    {
        { Status: OrderStatus.Completed or OrderStatus.Delivered } => new(Reason.TransitionNotAllowed,
            $"This order is {order.Status.Condition()}. Nothing leaves that, not even for the owner."),
        _ when order.Status == to || (to.OnlyFor() ?? order.FulfilmentType) != order.FulfilmentType => Refusal.NoSuchStep(order, to),
        { TrackingCode: null } when to is OrderStatus.Delivered && tracking.Code is null => Refusal.Invalid("tracking_code",
            "This order was never shipped, so a tracking code is needed to call it delivered."),
        _ => null,
    };

    private const string Sql = $"""
        UPDATE orders
           SET status = @to,
               shipping_status = CASE WHEN fulfilment_type = 'pickup' THEN NULL
                                      WHEN @to IN ('shipped', 'delivered') THEN @to
                                      ELSE 'pending' END,
               tracking_code = CASE WHEN @to IN ('shipped', 'delivered') THEN COALESCE(@TrackingCode, tracking_code) END,
               tracking_url = CASE WHEN @to NOT IN ('shipped', 'delivered') THEN NULL
                                   WHEN @TrackingCode IS NULL THEN COALESCE(@TrackingUrl, tracking_url)
                                   ELSE {Tracking.UrlSql} END,
               accepted_at = CASE WHEN @to = 'accepted' THEN COALESCE(accepted_at, @now) ELSE accepted_at END,
               ready_at = CASE WHEN @to IN ('ready', 'shipped') THEN @now
                               WHEN @to IN ('completed', 'delivered') THEN ready_at END,
               completed_at = CASE WHEN @to IN ('completed', 'delivered') THEN @now END,
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING *
        """;
}
