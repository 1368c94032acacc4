using System.Data;
using System.Data.Common;
using Dapper;
using Npgsql;

namespace StoreFlow.Infrastructure;

/// <summary>PostgreSQL as a command uses it.</summary>
internal sealed class PostgresCommands : CommandDatabase
{
    private readonly string _connectionString;

    private PostgresCommands(Settings settings)
    {
        var connection = PostgresSource.Read(settings.Database!);
        connection.Pooling = false;
        connection.MaxAutoPrepare = 0;
        connection.CommandTimeout = 0; // a large shop takes a long time
        connection.Options += " -c statement_timeout=0 -c idle_in_transaction_session_timeout=0";
        Name = PostgresSource.NameOf(connection);
        _connectionString = connection.ToString();
    }

    public override string Name { get; }

    public static new PostgresCommands Open(Settings settings)
    {
        var commands = new PostgresCommands(settings);
        PostgresStart.Prepare(commands._connectionString, commands.Name, log: null);
        return commands;
    }

    public static new PostgresCommands Find(Settings settings)
    {
        var commands = new PostgresCommands(settings);
        return PostgresStart.HasShops(commands._connectionString, commands.Name)
            ? commands
            : throw new UnusableException(
                $"{commands.Name} holds no shop of this release: it is empty, or of an older one. Start this release on it once.");
    }

    /// <summary>The database with its tables made, which hold no shop yet.</summary>
    /// <exception cref="UnusableException">The server cannot be used, or the database holds something. Nothing was changed.</exception>
    public static PostgresCommands OpenEmpty(Settings settings)
    {
        var commands = new PostgresCommands(settings);
        if (PostgresStart.HoldsMerchants(commands._connectionString, commands.Name))
            throw IsFull(commands.Name);
        PostgresStart.Prepare(commands._connectionString, commands.Name, log: null);
        return commands;
    }

    /// <summary>The refusal to put a shop into a database that has one.</summary>
    public static UnusableException IsFull(string name) => new($"{name} holds a shop already. Name an empty database.");

    public override T Write<T>(Func<DbConnection, T> work, bool keep = true)
    {
        using var connection = new NpgsqlConnection(_connectionString);
        connection.Open();
        using var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
        var begun = BegunTransaction.Of(connection, WriteScope.Alone);
        var answer = work(connection);
        if (keep)
        {
            using var pool = new PostgresPool(new(_connectionString));
            begun.Commit(connection, [], pool, _ => Console.Error.WriteLine(
                "PostgreSQL has not confirmed the commit yet, as when its standby is away. It is waited for."));
        }
        return answer;
    }

    public override T Read<T>(Func<DbConnection, T> query)
    {
        using var connection = new NpgsqlConnection(_connectionString);
        connection.Open();
        using var transaction = connection.BeginTransaction(IsolationLevel.RepeatableRead);
        connection.Execute("SET TRANSACTION READ ONLY");
        return query(connection);
    }
}
