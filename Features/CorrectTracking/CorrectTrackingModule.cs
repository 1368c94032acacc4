using Carter;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.CorrectTracking;

/// <summary>Puts a mistyped tracking code right while the parcel is under way; the old one stays in the audit log.</summary>
public sealed class CorrectTrackingModule : ICarterModule
{
    /// <param name="TrackingCode">The right code; needed.</param>
    /// <param name="TrackingUrl">Where to follow it; left out, the shipping method's template gives it.</param>
    /// <param name="Version">The version that the caller acts on; optional.</param>
    public sealed record Body(string? TrackingCode, string? TrackingUrl = null, long? Version = null);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPatch("/orders/{id}/tracking", async (long id, Body body, Caller caller, Transitions transitions) =>
                (await transitions.RunAsync(id, body.Version, caller, Step(body.TrackingCode, body.TrackingUrl))).ToHttp())
            .DescribeStep("CorrectTracking", "Correct the tracking of a shipped order");

    internal static Step Step(string? trackingCode, string? trackingUrl)
    {
        var fields = new Fields();
        var tracking = Tracking.Read(fields, trackingCode, trackingUrl);
        return new("correct-tracking", OrderStatus.Shipped, Rule, Sql)
        {
            Tracking = tracking,
            Errors = fields.Errors,
            Describe = TrackingCorrected.Between,
        };
    }

    internal static Refusal? Rule(Order order) => order.Status is OrderStatus.Shipped
        ? null
        : Lifecycle.NotAllowed($"Tracking can be corrected while an order is shipped; this one is {order.Stage.Is}.");

    private const string Sql = $"""
        UPDATE orders
           SET tracking_code = @TrackingCode,
               tracking_url = {Tracking.UrlSql},
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING {Order.Columns}
        """;
}
