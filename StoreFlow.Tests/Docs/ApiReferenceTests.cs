using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;

namespace StoreFlow.Tests.Docs;

/// <summary>The API's description is complete, and the page that shows it asks no other host.</summary>
public sealed partial class ApiReferenceTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Fact]
    public async Task Every_route_is_described()
    {
        var document = await ApiDocument.Of(app);
        var mapped = ServerRoutes.Of(app).Except(ServerRoutes.Pages)
            .Where(route => !route.Contains(" /openapi") && !route.Contains("/hubs"));

        Assert.Equal(mapped.Order(), document.Operations.Select(operation => operation.Name).Order());
    }

    [Fact]
    public async Task Every_route_says_what_it_takes_and_answers_with_an_example()
    {
        var document = await ApiDocument.Of(app);
        var tags = document.Root.GetProperty("tags").EnumerateArray().Select(tag => tag.Text("name")).ToHashSet();
        Assert.All(document.Operations, operation =>
        {
            Assert.NotEmpty(operation.Json.Text("summary"));
            Assert.Subset(tags, operation.Json.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!).ToHashSet());
            if (operation.Json.TryGetProperty("parameters", out var parameters))
                Assert.All(parameters.EnumerateArray(), parameter => Assert.NotEmpty(parameter.Text("description")));
            if (operation.Body is { } body)
                Assert.True(body.TryGetProperty("example", out _), $"{operation.Name} has no example of its body.");
            if (operation.Json.GetProperty("responses").TryGetProperty("204", out _))
                return; // there is nothing to show
            var answer = Assert.Single(operation.Answers, answer => answer.Status < 300);
            Assert.True(answer.Json.TryGetProperty("example", out _), $"{operation.Name} has no example of its answer.");
        });
    }

    [Fact]
    public async Task Every_refusal_is_a_problem_with_an_example_for_each_code()
    {
        var document = await ApiDocument.Of(app);
        var codes = document.Schema("Reason").GetProperty("enum").EnumerateArray().Select(code => code.GetString()).ToList();
        Assert.All(document.Operations, operation => Assert.All(operation.Answers.Where(answer => answer.Status >= 400), answer =>
        {
            Assert.Equal("application/problem+json", answer.MediaType);
            Assert.Equal("#/components/schemas/Problem", answer.Json.GetProperty("schema").Text("$ref"));
            Assert.NotEmpty(answer.Json.GetProperty("examples").EnumerateObject());
            Assert.All(answer.Json.GetProperty("examples").EnumerateObject(), example =>
            {
                var problem = example.Value.GetProperty("value");
                Assert.Contains(example.Name, codes);
                Assert.Equal(example.Name, problem.Text("code"));
                Assert.Equal(answer.Status, problem.Number("status"));
            });
        }));
    }

    [Fact]
    public async Task Every_reference_leads_somewhere_and_no_two_types_share_a_name()
    {
        var document = await ApiDocument.Of(app);
        Assert.All(document.References, reference => Assert.True(document.HasSchema(reference), $"{reference} leads nowhere."));

        // A line of the checkout and a line of the answer are two types with the same C# name.
        Assert.Equal(
            ["product_id", "quantity"],
            document.Schema("CheckoutBodyItem").GetProperty("properties").EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            ["name", "unit_price", "quantity", "line_total"],
            document.Schema("CustomerViewItem").GetProperty("properties").EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public async Task A_route_asks_for_a_token_in_the_description_where_it_does_in_truth()
    {
        var document = await ApiDocument.Of(app);
        foreach (var operation in document.Operations)
        {
            var path = operation.Path.Replace("{id}", "1").Replace("{public_id}", "0").Replace("{product_id}", "1").Replace("{code}", "x")
                .Replace("{printer}", "1");
            var csv = path.EndsWith(".csv", StringComparison.Ordinal) ? new StringContent("", null, "text/csv") : null;
            var (status, _) = await app.As(null).Send(new(operation.Method), path, operation.Method == "GET" ? null : csv);
            Assert.True(status == 401 == operation.ForStaff, $"{operation.Name} answers {status} to a stranger.");
        }
    }

    [Fact]
    public async Task Headers_are_described()
    {
        var document = await ApiDocument.Of(app);
        string[] Parameters(string operation) =>
            [.. document.Find(operation).Json.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.Text("name"))];
        bool Answers(string operation, string status, string header) =>
            document.Find(operation).Json.GetProperty("responses").GetProperty(status).GetProperty("headers").TryGetProperty(header, out _);

        Assert.Equal(["Idempotency-Key"], Parameters("Checkout"));
        Assert.Equal(["id", "after", "Last-Event-ID"], Parameters("WatchStore"));
        Assert.Equal(["public_id", "Last-Event-ID"], Parameters("WatchOrder"));
        Assert.Equal(["id", "status", "fulfilment_type", "q", "late", "limit", "after"], Parameters("ListOrders"));
        Assert.True(Answers("Checkout", "201", "Location"));
        Assert.True(Answers("GetOrder", "200", "ETag"));
        Assert.True(Answers("AcceptOrder", "503", "Retry-After"));
        Assert.All(new[] { "WatchStore", "WatchOrder" }, stream =>
            Assert.Equal("text/event-stream", document.Find(stream).Answers.Single(answer => answer.Status == 200).MediaType));
    }

    [Fact]
    public async Task The_reference_page_comes_whole_from_the_server_itself()
    {
        using var client = app.As(null);
        var page = await client.GetStringAsync("/docs/");
        Assert.Contains("StoreFlow API", page);
        Assert.DoesNotContain("://", page);

        var scripts = Source().Matches(page).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(scripts);
        foreach (var script in scripts)
            Assert.NotEmpty(await client.GetStringAsync($"/docs/{script}"));
        // Fonts, telemetry and the assistant are the parts that could ask other hosts.
        Assert.Contains("\"withDefaultFonts\":false", page);
        Assert.Contains("\"telemetry\":false", page);
        Assert.Contains("\"agent\":{\"disabled\":true", page);
    }

    [GeneratedRegex("src=\"([^\"]+)\"")]
    private static partial Regex Source();
}
