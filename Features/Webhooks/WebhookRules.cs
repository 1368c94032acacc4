using System.Net;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Webhooks;

/// <summary>What an owner may set.</summary>
internal static class WebhookRules
{
    /// <summary>The events that can be chosen.</summary>
    public static readonly IReadOnlyList<string> Events = [.. StreamedEvents.OfStore.Payloads.Select(payload => payload.Event)];

    /// <summary>Refuses an address that cannot be a receiver's.</summary>
    /// <param name="fields">Takes the refusal.</param>
    /// <param name="url">The address.</param>
    /// <param name="allowsPrivate">Whether receivers in the server's own network are allowed, which may do without HTTPS.</param>
    public static void Url(Fields fields, string? url, bool allowsPrivate)
    {
        url = fields.Text("url", url, 2000);
        if (fields.Errors.ContainsKey("url"))
            return;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0)
            fields.Refuse("url", "This has to be a web address, as in https://shop.example/hooks.");
        else if (uri.UserInfo.Length > 0)
            fields.Refuse("url", "No name and password may stand in it: the signature says who sends.");
        else if (uri.Fragment.Length > 0)
            fields.Refuse("url", "Nothing may follow a # in it: that part is never sent.");
        else if (uri.Scheme == "http" && !allowsPrivate)
            fields.Refuse("url", "This has to begin with https://: customers' names are in what is sent.");
        else if (!allowsPrivate && (uri.IsLoopback || IPAddress.TryParse(uri.DnsSafeHost, out var ip) && !PublicAddresses.Has(ip)))
            fields.Refuse("url", "This address is in a private network, which web hooks do not reach.");
    }

    /// <summary>The chosen events as they are kept.</summary>
    public static string EventsOf(Fields fields, IReadOnlyCollection<string?>? events)
    {
        if (events is not { Count: > 0 } || !events.All(name => Events.Contains(name)))
            fields.Refuse("events", $"This has to be one or more of {string.Join(", ", Events)}.");
        return string.Join(',', (events ?? []).Distinct());
    }

    /// <summary>A secret that the caller brings; a new one where it is left out.</summary>
    public static byte[] Secret(Fields fields, string? secret)
    {
        if (secret is null)
            return WebhookSignature.NewSecret();
        if (WebhookSignature.Read(secret) is { } read)
            return read;
        fields.Refuse("secret", "This has to be whsec_ and 24 to 64 bytes in base64.");
        return [];
    }
}
