using System.Collections.Concurrent;
using System.Text.Json;
using CsCheck;
using StoreFlow.Tests.Docs;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Faults.Fuzzing;

/// <summary>
/// Thousands of requests made from the API's own description, right and wrong: never a fault of the server, never an answer
/// that is not described, and nothing broken afterwards. A failure names the seed that repeats it.
/// </summary>
public sealed class FuzzTests(FuzzTests.App app, ITestOutputHelper output) : IClassFixture<FuzzTests.App>
{
    public sealed class App : LoggedApp;

    private static readonly (string Type, string Status, long Store)[] Orders =
    [
        .. Scenarios.StepsTo.Keys.Select(key => (key.Type, key.Status, 1L)),
        ("pickup", "pending", 2), ("shipping", "accepted", 2), ("shipping", "shipped", 3), ("pickup", "ready", 3), ("pickup", "pending",
            3),
    ];

    [Fact]
    public async Task Every_answer_is_one_that_is_described()
    {
        var document = await ApiDocument.Of(app);
        var publicIds = new List<string>();
        foreach (var (type, status, store) in Enumerable.Repeat(Orders, 3).SelectMany(orders => orders))
            publicIds.Add((await app.OrderIn(status, type, store)).Text("public_id"));
        var client = app.As(null);
        var answers = new ConcurrentDictionary<(string Operation, int Status), int>();

        await new RequestGen(document, publicIds).Requests.SampleAsync(async generated =>
        {
            using var request = generated.ToRequest();
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            var status = (int)answer.StatusCode;
            await Check(document, generated, answer, status);
            answers.AddOrUpdate((generated.Operation, status), 1, (_, count) => count + 1);
        }, output.WriteLine, iter: Effort.Of(2_000, 20_000), threads: 8);

        foreach (var operation in answers.GroupBy(answer => answer.Key.Operation).OrderBy(group => group.Key))
        {
            var counts = operation.OrderBy(answer => answer.Key.Status).Select(answer => $"{answer.Value} x {answer.Key.Status}");
            output.WriteLine($"{operation.Key}: {string.Join(", ", counts)}");
        }
        // Every operation was reached and, with enough tries, succeeded.
        Assert.Equal(
            document.Operations.Select(operation => operation.Name).Order(),
            answers.Keys.Select(key => key.Operation).Distinct().Order());
        if (Effort.Long)
        {
            Assert.All(document.Operations, operation => Assert.True(
                answers.Keys.Any(key => key.Operation == operation.Name && key.Status < 300), $"{operation.Name} never succeeded."));
        }
        Invariants.Hold(app);
        Assert.DoesNotContain(app.Logged, entry => !entry.StartsWith("Warning", StringComparison.Ordinal));
    }

    private static async Task Check(ApiDocument document, Generated generated, HttpResponseMessage answer, int status)
    {
        var path = generated.Operation.Split(' ')[1];
        var operation = document.Operations.SingleOrDefault(operation => operation.Name == $"{generated.Method} {path}");
        var type = answer.Content.Headers.ContentType?.MediaType;
        if (status is 400 or 414 or 431 && answer.Content.Headers.ContentLength is 0 && answer.Headers.ConnectionClose is true)
            return; // not a valid request, for example with %00 in its address: the server's code never saw it
        if (generated.Method is "HEAD" && status < 500)
            return; // no body, whatever it is
        if (operation is null)
        {
            Assert.True(status is 404 or 405 or 403 or 401, $"{status} to a method that is not described.");
            operation = document.Operations.First();
        }
        else
            Assert.Contains(status, operation.Statuses);
        if (type == "text/event-stream" && status == 200)
            return; // it goes on
        if (status == 204 || (type == "text/csv" && operation.Answers.Any(described =>
            (described.Status, described.MediaType) == (status, type))))
            return; // nothing, or a table

        var text = await answer.Content.ReadAsStringAsync();
        var json = JsonDocument.Parse(text).RootElement;
        if (status < 300)
        {
            var described = operation.Answers.Single(described => described.Status == status);
            Assert.Equal(described.MediaType, type);
            Shape.Fits(document, json, described.Json.GetProperty("schema"));
            return;
        }
        Assert.Equal("application/problem+json", type);
        (status, json).Is(status, json.Text("code"));
        Shape.Fits(document, json, document.Schema("Problem"));
        Assert.Equal(status is 409 && json.Text("code") is not ("store_closed" or "stale"), json.TryGetProperty("current", out _));
        Assert.Equal(json.Text("code") == "store_closed", json.TryGetProperty("next_opening", out _));
        Assert.Equal(status is 429 or 503, answer.Headers.RetryAfter is not null);
    }
}
