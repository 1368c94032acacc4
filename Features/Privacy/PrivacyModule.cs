using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Merchants;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Privacy;

/// <summary>
/// What the owner does for a customer who asks what is kept about them, or asks to have it erased. A person is named in the body: what
/// stands in an address lands in the logs of proxies.
/// </summary>
public sealed class PrivacyModule : ICarterModule
{
    /// <param name="Orders">Newest first, in all stores of the merchant; 1,000 at most.</param>
    public sealed record List(IReadOnlyList<Found> Orders);

    /// <param name="Id">Its number.</param>
    /// <param name="Reference">What people say.</param>
    /// <param name="StoreId">Its store.</param>
    /// <param name="Status">Where it is. Only finished orders can be erased.</param>
    /// <param name="Finished">Whether it is.</param>
    /// <param name="CustomerName">The customer's name.</param>
    /// <param name="CustomerEmail">Their e-mail address, where they left one.</param>
    /// <param name="CustomerPhone">Their phone number, where they left one.</param>
    /// <param name="CreatedAt">When it was placed.</param>
    /// <param name="ErasedAt">When its personal data were erased; null where they are there.</param>
    public sealed record Found(
        long Id, string Reference, long StoreId, OrderStatus Status, bool Finished, string CustomerName, string? CustomerEmail,
        string? CustomerPhone, DateTimeOffset CreatedAt, DateTimeOffset? ErasedAt);

    /// <param name="OrderIds">The numbers of the orders, 100 at most.</param>
    /// <param name="Confirm">True, because it cannot be undone.</param>
    public sealed record EraseBody(IReadOnlyList<long>? OrderIds, bool? Confirm = null);

    /// <param name="Erased">How many orders were erased.</param>
    /// <param name="OrderIds">Which.</param>
    /// <param name="Refused">Which were not, and why.</param>
    /// <param name="StillKept">Where the data are for some time yet.</param>
    public sealed record Answer(
        long Erased, IReadOnlyList<long> OrderIds, IReadOnlyList<NotErased> Refused, string StillKept = OtherPlaces.Sentence);

    /// <param name="OrderId">The order's number.</param>
    /// <param name="Code">Why.</param>
    /// <param name="Detail">The same as a sentence.</param>
    public sealed record NotErased(long OrderId, WhyNot Code, string Detail);

    /// <summary>Why an order was not erased.</summary>
    public enum WhyNot
    {
        NotFound,
        Unfinished,
        AlreadyErased,
    }

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/merchant/customers").RequireAuthorization(Policies.ManageMerchant).WithTags("Merchant");

        group.MapPost("/find", Results<Ok<List>, ProblemHttpResult> (CustomerSought body, Actor actor, Database database) =>
                Find(database, actor, body).ToOk())
            .Describe("FindCustomer", "Find a customer's orders in all stores by e-mail address, phone number or reference",
                Reason.InvalidRequest, Reason.Unauthenticated, Reason.Forbidden, Reason.TooLarge, Reason.UnsupportedMediaType);

        group.MapPost("/export", Results<Ok<PersonalData>, ProblemHttpResult> (
                CustomerSought body, Actor actor, Database database, TimeProvider clock, HttpContext http) =>
            {
                http.Response.Headers.CacheControl = "no-store";
                return Export(database, clock, actor, body).ToOk();
            })
            .Describe("ExportCustomer", "Get all that is kept about a customer", Reason.InvalidRequest, Reason.Unauthenticated,
                Reason.Forbidden, Reason.TooLarge, Reason.UnsupportedMediaType);

        group.MapPost("/erase", async Task<Results<Ok<Answer>, ProblemHttpResult>> (
                EraseBody body, Actor actor, Database database, TimeProvider clock) =>
                (await EraseAsync(database, clock, actor, body)).ToOk())
            .Describe("EraseCustomer", "Erase the personal data in finished orders; money, items and steps stay",
                Reason.InvalidRequest, Reason.Unauthenticated, Reason.Forbidden, Reason.TooLarge, Reason.UnsupportedMediaType,
                Reason.Busy);
    }

    internal static Outcome<List> Find(Database database, Actor actor, CustomerSought person) =>
        !actor.ManagesMerchant ? Refusal.Forbidden
        : person.Fault() is { } invalid ? invalid
        : new List([.. database.Read(db => person.Orders(db, actor.MerchantId)).Select(Show)]);

    internal static Outcome<PersonalData> Export(Database database, TimeProvider clock, Actor actor, CustomerSought person) =>
        !actor.ManagesMerchant ? Refusal.Forbidden
        : person.Fault() is { } invalid ? invalid
        : database.Read(db => PersonalData.Of(db, person.Orders(db, actor.MerchantId), actor, clock.Now()));

    internal static async Task<Outcome<Answer>> EraseAsync(Database database, TimeProvider clock, Actor actor, EraseBody body)
    {
        if (!actor.ManagesMerchant)
            return Refusal.Forbidden;
        var fields = new Fields();
        if (body.OrderIds is not { Count: > 0 and <= Erasing.AtOnce })
            fields.Refuse("order_ids", $"This has to be 1 to {Erasing.AtOnce} numbers of orders.");
        if (body.Confirm is not true)
            fields.Refuse("confirm", "Erasing cannot be undone. Send true.");
        if (fields.Refusal is { } invalid)
            return invalid;
        return await database.WriteAsync<Outcome<Answer>>(db =>
        {
            var ids = body.OrderIds!.Distinct().ToList();
            var states = db.Query<State>(StateSql, new { actor.MerchantId, ids = SqlList.Of(ids) })
                .ToDictionary(state => state.Id);
            var erased = Erasing.Erase(db, actor.MerchantId, ids, actor.UserId, clock.Now());
            return new Answer(
                erased.Count, [.. erased],
                [.. ids.Except(erased).Select(id => Refused(id, states.GetValueOrDefault(id)))]);
        });
    }

    private static NotErased Refused(long id, State? state) => state switch
    {
        null => new(id, WhyNot.NotFound, "There is no such order."),
        { ErasedAt: not null } => new(id, WhyNot.AlreadyErased, "Its personal data were erased before."),
        _ => new(id, WhyNot.Unfinished, "It is not finished. Hand it over, deliver it or cancel it first."),
    };

    private const string StateSql = """
        SELECT id, erased_at FROM orders WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each(@ids)) AND merchant_id = @MerchantId
        """;

    private sealed record State
    {
        public long Id { get; init; }
        public DateTimeOffset? ErasedAt { get; init; }
    }

    private static Found Show(Order order) => new(
        order.Id, PublicId.Reference(order.PublicId), order.StoreId, order.Status, order.Stage.IsTerminal, order.CustomerName,
        order.CustomerEmail is "" ? null : order.CustomerEmail, order.CustomerPhone, order.CreatedAt, order.ErasedAt);
}
