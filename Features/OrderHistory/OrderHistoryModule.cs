using System.Text.Json;
using System.Text.Json.Serialization;
using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.OrderHistory;

/// <summary>Who did what to an order and when (section 7: "all fulfilment actions must be traceable"), oldest first.</summary>
public sealed class OrderHistoryModule : ICarterModule
{
    public sealed record View(IReadOnlyList<Entry> Entries);

    /// <param name="Sequence">The row's number in its store, in commit order.</param>
    /// <param name="Action">What was done.</param>
    /// <param name="Actor">Who did it, by name.</param>
    /// <param name="Timestamp">When, in UTC.</param>
    /// <param name="Version">The order's version from then on.</param>
    /// <param name="Meta">For a step <c>old_status</c> and <c>new_status</c>; what else belongs to it.</param>
    public sealed record Entry(long Sequence, AuditAction Action, string Actor, DateTimeOffset Timestamp, long Version, JsonElement Meta)
    {
        /// <summary>The same as a typed event.</summary>
        [JsonIgnore]
        public AuditEvent Happened => AuditEvent.Read(Action, Meta.GetRawText());
    }

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/orders/{id}/history", Results<Ok<View>, ProblemHttpResult> (long id, Actor actor, Database database) =>
                Find(database, id, actor) is { } view ? TypedResults.Ok(view) : Refusal.NotFound.ToHttp())
            .WithTags("Orders")
            .Describe("GetOrderHistory", "See who did what to an order", Reason.Unauthenticated, Reason.NotFound);

    internal static View? Find(Database database, long id, Actor actor) => database.Read(db => Order.Find(db, id, actor) is null
        ? null
        : new View([.. db.Query<HistoryRow>(Sql, new { id }).Select(row => row.ToEntry())]));

    private const string Sql = $"""
        SELECT a.sequence, a.action, COALESCE(u.name, '{AuditLog.Customer}') AS actor, a.created_at AS timestamp, a.version, a.meta
          FROM audit_log a
          LEFT JOIN users u ON u.id = a.user_id
         WHERE a.entity_id = @id
         ORDER BY a.version
        """;

    private sealed record HistoryRow
    {
        public long Sequence { get; init; }
        public AuditAction Action { get; init; }
        public required string Actor { get; init; }
        public DateTimeOffset Timestamp { get; init; }
        public long Version { get; init; }
        public required string Meta { get; init; }

        public Entry ToEntry() => new(Sequence, Action, Actor, Timestamp, Version, JsonSerializer.Deserialize<JsonElement>(Meta));
    }
}
