using System.Text;

namespace StoreFlow.Tests.Faults.Fuzzing;

/// <summary>One request as it is sent, right or wrong.</summary>
internal sealed record Generated(
    string Operation,
    string Method,
    string Path,
    string? Token,
    IReadOnlyList<(string Name, string Value)> Headers,
    byte[]? Body,
    string? ContentType)
{
    public override string ToString() => $"""
        {Operation}: {Method} {Path}
        token {Token ?? "none"}, {string.Join(", ", Headers)}, {ContentType}
        {(Body is null ? "" : Encoding.UTF8.GetString(Body, 0, Math.Min(Body.Length, 2000)))}
        """;

    public HttpRequestMessage ToRequest()
    {
        var request = new HttpRequestMessage(new HttpMethod(Method), new Uri(Path, UriKind.Relative));
        if (Token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", Token);
        foreach (var (name, value) in Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (Body is not null)
        {
            request.Content = new ByteArrayContent(Body);
            if (ContentType is not null)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
            // A server that refuses closes the connection on a client that goes on sending.
            request.Headers.ExpectContinue = Body.Length > 64 * 1024;
        }
        return request;
    }
}
