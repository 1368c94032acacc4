using StoreFlow.Features.Orders;
using static StoreFlow.Features.Orders.OpeningHours;

namespace StoreFlow.Features.Figures;

/// <summary>
/// The figures of some days of a store. What was cancelled counts as an order and as cancelled, and nowhere as sold. Money is in
/// minor units of <c>currency</c>.
/// </summary>
/// <param name="From">The first day, as in 2026-11-22.</param>
/// <param name="To">The last day.</param>
/// <param name="TimeZone">Whose days these are.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Orders">Orders that were placed on these days, cancelled ones among them.</param>
/// <param name="Pieces">Pieces sold.</param>
/// <param name="Turnover">Totals of what was sold, shipping included.</param>
/// <param name="Cancelled">Orders that were cancelled.</param>
/// <param name="CancelledBecause">Why, most frequent first.</param>
/// <param name="Times">How long it took.</param>
/// <param name="Promises">Which promises were kept.</param>
/// <param name="Days">Each day.</param>
/// <param name="Weekdays">Monday first; by the day on which an order was placed.</param>
/// <param name="Hours">0 to 23 by the store's clock; by the hour in which an order was placed.</param>
/// <param name="Products">The ten products of which most pieces were sold.</param>
public sealed record FiguresView(
    string From,
    string To,
    string TimeZone,
    string Currency,
    long Orders,
    long Pieces,
    long Turnover,
    long Cancelled,
    IReadOnlyList<FiguresView.Because> CancelledBecause,
    FiguresView.Durations Times,
    FiguresView.Kept Promises,
    IReadOnlyList<FiguresView.Day> Days,
    IReadOnlyList<FiguresView.Group> Weekdays,
    IReadOnlyList<FiguresView.Group> Hours,
    IReadOnlyList<FiguresView.Product> Products)
{
    private const int MostProducts = 10;

    /// <param name="Reason">Why.</param>
    /// <param name="Orders">How many orders.</param>
    public sealed record Because(CancelReason Reason, long Orders);

    /// <summary>From the checkout, except the last two.</summary>
    /// <param name="ToAccept">Until it was accepted for the first time.</param>
    /// <param name="ToStart">Until its preparation or packing began.</param>
    /// <param name="ToReadyOrShip">Until it was ready, or sent.</param>
    /// <param name="ToCollect">From ready until it was collected.</param>
    /// <param name="ToDeliver">From sent until it was delivered.</param>
    public sealed record Durations(Duration ToAccept, Duration ToStart, Duration ToReadyOrShip, Duration ToCollect, Duration ToDeliver);

    /// <param name="Median">Seconds; null where nothing got so far.</param>
    /// <param name="P90">Seconds that nine of ten took at most; null where nothing got so far.</param>
    /// <param name="Count">How many orders got so far.</param>
    public sealed record Duration(double? Median, double? P90, long Count);

    /// <param name="Made">Promises that were kept or broken by now: of what is ready, sent, or late.</param>
    /// <param name="InTime">How many were kept: it was ready or sent by the time last promised.</param>
    /// <param name="Share">Both as a share from 0 to 1; null where none was made.</param>
    public sealed record Kept(long Made, long InTime, double? Share);

    /// <param name="Name">As in 2026-11-22.</param>
    /// <param name="Orders">Orders that were placed then.</param>
    /// <param name="Turnover">Totals of what was sold.</param>
    public sealed record Day(string Name, long Orders, long Turnover);

    /// <param name="Name">The weekday, as in mon, or the hour.</param>
    /// <param name="Orders">Orders that were placed then.</param>
    /// <param name="Turnover">Totals of what was sold.</param>
    /// <param name="Times">How long these took.</param>
    public sealed record Group(string Name, long Orders, long Turnover, Durations Times);

    public sealed record Product(long ProductId, string Sku, string Name, long Quantity, long Turnover);

    internal static FiguresView Of(
        IReadOnlyList<PlacedOrder> orders, IReadOnlyList<PlacedOrder.Product> products,
        DateOnly from, DateOnly to, TimeZoneInfo zone, string currency, DateTimeOffset now)
    {
        var days = new Sum[to.DayNumber - from.DayNumber + 1];
        var (weekdays, hours) = (new Sum[7], new Sum[24]);
        var (weekdayOf, hourOf) = (new int[orders.Count], new int[orders.Count]);
        var reasons = new Dictionary<CancelReason, long>();
        for (var i = 0; i < orders.Count; i++)
        {
            var (order, local) = (orders[i], TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(orders[i].CreatedAt), zone));
            (weekdayOf[i], hourOf[i]) = (((int)local.DayOfWeek + 6) % 7, local.Hour);
            days[DateOnly.FromDateTime(local.DateTime).DayNumber - from.DayNumber].Add(order);
            weekdays[weekdayOf[i]].Add(order);
            hours[hourOf[i]].Add(order);
            if (order.CancelReason is { } reason)
                reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
        }
        var times = OrderTimes.Of(orders, [new int[orders.Count], weekdayOf, hourOf], [1, weekdays.Length, hours.Length]);
        return new(
            Iso(from), Iso(to), zone.Id, currency,
            orders.Count,
            products.Sum(product => product.Quantity),
            days.Sum(day => day.Turnover),
            reasons.Values.Sum(),
            [
                .. reasons.Select(reason => new Because(reason.Key, reason.Value))
                    .OrderByDescending(because => because.Orders).ThenBy(because => because.Reason),
            ],
            times[0][0],
            PromisesOf(orders, now.ToUnixTimeMilliseconds()),
            [.. days.Select((day, i) => new Day(Iso(from.AddDays(i)), day.Orders, day.Turnover))],
            [.. OpeningHours.Weekdays.Select((name, i) => new Group(name, weekdays[i].Orders, weekdays[i].Turnover, times[1][i]))],
            [.. hours.Select((hour, i) => new Group($"{i}", hour.Orders, hour.Turnover, times[2][i]))],
            [
                .. products.Take(MostProducts).Select(product =>
                    new Product(product.ProductId, product.Sku, product.Name, product.Quantity, product.Turnover)),
            ]);
    }

    private record struct Sum(long Orders, long Turnover)
    {
        public void Add(PlacedOrder order)
        {
            Orders++;
            if (!order.IsCancelled)
                Turnover += order.Total;
        }
    }

    private static Kept PromisesOf(IReadOnlyList<PlacedOrder> orders, long now)
    {
        var (made, kept) = (0L, 0L);
        foreach (var order in orders)
        {
            var done = order.ReadyAt ?? order.CompletedAt; // an override may leave out that it was ready
            if (order.IsCancelled || order.PromisedAt is not { } promised || (done is null && now <= promised))
                continue;
            made++;
            kept += done <= promised ? 1 : 0;
        }
        return new(made, kept, made == 0 ? null : (double)kept / made);
    }
}
