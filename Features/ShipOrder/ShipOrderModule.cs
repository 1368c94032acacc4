using Carter;

namespace StoreFlow.Features.ShipOrder;

/// <summary>A shipping order goes to the carrier (section 14), from packing or, when it needs none, straight from accepted.</summary>
public sealed class ShipOrderModule : ICarterModule
{
    /// <param name="TrackingCode">The carrier's code for the parcel; needed.</param>
    /// <param name="TrackingUrl">Where to follow it; left out, the shipping method's template gives it.</param>
    /// <param name="Version">The version that the caller acts on; optional.</param>
    public sealed record Body(string? TrackingCode, string? TrackingUrl = null, long? Version = null);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/ship", (long id, Body body, Caller caller, Transitions transitions) =>
                transitions.Run(id, body.Version, caller, Step(body.TrackingCode, body.TrackingUrl)))
            .DescribeStep("ShipOrder", "Hand a shipping order to its carrier");

    internal static Transition Step(string? trackingCode, string? trackingUrl)
    {
        var (tracking, invalid) = Tracking.Read(trackingCode, trackingUrl);
        return new(OrderStatus.Shipped, Rule, Sql) { Tracking = tracking, Invalid = invalid };
    }

    internal static Refusal? Rule(Order order) => order switch
    {
        { FulfilmentType: FulfilmentType.Shipping, Status: OrderStatus.Accepted or OrderStatus.Packing } => null,
        _ => Refusal.NoSuchStep(order, OrderStatus.Shipped),
    };

    private const string Sql = $"""
        UPDATE orders
           SET status = 'shipped',
               shipping_status = 'shipped',
               tracking_code = @TrackingCode,
               tracking_url = {Tracking.UrlSql},
               ready_at = @now,
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING *
        """;
}
