using System.Data.Common;
using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Push;

/// <summary>A customer asks to be told of an order by a message to a browser, and asks for no more of them.</summary>
public sealed class PushModule : ICarterModule
{
    private const string Route = "/customer/{public_id}/push";

    /// <param name="PublicKey">What a browser subscribes with: its <c>applicationServerKey</c>, in base64url.</param>
    public sealed record View(string PublicKey);

    /// <param name="Endpoint">The address at the browser maker's push service.</param>
    /// <param name="Keys">What messages are encrypted for.</param>
    public sealed record Body(string? Endpoint, Keys? Keys = null);

    /// <param name="P256dh">The browser's public key: 65 bytes in base64url.</param>
    /// <param name="Auth">The browser's secret: 16 bytes in base64url.</param>
    public sealed record Keys(string? P256dh, string? Auth);

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").AllowAnonymous().WithTags("Customers");

        group.MapGet(Route, async Task<Results<Ok<View>, ProblemHttpResult>> (
                string public_id, Database database, TimeProvider clock, HttpContext http, UnknownIds unknown) =>
                database.Read(db => Find(db, public_id)) is null
                    ? unknown.Count(http).ToHttp()
                    : TypedResults.Ok(new View(PushKey.PublicOf(await PushKey.OfAsync(database, clock)))))
            .Describe("GetPushKey", "Read the key that a browser subscribes with", Reason.NotFound, Reason.TooManyRequests);

        group.MapPost(Route, AddAsync)
            .RequireRateLimiting(PushLimit.Policy)
            .Describe("AddPush", "Be told of one's own order by a message to this browser", Reason.InvalidRequest, Reason.Forbidden,
                Reason.NotFound, Reason.TooLarge, Reason.UnsupportedMediaType, Reason.TooManyRequests, Reason.Busy);

        group.MapDelete(Route, RemoveAsync)
            .RequireRateLimiting(PushLimit.Policy)
            .Describe("RemovePush", "Be told no more", Reason.InvalidRequest, Reason.Forbidden, Reason.NotFound, Reason.TooLarge,
                Reason.UnsupportedMediaType, Reason.TooManyRequests, Reason.Busy);
    }

    /// <remarks>
    /// The body is the browser's subscription as its <c>toJSON()</c> gives it. Sent again it changes nothing. The browser is told once
    /// when the order is ready or has shipped, and where it is cancelled; then the subscription is deleted.
    /// </remarks>
    private static async Task<Results<NoContent, ProblemHttpResult>> AddAsync(
        string public_id, Body body, Database database, TimeProvider clock, Settings settings, HttpContext http, UnknownIds unknown)
    {
        var fields = new Fields();
        var endpoint = PushRules.Endpoint(fields, body.Endpoint, settings.Push.AllowPrivateAddresses);
        var (p256dh, auth) = PushRules.Keys(fields, body.Keys);
        if (fields.Refusal is { } invalid)
            return invalid.ToHttp();
        if (database.Read(db => Find(db, public_id)) is not { } found)
            return unknown.Count(http).ToHttp();
        var wanted = new PushSubscription { OrderId = found.Id, Endpoint = endpoint, P256dh = p256dh, Auth = auth };
        var refusal = await database.WriteAsync(db => Add(db, Find(db, public_id)!, wanted, clock.Now()));
        return refusal is null ? TypedResults.NoContent() : refusal.ToHttp();
    }

    private static Refusal? Add(DbConnection db, Order order, PushSubscription wanted, DateTimeOffset now)
    {
        if (order.Stage.IsTerminal)
            return Refusal.NotFound; // there is nothing more to tell
        var there = PushSubscription.Of(db, order.Id);
        if (there.Count >= PushSubscription.Most && there.All(one => one.Endpoint != wanted.Endpoint))
            return Refusal.Invalid(
                "endpoint", $"This order is told on {PushSubscription.Most} devices already. Switch it off on one of them first.");
        if (Destination.OfMerchant(db, DestinationKind.Push, order.MerchantId).Count == 0)
            Destination.Make(db, DestinationKind.Push, order.MerchantId, nameof(OrderStatusUpdated), stores: null, now);
        wanted.Put(db, now);
        return null;
    }

    /// <remarks>The body is the same as for the other; only <c>endpoint</c> is read. What is not there is not told either: 204.</remarks>
    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        string public_id, [FromBody] Body body, Database database, HttpContext http, UnknownIds unknown)
    {
        var fields = new Fields();
        var endpoint = fields.Text("endpoint", body.Endpoint, 2000);
        if (fields.Refusal is { } invalid)
            return invalid.ToHttp();
        if (database.Read(db => Find(db, public_id)) is not { } order)
            return unknown.Count(http).ToHttp();
        await database.WriteAsync(db =>
        {
            PushSubscription.Remove(db, order.Id, endpoint);
            return true;
        });
        return TypedResults.NoContent();
    }

    private static Order? Find(DbConnection db, string publicId) => PublicId.Normalise(publicId) is { } id
        ? db.QueryRow($"SELECT {Order.Columns} FROM orders WHERE public_id = @id", new { id }, Order.Read)
        : null;
}
