using System.Globalization;
using System.Text;
using CsvHelper;
using StoreFlow.Features.Merchants;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ManageProducts;

/// <summary>
/// Products as a table for a spreadsheet: <c>sku, name, price, category, on_sale, sort_order</c>, prices in units of the currency.
/// A file needs the first three columns; a column that it leaves out stays as it is.
/// </summary>
internal static class ProductTable
{
    private const int MostRows = 20_000;
    private static readonly string[] Columns = ["sku", "name", "price", "category", "on_sale", "sort_order"];

    /// <param name="Number">The row in the file; the header is row 1.</param>
    /// <param name="Sku">The store's own code for the product.</param>
    /// <param name="Name">What customers call it.</param>
    /// <param name="Price">In minor units.</param>
    /// <param name="Category">Null where the file has no such column; empty for none.</param>
    /// <param name="OnSale">Null where the file does not say.</param>
    /// <param name="SortOrder">Null where the file does not say.</param>
    public sealed record Row(int Number, string Sku, string Name, long Price, string? Category, bool? OnSale, long? SortOrder)
    {
        /// <param name="before">As it was; null where it is new.</param>
        /// <param name="store">Whose it is.</param>
        /// <param name="now">What is off sale until later stays so where the file agrees with what is now.</param>
        public Product Apply(Product? before, long store, DateTimeOffset now)
        {
            var product = before ?? new Product { StoreId = store, Sku = Sku, Name = "" };
            return product with
            {
                Name = Name,
                Price = Price,
                Category = Category is null ? product.Category : Category.Length == 0 ? null : Category,
                OnSale = Agrees(product, now) ? product.OnSale : OnSale!.Value,
                BackAt = Agrees(product, now) ? product.BackAt : null,
                SortOrder = SortOrder ?? product.SortOrder,
            };
        }

        private bool Agrees(Product product, DateTimeOffset now) => OnSale is null || OnSale == product.IsOnSale(now);
    }

    public static byte[] Write(IReadOnlyList<Product> products, string currency, DateTimeOffset now)
    {
        using var memory = new MemoryStream();
        using (var csv = Csv.Writer(memory))
        {
            foreach (var column in Columns)
                csv.WriteField(column);
            csv.NextRecord();
            foreach (var product in products)
            {
                csv.WriteField(product.Sku);
                csv.WriteField(product.Name);
                csv.WriteField(Money.Number(product.Price, currency));
                csv.WriteField(product.Category);
                csv.WriteField(product.IsOnSale(now) ? "yes" : "no");
                csv.WriteField(product.SortOrder); // a number is never a formula
                csv.NextRecord();
            }
        }
        return memory.ToArray();
    }

    /// <summary>Reads a table and tells what is wrong with it, by row: nothing of it is used then.</summary>
    public static IReadOnlyList<Row> Read(Fields fields, Stream file, string currency)
    {
        using var csv = Csv.Reader(file);
        try
        {
            return Read(fields, csv, currency);
        }
        catch (DecoderFallbackException)
        {
            fields.Refuse("file", "The file is not in UTF-8. Save it as “CSV UTF-8”.");
            return [];
        }
        catch (CsvHelperException)
        {
            fields.Refuse($"row {csv.Parser.Row}", "This row cannot be read. Is a quotation mark missing?");
            return [];
        }
    }

    private static List<Row> Read(Fields fields, CsvReader csv, string currency)
    {
        var rows = new List<Row>();
        if (!csv.Read() || !csv.ReadHeader())
        {
            fields.Refuse("file", "The file is empty.");
            return rows;
        }
        var header = csv.HeaderRecord!.Select(name => name.Trim('\uFEFF').ToLowerInvariant()).ToList();
        while (header is [.., ""])
            header.RemoveAt(header.Count - 1); // spreadsheets leave empty columns behind
        CheckHeader(fields, header);
        if (fields.Errors.Count > 0)
            return rows;
        var seen = new HashSet<string>();
        while (csv.Read())
        {
            var number = csv.Parser.Row;
            if (rows.Count == MostRows)
            {
                fields.Refuse("file", $"Send up to {MostRows} products at once.");
                return rows;
            }
            if (csv.Parser.Count < header.Count || csv.Parser.Record![header.Count..].Any(cell => cell.Length > 0))
            {
                fields.Refuse(
                    $"row {number}",
                    $"This row has {Quantity.Of(csv.Parser.Count, "cell")}, and the first row has {header.Count}. "
                    + "Put text with a comma in quotation marks.");
                continue;
            }
            var row = ReadRow(fields, number, currency, Cell);
            row.Apply(before: null, 0, DateTimeOffset.MinValue).Check(fields, $"row {number}: ");
            if (!seen.Add(row.Sku))
                fields.Refuse($"row {number}: sku", $"“{row.Sku}” stands in this file twice.");
            if (fields.Errors.Count > 20)
                return rows; // enough to know what is wrong
            rows.Add(row);
        }
        return rows;

        string? Cell(string name) => header.IndexOf(name) is var i and >= 0 ? Csv.Unescaped(csv.GetField(i) ?? "") : null;
    }

    private static readonly string Allowed = $"It can have {string.Join(", ", Columns)}.";

    private static void CheckHeader(Fields fields, List<string> header)
    {
        foreach (var missing in Columns[..3].Except(header))
            fields.Refuse("row 1", $"The first row names the columns, and “{missing}” is missing. {Allowed}");
        foreach (var unknown in header.Except(Columns))
            fields.Refuse("row 1", $"There is no column “{unknown}”. {Allowed}");
        if (header.Count != header.Distinct().Count())
            fields.Refuse("row 1", "A column stands there twice.");
    }

    private static Row ReadRow(Fields fields, int number, string currency, Func<string, string?> cell)
    {
        var price = Money.Read(cell("price")!, currency);
        if (price is null)
            fields.Refuse($"row {number}: price", $"This has to be an amount in {currency}, as in {Money.Number(1234, currency)}.");
        bool? onSale = cell("on_sale")?.ToLowerInvariant() switch
        {
            null or "" => null,
            "yes" or "true" or "1" => true,
            "no" or "false" or "0" => false,
            _ => Refused<bool>(fields, $"row {number}: on_sale", "This has to be yes or no."),
        };
        long? sortOrder = cell("sort_order") is { Length: > 0 } text
            ? long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var order)
                ? order : Refused<long>(fields, $"row {number}: sort_order", "This has to be a whole number.")
            : null;
        return new(number, cell("sku")!, cell("name")!, price ?? 0, cell("category"), onSale, sortOrder);
    }

    private static T? Refused<T>(Fields fields, string at, string sentence) where T : struct
    {
        fields.Refuse(at, sentence);
        return null;
    }
}
