using System.Diagnostics.Metrics;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Orders;

/// <summary>What is measured of orders: steps and checkouts by their outcome, and how many orders are active and late.</summary>
internal sealed class OrderMetrics : IDisposable
{
    /// <summary>The outcome of a request whose idempotency key was answered before.</summary>
    public const string Repeated = "repeated";

    private static readonly Meter Shared = new(Telemetry.Name);
    private static readonly Counter<long> Steps = Shared.CreateCounter<long>("storeflow.steps", description: "Steps by their outcome");
    private static readonly Counter<long> Conflicts = Shared.CreateCounter<long>(
        "storeflow.conflicts", description: "Steps that somebody else's step, or the lifecycle, was against");
    private static readonly Counter<long> Checkouts = Shared.CreateCounter<long>(
        "storeflow.checkouts", description: "Checkouts by their outcome");

    private readonly Meter _meter = new(Telemetry.Name);

    public OrderMetrics(Database database, TimeProvider clock)
    {
        _meter.CreateObservableGauge(
            "storeflow.orders.active", () => database.Read(db => db.ExecuteScalar<long>(ActiveSql)), description: "Unfinished orders");
        _meter.CreateObservableGauge(
            "storeflow.orders.late", () => database.Read(db => db.ExecuteScalar<long>(LateSql, new { now = clock.Now() })),
            description: "Orders that are neither ready nor sent though their promise has passed");
    }

    /// <param name="step">The step's name.</param>
    /// <param name="outcome">What came of it, or null where <paramref name="refusal"/> tells.</param>
    /// <param name="refusal">Why it was refused.</param>
    public static void CountStep(string step, string? outcome, Reason? refusal)
    {
        var isConflict = refusal is Reason.OrderStale or Reason.TransitionNotAllowed;
        Steps.Add(1, new("step", step), new("outcome", outcome ?? (isConflict ? "conflict" : "refused")));
        if (isConflict)
            Conflicts.Add(1, new KeyValuePair<string, object?>("reason", Names.Of(refusal!.Value)));
    }

    public static void CountCheckout(OrderSource source, string outcome) =>
        Checkouts.Add(1, new("source", source is OrderSource.Counter ? "counter" : "web"), new("outcome", outcome));

    /// <summary>The outcome of what ended with this exception.</summary>
    public static string OutcomeOf(Exception fault) => fault is BusyException ? "busy" : "failed";

    public void Dispose() => _meter.Dispose();

    private static readonly string ActiveSql = $"SELECT COUNT(*) FROM orders WHERE status IN ({Sql(Lifecycle.Active)})";

    private static readonly string LateSql =
        $"SELECT COUNT(*) FROM orders WHERE status IN ({Sql(Lifecycle.Due)}) AND promised_at < @now";

    private static string Sql(IEnumerable<OrderStatus> statuses) => string.Join(", ", statuses.Select(status => $"'{Names.Of(status)}'"));
}
