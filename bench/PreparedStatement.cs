using Microsoft.Data.Sqlite;

namespace StoreFlow.Bench;

/// <summary>A statement that is parsed once. Its parameters are set in the order of their names.</summary>
internal sealed class PreparedStatement : IDisposable
{
    private readonly SqliteCommand _command;

    public PreparedStatement(SqliteConnection connection, string sql, params IEnumerable<string> parameters)
    {
        _command = new SqliteCommand(sql, connection);
        foreach (var name in parameters)
            _command.Parameters.Add(new SqliteParameter(name, null));
        _command.Prepare();
    }

    /// <summary>Runs the statement and returns the number of changed rows.</summary>
    public int Execute(params ReadOnlySpan<object?> values)
    {
        SetParameters(values);
        return _command.ExecuteNonQuery();
    }

    /// <summary>Runs the statement and returns the first column of its first row.</summary>
    public T ExecuteScalar<T>(params ReadOnlySpan<object?> values)
    {
        SetParameters(values);
        return (T)_command.ExecuteScalar()!;
    }

    public void Dispose() => _command.Dispose();

    private void SetParameters(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
    }
}
