using System.Data.Common;
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

    /// <summary>The schema that a new file gets: what <see cref="SchemaOf"/> says of any other that is up to date.</summary>
    public static readonly Lazy<IReadOnlyDictionary<string, (string Type, string Sql)>> NewestSchema = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("storeflow-schema-");
        try
        {
            var file = Path.Combine(folder.FullName, Database.FileName);
            MigrateUp(file);
            using var db = Database.Open(file);
            return SchemaOf(db);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    });

    /// <summary>All that has a definition, by its name.</summary>
    public static IReadOnlyDictionary<string, (string Type, string Sql)> SchemaOf(DbConnection db) =>
        db.Query<(string Name, string Type, string Sql)>("SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL")
            .ToDictionary(entry => entry.Name, entry => (entry.Type, entry.Sql));

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
