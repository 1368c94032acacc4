using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace StoreFlow.Tests;

/// <summary>
/// Writes down requests and their answers, with the headers that callers rely on, as one snapshot that reads like a session.
/// </summary>
public sealed class Transcript
{
    private static readonly string[] Told = ["Location", "ETag", "WWW-Authenticate", "Retry-After", "Allow", "Content-Type"];
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StringBuilder _text = new();

    /// <summary>A line of explanation.</summary>
    public void Say(string line) => _text.AppendLine($"# {line}").AppendLine();

    /// <summary>Sends the request, writes both down and answers the JSON.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="method">The method.</param>
    /// <param name="path">The path, as it is sent.</param>
    /// <param name="body">The body: JSON, or content that is sent unchanged.</param>
    /// <param name="header">A header of the request.</param>
    /// <param name="named">The path to write down, where the real one differs from run to run.</param>
    public async Task<JsonElement> Send(
        HttpClient client,
        HttpMethod method,
        string path,
        object? body = null,
        (string Name, string Value)? header = null,
        string? named = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = HttpExtensions.ContentOf(body) };
        if (header is { } sent)
            request.Headers.TryAddWithoutValidation(sent.Name, sent.Value);
        using var response = await client.SendAsync(request);

        _text.AppendLine($"{method} {named ?? path}").AppendLine($"{(int)response.StatusCode}");
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(pair => pair.Key, pair => string.Join(", ", pair.Value));
        foreach (var name in Told.Where(headers.ContainsKey))
            _text.AppendLine($"{name}: {headers[name]}");
        var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        _text.AppendLine(JsonSerializer.Serialize(json, Readable)).AppendLine();
        return json;
    }

    public override string ToString() => _text.ToString().TrimEnd() + "\n";
}
