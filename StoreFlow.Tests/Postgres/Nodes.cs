using Microsoft.Extensions.DependencyInjection;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Postgres;

/// <summary>Servers with folders of their own on one PostgreSQL database, which goes with them.</summary>
internal sealed class Nodes : IDisposable
{
    private readonly List<Node> _all = [];

    /// <summary>A database with the demo shop; skips the test where there is no PostgreSQL.</summary>
    public Nodes() => Database = TestPostgres.Shared.MakeMigrated(demo: true);

    /// <summary>What all their <c>StoreFlow:Database</c> says.</summary>
    public string Database { get; }

    /// <summary>One more that serves.</summary>
    /// <param name="clock">The clock that it reads; left out, the system's.</param>
    public StoreFlowApp Start(TimeProvider? clock = null)
    {
        var node = new Node(Database, clock ?? TimeProvider.System);
        lock (_all)
            _all.Add(node);
        return node.Started();
    }

    /// <summary>Whether this one does what must be done once.</summary>
    public static bool Owns(StoreFlowApp node) => node.Services.GetRequiredService<Database>().OwnsBackgroundWork;

    /// <summary>The one that does it, once there is one.</summary>
    public static async Task<StoreFlowApp> Owner(params StoreFlowApp[] nodes)
    {
        await Eventually.Holds(() => nodes.Any(Owns), "No node does the background work.");
        return nodes.Single(Owns);
    }

    public void Dispose()
    {
        foreach (var node in _all)
            node.Dispose();
        TestPostgres.Shared.Drop(Database);
    }

    private sealed class Node(string database, TimeProvider clock) : StoreFlowApp
    {
        protected override TimeProvider Clock => clock;

        protected override Dictionary<string, string> Settings => new()
        {
            ["StoreFlow:Database"] = database,
            ["StoreFlow:Webhooks:AllowPrivateAddresses"] = "true",
        };
    }
}
