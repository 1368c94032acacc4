using System.Net.Sockets;
using Npgsql;

namespace StoreFlow.Infrastructure;

/// <summary>What keeps the database from serving.</summary>
/// <param name="Why">A sentence for the operator.</param>
/// <param name="ReadsToo">Whether it cannot be read either.</param>
internal sealed record Outage(string Why, bool ReadsToo);

/// <summary>What PostgreSQL's faults mean for a caller.</summary>
internal static class PostgresFaults
{
    /// <summary>Two writes were in each other's way: one of them is undone and can be run again from its beginning.</summary>
    public static bool IsConflict(Exception fault) => fault is PostgresException
    {
        SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation
            or PostgresErrorCodes.FeatureNotSupported // a prepared statement, after a migration by a newer node
    };

    /// <summary>The connection is lost or could not be made.</summary>
    public static bool IsLost(Exception fault) => fault switch
    {
        PostgresException { SqlState: var state } => state.StartsWith("08", StringComparison.Ordinal)
            || state is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
                or PostgresErrorCodes.DatabaseDropped or "25P03" or PostgresErrorCodes.ReadOnlySqlTransaction,
        _ when IsPoolExhausted(fault) => false, // the server answers, but too slowly for so many
        NpgsqlException { InnerException: IOException or SocketException or TimeoutException } => true,
        NpgsqlException => fault.Message.Contains("suitable host", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>The fault of a server that accepts a connection and then says nothing: a lost one.</summary>
    public static NpgsqlException NoAnswer() => new("The server does not answer.", new TimeoutException());

    private static bool IsPoolExhausted(Exception fault) =>
        fault is NpgsqlException and not PostgresException && fault.Message.Contains("pool has been exhausted", StringComparison.Ordinal);

    /// <summary>Whether the same may work a moment later.</summary>
    public static bool MayPass(Exception fault) => IsLost(fault) || fault is PostgresException
    {
        SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable
            or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.DiskFull
            or PostgresErrorCodes.OutOfMemory
    } || IsPoolExhausted(fault);

    /// <summary>Null where the fault is no outage.</summary>
    public static Outage? OutageOf(Exception fault) => fault switch
    {
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } =>
            new("This PostgreSQL server is a standby, which takes no writes. They work again once the primary is back.", ReadsToo: false),
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } =>
            new("The disk of the PostgreSQL server is full. Make room; writes then work again by themselves.", ReadsToo: false),
        _ when IsLost(fault) =>
            new("The PostgreSQL server cannot be reached. Orders work again by themselves once it is back.", ReadsToo: true),
        _ => null,
    };

    /// <summary>Why a start failed, and what to do. Never with the password.</summary>
    public static string OfStart(Exception fault, string name) => fault switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } wrong =>
            $"PostgreSQL refuses the user or the password for {name}: {wrong.MessageText}. Correct StoreFlow:Database.",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
            $"There is no database {name}. Make it with createdb, owned by StoreFlow's user, or correct StoreFlow:Database.",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } missing =>
            $"StoreFlow's user may not set up {name}: {missing.MessageText}. Make it the owner of the database.",
        _ when IsLost(fault) =>
            $"PostgreSQL cannot be reached for {name}: {(fault.InnerException ?? fault).Message.TrimEnd('.')}. "
            + "Start it, or correct StoreFlow:Database.",
        NpgsqlException { InnerException: { } inner } => $"PostgreSQL cannot be used for {name}: {fault.Message} {inner.Message}",
        _ => $"PostgreSQL cannot be used for {name}: {fault.Message}",
    };
}
