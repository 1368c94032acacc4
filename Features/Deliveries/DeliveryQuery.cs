using System.Data.Common;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Deliveries;

/// <summary>Which deliveries of a destination somebody asks for, newest first.</summary>
/// <param name="Status">Only those; null for all.</param>
/// <param name="Before">Only those with a smaller number; null from the newest on.</param>
/// <param name="Limit">So many at most.</param>
internal sealed record DeliveryQuery(DeliveryStatus? Status = null, long? Before = null, long Limit = 50)
{
    private const long Most = 200; // at once

    /// <summary>Reads it from the query of a request.</summary>
    public static DeliveryQuery Read(Fields fields, string? status, string? limit, string? before)
    {
        var query = new DeliveryQuery(status is null ? null : Names.Find<DeliveryStatus>(status));
        if (status is not null && query.Status is null)
            fields.Refuse("status", $"This has to be one of: {Names.All<DeliveryStatus>()}.");
        if (fields.WholeNumber("limit", limit) is { } asked)
            query = query with { Limit = fields.Number("limit", asked, 1, Most) };
        return query with { Before = fields.WholeNumber("before", before) };
    }

    /// <returns>What was found, and the <c>before</c> of earlier ones; null at the end.</returns>
    public (IReadOnlyList<T> Page, long? Next) Find<T>(DbConnection db, long destinationId, Func<Delivery, T> view)
    {
        var found = Delivery.Of(db, destinationId, Status, Before, Limit);
        return ([.. found.Select(view)], found.Count == Limit ? found[^1].Id : null);
    }
}
