using System.Collections.Concurrent;
using System.Text.Json;
using CsCheck;
using Dapper;
using StoreFlow.Tests.Docs;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Features.Orders.Specification;

/// <summary>
/// The specification's sentences hold in every state that an order can get to, each is needed, and the server takes every
/// transition as the model does.
/// </summary>
public sealed class OrderSpecTests(StoreFlowApp app, ITestOutputHelper output) : IClassFixture<StoreFlowApp>
{
    [Theory]
    [InlineData("pickup")]
    [InlineData("shipping")]
    public void Every_requirement_holds_in_every_state_of_an_order(string type)
    {
        var report = OrderSpec.Of(type).Exhaustive(output.WriteLine);
        Assert.True(report.Closed);
        Assert.Empty(report.NeverTriggered);
        Assert.Empty(report.NeverFired);
    }

    [Theory]
    [InlineData("pickup")]
    [InlineData("shipping")]
    public void Every_requirement_catches_the_fault_that_is_meant_for_it(string type)
    {
        var report = OrderSpec.WithFaults(type).Faults(output.WriteLine);
        Assert.All(OrderSpec.FaultsOf(type), fault => Assert.Equal(fault.Requirement, report.CaughtBy(fault.Requirement)));
        Assert.Empty(report.Unexercised);
    }

    [Theory]
    [InlineData("pickup")]
    [InlineData("shipping")]
    public void The_server_takes_every_transition_as_the_model_does(string type)
    {
        var report = OrderSpec.Of(type).ConformExhaustive(
            () => new Led(new(() => NewOrder(type))), Differs, output.WriteLine, clone: order => new Led(order.Place));
        Assert.Equal(report.Transitions, report.ConformedTransitions);
    }

    [Fact]
    public void The_design_has_its_picture()
    {
        var picture = OrderSpec.Picture();
        output.WriteLine(picture);
        Assert.Contains($"```mermaid\n{picture}\n```", Repository.Read("docs/design.md"), StringComparison.Ordinal);
    }

    private long NewOrder(string type) => app.PendingOrder(type).GetAwaiter().GetResult().Number("id");

    /// <summary>An order at a place of its way; the next step leads it to another.</summary>
    private sealed class Led(Place place)
    {
        public Place Place { get; set; } = place;
    }

    /// <summary>
    /// A place that orders are led to, always by the same steps. An order that was refused something there is as it was and is
    /// asked the next thing; where there is none, another is led there.
    /// </summary>
    private sealed class Place(Func<long> lead)
    {
        private readonly ConcurrentBag<long> _orders = [];

        public long Take() => _orders.TryTake(out var id) ? id : lead();

        public void Leave(long id) => _orders.Add(id);
    }

    /// <summary>Asks the server what the model was asked; how the answer or the order differs, or null.</summary>
    private string? Differs(Led order, Transition<OrderModel> transition)
    {
        var from = order.Place;
        var id = from.Take();
        if (Differs(id, transition) is { } difference)
            return difference;
        if (transition.After.Last!.IsDone)
            order.Place = new(() => Again(from.Take(), transition));
        order.Place.Leave(id);
        return null;
    }

    private long Again(long id, Transition<OrderModel> step) =>
        Differs(id, step) is { } difference ? throw new InvalidOperationException($"Done once and not again: {difference}") : id;

    private string? Differs(long id, Transition<OrderModel> transition)
    {
        var (before, after) = (transition.Before, transition.After);
        var (who, command, status, code, _, _) = after.Last!;
        var (answered, body) = app.As(who.Token)
            .Send(command.Method, $"/orders/{id}/{command.Route}", command.Body(before.Version))
            .GetAwaiter().GetResult();
        var (expected, got) = ($"{status} {code}", $"{answered} {(answered == 200 ? null : body.Text("code"))}");
        if (expected != got)
            return $"The answer is {got}, not {expected}: {body}";
        if (answered == 200 && Of(body) is var told && told != after)
            return $"The answer shows {Describe(told)}, not {Describe(after)}.";
        var (kept, auditRows) = Kept(id);
        if (kept != after || kept.Version != after.Version)
            return $"The database has {Describe(kept)}, not {Describe(after)}.";
        return auditRows == after.Version ? null : $"There are {auditRows} audit rows for version {after.Version}.";
    }

    private (OrderModel Order, long AuditRows) Kept(long id)
    {
        using var db = app.OpenDatabase();
        var row = db.QuerySingle("""
            SELECT o.fulfilment_type AS type, o.store_id AS store, o.status, o.shipping_status, o.tracking_code, o.version,
                   o.accepted_at, o.ready_at, o.completed_at, (SELECT COUNT(*) FROM audit_log a WHERE a.entity_id = o.id) AS rows
              FROM orders o WHERE o.id = @id
            """, new { id });
        return (new OrderModel((string)row.type, (long)row.store)
        {
            Status = row.status,
            ShippingStatus = row.shipping_status,
            TrackingCode = row.tracking_code,
            IsAccepted = row.accepted_at is not null,
            IsReady = row.ready_at is not null,
            IsCompleted = row.completed_at is not null,
            Version = row.version,
        }, (long)row.rows);
    }

    private static OrderModel Of(JsonElement view) => new(view.Text("fulfilment_type"), view.Number("store_id"))
    {
        Status = view.Text("status"),
        ShippingStatus = view.GetProperty("shipping_status").GetString(),
        TrackingCode = view.GetProperty("tracking_code").GetString(),
        IsAccepted = view.GetProperty("accepted_at").ValueKind is JsonValueKind.String,
        IsReady = view.GetProperty("ready_at").ValueKind is JsonValueKind.String,
        IsCompleted = view.GetProperty("completed_at").ValueKind is JsonValueKind.String,
        Version = view.Number("version"),
    };

    private static string Describe(OrderModel order) =>
        $"{order} (version {order.Version}, shipping {order.ShippingStatus}, code {order.TrackingCode}, "
        + $"accepted {order.IsAccepted}, ready {order.IsReady}, completed {order.IsCompleted})";
}
