using System.Globalization;
using CsvHelper;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Figures;

/// <summary>
/// The figures as one table for a spreadsheet. Money is in units of the currency, times are in minutes.
/// </summary>
internal static class FiguresCsv
{
    public static byte[] Write(FiguresView figures)
    {
        using var memory = new MemoryStream();
        using (var csv = Csv.Writer(memory))
        {
            Row(csv, "group", "name", "orders", "pieces", $"turnover_{figures.Currency}", [.. Kinds.SelectMany(kind => new[]
                { $"{kind}_median_min", $"{kind}_p90_min", $"{kind}_count" })]);
            Row(csv, "all", $"{figures.From} to {figures.To}", figures.Orders, figures.Pieces, Amount(figures.Turnover),
                Times(figures.Times));
            foreach (var because in figures.CancelledBecause)
                Row(csv, "cancelled", Names.Of(because.Reason), because.Orders, "", "", []);
            Row(csv, "promises", "made", figures.Promises.Made, "", "", []);
            Row(csv, "promises", "kept", figures.Promises.InTime, "", "", []);
            foreach (var day in figures.Days)
                Row(csv, "day", day.Name, day.Orders, "", Amount(day.Turnover), []);
            foreach (var (kind, groups) in new[] { ("weekday", figures.Weekdays), ("hour", figures.Hours) })
                foreach (var group in groups)
                    Row(csv, kind, group.Name, group.Orders, "", Amount(group.Turnover), Times(group.Times));
            foreach (var product in figures.Products)
                Row(csv, "product", product.Name, "", product.Quantity, Amount(product.Turnover), []);
        }
        return memory.ToArray();

        string Amount(long minor) => Money.Number(minor, figures.Currency);
    }

    private static readonly string[] Kinds = ["to_accept", "to_start", "to_ready_or_ship", "to_collect", "to_deliver"];

    private static string[] Times(FiguresView.Durations times) =>
    [
        .. new[] { times.ToAccept, times.ToStart, times.ToReadyOrShip, times.ToCollect, times.ToDeliver }.SelectMany(time => new[]
            { Minutes(time.Median), Minutes(time.P90), time.Count.ToString(CultureInfo.InvariantCulture) }),
    ];

    private static string Minutes(double? seconds) => (seconds / 60)?.ToString("0.0", CultureInfo.InvariantCulture) ?? "";

    private static void Row(CsvWriter csv, string group, string name, object orders, object pieces, string turnover, string[] times)
    {
        foreach (var cell in new[] { group, name, orders, pieces, turnover }.Concat(times.Length == 0 ? NoTimes : times))
            csv.WriteField(Convert.ToString(cell, CultureInfo.InvariantCulture));
        csv.NextRecord();
    }

    private static readonly string[] NoTimes = Enumerable.Repeat("", 15).ToArray();
}
