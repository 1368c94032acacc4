using System.Security.Cryptography;
using System.Text.Json;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Catalogue;

/// <summary>What a store sells and how it sends it, for a storefront to show.</summary>
public sealed class CatalogueModule : ICarterModule
{
    /// <summary>Prices are in minor units of the store's currency.</summary>
    public sealed record View(Store Store, IReadOnlyList<Product> Products, IReadOnlyList<ShippingMethod> ShippingMethods);

    public sealed record Store
    {
        public long Id { get; init; }
        public required string Name { get; init; }
        public required string Currency { get; init; }
    }

    public sealed record Product
    {
        public long Id { get; init; }
        public required string Sku { get; init; }
        public required string Name { get; init; }
        public long Price { get; init; }
    }

    public sealed record ShippingMethod
    {
        public required string Code { get; init; }
        public required string Name { get; init; }
        public long Price { get; init; }
    }

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/stores/{id}/catalogue", Get)
            .AllowAnonymous()
            .WithTags("Customers")
            .Describe("GetCatalogue", "See what a store sells", Reason.NotFound);

    private static Results<Ok<View>, NotModified, ProblemHttpResult> Get(long id, Database database, HttpContext http)
    {
        if (Find(database, id) is not { } view)
            return Refusal.NotFound.ToHttp();
        var digest = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(view, Json.Answers));
        if (NotModified.For(http, Convert.ToHexStringLower(digest, 0, 16)) is { } unchanged)
            return unchanged;
        return TypedResults.Ok(view);
    }

    internal static View? Find(Database database, long id) => database.Read(db =>
        db.QuerySingleOrDefault<Store>(StoreSql, new { id }) is { } store
            ? new View(store, [.. db.Query<Product>(ProductsSql, new { id })], [.. db.Query<ShippingMethod>(MethodsSql, new { id })])
            : null);

    private const string StoreSql = "SELECT id, name, currency FROM stores WHERE id = @id";

    private const string ProductsSql = """
        SELECT id, sku, name, price
          FROM products
         WHERE store_id = @id AND on_sale = 1
         ORDER BY id
        """;

    private const string MethodsSql = """
        SELECT code, name, price
          FROM shipping_methods
         WHERE store_id = @id AND active = 1
         ORDER BY id
        """;
}
