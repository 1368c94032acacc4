using StoreFlow.Features.Orders;

namespace StoreFlow.Tests.Features.Orders;

/// <summary>What an audit row says of an order before and after a step.</summary>
public sealed class AuditEventRuleTests
{
    private static readonly Order Accepted = StageOrders.Of(FulfilmentType.Shipping, OrderStatus.Accepted);
    private static readonly Order Shipped = StageOrders.Of(FulfilmentType.Shipping, OrderStatus.Shipped) with
    {
        TrackingCode = "1Z-A",
        TrackingUrl = "https://carrier.example/A",
    };

    [Fact]
    public void A_step_names_the_status_before_and_after_and_a_parcel_only_where_it_moves()
    {
        var packing = StageOrders.Of(FulfilmentType.Shipping, OrderStatus.Packing);
        Assert.Equal(new StatusChanged(OrderStatus.Accepted, OrderStatus.Packing), StatusChanged.Between(Accepted, packing));
        Assert.Equal(
            new ParcelMoved(OrderStatus.Packing, OrderStatus.Shipped, ShippingStatus.Shipped, "1Z-A", "https://carrier.example/A"),
            StatusChanged.Between(packing, Shipped));
    }

    [Fact]
    public void An_override_that_leaves_the_parcel_alone_does_not_speak_of_it() =>
        Assert.Equal(
            new StatusOverridden(OrderStatus.Accepted, OrderStatus.Packing, Reason: "A wrong click"),
            StatusOverridden.Between(Accepted, Accepted with { Status = OrderStatus.Packing }, "A wrong click"));

    [Fact]
    public void An_override_keeps_the_tracking_that_it_removes() =>
        Assert.Equal(
            new StatusOverridden(
                OrderStatus.Shipped, OrderStatus.Accepted, ShippingStatus.Pending, null, null, "1Z-A", "https://carrier.example/A",
                "It came back"),
            StatusOverridden.Between(Shipped, Accepted, "It came back"));

    [Fact]
    public void An_override_names_only_what_it_replaces()
    {
        var delivered = Shipped with { Status = OrderStatus.Delivered, ShippingStatus = ShippingStatus.Delivered };
        Assert.Equal(
            new StatusOverridden(
                OrderStatus.Shipped, OrderStatus.Delivered, ShippingStatus.Delivered, "1Z-A", "https://carrier.example/A",
                Reason: "The carrier rang"),
            StatusOverridden.Between(Shipped, delivered, "The carrier rang"));
    }

    [Theory]
    [InlineData("1Z-B", "https://carrier.example/A", "1Z-A", null)]
    [InlineData("1Z-A", "https://carrier.example/B", null, "https://carrier.example/A")]
    [InlineData("1Z-B", null, "1Z-A", "https://carrier.example/A")]
    public void A_correction_names_what_it_replaces(string code, string? url, string? oldCode, string? oldUrl) =>
        Assert.Equal(
            new TrackingCorrected(ShippingStatus.Shipped, code, url, oldCode, oldUrl),
            TrackingCorrected.Between(Shipped, Shipped with { TrackingCode = code, TrackingUrl = url }));
}
