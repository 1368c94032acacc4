using StoreFlow.Features.Orders;

namespace StoreFlow.Features.Emails;

/// <summary>The e-mails that a store can send. The names are those of the API and the database.</summary>
public enum EmailKind
{
    OrderReceived,
    OrderAccepted,
    OrderReady,
    OrderShipped,
    OrderHandedOver,
    OrderCancelled,
    PromiseChanged,

    // To the shop:
    NewOrder,
    LateOrder,
    NotCollected,
}

/// <summary>To whom e-mails go, and of which rows of the log they are made.</summary>
internal static class EmailKinds
{
    /// <summary>A promise that moves by less is not worth an e-mail.</summary>
    public static readonly TimeSpan LeastMove = TimeSpan.FromMinutes(10);

    public static bool IsForShop(this EmailKind kind) => kind >= EmailKind.NewOrder;

    /// <summary>What a store sends that has just been switched on: everything to the customer but that they have it already.</summary>
    public static IReadOnlyList<EmailKind> Usual { get; } =
        [.. Enum.GetValues<EmailKind>().Where(kind => !kind.IsForShop() && kind is not EmailKind.OrderHandedOver)];

    /// <summary>The e-mails that one row of the log calls for, whether or not somebody wants them.</summary>
    public static IEnumerable<EmailKind> Of(Announcement row)
    {
        if (row.IsNewOrder)
            return row.HasEmail ? [EmailKind.OrderReceived, EmailKind.NewOrder] : [EmailKind.NewOrder];
        return row.HasEmail && OfChange(row) is { } kind ? [kind] : [];
    }

    // An order that the owner puts back is no news for its customer.
    private static EmailKind? OfChange(Announcement row) => row.Happened switch
    {
        IStatusChange change when Stage(row, change.NewStatus) is var stage && stage.Rank > Stage(row, change.OldStatus).Rank =>
            stage.IsCancelled ? EmailKind.OrderCancelled
            : stage.IsTerminal ? EmailKind.OrderHandedOver
            : stage.AsksForTracking ? EmailKind.OrderShipped
            : stage.Sets switch
            {
                Timestamp.ReadyAt => EmailKind.OrderReady,
                Timestamp.AcceptedAt => EmailKind.OrderAccepted,
                _ => null,
            },
        PromiseChanged { PromisedAt: { } now } changed
            when changed.OldPromisedAt is not { } before || (now - before).Duration() > LeastMove => EmailKind.PromiseChanged,
        _ => null,
    };

    private static Stage Stage(Announcement row, OrderStatus status) => Lifecycle.Of(row.FulfilmentType, status);
}
