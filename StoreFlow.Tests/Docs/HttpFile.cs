using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace StoreFlow.Tests.Docs;

/// <summary>
/// Runs <c>StoreFlow.http</c> by the rules of VS Code's REST Client: <c>###</c> separates requests, comments are skipped, the
/// body starts after the first blank line, and <c>{{name.response.body.$.path}}</c> reads the answer of a named request.
/// </summary>
public sealed partial class HttpFile(string text)
{
    private readonly Dictionary<string, JsonElement> _answers = [];

    public sealed record Request(string Title, string? Name, string Method, string Url, IReadOnlyList<string> Headers, string Body);

    /// <summary>The requests in order. A part without a request only defines variables.</summary>
    public IReadOnlyList<Request> Requests =>
    [
        .. from part in Separator().Split(text)
           let title = part.Split('\n')[0].Trim()
           let lines = part.Split('\n').Skip(1)
               .Where(line => !Comment().IsMatch(line) && !Variable().IsMatch(line))
               .SkipWhile(string.IsNullOrWhiteSpace)
               .ToList()
           where lines.Count > 0
           let head = lines.TakeWhile(line => line.Length > 0).ToList()
           let first = head[0].Split(' ', 2)
           select new Request(title, NameLine().Match(part) is { Success: true } name ? name.Groups[1].Value : null,
               first[0], first[1], head[1..], string.Join('\n', lines.Skip(head.Count + 1)).Trim()),
    ];

    /// <summary>The variables of the file as they are written.</summary>
    public IReadOnlyDictionary<string, string> Variables =>
        Variable().Matches(text).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

    /// <summary>What the scripts for Rider and httpyac set: each variable, and where its value stands in which answer.</summary>
    public IEnumerable<(string Variable, string Request, string Path)> Scripts =>
        from request in Requests
        from Match match in Script().Matches(request.Body)
        select (match.Groups[1].Value, request.Name!, match.Groups[2].Value);

    public async Task<(int Status, JsonElement Body)> Send(HttpClient client, Request request)
    {
        using var message = new HttpRequestMessage(new(request.Method), Fill(request.Url));
        if (request.Body.Length > 0)
            message.Content = new StringContent(Fill(request.Body), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        foreach (var header in request.Headers.Select(line => line.Split(": ", 2)).Where(header => header[0] != "Content-Type"))
            Assert.True(message.Headers.TryAddWithoutValidation(header[0], Fill(header[1])));
        using var response = await client.SendAsync(message);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        if (request.Name is { } name)
            _answers[name] = answer;
        return ((int)response.StatusCode, answer);
    }

    private string Fill(string line) => Reference().Replace(line, reference => reference.Groups[1].Value.Split(".response.body.$.") switch
    {
        [var name, var path] => Path(_answers[name], path),
        [var variable] => Fill(Variables[variable]),
        _ => throw new FormatException(line),
    });

    private static string Path(JsonElement json, string path) => path.Split('.', '[').Aggregate(json, (at, step) =>
        step.EndsWith(']') ? at[int.Parse(step[..^1])] : at.GetProperty(step)).ToString();

    [GeneratedRegex("^###", RegexOptions.Multiline)]
    private static partial Regex Separator();

    [GeneratedRegex(@"^\s*(#|//)")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^@(\w+)\s*=\s*(.*?)\s*$", RegexOptions.Multiline)]
    private static partial Regex Variable();

    [GeneratedRegex(@"^# @name (\w+)$", RegexOptions.Multiline)]
    private static partial Regex NameLine();

    [GeneratedRegex(@"\{\{(.+?)\}\}")]
    private static partial Regex Reference();

    [GeneratedRegex(@"client\.global\.set\(""(\w+)"", response\.body\.([\w.\[\]]+)\)")]
    private static partial Regex Script();
}
