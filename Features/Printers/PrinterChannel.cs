using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Printers;

/// <summary>Makes a ticket of each order that is placed, or accepted, for printers that fetch it.</summary>
internal sealed class PrinterChannel : IChannel
{
    /// <summary>The one thing that printers are told.</summary>
    public const string Ticket = nameof(Ticket);

    public DestinationKind Kind => DestinationKind.Printer;

    public bool IsFetched => true;

    public IEnumerable<string> EventsOf(Destination destination, Announcement announcement) =>
        destination.Takes(Names.Of(announcement.IsNewOrder ? PrintsOn.Placed : PrintsOn.Accepted))
        && (announcement.IsNewOrder || announcement.Happened is IStatusChange change && IsAccepted(change))
            ? [Ticket] : [];

    public Task<SendResult> SendAsync(Destination destination, Delivery delivery, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A printer fetches its tickets.");

    // By an ordinary step, or by an override that skips it.
    private static bool IsAccepted(IStatusChange change) =>
        IsNew(change.OldStatus) && !IsNew(change.NewStatus) && !Lifecycle.Cancels(change.NewStatus);

    private static bool IsNew(OrderStatus status) => Lifecycle.In(Column.New).Contains(status);
}
