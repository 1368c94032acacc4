using Dapper;
using StoreFlow.Features.ListOrders;
using StoreFlow.Features.Orders;

namespace StoreFlow.Tests.Features.ListOrders;

/// <summary>Search, as it is typed at a counter: a spoken reference or some of a name.</summary>
public sealed class SearchTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Theory]
    [InlineData("Mia Chen-Lopez", "chen-lo")]
    [InlineData("Mia Chen-Lopez", "MIA CHEN")]
    [InlineData("Bartholomew", "holo")]
    [InlineData("Renée Dubois", "renee")]
    [InlineData("Renee Durand", "Renée")]
    [InlineData("Jörg Weiß", "jorg")]
    [InlineData("Nguyễn Thị Hương", "nguyen thi huong")]
    [InlineData("Zoe\u0308 Ame\u0301lie", "zoë")]
    [InlineData("Zoë Quentin", "zoe\u0308 q")]
    [InlineData("Zoe\u0308 Quast", "zoë qu")]
    [InlineData("\U0001FAE8\U0001FAE8\U0001FAE8 Newer than the tokenizer", "\U0001FAE8\U0001FAE8\U0001FAE8 n")]
    [InlineData("\U0001FAE8\U0001FAE8\U0001FAE8", "\U0001FADF\U0001FADF\U0001FADF", false)]
    [InlineData("ΕΛΕΝΗ", "ελενη")]
    [InlineData("Jo", "Jo")]
    [InlineData("Jolanda", "jo")]
    [InlineData("李明", "李明")]
    [InlineData("李明", "李")]
    [InlineData("Ünal", "Ün")]
    [InlineData("张伟 Zhang", "伟")]
    [InlineData("مريم", "مر")]
    [InlineData("👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦")]
    [InlineData("🍞", "🍞")]
    [InlineData("O'Neil", "o'n")]
    [InlineData("Say \"Hi\" Twice", "\"Hi\"")]
    [InlineData("50% Off", "0%")]
    [InlineData("50% Off", "50% o")]
    [InlineData("under_score", "r_s")]
    [InlineData("back\\slash", "k\\")]
    [InlineData("AND OR NOT NEAR", "OR NOT")]
    [InlineData("star*red", "r*r")]
    [InlineData("Cara Colon: x", "customer_name : x", false)]
    [InlineData("Percy", "%", false)]
    [InlineData("Percy", "P_rcy", false)]
    [InlineData("Percy", "_e", false)]
    [InlineData("Percy", "p%y", false)]
    [InlineData("Percy", "\"", false)]
    [InlineData("Percy", "perci", false)]
    [InlineData("Percy", "* OR 1", false)]
    public async Task A_part_of_a_name_finds_it(string name, string q, bool found = true)
    {
        var order = await app.PendingOrder(name: name);
        var elsewhere = (await app.PendingOrder(store: 2, name: name)).Number("id");

        var ids = await Search(q);

        Assert.Equal(found, ids.Contains(order.Number("id")));
        Assert.DoesNotContain(elsewhere, ids);
    }

    /// <summary>The API refuses such characters. The box on the board takes what a browser sends.</summary>
    [Fact]
    public async Task What_nobody_can_type_is_overlooked()
    {
        var order = await app.PendingOrder(name: "Quirinius");
        using var db = app.OpenDatabase();
        var found = new OrderQuery { StoreId = 1, UserId = 1, Statuses = Lifecycle.Active, Search = "Qui\0ri\nni" }.Run(db);
        Assert.Equal(order.Number("id"), Assert.Single(found).Id);
    }

    [Fact]
    public async Task A_reference_finds_its_order_with_or_without_dash_in_any_case_and_half_typed()
    {
        var order = await app.PendingOrder();
        var (id, reference, publicId) = (order.Number("id"), order.Text("reference"), order.Text("public_id"));

        foreach (var q in new[]
        {
            reference, reference.Replace("-", ""), reference.ToLowerInvariant(), reference.Replace("-", " "), $" {reference} ",
            reference[..6], reference[..4], reference[..3], publicId, publicId.ToLowerInvariant(),
            $"https://shop.example/track/{publicId}", $"shop.example/Track/{publicId.ToLowerInvariant()}/?from=mail#top",
        })
        {
            Assert.Contains(id, await Search(q));
        }
        // As people hear or read it: O for zero, I and L for one.
        Assert.Contains(id, await Search(reference.Replace('0', 'O').Replace('1', 'l')));
        Assert.DoesNotContain(id, await Search(reference[1..]));
    }

    [Fact]
    public async Task Another_stores_order_is_found_by_nobody_here()
    {
        foreach (var store in new long[] { 2, 3 })
        {
            var theirs = await app.PendingOrder(store: store, name: "Wolfeschlegel");
            Assert.Empty(await Search(theirs.Text("public_id")));
            Assert.Empty(await Search("Wolfeschlegel"));
            Assert.DoesNotContain(theirs.Number("id"), await Search("Wo"));
            // As the search index has them.
            foreach (var q in new[] { $"{store}:wol", $"x\" \"{store}:wol", $"\" OR \"{store}:wol" })
                Assert.DoesNotContain(theirs.Number("id"), await Search(q));
        }
    }

    [Theory]
    [InlineData("Pagerson", "pagers")]
    [InlineData("Qo", "Qo")]
    public async Task Pages_of_a_search_walk_all_that_match_exactly_once(string name, string q)
    {
        var mine = new List<long>();
        for (var i = 0; i < 7; i++)
        {
            mine.Insert(0, (await app.PendingOrder(name: name)).Number("id"));
            await app.PendingOrder(name: "Somebody Else");
        }

        var walked = new List<long>();
        for (long? after = long.MaxValue; after is not null;)
        {
            var (_, page) = await app.As(StoreFlowApp.Staff).Get($"/stores/1/orders?limit=3&q={q}&after={after}");
            walked.AddRange(page.GetProperty("orders").EnumerateArray().Select(order => order.Number("id")));
            after = page.GetProperty("next").ValueKind is System.Text.Json.JsonValueKind.Null ? null : page.Number("next");
        }
        // A two-letter name is also the beginning of some references. Those orders belong to others.
        Assert.Equal(mine, walked.Where(mine.Contains));
        Assert.Equal(walked.Distinct().OrderDescending(), walked);
    }

    /// <summary>One or two letters have no index. They are searched among the newest orders of each status.</summary>
    [Fact]
    public async Task A_search_of_two_letters_ends_after_the_newest_of_each_status_and_one_of_three_goes_on()
    {
        using var own = new StoreFlowApp();
        var (old, done) = (await own.PendingOrder(name: "Qzra Old"), await own.PendingOrder(name: "Qzra Done"));
        foreach (var step in Scenarios.StepsTo[("pickup", "completed")])
            await own.Step(done, step);
        using (var db = own.OpenDatabase())
            db.Execute("""
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
                INSERT INTO orders (public_id, merchant_id, store_id, fulfilment_type, status, currency, subtotal, shipping_cost, total,
                                    customer_name, customer_email, created_at)
                SELECT '0000000000000000000000' || substr(CAST(10000 + i AS TEXT), 2),
                       merchant_id, store_id, fulfilment_type, status, currency, subtotal, shipping_cost, total,
                       'Somebody Else', customer_email, created_at
                  FROM orders, n
                 WHERE id = @id
                """, new { id = old.Number("id") });

        Assert.Equal([done.Number("id")], await Search("Qz", own));   // 2,000 newer ones are pending, and none newer is completed
        Assert.Equal([done.Number("id"), old.Number("id")], await Search("Qzr", own));
        Assert.Equal(200, (await Search("00", own)).Count);           // half a reference is found among them, too
        Assert.Empty(await Search("q%", own));
    }

    private Task<List<long>> Search(string q) => Search(q, app);

    private static async Task<List<long>> Search(string q, StoreFlowApp app)
    {
        var (status, page) = await app.As(StoreFlowApp.Staff).Get($"/stores/1/orders?limit=200&q={Uri.EscapeDataString(q)}");
        Assert.Equal(200, status);
        return [.. page.GetProperty("orders").EnumerateArray().Select(order => order.Number("id"))];
    }
}
