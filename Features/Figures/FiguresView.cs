using System.Globalization;
using StoreFlow.Features.Orders;

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
    public sealed record Durations(Duration ToAccept, Duration ToStart, Duration ToReadyOrShip, Duration ToCollect, Duration ToDeliver)
    {
        internal static Durations Of(IReadOnlyList<PlacedOrder> orders) => new(
            Duration.Of(orders, order => order.AcceptedAt - order.CreatedAt),
            Duration.Of(orders, order => order.StartedAt - order.CreatedAt),
            Duration.Of(orders, order => order.ReadyAt - order.CreatedAt),
            Duration.Of(orders, order => order.Type is FulfilmentType.Pickup ? order.CompletedAt - order.ReadyAt : null),
            Duration.Of(orders, order => order.Type is FulfilmentType.Shipping ? order.CompletedAt - order.ReadyAt : null));
    }

    /// <param name="Median">Seconds; null where nothing got so far.</param>
    /// <param name="P90">Seconds that nine of ten took at most; null where nothing got so far.</param>
    /// <param name="Count">How many orders got so far.</param>
    public sealed record Duration(double? Median, double? P90, long Count)
    {
        /// <summary>By nearest rank; of an even count the median is the mean of both in the middle.</summary>
        internal static Duration Of(IReadOnlyList<PlacedOrder> orders, Func<PlacedOrder, TimeSpan?> length)
        {
            var seconds = new List<double>(orders.Count);
            foreach (var order in orders)
                if (length(order) is { } time)
                    seconds.Add(time.TotalSeconds);
            if (seconds.Count == 0)
                return new(null, null, 0);
            seconds.Sort();
            var middle = (seconds[(seconds.Count - 1) / 2] + seconds[seconds.Count / 2]) / 2;
            return new(middle, seconds[(int)Math.Ceiling(seconds.Count * 0.9) - 1], seconds.Count);
        }
    }

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
        var local = orders.Select(order => (Order: order, At: TimeZoneInfo.ConvertTime(order.CreatedAt, zone))).ToList();
        var byDay = local.ToLookup(one => DateOnly.FromDateTime(one.At.DateTime), one => one.Order);
        var byWeekday = local.ToLookup(one => one.At.DayOfWeek, one => one.Order);
        var byHour = local.ToLookup(one => one.At.Hour, one => one.Order);
        return new(
            Iso(from), Iso(to), zone.Id, currency,
            orders.Count,
            products.Sum(product => product.Quantity),
            TurnoverOf(orders),
            orders.Count(order => order.IsCancelled),
            [
                .. orders.Where(order => order.IsCancelled).GroupBy(order => order.CancelReason!.Value)
                    .Select(group => new Because(group.Key, group.Count()))
                    .OrderByDescending(because => because.Orders).ThenBy(because => because.Reason),
            ],
            Durations.Of(orders),
            PromisesOf(orders, now),
            [
                .. Enumerable.Range(0, to.DayNumber - from.DayNumber + 1).Select(from.AddDays)
                    .Select(day => new Day(Iso(day), byDay[day].Count(), TurnoverOf(byDay[day]))),
            ],
            [
                .. OpeningHours.Weekdays.Select((name, i) => GroupOf(name, [.. byWeekday[(DayOfWeek)((i + 1) % 7)]])),
            ],
            [.. Enumerable.Range(0, 24).Select(hour => GroupOf($"{hour}", [.. byHour[hour]]))],
            [
                .. products.Take(MostProducts).Select(product =>
                    new Product(product.ProductId, product.Sku, product.Name, product.Quantity, product.Turnover)),
            ]);
    }

    private static Group GroupOf(string name, IReadOnlyList<PlacedOrder> orders) =>
        new(name, orders.Count, TurnoverOf(orders), Durations.Of(orders));

    private static long TurnoverOf(IEnumerable<PlacedOrder> orders) =>
        orders.Where(order => !order.IsCancelled).Sum(order => order.Total);

    private static Kept PromisesOf(IEnumerable<PlacedOrder> orders, DateTimeOffset now)
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

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
