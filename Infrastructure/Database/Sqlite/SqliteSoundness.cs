using System.Data.Common;
using Dapper;

namespace StoreFlow.Infrastructure;

/// <summary>The checks of a file.</summary>
internal sealed class SqliteSoundness : Soundness
{
    public override IEnumerable<string> Integrity(DbConnection db) =>
        db.Query<string>("PRAGMA integrity_check").Where(line => line != "ok").Select(line => $"Integrity check: {line}.");

    public override IEnumerable<string> ForeignKeys(DbConnection db) =>
        db.Query<(string Table, long? Row, string Parent)>("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check ORDER BY 1, 2, 3")
            .Select(row =>
                $"A row of {row.Table}{(row.Row is null ? "" : $", number {row.Row},")} belongs to a row of {row.Parent} " +
                "that does not exist.");

    /// <summary>
    /// Tables, indexes, views and triggers are exactly the ones that the migrations make. Others may exist beside them,
    /// except triggers, which could change what a step writes.
    /// </summary>
    public override IEnumerable<string> Schema(DbConnection db)
    {
        var found = Migrator.SchemaOf(db);
        foreach (var (name, (type, sql)) in Migrator.NewestSchema.Value)
            if (!found.TryGetValue(name, out var there))
                yield return $"The {type} {name} is missing.";
            else if (there != (type, sql))
                yield return $"The {type} {name} is not as the migrations make it.";
        foreach (var (name, (type, _)) in found)
            if (type == "trigger" && !Migrator.NewestSchema.Value.ContainsKey(name))
                yield return $"The trigger {name} is not of the migrations.";
    }

    /// <summary>Every order can be found by its name. The check of the file also covers the index's own structure.</summary>
    public override IEnumerable<string> Search(DbConnection db) =>
        db.Query<long>("SELECT id FROM orders EXCEPT SELECT id FROM order_search_docsize")
            .Select(id => $"Order {id}: the search index does not have it.")
            .Concat(db.Query<long>("SELECT id FROM order_search_docsize EXCEPT SELECT id FROM orders")
                .Select(id => $"Order {id}: only the search index has it."));
}
