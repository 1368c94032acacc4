using System.Data.Common;
using System.Globalization;
using Dapper;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Printers;

/// <summary>
/// What the kitchen needs of an order, and nothing else: no price, no address, no code. What can change is as the log had it.
/// </summary>
internal sealed record Ticket
{
    public required string Store { get; init; }
    public required string Reference { get; init; }
    public FulfilmentType FulfilmentType { get; init; }

    /// <summary>When it shall be ready or sent; null where nothing is promised.</summary>
    public DateTimeOffset? PromisedAt { get; init; }

    public DateTimeOffset PlacedAt { get; init; }

    /// <summary>The store's.</summary>
    public required TimeZoneInfo Zone { get; init; }

    /// <summary>The store's: those who prepare it read the ticket.</summary>
    public Language Language { get; init; } = Language.English;

    /// <summary>The first name and the first letter of the last: enough to tell two orders apart.</summary>
    public required string Customer { get; init; }

    public required IReadOnlyList<(long Quantity, string Name)> Items { get; init; }
    public string? Note { get; init; }

    /// <summary>The ticket of an order of a store.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="storeId">The store.</param>
    /// <param name="orderId">The order.</param>
    /// <param name="sequence">Up to where the log is taken into account; null: all of it.</param>
    /// <param name="serverZone">For a store without a time zone of its own.</param>
    public static Ticket? Find(DbConnection db, long storeId, long orderId, long? sequence, TimeZoneInfo serverZone)
    {
        if (db.QueryRow(OrderSql, new { storeId, orderId }, Order.Read) is not { } order)
            return null;
        var promises = Announcement.Read(
            db, "WHERE a.store_id = @storeId AND a.entity_id = @orderId AND a.sequence <= @to ORDER BY a.sequence",
            new { storeId, orderId, to = sequence ?? long.MaxValue });
        return new()
        {
            Store = db.ExecuteScalar<string>("SELECT name FROM stores WHERE id = @storeId", new { storeId })!,
            Reference = PublicId.Reference(order.PublicId),
            FulfilmentType = order.FulfilmentType,
            PromisedAt = promises.Select(row => PromiseOf(row.Happened)).LastOrDefault(at => at is not null),
            PlacedAt = order.CreatedAt,
            Zone = StoreSchedule.Of(db, storeId, serverZone).Zone,
            Language = OrderLanguage.OfStore(db, storeId),
            Customer = NameOf(order.CustomerName),
            Items = [.. OrderItem.Of(db, orderId).Select(item => (item.Quantity, item.Name))],
            Note = order.Note,
        };
    }

    /// <summary>The ticket as text.</summary>
    /// <param name="columns">How many characters stand in one line of the paper.</param>
    /// <param name="head">What is said above all else, such as that it may be a copy; null for nothing.</param>
    /// <param name="now">When it is printed.</param>
    public string ToText(int columns, string? head, DateTimeOffset now)
    {
        var paper = new Paper(columns);
        if (head is not null)
        {
            paper.Write($"*** {head} ***");
            paper.Blank();
        }
        paper.Write(Store);
        paper.Rule('=');
        paper.Blank();
        paper.Write(Reference, "   ");
        paper.Blank();
        var isPickup = FulfilmentType is FulfilmentType.Pickup;
        paper.Write(Language[isPickup ? "ticket.pickup" : "ticket.shipping"]);
        if (PromisedAt is { } promised)
            paper.Write(Language.Text(isPickup ? "ticket.ready_by" : "ticket.sent_by", Language.Told(promised, Zone, now)));
        paper.Write(Language.Text("ticket.for", Customer));
        paper.Rule('-');
        foreach (var (quantity, name) in Items)
            paper.Write(name, $"{quantity.ToString(CultureInfo.InvariantCulture),3} x ");
        paper.Rule('-');
        if (Note is not null)
        {
            paper.Write($"!!! {Language["ticket.note"]} !!!");
            paper.Write(Note, "> ", "> ");
            paper.Rule('-');
        }
        paper.Write(Language.Text("ticket.placed", Language.Told(PlacedAt, Zone, now), Language.Told(now, Zone, now)));
        return paper.ToString();
    }

    /// <summary>"Mia C." of "Mia Chen".</summary>
    public static string NameOf(string name)
    {
        var parts = name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return parts.Length < 2 ? name.Trim() : $"{parts[0]} {StringInfo.GetNextTextElement(parts[^1])}.";
    }

    private static DateTimeOffset? PromiseOf(AuditEvent happened) => happened switch
    {
        OrderPlaced placed => placed.PromisedAt,
        IPromiseChange change => change.PromisedAt,
        _ => null,
    };

    private const string OrderSql = $"SELECT {Order.Columns} FROM orders WHERE id = @orderId AND store_id = @storeId";
}
