using System.Text.Json;

namespace StoreFlow.Tests.Features.ChangeStatus;

/// <summary>One step for many orders: each has its own answer, and what is refused leaves nothing behind.</summary>
public sealed class ChangeManyTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    private const string Route = "/stores/1/orders/steps";

    [Fact]
    public async Task Of_twelve_eleven_are_accepted_and_the_twelfth_says_who_was_faster()
    {
        var ids = await NewOrders(12);
        Assert.Equal(200, (await app.As(StoreFlowApp.Manager).Post($"/orders/{ids[7]}/accept")).Status);

        var (status, body) = await app.As(StoreFlowApp.Staff).Post(
            Route, new { order_ids = ids, to = "accepted", versions = ids.Select(_ => 1) });

        Assert.Equal(200, status);
        var answers = body.GetProperty("answers").EnumerateArray().ToList();
        Assert.Equal(ids, answers.Select(answer => answer.Number("order_id")));
        foreach (var (answer, i) in answers.Select((answer, i) => (answer, i)))
        {
            var (order, problem) = (answer.GetProperty("order"), answer.GetProperty("problem"));
            if (i == 7)
            {
                Assert.Equal(JsonValueKind.Null, order.ValueKind);
                Assert.Equal((409L, "order_stale"), (problem.Number("status"), problem.Text("code")));
                Assert.Contains("Mina already accepted this order", problem.Text("detail"), StringComparison.Ordinal);
                Assert.Equal("accepted", problem.GetProperty("current").Text("status"));
            }
            else
            {
                Assert.Equal(JsonValueKind.Null, problem.ValueKind);
                Assert.Equal(("accepted", 2L), (order.Text("status"), order.Number("version")));
            }
        }
        foreach (var id in ids)
            Assert.Equal(2, (await History(id)).Count);
    }

    [Fact]
    public async Task A_foreign_order_among_them_is_not_found_and_the_others_are_done()
    {
        var mine = await NewOrders(1);
        var (elsewhere, rivals) = ((await app.PendingOrder(store: 2)).Number("id"), (await app.PendingOrder(store: 3)).Number("id"));
        var (status, body) = await app.As(StoreFlowApp.Owner).Post(
            Route, new { order_ids = new[] { elsewhere, mine[0], rivals, 999_999 }, to = "accepted" });

        Assert.Equal(200, status);
        Assert.Equal(
            ["not_found", "accepted", "not_found", "not_found"],
            body.GetProperty("answers").EnumerateArray().Select(answer => answer.GetProperty("order").ValueKind is JsonValueKind.Null
                ? answer.GetProperty("problem").Text("code")
                : answer.GetProperty("order").Text("status")));
        Assert.Single(await History(elsewhere));
    }

    public static TheoryData<string, object> Bad => new()
    {
        { "order_ids", new { to = "accepted" } },
        { "order_ids", new { order_ids = Array.Empty<long>(), to = "accepted" } },
        { "order_ids", new { order_ids = Enumerable.Range(1, 101), to = "accepted" } },
        { "order_ids", new { order_ids = new[] { 1, 2, 1 }, to = "accepted" } },
        { "order_ids[0]", new { order_ids = new[] { "1" }, to = "accepted" } },
        { "versions", new { order_ids = new[] { 1, 2 }, to = "accepted", versions = new[] { 1 } } },
        { "to", new { order_ids = new[] { 1 } } },
        { "to", new { order_ids = new[] { 1 }, to = "gone" } },
        { "tracking_code", new { order_ids = new[] { 1 }, to = "shipped", tracking_code = "!" } },
        { "reason", new { order_ids = new[] { 1 }, to = "cancelled", reason = "boredom" } },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_bad_body_is_refused_by_its_field_and_no_step_is_taken(string field, object body)
    {
        var sequence = app.LatestSequence();
        var (status, refusal) = await app.As(StoreFlowApp.Staff).Post(Route, body);
        (status, refusal).Is(400, "invalid_request");
        Assert.Equal([field], refusal.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(sequence, app.LatestSequence());
    }

    [Fact]
    public async Task The_same_request_under_one_key_takes_each_step_once_and_answers_the_same()
    {
        var ids = await NewOrders(3);
        var client = app.As(StoreFlowApp.Staff);
        client.DefaultRequestHeaders.Add("Idempotency-Key", "all three");
        var (first, answer) = await client.Post(Route, new { order_ids = ids, to = "accepted" });
        var (second, again) = await client.Post(Route, new { order_ids = ids, to = "accepted" });
        Assert.Equal((200, 200, answer.GetRawText()), (first, second, again.GetRawText()));
        foreach (var id in ids)
            Assert.Equal(2, (await History(id)).Count);
    }

    [Fact]
    public async Task A_key_that_is_none_is_refused_and_one_of_255_characters_is_taken()
    {
        var ids = await NewOrders(1);
        foreach (var (key, expected) in new[] { ("", 400), (new string('k', 256), 400), (new string('k', 255), 200) })
        {
            var client = app.As(StoreFlowApp.Staff);
            client.DefaultRequestHeaders.TryAddWithoutValidation("Idempotency-Key", key);
            Assert.Equal(expected, (await client.Post(Route, new { order_ids = ids, to = "accepted" })).Status);
        }
    }

    [Fact]
    public async Task Staff_turn_many_down_but_cancel_none_that_was_accepted()
    {
        var ids = await NewOrders(2);
        await app.As(StoreFlowApp.Staff).Post($"/orders/{ids[1]}/accept");
        var (_, body) = await app.As(StoreFlowApp.Staff).Post(Route, new { order_ids = ids, to = "cancelled", reason = "closed" });
        var answers = body.GetProperty("answers").EnumerateArray().ToList();
        Assert.Equal("cancelled", answers[0].GetProperty("order").Text("status"));
        Assert.Equal("forbidden", answers[1].GetProperty("problem").Text("code"));
    }

    [Fact]
    public async Task Another_store_is_not_found()
    {
        var id = (await app.PendingOrder(store: 2)).Number("id");
        (await app.Refused(id, () => app.As(StoreFlowApp.Staff).Post(
            "/stores/2/orders/steps", new { order_ids = new[] { id }, to = "accepted" }))).Is(404, "not_found");
    }

    private async Task<long[]> NewOrders(int count)
    {
        var ids = new long[count];
        for (var i = 0; i < count; i++)
            ids[i] = (await app.PendingOrder()).Number("id");
        return ids;
    }

    private async Task<List<JsonElement>> History(long id) =>
        [.. (await app.As(StoreFlowApp.Owner).Get($"/orders/{id}/history")).Body.GetProperty("entries").EnumerateArray()];
}
