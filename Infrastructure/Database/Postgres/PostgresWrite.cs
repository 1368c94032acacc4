using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace StoreFlow.Infrastructure;

/// <summary>
/// The connection of one write. What needs no round trip of its own goes with another: the begin with the first command, unless the write
/// runs alone, and a statement that answers nothing with the next command or the commit (<see cref="LaterStatement"/>). So a step has
/// four round trips instead of seven, and the other steps of its store wait for its counter only while its commit gets to disk
/// (docs/performance.md, "PostgreSQL").
/// </summary>
internal sealed class PostgresWrite(NpgsqlConnection connection, WriteScope scope) : DbConnection
{
    private readonly List<NpgsqlBatchCommand> _later = [];

    // A write that runs alone has its turn before its work begins, which may wait for other things than this connection.
    private BegunTransaction? _begun = scope is WriteScope.Alone ? BegunTransaction.Of(connection, scope) : null;
    private bool _isLater;

    /// <summary>Statements that are executed within <paramref name="add"/> wait for the next command, or for the commit.</summary>
    public void ExecuteLater(Action add)
    {
        _isLater = true;
        try
        {
            add();
        }
        finally
        {
            _isLater = false;
        }
    }

    /// <inheritdoc cref="BegunTransaction.Commit"/>
    public void Commit(PostgresPool pool, Action<BusyException> whenLate)
    {
        if (State is not ConnectionState.Open)
            throw PostgresFaults.NoAnswer(); // it was lost while the work did something else: nothing is committed
        if (_later.Count > 0)
            Begin();
        _begun?.Commit(connection, _later, pool, whenLate);
    }

    private void Begin() => _begun ??= BegunTransaction.Of(connection, WriteScope.SideBySide);

    private NpgsqlDataReader Execute(NpgsqlCommand command, CommandBehavior behavior)
    {
        if (_later.Count > 0)
        {
            Begin();
            using var batch = new NpgsqlBatch(connection);
            _later.ForEach(batch.BatchCommands.Add);
            batch.ExecuteNonQuery();
            _later.Clear();
        }
        if (_begun is not null)
            return command.ExecuteReader(behavior);
        command.CommandText = $"{BegunTransaction.BeginSql};\n{command.CommandText}";
        // Dapper's hints are for one result, and this has one more.
        var reader = command.ExecuteReader(behavior & ~(CommandBehavior.SingleResult | CommandBehavior.SingleRow));
        try
        {
            reader.Read();
            _begun = new(reader.GetString(0), reader.GetString(1), reader.GetString(2));
            reader.NextResult();
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    protected override DbCommand CreateDbCommand() => new Command(this, connection.CreateCommand());

    [AllowNull]
    public override string ConnectionString
    {
        get => connection.ConnectionString;
        set => throw new NotSupportedException("A write keeps its connection.");
    }

    public override string Database => connection.Database;
    public override string DataSource => connection.DataSource;
    public override string ServerVersion => connection.ServerVersion;
    public override ConnectionState State => connection.State;

    /// <summary>Dapper calls it where the connection was lost between two statements.</summary>
    public override void Open() => throw PostgresFaults.NoAnswer();

    public override void Close() => throw new NotSupportedException("A write keeps its connection.");

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException("A write keeps its connection.");

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) =>
        throw new NotSupportedException("A write is one transaction.");

    private sealed class Command(PostgresWrite write, NpgsqlCommand command) : StandInCommand(write)
    {
        [AllowNull]
        public override string CommandText
        {
            get => command.CommandText;
            set => command.CommandText = value;
        }

        public override int CommandTimeout
        {
            get => command.CommandTimeout;
            set => command.CommandTimeout = value;
        }

        protected override DbParameterCollection DbParameterCollection => command.Parameters;

        public override void Cancel() => command.Cancel();

        public override void Prepare()
        {
            // Npgsql prepares what is used again by itself.
        }

        public override int ExecuteNonQuery()
        {
            if (write._isLater)
            {
                var later = new NpgsqlBatchCommand(command.CommandText);
                foreach (NpgsqlParameter value in command.Parameters)
                    later.Parameters.Add(value.Clone());
                write._later.Add(later);
                return 0;
            }
            using var reader = write.Execute(command, CommandBehavior.Default);
            reader.Close();
            return reader.RecordsAffected;
        }

        public override object? ExecuteScalar()
        {
            using var reader = write.Execute(command, CommandBehavior.Default);
            return reader.Read() && reader.FieldCount > 0 ? reader.GetValue(0) : null;
        }

        protected override DbParameter CreateDbParameter() => new NpgsqlParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => write.Execute(command, behavior);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                command.Dispose();
            base.Dispose(disposing);
        }
    }
}
