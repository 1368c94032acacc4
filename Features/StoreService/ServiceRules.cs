using StoreFlow.Infrastructure;
using static StoreFlow.Features.StoreService.StoreServiceModule;

namespace StoreFlow.Features.StoreService;

/// <summary>What may be said of a store's service, and for how long.</summary>
internal static class ServiceRules
{
    private static readonly TimeSpan LongestBusy = TimeSpan.FromHours(24);
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(30);

    public static void Check(Fields fields, Body body, DateTimeOffset now)
    {
        if (!body.HasBusy && !body.HasPause && body.Products is not { Count: > 0 })
            fields.Refuse("body", "Send busy_minutes with busy_until, paused_until, or products.");
        if (body.Products is { Count: > 500 })
            fields.Refuse("products", "Send up to 500 products at once.");
        var minutes = body.BusyMinutes ?? 0;
        if (body.HasBusy && minutes != 0)
        {
            fields.Number("busy_minutes", minutes, 0, 240);
            CheckEnd(fields, "busy_until", body.BusyUntil, now, LongestBusy, "A busy time ends within 24 hours.");
        }
        else if (body.BusyUntil is not null)
        {
            fields.Refuse("busy_minutes", "Say by how many minutes, too: 1 to 240.");
        }
        if (body.PausedUntil is not null)
            CheckEnd(fields, "paused_until", body.PausedUntil, now, LongestPause, "A pause ends within 30 days.");
        foreach (var (i, product) in (body.Products ?? []).Index())
            CheckProduct(fields, $"products[{i}]", product, now);
    }

    public static Logged ToLogged(Body body)
    {
        var minutes = body.BusyMinutes ?? 0;
        return new(
            body.HasBusy ? minutes : null, minutes == 0 ? null : body.BusyUntil, body.PausedUntil,
            body.HasPause && body.PausedUntil is null ? true : null,
            body.Products is { Count: > 0 } products
                ? [.. products.Select(product => new LoggedProduct(product!.ProductId!.Value, product.OnSale!.Value, product.BackAt))]
                : null);
    }

    private static void CheckProduct(Fields fields, string at, ProductChange? product, DateTimeOffset now)
    {
        fields.Number($"{at}.product_id", product?.ProductId, 1, long.MaxValue);
        if (product?.OnSale is null)
            fields.Refuse($"{at}.on_sale", "This has to be true or false.");
        else if (product is { OnSale: true, BackAt: not null })
            fields.Refuse($"{at}.back_at", "A product on sale does not come back: leave this out.");
        else if (product.BackAt is not null)
            CheckEnd(fields, $"{at}.back_at", product.BackAt, now, LongestPause, "This is more than 30 days ahead. Leave it out.");
    }

    private static void CheckEnd(Fields fields, string at, DateTimeOffset? end, DateTimeOffset now, TimeSpan longest, string sentence)
    {
        if (end is null)
            fields.Refuse(at, "Say until when.");
        else if (end <= now)
            fields.Refuse(at, "This time is in the past.");
        else if (end > now + longest)
            fields.Refuse(at, sentence);
    }
}
