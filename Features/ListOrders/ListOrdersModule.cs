using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ListOrders;

/// <summary>A store's orders, newest first: the board, the list and the search behind both.</summary>
public sealed class ListOrdersModule : ICarterModule
{
    /// <param name="Orders">Newest first.</param>
    /// <param name="Next">What to send as <c>after</c> for the next page; null at the end.</param>
    public sealed record View(IReadOnlyList<OrderView> Orders, long? Next);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/stores/{id}/orders", List)
            .WithTags("Orders")
            .Describe("ListOrders", "See a store's orders", Reason.InvalidRequest, Reason.Unauthenticated, Reason.NotFound);

    /// <remarks>Newest first, a page at a time. All filters may be combined.</remarks>
    /// <param name="id">The store.</param>
    /// <param name="status">Statuses, repeated, or <c>active</c> for all that is still to be done; left out, all.</param>
    /// <param name="fulfilment_type"><c>pickup</c> or <c>shipping</c>; left out, both.</param>
    /// <param name="q">The beginning of a reference, with or without its dash, a tracking link, or part of the customer's name;
    /// for manager and owner also part of the e-mail address or phone number.</param>
    /// <param name="late"><c>true</c> for what is neither ready nor sent though its promise has passed.</param>
    /// <param name="limit">1 to 200 orders a page; 50 when left out.</param>
    /// <param name="after">The <c>next</c> of the page before.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="database">Where the orders are.</param>
    /// <param name="clock">The time.</param>
    internal static Results<Ok<View>, ProblemHttpResult> List(
        long id, [FromQuery] string[]? status, [FromQuery] string? fulfilment_type, [FromQuery] string? q,
        [FromQuery] string? late, [FromQuery] string? limit, [FromQuery] string? after, Actor actor, Database database, TimeProvider clock)
    {
        var fields = new Fields();
        var type = fulfilment_type is null ? null : Names.Find<FulfilmentType>(fulfilment_type);
        if (fulfilment_type is not null && type is null)
            fields.Refuse("fulfilment_type", $"This has to be one of: {Names.All<FulfilmentType>()}.");
        if (late is not (null or "true" or "false"))
            fields.Refuse("late", "This has to be true or false.");
        var query = new OrderQuery
        {
            StoreId = id,
            UserId = actor.IdIn(id),
            Statuses = Statuses(fields, status),
            Type = type,
            DueBefore = late == "true" ? clock.Now() : null,
            Search = fields.OptionalText("q", q is null ? null : OrderQuery.WithoutLink(q), 100),
            FindsContacts = actor.Role is not Role.Staff,
            Limit = fields.Number("limit", fields.WholeNumber("limit", limit) ?? 50, 1, 200),
            After = fields.Number("after", fields.WholeNumber("after", after) ?? long.MaxValue, 1, long.MaxValue),
        };
        if (fields.Refusal is { } invalid)
            return invalid.ToHttp();

        return database.Read<View?>(db =>
        {
            if (!Rights.WorksIn(db, actor, id))
                return null;
            // One more than the page tells whether another page follows.
            var found = (query with { Limit = query.Limit + 1 }).Run(db);
            var orders = found.Take((int)query.Limit).ToList();
            return new(OrderView.Of(db, orders, actor), found.Count > orders.Count ? orders[^1].Id : null);
        }) is { } view
            ? TypedResults.Ok(view)
            : Refusal.NotFound.ToHttp();
    }

    private static OrderStatus[] Statuses(Fields fields, string[]? names)
    {
        if (names is null or [])
            return Enum.GetValues<OrderStatus>();
        var statuses = new HashSet<OrderStatus>();
        foreach (var name in names)
        {
            if (name == "active")
                statuses.UnionWith(Lifecycle.Active);
            else if (Names.Find<OrderStatus>(name) is { } status)
                statuses.Add(status);
            else
                fields.Refuse("status", $"This has to be active or one of: {Names.All<OrderStatus>()}.");
        }
        return [.. statuses];
    }
}
