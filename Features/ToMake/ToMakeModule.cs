using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ToMake;

/// <summary>What is to be made now: the pieces of each product over all orders that are accepted or in work.</summary>
public sealed class ToMakeModule : ICarterModule
{
    /// <param name="Products">Most pieces first.</param>
    public sealed record View(IReadOnlyList<Product> Products);

    /// <summary>A product under the name that it has now.</summary>
    public sealed record Product
    {
        public long ProductId { get; init; }
        public required string Sku { get; init; }
        public required string Name { get; init; }

        /// <summary>Pieces over all these orders.</summary>
        public long Quantity { get; init; }

        /// <summary>How many orders have it.</summary>
        public long Orders { get; init; }
    }

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/stores/{id}/orders/totals", Results<Ok<View>, ProblemHttpResult> (long id, Actor actor, Database database) =>
                Find(database, id, actor) is { } view ? TypedResults.Ok(view) : Refusal.NotFound.ToHttp())
            .WithTags("Orders")
            .Describe("GetTotals", "See what is to be made: pieces of each product", Reason.Unauthenticated, Reason.NotFound);

    internal static View? Find(Database database, long store, Actor actor) => database.Read(db =>
        Rights.WorksIn(db, actor, store)
            ? new View(db.Query<Product>(TotalsSql, new { store, Statuses }).AsList())
            : null);

    private static readonly string Statuses = SqlList.Of(Lifecycle.Stages
        .Where(stage => stage.Column is Column.Accepted or Column.Working)
        .Select(stage => stage.Status)
        .Distinct());

    private const string TotalsSql = """
        SELECT p.id AS product_id, p.sku, p.name, SUM(i.quantity) AS quantity, COUNT(DISTINCT i.order_id) AS orders
          FROM json_each(@Statuses) wanted
          JOIN orders o ON o.store_id = @store AND o.status = wanted.value
          JOIN order_items i ON i.order_id = o.id
          JOIN products p ON p.id = i.product_id
         GROUP BY p.id, p.sku, p.name
         ORDER BY quantity DESC, p.name, p.id
        """;
}
