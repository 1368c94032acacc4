using System.Text;
using System.Text.Json;
using Dapper;

namespace StoreFlow.Tests.Features.ManageProducts;

/// <summary>Products as a CSV file: out, in, with a preview, all or nothing.</summary>
public sealed class ProductTableTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    private const string Table = "/merchant/stores/2/products.csv";
    private readonly HttpClient _owner = app.As(StoreFlowApp.Owner);

    [Fact]
    public async Task A_preview_changes_nothing_and_the_import_does_what_it_said()
    {
        const string file = "sku;name;price;category\nBREAD-RYE;Rye loaf;5,20;\nNEW-1;Seed roll;0,90;Rolls\n"
            + "SOUP-TOM;Tomato soup, 0.5 l;6.40;\n";
        var before = Products();

        var (status, preview) = await Send(file, dryRun: true);

        Assert.Equal((200, true, 3), (status, preview.GetProperty("dry_run").GetBoolean(), preview.Number("rows")));
        Assert.Equal(
            ["2 BREAD-RYE False price 510 520", "3 NEW-1 True"],
            preview.GetProperty("changes").EnumerateArray().Select(change =>
                $"{change.Number("row")} {change.Text("sku")} {change.GetProperty("is_new").GetBoolean()}" +
                    (change.GetProperty("is_new").GetBoolean() ? ""
                    : string.Concat(change.GetProperty("changes").EnumerateArray().Select(one =>
                        $" {one.Text("field")} {one.Text("before")} {one.Text("after")}")))));
        Assert.Equal(before, Products());

        Assert.Equal(200, (await Send(file)).Status);

        var after = Products();
        Assert.Contains("BREAD-RYE|Rye loaf|520", after, StringComparison.Ordinal);
        Assert.Contains("NEW-1|Seed roll|90|Rolls", after, StringComparison.Ordinal);
        Assert.Contains("JUICE-APPLE", after, StringComparison.Ordinal); // not in the file: stays
        Assert.Empty((await Send(file, dryRun: true)).Body.GetProperty("changes").EnumerateArray());
    }

    [Fact]
    public async Task What_is_downloaded_changes_nothing_when_it_is_sent_back()
    {
        using var answer = await _owner.GetAsync(Table);
        Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
        var file = await answer.Content.ReadAsStringAsync();
        var (status, preview) = await Send(file, dryRun: true);
        Assert.Equal((200, 0), (status, preview.GetProperty("changes").GetArrayLength()));
        Assert.True(preview.Number("rows") >= 3);
    }

    public static TheoryData<string, string> Bad => new()
    {
        { "", "file" },
        { "code,title,cost\nA,B,1\n", "row 1" },
        { "sku,name,price,colour\nA,B,1,red\n", "row 1" },
        { "sku,name,price\nA,Apple,1.00\nB,Beer,a lot\nC,Cake,2.00\n", "row 3: price" },
        { "sku,name,price\nA,Apple,1.005\n", "row 2: price" },
        { "sku,name,price\nA,Apple,-1\n", "row 2: price" },
        { "sku,name,price\nA,Apple,4,80\n", "row 2" },
        { "sku,name,price\nA,Apple\n", "row 2" },
        { "sku;name;price\nA;Apple;1.000\n", "row 2: price" },
        { "sku,name,price\n,Apple,1\n", "row 2: sku" },
        { "sku,name,price\nA,Apple,1\nA,Again,1\n", "row 3: sku" },
        { "sku,name,price,on_sale\nA,Apple,1,maybe\n", "row 2: on_sale" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_bad_file_is_refused_by_its_row_and_nothing_is_imported(string file, string at)
    {
        var before = Products();
        var (status, problem) = await Send(file);
        Assert.Equal(400, status);
        Assert.Contains(at, problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(before, Products());
    }

    [Fact]
    public async Task A_file_that_is_not_UTF_8_is_refused_before_a_name_is_spoiled()
    {
        var before = Products();
        var file = new ByteArrayContent(Encoding.Latin1.GetBytes("sku,name,price\nBREAD-RYE,Crème,1\n"));
        file.Headers.ContentType = new("text/csv");
        var (status, problem) = await _owner.Post(Table, file);
        Assert.Equal((400, "The file is not in UTF-8. Save it as “CSV UTF-8”."), (status, problem.Text("detail")));
        Assert.Equal(before, Products());
    }

    [Fact]
    public async Task A_hundred_thousand_rows_are_too_many_and_twenty_megabytes_too_large()
    {
        var before = Products();
        var rows = new StringBuilder("sku,name,price\n");
        for (var i = 0; i < 100_000; i++)
            rows.Append($"S{i},Product {i},1.00\n");
        var (status, problem) = await Send(rows.ToString());
        Assert.Equal(400, status);
        Assert.Equal("Send up to 20000 products at once.", problem.Text("detail"));
        Assert.Equal(413, (await Send(new string('x', 20_000_000))).Status);
        Assert.Equal(before, Products());
    }

    [Fact]
    public async Task Text_that_a_spreadsheet_takes_for_a_formula_is_escaped()
    {
        Assert.Equal(201, (await _owner.Post("/merchant/stores/2/products", new { sku = "EVIL", name = "=1+1", price = 1 })).Status);
        var file = await _owner.GetStringAsync(Table);
        Assert.DoesNotContain(",=1+1", file, StringComparison.Ordinal);
        Assert.Empty((await Send(file, dryRun: true)).Body.GetProperty("changes").EnumerateArray()); // and read back as it was
    }

    private Task<(int Status, JsonElement Body)> Send(string file, bool dryRun = false) =>
        _owner.Post(Table + (dryRun ? "?dry_run=true" : ""), new StringContent(file, Encoding.UTF8, "text/csv"));

    private string Products()
    {
        using var db = app.OpenDatabase();
        return string.Join('\n', db.Query("""
            SELECT sku, name, price, category, on_sale, sort_order, version FROM products WHERE store_id = 2 AND sku <> 'EVIL' ORDER BY id
            """).Select(row => string.Join('|', ((IDictionary<string, object?>)row).Values)));
    }
}
