using System.Data.Common;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ManageProducts;

/// <summary>All products of a store as a CSV file, out and in: all or nothing, and a preview before.</summary>
public sealed class ProductTableModule : ICarterModule
{
    private const long LargestFile = 8 * 1024 * 1024; // bytes

    /// <param name="Row">The row in the file; the header is row 1.</param>
    /// <param name="Sku">The store's own code for the product.</param>
    /// <param name="Name">What customers call it.</param>
    /// <param name="IsNew">Whether the store has no such product yet.</param>
    /// <param name="Changes">What differs.</param>
    public sealed record RowChange(long Row, string Sku, string Name, bool IsNew, IReadOnlyList<FieldChange> Changes);

    /// <param name="DryRun">Whether nothing was changed.</param>
    /// <param name="Rows">How many products the file has.</param>
    /// <param name="Changes">The rows that make or change a product. Products that are not in the file stay.</param>
    public sealed record View(bool DryRun, long Rows, IReadOnlyList<RowChange> Changes);

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapGet("/merchant/stores/{id}/products.csv", IResult (long id, Actor actor, Database database, TimeProvider clock) =>
                database.Read(db => Store.Find(db, id, actor.UserId) is { } store
                    ? ProductTable.Write(Product.Of(db, id), store.Currency, clock.Now()) : null) is { } file
                    ? TypedResults.File(file, Csv.ContentType, $"products-{id}.csv")
                    : Refusal.NotFound.ToHttp())
            .RequireAuthorization(Policies.ManageStore)
            .WithTags("Merchant")
            .Produces<string>(StatusCodes.Status200OK, "text/csv")
            .Describe("ExportProducts", "Download a store's products as CSV", Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound);

        app.MapPost("/merchant/stores/{id}/products.csv", ImportAsync)
            .RequireAuthorization(Policies.ManageStore)
            .WithMetadata(new RequestSizeLimitAttribute(LargestFile))
            .Accepts<string>("text/csv")
            .WithTags("Merchant")
            .Describe("ImportProducts", "Make and change products by a CSV file, or see what it would change", Reason.InvalidRequest,
                Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound, Reason.TooLarge, Reason.UnsupportedMediaType, Reason.Busy);
    }

    /// <param name="id">The store.</param>
    /// <param name="dry_run"><c>true</c> only tells what would change.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="database">Where the products are.</param>
    /// <param name="clock">The time.</param>
    /// <param name="request">The file: sku, name, price and, optionally, category, on_sale and sort_order; prices as in 4.80.</param>
    internal static async Task<Results<Ok<View>, ProblemHttpResult>> ImportAsync(
        long id, [FromQuery] string? dry_run, Actor actor, Database database, TimeProvider clock, HttpRequest request)
    {
        if (dry_run is not (null or "true" or "false"))
            return Refusal.Invalid("dry_run", "This has to be true or false.").ToHttp();
        using var file = new MemoryStream();
        await request.Body.CopyToAsync(file, request.HttpContext.RequestAborted);
        file.Position = 0;
        return (await ApplyAsync(database, clock, actor, id, file, dry_run == "true", seen: null)).ToOk();
    }

    /// <param name="database">Where the products are.</param>
    /// <param name="clock">The time.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="store">The store.</param>
    /// <param name="file">The table.</param>
    /// <param name="dryRun">Whether nothing is changed.</param>
    /// <param name="seen">What somebody was shown before: where it would be another change now, it is refused. Null to go ahead.</param>
    internal static async Task<Outcome<View>> ApplyAsync(
        Database database, TimeProvider clock, Actor actor, long store, Stream file, bool dryRun, View? seen)
    {
        if (database.Read(db => Store.Find(db, store, actor.UserId)) is not { Currency: var currency })
            return Refusal.NotFound;
        var fields = new Fields();
        var rows = ProductTable.Read(fields, file, currency);
        if (fields.Refusal is { } invalid)
            return invalid;
        return dryRun
            ? database.Read(db => new View(true, rows.Count, Compare(db, store, rows, clock.Now())))
            : await database.WriteAsync<Outcome<View>>(db => Import(db, actor, store, rows, seen, clock.Now()));
    }

    private static Outcome<View> Import(
        DbConnection db, Actor actor, long store, IReadOnlyList<ProductTable.Row> rows, View? seen, DateTimeOffset now)
    {
        if (Store.Find(db, store, actor.UserId) is not { } of)
            return Refusal.NotFound;
        var changes = Compare(db, store, rows, now);
        if (seen is not null && !changes.Select(Told).SequenceEqual(seen.Changes.Select(Told)))
            return new Refusal(
                Reason.Stale, "Somebody has changed these products meanwhile. Choose the file again to see what it changes now.");
        var byNumber = rows.ToDictionary(row => (long)row.Number);
        foreach (var change in changes)
        {
            var known = Product.FindBySku(db, store, change.Sku);
            byNumber[change.Row].Apply(known, store, now).Save(db, of.MerchantId, known, actor.UserId, now);
        }
        return new View(false, rows.Count, changes);
    }

    private static string Told(RowChange change) => $"{change.Row} {change.IsNew} {string.Join(';', change.Changes)}";

    private static List<RowChange> Compare(DbConnection db, long store, IReadOnlyList<ProductTable.Row> rows, DateTimeOffset now)
    {
        var known = Product.Of(db, store).ToDictionary(product => product.Sku);
        return
        [
            .. from row in rows
               let before = known.GetValueOrDefault(row.Sku)
               let changes = row.Apply(before, store, now).ChangesSince(before)
               where before is null || changes.Count > 0
               select new RowChange(row.Number, row.Sku, row.Name, before is null, changes),
        ];
    }
}
