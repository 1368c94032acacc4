using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Figures;

/// <summary>
/// The figures as one table, UTF-8 with a byte order mark as spreadsheets want it. A name that a spreadsheet would take for a
/// formula gets an apostrophe in front. Money is in units of the currency, times are in minutes.
/// </summary>
internal static class FiguresCsv
{
    private static readonly CsvConfiguration Configuration = new(CultureInfo.InvariantCulture)
    {
        InjectionOptions = InjectionOptions.Escape,
    };

    public static byte[] Write(FiguresView figures)
    {
        using var memory = new MemoryStream();
        using (var csv = new CsvWriter(new StreamWriter(memory, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)), Configuration))
        {
            Row(csv, "group", "name", "orders", "pieces", $"turnover_{figures.Currency}", "to_accept_median_min", "to_ready_or_ship_median_min");
            Row(csv, "all", $"{figures.From} to {figures.To}", figures.Orders, figures.Pieces, Amount(figures.Turnover),
                Minutes(figures.Times.ToAccept), Minutes(figures.Times.ToReadyOrShip));
            foreach (var because in figures.CancelledBecause)
                Row(csv, "cancelled", Names.Of(because.Reason), because.Orders, "", "", "", "");
            Row(csv, "promises_made", "", figures.Promises.Made, "", "", "", "");
            Row(csv, "promises_kept", "", figures.Promises.InTime, "", "", "", "");
            foreach (var (kind, groups) in new[] { ("day", figures.Days), ("weekday", figures.Weekdays), ("hour", figures.Hours) })
                foreach (var group in groups)
                    Row(csv, kind, group.Name, group.Orders, "", Amount(group.Turnover), Minutes(group.ToAccept), Minutes(group.ToReadyOrShip));
            foreach (var product in figures.Products)
                Row(csv, "product", product.Name, "", product.Quantity, Amount(product.Turnover), "", "");
        }
        return memory.ToArray();

        string Amount(long minor) => Money.Number(minor, figures.Currency);
    }

    private static string Minutes(FiguresView.Duration duration) =>
        duration.Median is { } seconds ? (seconds / 60).ToString("0.0", CultureInfo.InvariantCulture) : "";

    private static void Row(CsvWriter csv, params object[] cells)
    {
        foreach (var cell in cells)
            csv.WriteField(Convert.ToString(cell, CultureInfo.InvariantCulture));
        csv.NextRecord();
    }
}
