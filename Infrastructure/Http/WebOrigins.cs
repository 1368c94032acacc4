namespace StoreFlow.Infrastructure;

/// <summary>Origins of web pages, as a browser writes them in <c>Origin</c>: <c>https://shop.example</c>.</summary>
internal static class WebOrigins
{
    /// <summary>Reads a list, or one text with blanks or commas between, as an environment variable has it.</summary>
    /// <exception cref="UnusableException">One of them is not an origin.</exception>
    public static IReadOnlyList<string> Read(IConfigurationSection section)
    {
        var texts = section.Value is { Length: > 0 } text
            ? text.Split([' ', '\t', ',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : section.GetChildren().Select(child => child.Value ?? "").ToArray();
        return [.. texts.Select(origin => Normalise(origin)
            ?? throw new UnusableException(
                $"{section.Path} has \"{origin}\", which is not an origin. Write scheme, host and port only, as in https://shop.example."))
            .Distinct()];
    }

    private static string? Normalise(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
        && Uri.CheckHostName(uri.IdnHost) is not UriHostNameType.Unknown
        && uri is { UserInfo: "", PathAndQuery: "/", Fragment: "" } && !text.Contains('?') && !text.Contains('#')
            ? $"{uri.Scheme}://{(uri.HostNameType is UriHostNameType.IPv6 ? uri.Host : uri.IdnHost)}"
                + (uri.IsDefaultPort ? "" : $":{uri.Port}")
            : null;
}
