using System.Text.RegularExpressions;

namespace StoreFlow.Tests.Docs;

/// <summary><c>StoreFlow.http</c> runs from top to bottom without a change, and then once more.</summary>
public sealed partial class HttpFileTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Fact]
    public async Task It_runs_from_top_to_bottom_twice_and_ends_with_both_orders_done()
    {
        using var client = app.As(null);
        for (var run = 1; run <= 2; run++)
        {
            var text = Repository.Read("StoreFlow.http");
            var file = new HttpFile(text.Replace("http://localhost:5080", app.Address.ToString().TrimEnd('/')));
            var ends = new Dictionary<string, string>();
            foreach (var request in file.Requests)
            {
                var (status, answer) = await file.Send(client, request);
                var expected = ExpectedStatus().Match(request.Title) is { Success: true } said ? int.Parse(said.Groups[1].Value)
                    : request.Url.EndsWith("/checkout") ? 201
                    : 200;
                Assert.True(expected == status, $"“{request.Title}” answered {status}: {answer}");
                if (status == 200 && request.Method is "POST" or "PATCH" && answer.TryGetProperty("reference", out var reference))
                    ends[reference.GetString()!] = answer.Text("status");
            }
            Assert.Equal(["completed", "delivered"], ends.Values.Order());
        }
    }

    [Fact]
    public async Task Every_address_in_it_exists()
    {
        var operations = (await ApiDocument.Of(app)).Operations;
        Assert.All(new HttpFile(Repository.Read("StoreFlow.http")).Requests, request =>
        {
            var path = Variable().Replace(request.Url.Replace("{{host}}", "").Split('?')[0], "1");
            Assert.Single(operations, operation =>
                operation.Method == request.Method
                && Regex.IsMatch(path, $"^{Variable().Replace(operation.Path, "[^/]+")}$"));
        });
    }

    [Fact]
    public void Scripts_and_variables_take_the_same_values_from_the_same_answers()
    {
        var file = new HttpFile(Repository.Read("StoreFlow.http"));
        Assert.Equal(
            file.Variables
                .Where(variable => variable.Value.Contains(".response."))
                .Select(variable => $"{variable.Key} = {variable.Value}"),
            file.Scripts.Select(script => $"{script.Variable} = {{{{{script.Request}.response.body.$.{script.Path}}}}}"));
        // The scripts stand only in the body of a GET, which the server does not read.
        Assert.All(file.Requests.Where(request => request.Body.Contains("> {%")), request => Assert.Equal("GET", request.Method));
    }

    [GeneratedRegex(": ([24]\\d\\d)\\b")]
    private static partial Regex ExpectedStatus();

    [GeneratedRegex(@"\{+[\w$.\[\]]+\}+")]
    private static partial Regex Variable();
}
