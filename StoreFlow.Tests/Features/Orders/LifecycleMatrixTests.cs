using System.Text.Json;
using System.Text.Json.Nodes;

namespace StoreFlow.Tests.Features.Orders;

/// <summary>
/// The lifecycle as one table that a reviewer reads as the specification: each status of each kind of order × each
/// route × each role, made by calling the endpoints. The clock stands still, so that answers can be compared whole.
/// </summary>
public sealed class LifecycleMatrixTests(StoppedClockApp app) : IClassFixture<StoppedClockApp>
{
    private static readonly (string Name, string Token)[] Roles =
        [("owner", StoreFlowApp.Owner), ("manager", StoreFlowApp.Manager), ("staff", StoreFlowApp.Staff)];

    private static readonly Dictionary<string, string> StepTo = new()
    {
        ["accepted"] = "accept",
        ["in_progress"] = "start-preparation",
        ["ready"] = "mark-ready",
        ["completed"] = "complete",
        ["packing"] = "start-packing",
        ["shipped"] = "ship",
        ["delivered"] = "mark-delivered",
        ["cancelled"] = "cancel",
    };

    private static readonly object Tracking = new { tracking_code = "1Z-999" };

    private static readonly List<Attempt> Attempts =
    [
        .. StepTo.Values.Select(step => new Attempt(step, HttpMethod.Post, step, Scenarios.BodyOf(step))),
        new("tracking", HttpMethod.Patch, "tracking", Tracking),
        .. StepTo.Keys.Prepend("pending").Select(status =>
            new Attempt(
                $"PATCH status: {status}", HttpMethod.Patch, "status",
                new
                {
                    status,
                    tracking_code = status == "shipped" ? "1Z-999" : null,
                    reason = status == "cancelled" ? "customer_asked" : null,
                })),
        .. StepTo.Keys.Prepend("pending").Select(status =>
            new Attempt(
                $"override: {status}", HttpMethod.Post, "override",
                new { status, reason = "The shop knows why", tracking_code = status is "shipped" or "delivered" ? "1Z-999" : null })),
    ];

    private sealed record Attempt(string Name, HttpMethod Method, string Route, object? Body);

    /// <param name="Short">As the table shows it: <c>200 accepted</c>.</param>
    /// <param name="Whole">The whole body, without what names this very order or request.</param>
    private sealed record Answer(string Short, string Whole);

    [Fact]
    public async Task What_every_route_answers_from_every_status_to_every_role()
    {
        var rows = Scenarios.StepsTo.Keys.ToList();
        var tables = new string[rows.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, rows.Count), new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (i, _) => tables[i] = await Table(rows[i].Type, rows[i].Status));

        Snapshots.Match(
            string.Join('\n', tables) + "\nboth      all          all                       -> no token: 401 unauthenticated\n",
            "LifecycleMatrix");
    }

    private async Task<string> Table(string type, string from)
    {
        var order = await app.OrderIn(from, type);
        var answers = new Dictionary<(string Attempt, string Role), Answer>();
        foreach (var attempt in Attempts)
        {
            Assert.Equal("401 unauthenticated", (await Try(attempt, null)).Short);
            foreach (var (role, token) in Roles)
                answers[(attempt.Name, role)] = await Try(attempt, token);
        }

        foreach (var (role, token) in Roles)
        {
            var (_, seen) = await app.As(token).Get($"/orders/{order.Number("id")}");
            // PATCH, the one route for all steps, answers the same as each step's own route.
            foreach (var (status, step) in StepTo)
                Assert.Equal(answers[(step, role)], answers[($"PATCH status: {status}", role)]);
            // The transitions that an order lists are the ones that work.
            Assert.Equal(
                seen.GetProperty("allowed_transitions").EnumerateArray().Select(status => status.GetString()!).Order(),
                StepTo.Keys.Prepend("pending")
                    .Where(status => answers[($"PATCH status: {status}", role)].Short == $"200 {status}")
                    .Order());
        }

        return string.Concat(Attempts.Select(attempt =>
        {
            var told = Told(Roles.Select(role => (role.Name, answers[(attempt.Name, role.Name)].Short)));
            return $"{type,-9} {from,-12} {attempt.Name,-25} -> {told}\n";
        }));

        async Task<Answer> Try(Attempt attempt, string? token)
        {
            var id = order.Number("id");
            var before = await app.Traces(id);
            var (status, body) = await app.As(token).Send(attempt.Method, $"/orders/{id}/{attempt.Route}", attempt.Body);
            if (status == 200)
            {
                order = await app.OrderIn(from, type);      // a fresh one, because the last has changed
                return new($"200 {body.Text("status")}", Whole(body));
            }
            (status, body).Is(status, body.Text("code"));
            Assert.InRange(status, 400, 409);
            Assert.Equal(before, await app.Traces(id));     // refused, and nothing left behind
            return new($"{status} {body.Text("code")}", Whole(body));
        }
    }

    private static string Told(IEnumerable<(string Role, string Answer)> answers)
    {
        var groups = answers.GroupBy(answer => answer.Answer, answer => answer.Role).ToList();
        return groups is [var same] ? same.Key : string.Join("; ", groups.Select(group => $"{string.Join(", ", group)}: {group.Key}"));
    }

    private static string Whole(JsonElement body)
    {
        var whole = JsonNode.Parse(body.GetRawText())!.AsObject();
        foreach (var own in new[] { "id", "public_id", "reference", "trace_id" })
            whole.Remove(own);
        return whole.ToJsonString();
    }
}
