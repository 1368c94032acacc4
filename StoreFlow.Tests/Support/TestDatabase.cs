using System.Collections.Concurrent;
using System.Data.Common;
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
    public static bool IsPostgres { get; } = Environment.GetEnvironmentVariable("STOREFLOW_TEST_ENGINE") == "postgres";

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
        var connection = new NpgsqlConnection($"{SettingOf(folder)};Pooling=false");
        connection.Open();
        return connection;
    }

    /// <summary>Gives the room back. SQLite's file goes with its folder.</summary>
    public static void Remove(string folder)
    {
        if (OfFolders.TryRemove(folder, out var database))
            TestPostgres.Shared.Drop(database.Value);
    }

    private static string Of(string folder, Func<string> make) => OfFolders.GetOrAdd(folder, _ => new(make)).Value;
}
