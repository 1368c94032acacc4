using System.Net;
using System.Text;
using Dapper;

namespace StoreFlow.Tests.Features.Checkout;

/// <summary>A checkout that is sent again, for any reason, makes no second order.</summary>
public sealed class IdempotencyTests(StoppedClockApp app) : IClassFixture<StoppedClockApp>
{
    [Fact]
    public async Task The_same_again_gets_the_same_answer()
    {
        var body = Scenarios.CheckoutBody(name: "Once Again");
        var (first, again) = (await Checkout("again", body), await Checkout("again", body));

        Assert.Equal(HttpStatusCode.Created, first.Status);
        Assert.Equal(first, again);
        Assert.Equal(1, await OrdersOf("Once Again"));
    }

    [Fact]
    public async Task The_first_answer_stays_when_the_order_has_moved_on()
    {
        var first = await Checkout("moved", Scenarios.CheckoutBody(name: "Moved On"));
        var (_, found) = await app.As(StoreFlowApp.Owner).Get("/stores/1/orders?q=Moved+On");
        await app.As(StoreFlowApp.Owner).Post($"/orders/{found.GetProperty("orders")[0].Number("id")}/accept");

        Assert.Equal(first, await Checkout("moved", Scenarios.CheckoutBody(name: "Moved On")));
    }

    [Fact]
    public async Task Twenty_at_once_make_one_order()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20)
            .Select(_ => Task.Run(() => Checkout("twenty", Scenarios.CheckoutBody(name: "Twenty Times")))));

        Assert.Equal(HttpStatusCode.Created, answers[0].Status);
        Assert.Single(answers.Distinct());
        Assert.Equal(1, await OrdersOf("Twenty Times"));
    }

    [Fact]
    public async Task Spacing_and_the_order_of_fields_make_no_other_order()
    {
        const string one = """{"store_id":1,"fulfilment_type":"pickup","items":""" +
            """[{"product_id":1,"quantity":2}],"customer":{"name":"Mia","email":"mia@example.com"}}""";
        const string same = """
            { "customer" : { "email": "mia@example.com", "name": "M\u0069a" , "phone": null },
              "items": [ { "quantity": 2, "product_id": 1, "price": 5 } ],
              "fulfilment_type": "pickup", "store_id": 1 }
            """;

        Assert.Equal(
            await Checkout("spacing", new StringContent(one, Encoding.UTF8, "application/json")),
            await Checkout("spacing", new StringContent(same, Encoding.UTF8, "application/json")));
    }

    [Theory]
    [InlineData("pickup", "Somebody Else")]
    [InlineData("shipping", "Mia Chen")]
    public async Task Another_order_under_the_same_key_is_refused(string type, string name)
    {
        await Checkout("other", Scenarios.CheckoutBody());

        (await app.CheckoutRefused(Scenarios.CheckoutBody(type, name: name), "other")).Is(422, "idempotency_key_reused");
    }

    [Fact]
    public async Task Callers_with_a_token_have_keys_of_their_own_that_no_stranger_takes_from_them()
    {
        var stranger = await Send(null, "Stranger");
        var owner = await Send(StoreFlowApp.Owner, "Owners Customer");
        var staff = await Send(StoreFlowApp.Staff, "Staffs Customer");

        Assert.Equal((201, 201, 201), (stranger.Status, owner.Status, staff.Status));
        Assert.Equal(stranger.Id, (await Send(null, "Stranger")).Id);
        Assert.Equal(owner.Id, (await Send(StoreFlowApp.Owner, "Owners Customer")).Id);
        Assert.Equal(staff.Id, (await Send(StoreFlowApp.Staff, "Staffs Customer")).Id);
        Assert.Equal(422, (await Send(StoreFlowApp.Owner, "Stranger")).Status);
        Assert.Equal(3, new[] { stranger.Id, owner.Id, staff.Id }.Distinct().Count());

        async Task<(int Status, string? Id)> Send(string? token, string name)
        {
            var client = app.As(token);
            client.DefaultRequestHeaders.Add("Idempotency-Key", "order-1000");
            var (status, view) = await client.Post("/checkout", Scenarios.CheckoutBody(name: name));
            return (status, status == 201 ? view.Text("public_id") : null);
        }
    }

    [Fact]
    public async Task A_refused_checkout_uses_its_key_up_for_nothing()
    {
        (await app.CheckoutRefused(Scenarios.CheckoutBody(store: 77), "refused")).Is(400, "invalid_request", "store_id");

        Assert.Equal(HttpStatusCode.Created, (await Checkout("refused", Scenarios.CheckoutBody())).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sch\u00f6n")]
    [InlineData("a\tb")]
    public async Task A_key_that_is_none_is_refused(string key) =>
        (await app.CheckoutRefused(Scenarios.CheckoutBody(), key)).Is(400, "invalid_request", "Idempotency-Key");

    [Fact]
    public async Task A_key_has_at_most_255_characters()
    {
        Assert.Equal(HttpStatusCode.Created, (await Checkout(new string('k', 255), Scenarios.CheckoutBody())).Status);
        (await app.CheckoutRefused(Scenarios.CheckoutBody(), new string('k', 256))).Is(400, "invalid_request", "Idempotency-Key");
    }

    [Fact]
    public async Task A_key_is_kept_72_hours_and_then_removed()
    {
        using var own = new StoppedClockApp();
        var first = await Checkout("kept", Scenarios.CheckoutBody(), own);

        own.Time.Jump(TimeSpan.FromHours(72) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(first, await Checkout("kept", Scenarios.CheckoutBody(), own));

        own.Time.Advance(TimeSpan.FromMilliseconds(1));
        var later = await Checkout("kept", Scenarios.CheckoutBody(name: "Next Week"), own);
        Assert.Equal(HttpStatusCode.Created, later.Status);
        Assert.NotEqual(first.Body, later.Body);
        using var db = own.OpenDatabase();
        Assert.Equal(1, db.ExecuteScalar<long>("SELECT COUNT(*) FROM idempotency_keys")); // the old one is gone from the file, too
    }

    [Fact]
    public async Task Where_no_more_keys_come_the_old_ones_are_removed_all_the_same()
    {
        using var own = new StoppedClockApp();
        await Checkout("last", Scenarios.CheckoutBody(), own);
        using var db = own.OpenDatabase();
        Assert.Equal(1, db.ExecuteScalar<long>("SELECT COUNT(*) FROM idempotency_keys"));

        own.Time.Jump(TimeSpan.FromHours(73));
        await Eventually.Holds(() => db.ExecuteScalar<long>("SELECT COUNT(*) FROM idempotency_keys") == 0, "The key is still there.");
    }

    [Fact]
    public async Task Without_a_key_the_same_again_is_another_order() =>
        Assert.NotEqual((await app.As(null).Post("/checkout", Scenarios.CheckoutBody())).Body.Text("public_id"),
            (await app.As(null).Post("/checkout", Scenarios.CheckoutBody())).Body.Text("public_id"));

    private async Task<(HttpStatusCode Status, string? Location, string Body)> Checkout(string key, object body, StoreFlowApp? at = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/checkout") { Content = HttpExtensions.ContentOf(body) };
        request.Headers.Add("Idempotency-Key", key);
        using var response = await (at ?? app).As(null).SendAsync(request);
        return (response.StatusCode, response.Headers.Location?.ToString(), await response.Content.ReadAsStringAsync());
    }

    private async Task<int> OrdersOf(string name) =>
        (await app.As(StoreFlowApp.Owner).Get($"/stores/1/orders?q={name}")).Body.GetProperty("orders").GetArrayLength();
}
