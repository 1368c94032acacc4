using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Infrastructure;

/// <summary>
/// A connection that keeps every statement it has parsed. Dapper makes a new command for each call, and SQLite would
/// parse the SQL and the triggers it fires each time. Without it a server does half as many steps (docs/performance.md).
/// </summary>
internal sealed class CachingConnection(string connectionString) : SqliteConnection(connectionString)
{
    // The program has a few dozen texts. A query that builds its text at run time would need a limit here.
    private readonly Dictionary<string, SqliteCommand> _idle = [];

    protected override DbCommand CreateDbCommand() => new Command(this);

    protected override void Dispose(bool disposing)
    {
        foreach (var command in _idle.Values)
            command.Dispose();
        _idle.Clear();
        base.Dispose(disposing);
    }

    /// <summary>Stands for the parsed statement of its text, for as long as one call lasts.</summary>
    private sealed class Command(CachingConnection owner) : StandInCommand(owner)
    {
        private SqliteCommand? _statement;

        private SqliteCommand Statement => _statement ?? throw new InvalidOperationException("The command has no text.");

        [AllowNull]
        public override string CommandText
        {
            get => _statement?.CommandText ?? "";
            set
            {
                Release();
                if (!owner._idle.Remove(value!, out _statement))
                    _statement = new SqliteCommand(value, owner);
            }
        }

        protected override DbParameterCollection DbParameterCollection => Statement.Parameters;

        public override void Cancel() => Statement.Cancel();

        public override void Prepare() => Statement.Prepare();

        public override int ExecuteNonQuery() => Statement.ExecuteNonQuery();

        public override object? ExecuteScalar() => Statement.ExecuteScalar();

        protected override DbParameter CreateDbParameter() => new Parameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Statement.ExecuteReader(behavior);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                Release();
            base.Dispose(disposing);
        }

        private void Release()
        {
            if (_statement is not { } statement)
                return;
            _statement = null;
            statement.Parameters.Clear();
            if (!owner._idle.TryAdd(statement.CommandText, statement))
                statement.Dispose();
        }
    }

    /// <summary>
    /// Has the name as the SQL writes it. Dapper gives the bare name, and the driver would try each of SQLite's prefixes.
    /// </summary>
    private sealed class Parameter : SqliteParameter
    {
        private static readonly ConcurrentDictionary<string, string> Names = [];

        [AllowNull]
        public override string ParameterName
        {
            get => base.ParameterName;
            set => base.ParameterName = Names.GetOrAdd(value!, name => name.StartsWith('@') ? name : $"@{name}");
        }
    }
}
