using System.Data.Common;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Merchants;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Printers;

/// <summary>The receipt printers of a store: made, changed and removed by its manager or the owner.</summary>
public sealed class PrintersModule : ICarterModule
{
    private const int Most = 10; // of a store

    /// <param name="Id">Its number.</param>
    /// <param name="StoreId">The store whose tickets it prints.</param>
    /// <param name="Name">What people call it.</param>
    /// <param name="PaperMm">The width of its paper in millimetres: 58 or 80.</param>
    /// <param name="PrintsOn">When a ticket is printed.</param>
    /// <param name="Active">Whether it prints. What happens while it is switched off is never printed by itself.</param>
    /// <param name="Path">The address for the printer, on this server.</param>
    /// <param name="User">The user name for the printer.</param>
    /// <param name="AskedAt">When it last asked for a ticket, to half a minute; null where it never has.</param>
    /// <param name="Trouble">What it says is wrong with it; null where nothing is.</param>
    /// <param name="Waiting">How many tickets wait for it.</param>
    /// <param name="Version">Grows with each change.</param>
    public record View(
        long Id, long StoreId, string Name, long PaperMm, PrintsOn PrintsOn, bool Active, string Path, string User,
        DateTimeOffset? AskedAt, string? Trouble, long Waiting, long Version);

    /// <param name="Password">The password for the printer, shown this once; null where it stays as it is.</param>
    public sealed record WithPassword(
        long Id, long StoreId, string Name, long PaperMm, PrintsOn PrintsOn, bool Active, string Path, string User,
        DateTimeOffset? AskedAt, string? Trouble, long Waiting, long Version, string? Password)
        : View(Id, StoreId, Name, PaperMm, PrintsOn, Active, Path, User, AskedAt, Trouble, Waiting, Version);

    /// <param name="Printers">All of the store, oldest first.</param>
    public sealed record List(IReadOnlyList<View> Printers);

    /// <param name="Name">What people call it: up to 60 characters.</param>
    /// <param name="PaperMm">The width of its paper in millimetres: 58 or 80. 80 where it is left out.</param>
    /// <param name="PrintsOn">When a ticket is printed: <c>accepted</c> where it is left out.</param>
    public sealed record NewBody(string? Name, long? PaperMm = null, PrintsOn? PrintsOn = null);

    /// <param name="Name">What people call it.</param>
    /// <param name="PaperMm">The width of its paper in millimetres: 58 or 80.</param>
    /// <param name="PrintsOn">When a ticket is printed.</param>
    /// <param name="Active">Whether it prints. Switched on, it prints what happens from then on.</param>
    /// <param name="NewPassword">Makes a new password. The old one does not work any more.</param>
    /// <param name="Version">The version that the caller has seen; another one is refused as <c>stale</c>.</param>
    public sealed record Body(
        string? Name = null, long? PaperMm = null, PrintsOn? PrintsOn = null, bool? Active = null, bool? NewPassword = null,
        long? Version = null);

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").RequireAuthorization(Policies.ManageStore).WithTags("Printing");

        group.MapGet("/merchant/stores/{id}/printers", Results<Ok<List>, ProblemHttpResult> (long id, Actor actor, Database database) =>
                Of(database, actor, id) is { } list ? TypedResults.Ok(list) : Refusal.NotFound.ToHttp())
            .Describe("ListPrinters", "List the receipt printers of a store", Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound);

        group.MapPost("/merchant/stores/{id}/printers", async Task<Results<Created<WithPassword>, ProblemHttpResult>> (
                    long id, NewBody body, Actor actor, Database database, TimeProvider clock) =>
                (await AddAsync(database, clock, actor, id, body)).ToCreated(view => $"/merchant/printers/{view.Id}"))
            .Describe("AddPrinter", "Add a receipt printer; its password is shown once", Reason.InvalidRequest, Reason.Unauthenticated,
                Reason.Forbidden, Reason.NotFound, Reason.TooLarge, Reason.UnsupportedMediaType, Reason.Busy);

        group.MapPatch("/merchant/printers/{id}", async Task<Results<Ok<WithPassword>, ProblemHttpResult>> (
                    long id, Body body, Actor actor, Database database, TimeProvider clock) =>
                (await ChangeAsync(database, clock, actor, id, body)).ToOk())
            .Describe("ChangePrinter", "Change a printer, switch it off or on, or give it a new password", Reason.InvalidRequest,
                Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound, Reason.Stale, Reason.TooLarge, Reason.UnsupportedMediaType,
                Reason.Busy);

        group.MapDelete("/merchant/printers/{id}", async Task<Results<NoContent, ProblemHttpResult>> (
                    long id, Actor actor, Database database, TimeProvider clock) =>
                await RemoveAsync(database, clock, actor, id) ? TypedResults.NoContent() : Refusal.NotFound.ToHttp())
            .Describe("RemovePrinter", "Remove a printer", Reason.Unauthenticated, Reason.Forbidden, Reason.NotFound, Reason.Busy);
    }

    internal static List? Of(Database database, Actor actor, long store) => database.Read(db =>
        Store.Find(db, store, actor.UserId) is null ? null : new List(
        [
            .. Printer.OfStore(db, store).Select(printer => ViewOf(db, printer, password: null)),
        ]));

    internal static async Task<Outcome<WithPassword>> AddAsync(
        Database database, TimeProvider clock, Actor actor, long store, NewBody body)
    {
        var fields = new Fields();
        var name = fields.Text("name", body.Name, 60);
        var paper = PaperOf(fields, body.PaperMm ?? 80);
        if (fields.Refusal is { } invalid)
            return invalid;
        return await database.WriteAsync<Outcome<WithPassword>>(db =>
        {
            if (Store.Find(db, store, actor.UserId) is null)
                return Refusal.NotFound;
            if (Printer.OfStore(db, store).Count >= Most)
                return Refusal.Invalid("name", $"There are {Most} printers already. Remove one first.");
            var now = clock.Now();
            var password = Printer.NewPassword();
            var events = Names.Of(body.PrintsOn ?? PrintsOn.Accepted);
            var id = Destination.Make(db, DestinationKind.Printer, actor.MerchantId, events, [store], now);
            Printer.Make(db, id, store, name, paper, password);
            var view = ViewOf(db, Printer.Find(db, id)!, password);
            MerchantLog.Append(db, SubjectOf(actor, view), LogAction.Created, Logged.Between(null, view), actor.UserId, now);
            return view;
        });
    }

    internal static async Task<Outcome<WithPassword>> ChangeAsync(
        Database database, TimeProvider clock, Actor actor, long id, Body body)
    {
        var fields = new Fields();
        var name = body.Name is null ? null : fields.Text("name", body.Name, 60);
        var paper = body.PaperMm is null ? null : (long?)PaperOf(fields, body.PaperMm.Value);
        if (fields.Refusal is { } invalid)
            return invalid;
        return await database.WriteAsync<Outcome<WithPassword>>(db =>
        {
            var now = clock.Now();
            if (Find(db, actor, id) is not var (printer, destination))
                return Refusal.NotFound;
            if (MerchantLog.Stale(db, SubjectKind.Printer, id, body.Version, destination.Version, now) is { } stale)
                return stale;
            var before = ViewOf(db, printer, password: null);
            var password = body.NewPassword == true ? Printer.NewPassword() : null;
            printer.Set(db, name ?? printer.Name, paper ?? printer.PaperMm);
            if (password is not null)
                printer.SetPassword(db, password);
            if (body.PrintsOn is { } on)
                destination.SetEvents(db, Names.Of(on));
            if (body.Active == true && !destination.Active)
                Destination.SwitchOn(db, id, skipMissed: true, now);
            if (body.Active == false && destination.Active)
                SwitchOff(db, id, now);
            destination.CountChange(db);
            var after = ViewOf(db, Printer.Find(db, id)!, password);
            IReadOnlyList<FieldChange> changes =
                [.. Logged.Between(before, after), .. password is null ? [] : new[] { new FieldChange("password") }];
            if (changes.Count > 0)
                MerchantLog.Append(db, SubjectOf(actor, after), LogAction.Changed, changes, actor.UserId, now);
            return after;
        });
    }

    // Nobody wants the tickets of yesterday on the day on which it is switched on again.
    private static void SwitchOff(DbConnection db, long id, DateTimeOffset now)
    {
        Destination.SwitchOff(db, id);
        DeliveryChanges.EndWaiting(db, id, [], now);
    }

    internal static Task<bool> RemoveAsync(Database database, TimeProvider clock, Actor actor, long id) => database.WriteAsync(db =>
    {
        if (Find(db, actor, id) is not var (printer, destination))
            return false;
        var view = ViewOf(db, printer, password: null);
        destination.Remove(db, clock.Now());
        MerchantLog.Append(db, SubjectOf(actor, view), LogAction.Revoked, [], actor.UserId, clock.Now());
        return true;
    });

    private static (Printer Printer, Destination Destination)? Find(DbConnection db, Actor actor, long id) =>
        Printer.Find(db, id) is { } printer && Store.Find(db, printer.StoreId, actor.UserId) is not null
        && Destination.Find(db, id) is { } destination
            ? (printer, destination)
            : null;

    private static long PaperOf(Fields fields, long millimetres)
    {
        if (millimetres is not (58 or 80))
            fields.Refuse("paper_mm", "This has to be 58 or 80.");
        return millimetres;
    }

    private static readonly LoggedFields<View> Logged = new(
        ("name", view => view.Name),
        ("paper_mm", view => view.PaperMm),
        ("prints_on", view => Names.Of(view.PrintsOn)),
        ("active", view => view.Active));

    private static MerchantLog.Subject SubjectOf(Actor actor, View view) =>
        new(actor.MerchantId, view.StoreId, SubjectKind.Printer, view.Id, view.Name);

    private static WithPassword ViewOf(DbConnection db, Printer printer, string? password)
    {
        var destination = Destination.Find(db, printer.DestinationId)!;
        return new(
            printer.DestinationId, printer.StoreId, printer.Name, printer.PaperMm, Names.Read<PrintsOn>(destination.Events),
            destination.Active, printer.Path, printer.User, printer.AskedAt, printer.Trouble,
            PrintJob.Waiting(db, printer.DestinationId).Count, destination.Version, password);
    }
}
