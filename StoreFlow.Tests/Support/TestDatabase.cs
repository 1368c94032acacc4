using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests;

/// <summary>
/// The database of a test's server: the SQLite file in the server's folder, or, where <c>STOREFLOW_TEST_ENGINE</c> is <c>postgres</c>, a
/// database of its own on a PostgreSQL server that the run has started.
/// </summary>
internal static class TestDatabase
{
    private static readonly ConcurrentDictionary<string, Lazy<string>> OfFolders = new();

    /// <summary>Whether this run is on PostgreSQL.</summary>
#if POSTGRES
    public static bool IsPostgres => true;
#else
    public static bool IsPostgres { get; } = Environment.GetEnvironmentVariable("STOREFLOW_TEST_ENGINE") == "postgres";
#endif

    /// <summary>
    /// What <c>StoreFlow:Database</c> is for a server on this folder; null on SQLite. An empty database is made where there is none.
    /// </summary>
    public static string? SettingOf(string folder) => IsPostgres ? Of(folder, () => TestPostgres.Shared.MakeEmpty()) : null;

    /// <summary>Makes what a server's first start leaves, unless there is a database already.</summary>
    public static void Make(string folder, bool demo)
    {
        if (IsPostgres)
            Of(folder, () => TestPostgres.Shared.MakeMigrated(demo));
        else
            FirstStart.In(folder, demo);
    }

    /// <summary>A connection without any of the server's rules.</summary>
    public static DbConnection Open(string folder)
    {
        if (!IsPostgres)
            return SqliteDatabase.Open(Path.Combine(folder, SqliteDatabase.FileName));
        return TestPostgres.Open(SettingOf(folder)!);
    }

    /// <summary>The columns of a table, and whether each is a number.</summary>
    public static IReadOnlyDictionary<string, bool> ColumnsOf(DbConnection db, string table) => db.Query<(string Name, bool IsNumber)>(
        db is NpgsqlConnection
            ? "SELECT column_name || '', data_type = 'bigint' FROM information_schema.columns " +
              "WHERE table_schema = 'public' AND table_name = @table"
            : "SELECT name, type = 'INTEGER' FROM pragma_table_info(@table)", new { table })
        .ToDictionary(column => column.Name, column => column.IsNumber);

    /// <summary>Whether the database refused by one of its rules, and did not fail for another reason.</summary>
    public static bool IsRefusal(DbException fault) =>
        fault is SqliteException { SqliteErrorCode: 19 } || fault.SqlState?.StartsWith("23", StringComparison.Ordinal) is true;

    public static void DropTrigger(DbConnection db, string trigger, string table) =>
        db.Execute(db is NpgsqlConnection ? $"DROP TRIGGER {trigger} ON {table}" : $"DROP TRIGGER {trigger}");

    /// <summary>The tables of a PostgreSQL database with a row that has a text in it, in whatever case.</summary>
    public static List<string> TablesWith(DbConnection db, string text) =>
    [
        .. db.Query<string>("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
            .Where(table => db.ExecuteScalar<bool>(
                $"SELECT EXISTS (SELECT 1 FROM {table} r WHERE strpos(lower(CAST(r AS TEXT)), lower(@text)) > 0)", new { text })),
    ];

    /// <summary>Gives the room back. SQLite's file goes with its folder.</summary>
    public static void Remove(string folder)
    {
        if (OfFolders.TryRemove(folder, out var database))
            TestPostgres.Shared.Drop(database.Value);
    }

    private static string Of(string folder, Func<string> make) => OfFolders.GetOrAdd(folder, _ => new(make)).Value;
}
