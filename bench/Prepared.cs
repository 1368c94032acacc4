using Microsoft.Data.Sqlite;

namespace StoreFlow.Bench;

/// <summary>A statement parsed once; its parameters are given in the sequence of their names.</summary>
internal sealed class Prepared : IDisposable
{
    private readonly SqliteCommand _command;

    public Prepared(SqliteConnection db, string sql, params IEnumerable<string> parameters)
    {
        _command = new SqliteCommand(sql, db);
        foreach (var name in parameters)
            _command.Parameters.Add(new SqliteParameter(name, null));
        _command.Prepare();
    }

    public int Run(params ReadOnlySpan<object?> values)
    {
        Set(values);
        return _command.ExecuteNonQuery();
    }

    public T Read<T>(params ReadOnlySpan<object?> values)
    {
        Set(values);
        return (T)_command.ExecuteScalar()!;
    }

    public void Dispose() => _command.Dispose();

    private void Set(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
    }
}
