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
    internal const long LargestFile = 8 * 1024 * 1024; // bytes

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
            ? database.Read(db => ViewOf(true, rows, Compare(db, store, rows, clock.Now())))
            : await database.WriteAsync<Outcome<View>>(db => Import(db, actor, store, rows, seen, clock.Now()));
    }

    private static Outcome<View> Import(
        DbConnection db, Actor actor, long store, IReadOnlyList<ProductTable.Row> rows, View? seen, DateTimeOffset now)
    {
        if (Store.Find(db, store, actor.UserId) is not { } of)
            return Refusal.NotFound;
        var saves = Compare(db, store, rows, now);
        var view = ViewOf(false, rows, saves);
        if (seen is not null && !view.Changes.Select(Told).SequenceEqual(seen.Changes.Select(Told)))
            return new Refusal(
                Reason.Stale, "Somebody has changed these products meanwhile. Choose the file again to see what it changes now.");
        foreach (var (_, before, after) in saves)
            after.Save(db, of.MerchantId, before, actor.UserId, now);
        return view;
    }

    private static string Told(RowChange change) => $"{change.Row} {change.IsNew} {string.Join(';', change.Changes)}";

    private static View ViewOf(
        bool dryRun, IReadOnlyList<ProductTable.Row> rows, IEnumerable<(ProductTable.Row Row, Product? Before, Product After)> saves) =>
        new(dryRun, rows.Count,
        [
            .. saves.Select(save => new RowChange(
                save.Row.Number, save.Row.Sku, save.Row.Name, save.Before is null, save.After.ChangesSince(save.Before))),
        ]);

    /// <summary>The rows that make or change a product, with the product before and after.</summary>
    private static List<(ProductTable.Row Row, Product? Before, Product After)> Compare(
        DbConnection db, long store, IReadOnlyList<ProductTable.Row> rows, DateTimeOffset now)
    {
        var known = Product.Of(db, store).ToDictionary(product => product.Sku);
        return
        [
            .. from row in rows
               let before = known.GetValueOrDefault(row.Sku)
               let after = row.Apply(before, store, now)
               where before is null || after.ChangesSince(before).Count > 0
               select (row, before, after),
        ];
    }
}
