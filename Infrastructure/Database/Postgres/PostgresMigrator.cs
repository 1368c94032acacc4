using System.Diagnostics;
using Dapper;
using FluentMigrator.Runner;
using FluentMigrator.Runner.Initialization;
using Npgsql;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Brings a PostgreSQL database up to the newest of <c>Migrations/Postgres/</c>. Of several nodes that start at once one migrates, the
/// others wait for it; nodes of the release before go on meanwhile.
/// </summary>
internal static class PostgresMigrator
{
    private const long Key = 0x53746F72656D6967;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>The number of the last migration that ran; null where none did.</summary>
    public static long? VersionOf(NpgsqlConnection db) =>
        db.ExecuteScalar<bool>("SELECT to_regclass('public.\"VersionInfo\"') IS NOT NULL")
            ? db.ExecuteScalar<long?>("SELECT MAX(\"Version\") FROM \"VersionInfo\"")
            : null;

    /// <summary>Runs what has not run yet, under a lock that only one node holds.</summary>
    /// <exception cref="UnusableException">Another node migrates and does not come to an end.</exception>
    public static void MigrateUp(string connectionString, string name, NpgsqlConnection session)
    {
        // Asked in a loop: to wait in the server would end with the time-out of a lock.
        for (var waited = Stopwatch.StartNew(); !session.ExecuteScalar<bool>($"SELECT pg_try_advisory_lock({Key})"); Thread.Sleep(200))
            if (waited.Elapsed > Patience)
                throw new UnusableException($"Another node has been migrating {name} for five minutes. Look at that node's log.");
        try
        {
            if (VersionOf(session) is not { } version || version < Migrator.Newest)
                Run(connectionString);
        }
        finally
        {
            session.Execute($"SELECT pg_advisory_unlock({Key})");
        }
    }

    private static void Run(string connectionString)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0 };
        unpooled.Options += " -c statement_timeout=0 -c lock_timeout=0";
        using var services = new ServiceCollection()
            .AddFluentMigratorCore()
            .ConfigureRunner(runner => runner
                .AddPostgres()
                .WithGlobalConnectionString(unpooled.ToString())
                .ScanIn(typeof(PostgresMigrator).Assembly).For.Migrations())
            .Configure<TypeFilterOptions>(options => options.Namespace = "StoreFlow.Migrations.Postgres")
            .Configure<RunnerOptions>(options => options.TransactionPerSession = true)
            .BuildServiceProvider();
        using var scope = services.CreateScope();
        scope.ServiceProvider.GetRequiredService<IMigrationRunner>().MigrateUp(Migrator.Newest);
    }
}
