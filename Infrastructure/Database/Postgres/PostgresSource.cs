using Npgsql;

namespace StoreFlow.Infrastructure;

/// <summary>Makes connections from <c>StoreFlow:Database</c>, with the bounds that keep an outage from becoming a hang.</summary>
internal static class PostgresSource
{
    /// <summary>How long it may take to connect.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const int Connections = 30; // of one node, unless the setting says more: three nodes fit into PostgreSQL's usual 100

    private const int LeastConnections = 4; // a write may need one more to read by

    /// <summary>The setting with StoreFlow's own bounds where it has none.</summary>
    /// <exception cref="UnusableException">It is no connection string.</exception>
    public static NpgsqlConnectionStringBuilder Read(string setting)
    {
        var given = Parse(setting);
        if (given.Host is not { Length: > 0 } || given.Database is not { Length: > 0 })
            throw new UnusableException(
                "StoreFlow:Database must name a server and a database, as in Host=localhost;Database=storeflow;Username=storeflow.");
        Default("Maximum Pool Size", Connections);
        if (given.Pooling && given.MaxPoolSize < LeastConnections)
            throw new UnusableException($"StoreFlow:Database must allow a Maximum Pool Size of {LeastConnections} or more.");
        given.Timeout = (int)Patience.TotalSeconds; // to connect or to get a connection of the pool
        Default("Command Timeout", 20);     // seconds; longer than statement_timeout, so that the server is the one that ends a statement
        Default("Keepalive", 10);           // seconds
        Default("Max Auto Prepare", 200);   // the slices' statements, each planned once for a connection
        Default("Auto Prepare Min Usages", 2);
        Default("No Reset On Close", true); // no session of the pool changes its own settings or holds anything
        Default("Application Name", "StoreFlow");
        Default("Include Error Detail", false);
        if (given.Host.Contains(','))
            Default("Target Session Attributes", "primary");
        // Milliseconds. A statement that waits for a lock in vain is refused as busy.
        given.Options = $"{given.Options} -c lock_timeout=5000 -c statement_timeout=15000 -c idle_in_transaction_session_timeout=30000"
            // Each statement reads a few rows by an index; without its values, a page of the log would be planned to be read in parallel.
            + " -c max_parallel_workers_per_gather=0";
        given.Options = given.Options.Trim();
        return given;

        void Default(string name, object value)
        {
            if (!given.ShouldSerialize(name)) // ContainsKey says yes to every name that there is
                given[name] = value;
        }
    }

    /// <summary>The server and the database, for messages.</summary>
    public static string NameOf(NpgsqlConnectionStringBuilder settings) =>
        $"{settings.Database} on {settings.Host}{(settings.Host!.Contains(':') ? "" : $":{settings.Port}")}";

    private static NpgsqlConnectionStringBuilder Parse(string setting)
    {
        try
        {
            return new(setting);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or KeyNotFoundException)
        {
            // The fault's own message may repeat a part of the setting, which has a password.
            throw new UnusableException(
                "StoreFlow:Database is no PostgreSQL connection string, as in Host=localhost;Database=storeflow;Username=storeflow.");
        }
    }
}
