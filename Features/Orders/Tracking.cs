using System.Text.RegularExpressions;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>A carrier's code for a parcel and, optionally, where to follow it.</summary>
public sealed partial record Tracking(string? Code, string? Url)
{
    public static readonly Tracking None = new(null, null);

    /// <summary>The code, as it may stand in a URL.</summary>
    public string? EscapedCode => Code is null ? null : Uri.EscapeDataString(Code);

    /// <summary>
    /// Reads what a caller sent (section 9: "a valid tracking_code") and tells <paramref name="fields"/> what is wrong with it.
    /// </summary>
    public static Tracking Read(Fields fields, string? code, string? url, bool required = true)
    {
        (code, url) = (Blank(code), Blank(url));
        if (code is null ? required : !CodePattern().IsMatch(code))
            fields.Refuse("tracking_code", "The tracking code is needed: 1 to 64 letters, digits, spaces or - . _ / : # signs.");
        if (url is not null && !IsWebAddress(url))
            fields.Refuse("tracking_url",
                "The tracking URL has to be a web address that starts with https:// or http://, " +
                "of at most 2,000 characters and without a user name in it.");
        return new(code, url);
    }

    /// <summary>Whether this is an absolute http(s) address that is safe to show as a link.</summary>
    public static bool IsWebAddress(string url) =>
        url.Length <= 2000
        && Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
        && uri.UserInfo.Length == 0
        && !url.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '\\' or '"' or '<' or '>');

    /// <summary>SQL for the URL of a shipment: the one that was given, else the method's template with the code filled in.</summary>
    public const string UrlSql = """
        COALESCE(@TrackingUrl, (SELECT replace(m.tracking_url_template, '{code}', @EscapedCode)
                                  FROM shipping_methods m
                                 WHERE m.store_id = orders.store_id AND m.code = orders.shipping_method))
        """;

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim(' ');

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9 ._/:#-]{0,63}\z")]
    private static partial Regex CodePattern();
}
