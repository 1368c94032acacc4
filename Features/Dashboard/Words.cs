using StoreFlow.Features.OrderHistory;

namespace StoreFlow.Features.Dashboard;

/// <summary>How the staff pages call things.</summary>
internal static class Words
{
    /// <summary>A step as a button.</summary>
    public static string Button(OrderStatus to) => to switch
    {
        OrderStatus.Pending => "Put back to new",
        OrderStatus.Accepted => "Accept",
        OrderStatus.InProgress => "Start preparing",
        OrderStatus.Packing => "Start packing",
        OrderStatus.Ready => "Ready",
        OrderStatus.Shipped => "Ship…",
        OrderStatus.Completed => "Collected",
        OrderStatus.Delivered => "Delivered",
    };

    public static string Kind(FulfilmentType type) => type switch
    {
        FulfilmentType.Pickup => "Pickup",
        FulfilmentType.Shipping => "Shipping",
    };

    public static string FirstName(OrderView order) => CustomerView.FirstNameOf(order.Customer.Name);

    /// <summary>The items in short: "2 × Sourdough loaf, 1 × Mint tea and 3 more".</summary>
    public static string Items(OrderView order)
    {
        const int shown = 3;
        var text = string.Join(", ", order.Items.Take(shown).Select(item => $"{item.Quantity} × {item.Name}"));
        return order.Items.Count > shown ? $"{text} and {order.Items.Count - shown} more" : text;
    }

    /// <summary>An audit row as a line of the timeline: "accepted this order".</summary>
    public static string Deed(OrderHistoryModule.Entry entry) => (entry.Action, Status(entry, "new_status")) switch
    {
        (AuditAction.OrderCreated, _) => "placed this order",
        (AuditAction.TrackingCorrected, _) => "corrected the tracking",
        (AuditAction.StatusOverridden, { } status) => $"put this order to “{status.Condition()}”",
        (_, { } status) => status.Deed(),
        _ => "changed this order",
    };

    private static OrderStatus? Status(OrderHistoryModule.Entry entry, string name) =>
        entry.Meta.TryGetProperty(name, out var value) && value.GetString() is { } text ? Infrastructure.Names.Find<OrderStatus>(text) : null;
}
