using System.Data.Common;
using StoreFlow.Features.Orders;

namespace StoreFlow.Features.Deliveries;

/// <summary>Brings deliveries to destinations of one kind.</summary>
public interface IChannel
{
    DestinationKind Kind { get; }

    /// <summary>Whether destinations of this kind fetch their deliveries themselves. The relay makes them and sends nothing.</summary>
    bool IsFetched => false;

    /// <summary>The shortest time from one try to the next for one destination.</summary>
    TimeSpan Spacing => TimeSpan.Zero;

    /// <summary>The names of what a destination is to be told of one row of the log, in their order.</summary>
    IEnumerable<string> EventsOf(Destination destination, Announcement announcement);

    /// <summary>
    /// What is made of one row of the log: each with its name, and with what sets it apart from another of that name. It runs in the
    /// transaction that makes them, in which a channel may change rows of its own.
    /// </summary>
    IReadOnlyList<(string Event, string About)> DeliveriesOf(DbConnection db, Destination destination, Announcement announcement) =>
        [.. EventsOf(destination, announcement).Select(told => (told, ""))];

    /// <summary>Tries once. It reports a fault of the receiver or of the network as a result, not as an exception.</summary>
    Task<SendResult> SendAsync(Destination destination, Delivery delivery, CancellationToken cancellationToken);

    /// <summary>The receiver wanted nothing more, and the destination is switched off in this transaction.</summary>
    void SwitchedOff(DbConnection db, Destination destination, string because, DateTimeOffset now)
    {
    }

    /// <summary>Deletes what is not needed any more, about once an hour. It begins no write where there is nothing.</summary>
    Task DeleteOldAsync() => Task.CompletedTask;
}

/// <summary>What came of a try.</summary>
/// <param name="Answer">The status that the receiver gave, such as HTTP's; null where none came.</param>
/// <param name="Fault">Why it did not arrive, in a sentence for the owner; null where it did.</param>
/// <param name="After">
/// How long the receiver asks to wait; null where it asks for nothing. It holds for everything that goes there, or for this message alone
/// where the fault is the message's.
/// </param>
/// <param name="IsGone">Whether the receiver wants nothing more, ever.</param>
/// <param name="IsFinal">Whether another try would be refused as this one was.</param>
/// <param name="IsOfMessage">Whether this one message was refused and says nothing about the next.</param>
public sealed record SendResult(
    long? Answer, string? Fault = null, TimeSpan? After = null, bool IsGone = false, bool IsFinal = false, bool IsOfMessage = false);
