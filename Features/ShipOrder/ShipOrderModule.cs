using Carter;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ShipOrder;

/// <summary>A shipping order goes to the carrier (section 14), from packing or, when it needs none, straight from accepted.</summary>
public sealed class ShipOrderModule : ICarterModule
{
    /// <param name="TrackingCode">The carrier's code for the parcel; needed, except where the shop's own courier brings it.</param>
    /// <param name="TrackingUrl">
    /// Where to follow it; left out, the shipping method's template gives it, or the customer's page for the own courier.
    /// </param>
    /// <param name="Version">The version that the caller acts on; optional.</param>
    public sealed record Body(string? TrackingCode, string? TrackingUrl = null, long? Version = null);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/ship", async (long id, Body body, Caller caller, Transitions transitions) =>
                (await transitions.RunAsync(id, body.Version, caller, Step(body.TrackingCode, body.TrackingUrl))).ToHttp())
            .DescribeStep("ShipOrder", "Hand a shipping order to its carrier");

    internal static Step Step(string? trackingCode, string? trackingUrl)
    {
        var fields = new Fields();
        var tracking = Tracking.Read(fields, trackingCode, trackingUrl);
        return new("ship", OrderStatus.Shipped, Rule, Sql)
        {
            Tracking = tracking,
            Errors = fields.Errors,
            // That the code is missing, and nothing else, does not matter to the shop's own courier.
            Excuses = tracking.Code is null && fields.Errors.Count == 1 ? order => order.OwnCourier : null,
        };
    }

    internal static Refusal? Rule(Order order) => Lifecycle.Check(order, OrderStatus.Shipped);

    private const string Sql = $"""
        UPDATE orders
           SET status = 'shipped',
               shipping_status = 'shipped',
               tracking_code = COALESCE(@TrackingCode, 'SF-' || substr(public_id, 1, 4) || '-' || substr(public_id, 5, 4)),
               tracking_url = COALESCE({Tracking.UrlSql}, CASE own_courier WHEN 1 THEN @origin || '/track/' || public_id END),
               ready_at = @now,
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING {Order.Columns}
        """;
}
