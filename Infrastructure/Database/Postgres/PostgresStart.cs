using Dapper;
using Npgsql;

namespace StoreFlow.Infrastructure;

/// <summary>Whether StoreFlow may work on this server and this database. What is wrong is said in a sentence.</summary>
internal static class PostgresStart
{
    private const int Oldest = 15; // major version

    private static readonly string[] Extensions = ["pg_trgm", "unaccent"];

    /// <exception cref="UnusableException">It may not.</exception>
    public static void Prepare(string connectionString, string name, ILogger? log) => Ask(connectionString, name, session =>
    {
        CheckServer(session, name);
        CheckDatabase(session, name);
        if (session.ExecuteScalar<string>("SHOW fsync") is "off")
            log?.LogWarning("PostgreSQL runs with fsync=off: a power cut may lose orders. Switch it on where orders are real.");
        PostgresMigrator.MigrateUp(connectionString, name, session);
        return true;
    });

    /// <summary>Whether the database holds StoreFlow's tables as this release knows them.</summary>
    /// <exception cref="UnusableException">The server cannot be used, or the database is another program's.</exception>
    public static bool HasShops(string connectionString, string name) => Ask(connectionString, name, session =>
    {
        CheckServer(session, name);
        CheckDatabase(session, name);
        return PostgresMigrator.VersionOf(session) == Migrator.Newest;
    });

    /// <summary>Whether somebody's shop is in the database, of whichever release.</summary>
    /// <exception cref="UnusableException">The server cannot be used, or the database is another program's.</exception>
    public static bool HoldsMerchants(string connectionString, string name) => Ask(connectionString, name, session =>
    {
        CheckServer(session, name);
        CheckDatabase(session, name);
        return session.ExecuteScalar<bool>("SELECT to_regclass('public.merchants') IS NOT NULL")
            && session.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM merchants)");
    });

    private static T Ask<T>(string connectionString, string name, Func<NpgsqlConnection, T> question)
    {
        try
        {
            using var session = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, MaxAutoPrepare = 0 }.ToString());
            session.Open();
            return question(session);
        }
        catch (Exception fault) when (CauseOf(fault) is { } cause)
        {
            throw new UnusableException(PostgresFaults.OfStart(cause, name), fault);
        }
    }

    /// <summary>PostgreSQL's own fault, which the migrations wrap into one of theirs.</summary>
    private static NpgsqlException? CauseOf(Exception? fault) =>
        fault is null or UnusableException ? null : fault as NpgsqlException ?? CauseOf(fault.InnerException);

    private static void CheckServer(NpgsqlConnection session, string name)
    {
        if (session.PostgreSqlVersion.Major < Oldest)
            throw new UnusableException(
                $"StoreFlow needs PostgreSQL {Oldest} or newer; {name} runs {session.PostgreSqlVersion.Major}. Upgrade the server.");
        if (session.ExecuteScalar<bool>("SELECT pg_is_in_recovery()"))
            throw new UnusableException($"{name} is a standby, which takes no writes. Name the primary in StoreFlow:Database.");
        if (session.ExecuteScalar<string>("SHOW synchronous_commit") is var commit && commit is not ("on" or "remote_apply"))
            throw new UnusableException(
                $"{name} has synchronous_commit={commit}: an acknowledged order could be lost. Set it to on.");
        if (session.ExecuteScalar<string>("SHOW server_encoding") is var encoding && encoding is not "UTF8")
            throw new UnusableException($"{name} keeps its texts in {encoding}. Make the database with the encoding UTF8.");
        var missing = Extensions.Except(session.Query<string>("SELECT name FROM pg_available_extensions")).ToList();
        if (missing.Count > 0)
            throw new UnusableException(
                $"The PostgreSQL server of {name} lacks {string.Join(" and ", missing)}. Install its contrib package there.");
    }

    private static void CheckDatabase(NpgsqlConnection session, string name)
    {
        var tables = session.Query<string>(
            "SELECT tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')").ToHashSet();
        if (tables.Count == 0)
            return;
        if (!tables.Contains("VersionInfo") || !tables.Contains("audit_log") || !tables.Contains("lifecycle"))
            throw new UnusableException($"{name} holds another program's tables. Give StoreFlow a database of its own.");
        if (PostgresMigrator.VersionOf(session) is { } version && version > Migrator.Newest)
            throw new UnusableException(
                $"{name} is of a newer release of StoreFlow (schema {version}, this one knows {Migrator.Newest}). "
                + "Start the newer release.");
    }
}
