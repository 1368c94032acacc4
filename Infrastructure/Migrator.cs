using System.Reflection;
using Dapper;
using FluentMigrator;
using FluentMigrator.Runner;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Infrastructure;

/// <summary>Brings the database file up to the newest of <c>Migrations/</c>; makes it where there is none.</summary>
internal static class Migrator
{
    private static readonly long Newest = typeof(Migrator).Assembly.GetTypes()
        .Max(type => type.GetCustomAttribute<MigrationAttribute>()?.Version ?? 0);

    public static void MigrateUp(string file)
    {
        // The first connection makes the file and sets its journal mode, which outlives it. Where nothing is left to do,
        // nothing is locked either: a command beside a busy server would wait for the lock.
        using (var db = Database.Open(file))
            if (db.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'VersionInfo')")
                && db.ExecuteScalar<long>("SELECT MAX(Version) FROM VersionInfo") >= Newest)
                return;
        using var services = new ServiceCollection()
            .AddFluentMigratorCore()
            .ConfigureRunner(runner => runner
                .AddSQLite()
                .WithGlobalConnectionString(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString())
                .ScanIn(typeof(Migrator).Assembly).For.Migrations())
            .BuildServiceProvider();
        using var scope = services.CreateScope();
        scope.ServiceProvider.GetRequiredService<IMigrationRunner>().MigrateUp();
    }
}
