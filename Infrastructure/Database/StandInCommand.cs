using System.Data;
using System.Data.Common;

namespace StoreFlow.Infrastructure;

/// <summary>
/// A command that another one runs: what a connection of our own gives to Dapper, which sets a text and values and executes it.
/// </summary>
internal abstract class StandInCommand(DbConnection owner) : DbCommand
{
    public override int CommandTimeout { get; set; }
    public override CommandType CommandType { get; set; } = CommandType.Text;
    public override bool DesignTimeVisible { get; set; }
    public override UpdateRowSource UpdatedRowSource { get; set; }
    protected override DbConnection? DbConnection { get; set; } = owner;
    protected override DbTransaction? DbTransaction { get; set; }
}
