using FluentMigrator.Runner;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Infrastructure;

/// <summary>Brings the database file up to the newest of <c>Migrations/</c>; makes it where there is none.</summary>
internal static class Migrator
{
    public static void MigrateUp(string file)
    {
        using (Database.Open(file))
        {
            // The first connection makes the file and sets its journal mode, which outlives it.
        }
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
