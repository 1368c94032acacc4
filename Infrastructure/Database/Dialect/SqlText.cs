using System.Data.Common;

namespace StoreFlow.Infrastructure;

/// <summary>A statement with fragments of the <see cref="Dialect"/> in it, put together once for each engine.</summary>
public sealed class SqlText(Func<Dialect, string> text)
{
    private readonly string _sqlite = text(Dialect.Sqlite);
    private readonly string _postgres = text(Dialect.Postgres);

    /// <summary>The statement as this connection's engine takes it.</summary>
    public string On(DbConnection db) => Dialect.Of(db) == Dialect.Sqlite ? _sqlite : _postgres;
}
