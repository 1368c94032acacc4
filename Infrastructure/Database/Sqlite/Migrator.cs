using System.Data.Common;
using System.Reflection;
using Dapper;
using FluentMigrator.Runner;
using FluentMigrator.Runner.Infrastructure;
using FluentMigrator.Runner.Initialization;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Brings the database file up to the newest of <c>Migrations/</c>, and makes the file where there is none. A kill in
/// between leaves the old file or the new one.
/// </summary>
internal static class Migrator
{
    /// <summary>The number of the newest one. Written here, so that a start need not search all types for it.</summary>
    internal const long Newest = 25;

    private const int PageSize = 2048; // bytes, of a new file; others keep theirs

    /// <summary>The schema that a new file gets: what <see cref="SchemaOf"/> says of any other that is up to date.</summary>
    public static readonly Lazy<IReadOnlyDictionary<string, (string Type, string Sql)>> NewestSchema = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("storeflow-schema-");
        try
        {
            var file = Path.Combine(folder.FullName, SqliteDatabase.FileName);
            MigrateUp(file);
            using var db = SqliteDatabase.Open(file);
            return SchemaOf(db);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    });

    /// <summary>Everything in the schema that has a definition, by its name.</summary>
    public static IReadOnlyDictionary<string, (string Type, string Sql)> SchemaOf(DbConnection db) =>
        db.Query<(string Name, string Type, string Sql)>("SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL")
            .ToDictionary(entry => entry.Name, entry => (entry.Type, entry.Sql));

    /// <summary>Migrates the file; the caller holds the <see cref="DirectoryLock"/>.</summary>
    /// <exception cref="UnusableException">The file is not one that this program may work on.</exception>
    public static void MigrateUp(string file) => MigrateUp(file, Newest, typeof(Migrator).Assembly);

    /// <summary>Whether no migration is left to run.</summary>
    /// <exception cref="UnusableException">The file is not one that this program may work on.</exception>
    public static bool IsUpToDate(string file) => IsUpToDate(file, Newest);

    private static bool IsUpToDate(string file, long newest)
    {
        StartupFileCheck.IsOurs(file, newest);
        if (!File.Exists(file))
            return false;
        // Read-only takes no lock: a command beside a busy server would have to wait for one.
        using var db = SqliteDatabase.Open(file, readOnly: true);
        return db.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'VersionInfo')")
            && db.ExecuteScalar<long>("SELECT MAX(Version) FROM VersionInfo") >= newest;
    }

    /// <summary>Migrates up to one of these migrations. Tests stop at an earlier one, or have one more than the product.</summary>
    internal static void MigrateUp(string file, long newest, params Assembly[] migrations)
    {
        if (IsUpToDate(file, newest))
            return;
        if (File.Exists(file))
            Run(file, newest, migrations);
        else
            Make(file, newest, migrations);
    }

    /// <summary>Makes the file under another name and moves it into place once it is complete.</summary>
    private static void Make(string file, long newest, Assembly[] migrations)
    {
        var fresh = $"{file}.new";
        foreach (var leftover in new[] { fresh, $"{fresh}-wal", $"{fresh}-shm", $"{fresh}-journal" })
            File.Delete(leftover);
        PrivateFiles.Open(fresh, FileMode.CreateNew, FileShare.None).Dispose();   // the -wal and -shm files get the same rights
        using (var db = new SqliteConnection(Unpooled(fresh)))
        {
            db.Open();
            // Both are stored in the file. A step changes a few bytes on several pages all over the file, and each page
            // is written whole, twice. Small pages cost half as much (docs/performance.md).
            db.Execute($"PRAGMA page_size = {PageSize}; PRAGMA journal_mode = WAL");
        }
        Run(fresh, newest, migrations);
        using (var db = SqliteDatabase.Open(fresh))
            if (db.ExecuteScalar<bool>("PRAGMA wal_checkpoint(TRUNCATE)"))
                throw new UnusableException($"{fresh} is in use by another program.");
        File.Move(fresh, file);
    }

    private static void Run(string file, long newest, Assembly[] migrations)
    {
        using var services = new ServiceCollection()
            .AddFluentMigratorCore()
            .ConfigureRunner(runner => runner
                .AddSQLite()
                .WithRunnerConventions(Conventions)
                .WithGlobalConnectionString(Unpooled(file))
                .ScanIn(migrations).For.Migrations())
            .Configure<RunnerOptions>(options => options.TransactionPerSession = true)
            .BuildServiceProvider();
        using var scope = services.CreateScope();
        scope.ServiceProvider.GetRequiredService<IMigrationRunner>().MigrateUp(newest);
    }

    /// <summary>FluentMigrator's own, without the migrations of the other engine, which have the same numbers.</summary>
    private static readonly MigrationRunnerConventions Conventions = new()
    {
        TypeIsMigration = type => DefaultMigrationRunnerConventions.Instance.TypeIsMigration(type)
            && type.Namespace != typeof(Migrations.Postgres.M0001_Foundations).Namespace,
    };

    private static string Unpooled(string file) => new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString();
}
