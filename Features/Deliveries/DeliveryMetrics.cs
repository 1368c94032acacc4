using System.Diagnostics.Metrics;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Deliveries;

/// <summary>What is measured of deliveries: what came of the tries, and what waits.</summary>
internal sealed class DeliveryMetrics : IDisposable
{
    private static readonly Meter Shared = new(Telemetry.Name);
    private static readonly Counter<long> Tries = Shared.CreateCounter<long>(
        "storeflow.delivery.tries", description: "Tries to tell a destination of an event");

    private readonly Meter _meter = new(Telemetry.Name);

    public DeliveryMetrics(Database database)
    {
        _meter.CreateObservableGauge(
            "storeflow.deliveries.waiting", () => database.Read(db => db.ExecuteScalar<long>(WaitingSql)),
            description: "Deliveries that wait to be sent, or to be tried again");
        _meter.CreateObservableGauge(
            "storeflow.destinations.failing", () => database.Read(db => db.ExecuteScalar<long>(FailingSql)),
            description: "Destinations whose last try failed");
    }

    /// <summary>Counts a try.</summary>
    public static void Tried(DestinationKind kind, bool arrived) =>
        Tries.Add(1, new("kind", Names.Of(kind)), new("outcome", arrived ? "arrived" : "failed"));

    public void Dispose() => _meter.Dispose();

    private const string WaitingSql = """
        SELECT COUNT(*) FROM deliveries d
          JOIN destinations t ON t.id = d.destination_id AND t.active = 1 AND t.removed_at IS NULL
         WHERE d.status = 'waiting'
        """;

    private const string FailingSql =
        "SELECT COUNT(*) FROM destinations WHERE failing_since IS NOT NULL AND active = 1 AND removed_at IS NULL";
}
