using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.OverrideStatus;

/// <summary>
/// "Owner may override status in exceptional cases" (section 8): an unfinished order goes into any other status of
/// its own fulfilment type, forwards or backwards, with a reason. What a status needs still holds.
/// </summary>
public sealed class OverrideStatusModule : ICarterModule
{
    /// <param name="Status">The status that the order shall have; not <c>cancelled</c>, which has a step of its own.</param>
    /// <param name="Reason">Why, in 3 to 500 characters, for the audit log.</param>
    /// <param name="Version">The version that the caller acts on; optional.</param>
    /// <param name="TrackingCode">Needed for <c>shipped</c>, and for <c>delivered</c> where the order has none yet.</param>
    /// <param name="TrackingUrl">Where to follow the parcel; optional.</param>
    public sealed record Body(
        OrderStatus? Status, string? Reason, long? Version = null, string? TrackingCode = null, string? TrackingUrl = null);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/override", async Task<Results<Ok<OrderView>, ProblemHttpResult>> (
                long id, Body body, Caller caller, Transitions transitions) =>
                (await OverrideAsync(id, body, caller, transitions)).ToHttp())
            .RequireAuthorization(Policies.Owner)
            .DescribeStep("OverrideStatus", "Put an unfinished order into another status (owner only)");

    // The pages call this without the route's policy, so the role is checked here again.
    internal static async Task<StepResult> OverrideAsync(long id, Body body, Caller caller, Transitions transitions) =>
        caller.Actor.Role is Role.Owner
            ? await transitions.RunAsync(id, body.Version, caller, Step(body))
            : new StepResult.Refused(new(Reason.Forbidden, "Only the owner may override."));

    private static Step Step(Body body)
    {
        var fields = new Fields();
        var to = fields.Choice("status", body.Status);
        if (Lifecycle.Cancels(to))
            fields.Refuse("status", "An override cannot cancel. Use the step for it: POST /orders/{id}/cancel.");
        var reason = fields.Text("reason", body.Reason, longest: 500, shortest: 3, lines: true);
        var tracking = Tracking.Read(fields, body.TrackingCode, body.TrackingUrl, required: Lifecycle.AsksForTracking(to));
        return new("override", to, order => Rule(order, to, tracking),
            Failpoint.IsPlanted("tracking kept after override") ? Sql.Replace("WHEN @shippingStatus <> 'pending'", "WHEN 1") : Sql)
        {
            Tracking = tracking,
            Errors = fields.Errors,
            Reason = reason,
            Describe = (before, after) => StatusOverridden.Between(before, after, reason),
        };
    }

    internal static Refusal? Rule(Order order, OrderStatus to, Tracking tracking) => Lifecycle.Find(order.FulfilmentType, to) switch
    {
        _ when order.Stage.IsTerminal && !Failpoint.IsPlanted("terminal status left") =>
            Lifecycle.NotAllowed($"This order is {order.Stage.Is}. Nothing leaves that, not even for the owner."),
        null => Lifecycle.NoSuchStep(order, to),
        _ when order.Status == to => Lifecycle.NoSuchStep(order, to),
        { NeedsTracking: true } when (tracking.Code ?? order.TrackingCode) is null => Refusal.Invalid("tracking_code",
            "This order was never shipped, so a tracking code is needed to call it delivered."),
        _ => null,
    };

    private const string Sql = $"""
        UPDATE orders
           SET status = @to,
               shipping_status = @shippingStatus,
               tracking_code = CASE WHEN @shippingStatus <> 'pending' THEN COALESCE(@TrackingCode, tracking_code) END,
               tracking_url = CASE WHEN @shippingStatus <> 'pending'
                                   THEN CASE WHEN @TrackingCode IS NULL
                                             THEN COALESCE(@TrackingUrl, tracking_url)
                                             ELSE {Tracking.UrlSql} END END,
               accepted_at = CASE WHEN @sets = 'accepted_at' THEN COALESCE(accepted_at, @now) ELSE accepted_at END,
               started_at = CASE WHEN @sets = 'started_at' THEN @now
                                 WHEN @sets IN ('ready_at', 'completed_at') THEN started_at END,
               ready_at = CASE WHEN @sets = 'ready_at' THEN @now
                               WHEN @sets = 'completed_at' THEN ready_at END,
               shelf = CASE WHEN @sets = 'completed_at' THEN shelf END,
               completed_at = CASE WHEN @sets = 'completed_at' THEN @now END,
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING {Order.Columns}
        """;
}
