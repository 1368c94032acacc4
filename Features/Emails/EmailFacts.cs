using System.Data.Common;
using System.Globalization;
using Dapper;
using StoreFlow.Features.Languages;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Emails;

/// <summary>What an e-mail tells: the order as it was at one row of the store's log, whatever happened to it since.</summary>
internal sealed class EmailFacts
{
    public required Order Order { get; init; }
    public required string Store { get; init; }

    /// <summary>When that happened of which it tells.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The row of the log.</summary>
    public required Announcement Row { get; init; }

    /// <summary>Whether the order's promise was changed after that row.</summary>
    public required bool IsPromisedAnew { get; init; }

    /// <summary>Whether the row is the last of the order that changed its status.</summary>
    public required bool IsLastStatus { get; init; }

    /// <summary>The language in which the order was placed; English for the shop.</summary>
    public required Language Language { get; init; }

    /// <summary>By placeholder; empty where there is nothing to say.</summary>
    public required IReadOnlyDictionary<string, string> Values { get; init; }

    /// <summary>Null where the log has no such row of this order in this store.</summary>
    public static EmailFacts? Read(DbConnection db, Settings settings, TimeProvider clock, EmailKind kind, long storeId, long orderId,
        long sequence)
    {
        var rows = Announcement.Read(
            db, "WHERE a.entity_id = @orderId AND a.store_id = @storeId ORDER BY a.sequence", new { orderId, storeId });
        if (rows.Find(row => row.Sequence == sequence) is not { } row
            || db.QueryRow($"SELECT {Order.Columns} FROM orders WHERE id = @orderId", new { orderId }, Order.Read) is not { } order)
            return null;
        var store = db.QuerySingle<StoreRow>(
            $"SELECT name, address, phone, {StoreSchedule.Columns} FROM stores WHERE id = @storeId", new { storeId });
        var until = rows.TakeWhile(one => one.Sequence <= sequence).ToList();
        var later = rows.SkipWhile(one => one.Sequence <= sequence).ToList();
        // The two that are not made of the log tell how it is now.
        var promise = kind is EmailKind.LateOrder ? order.PromisedAt : Last(until, one => (one.Happened as IPromiseChange)?.PromisedAt)
            ?? (until[0].Happened as OrderPlaced)?.PromisedAt;
        var parcel = until.Select(one => one.Happened).OfType<IParcelChange>().LastOrDefault(one => one.ShippingStatus is not null);
        var schedule = store.ToSchedule(clock.LocalTimeZone);
        var language = kind.IsForShop() ? Language.English : OrderLanguage.Of(order.Language);
        return new()
        {
            Language = language,
            Order = order,
            Store = store.Name,
            At = row.At,
            Row = row,
            IsPromisedAnew = later.Exists(one => one.Happened is IPromiseChange { PromisedAt: not null }),
            IsLastStatus = !later.Exists(one => one.Happened is IStatusChange),
            Values = ValuesOf(order, OrderItem.Of(db, orderId), store, schedule, row.At, kind, language, new()
            {
                Promise = promise,
                TrackingCode = parcel?.TrackingCode,
                TrackingUrl = parcel?.TrackingUrl,
                Reason = (row.Happened as OrderCancelled)?.CancelReason,
                Link = settings.LinkTo(kind.IsForShop() ? "/dashboard" : $"/track/{order.PublicId}"),
                Days = order.ReadyAt is { } ready ? (int)(clock.Now() - ready).TotalDays : 0,
            }),
        };
    }

    /// <summary>What the row says, and what an example says instead.</summary>
    internal sealed record Said
    {
        public DateTimeOffset? Promise { get; init; }
        public string? TrackingCode { get; init; }
        public string? TrackingUrl { get; init; }
        public CancelReason? Reason { get; init; }
        public string? Link { get; init; }
        public int Days { get; init; }
    }

    internal sealed record StoreRow : StoreSchedule.Row
    {
        public required string Name { get; init; }
        public string? Address { get; init; }
        public string? Phone { get; init; }
    }

    private static DateTimeOffset? Last(IEnumerable<Announcement> rows, Func<Announcement, DateTimeOffset?> value) =>
        rows.Select(value).LastOrDefault(at => at is not null);

    /// <summary>The placeholders' values.</summary>
    internal static Dictionary<string, string> ValuesOf(
        Order order, IReadOnlyList<OrderItem> items, StoreRow store, StoreSchedule schedule, DateTimeOffset at, EmailKind kind,
        Language language, Said said)
    {
        var isPickup = order.FulfilmentType is FulfilmentType.Pickup;
        var time = said.Promise is { } promise ? Told(promise) : "";
        return new()
        {
            ["name"] = CustomerView.FirstNameOf(order.CustomerName),
            ["customer"] = order.CustomerName,
            ["reference"] = PublicId.Reference(order.PublicId),
            ["store"] = store.Name,
            ["items"] = string.Join('\n', items
                .Select(item => $"{item.Quantity} × {item.Name}: {language.Money(item.LineTotal, order.Currency)}")
                .Concat(isPickup
                    ? []
                    : [EmailTexts.Shipping(order.City ?? "", language.Money(order.ShippingCost, order.Currency), language)])),
            ["total"] = language.Money(order.Total, order.Currency),
            ["time"] = time,
            ["promise"] = time == "" ? "" : EmailTexts.Promise(order.FulfilmentType, time, language),
            ["link"] = said.Link ?? "",
            ["code"] = order.PickupCode ?? "",
            ["address"] = isPickup ? store.Address ?? "" : "",
            ["open"] = isPickup ? Open() : "",
            ["phone"] = store.Phone ?? "",
            ["tracking_code"] = said.TrackingCode ?? "",
            ["tracking_link"] = said.TrackingUrl is { } url && Tracking.IsWebAddress(url) ? url : "",
            ["reason"] = kind is EmailKind.OrderCancelled
                ? EmailTexts.Reason(said.Reason, order, store.Name, language)
                : "",
            ["days"] = said.Days.ToString(CultureInfo.InvariantCulture),
        };

        string Open() => schedule.Hours.IsOpenAt(at)
            ? schedule.Hours.OpenUntil(at) is { } closes ? language.Text("track.open_until", Told(closes)) : ""
            : schedule.Hours.FirstOpenFrom(at) is { } opens ? language.Text("track.opens_at", Told(opens)) : "";

        // Always with its day: an e-mail may be read on another.
        string Told(DateTimeOffset instant) => language.WithDay(instant, schedule.Zone);
    }
}
