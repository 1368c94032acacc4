using System.Data.Common;
using Dapper;
using Npgsql;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.MoveDatabase;

/// <summary>Makes an SQLite file from PostgreSQL's tables. It gets its name once it is whole, checked and on the disk.</summary>
internal static class SqliteFilling
{
    private static readonly string[] Companions = ["", "-wal", "-shm", "-journal"];

    /// <param name="file">The file; there is none yet.</param>
    /// <param name="database">The PostgreSQL database.</param>
    /// <param name="check">Says what is wrong in the file, or null.</param>
    /// <param name="tell">Hears how far it is.</param>
    /// <exception cref="IOException">There is no file; the message says why.</exception>
    public static Copied Make(string file, CommandDatabase database, Func<DbConnection, string?> check, Action<string> tell)
    {
        var unfinished = $"{file}{CheckedCopy.Unfinished}";
        Remove(unfinished);
        try
        {
            Migrator.MigrateUp(unfinished);
            var (copied, keys) = database.Read(source => DatabaseFile.Fill(unfinished, db => Fill(source, db, database.Name, tell)));
            tell("Checking");
            if (DatabaseFile.Read(unfinished, check) is { } fault)
                throw new UnusableException(
                    $"The copy was checked and is not sound: {fault} The command verify on {database.Name} tells more.");
            KeyFiles.Write(Path.GetDirectoryName(file)!, keys);
            DurableFiles.Move(unfinished, file);
            return copied;
        }
        finally
        {
            Remove(unfinished);
        }
    }

    private static (Copied Copied, IReadOnlyList<KeyFile> Keys) Fill(DbConnection source, DbConnection db, string name, Action<string> tell)
    {
        PostgresOwnership.KeepServersOff((NpgsqlConnection)source, name);
        var triggers = db.Query<(string Name, string Sql)>(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid").AsList();
        foreach (var trigger in triggers)
            db.Execute($"DROP TRIGGER {trigger.Name}");
        var copied = new Copied(tell);
        foreach (var table in MovedTable.Of(db, source))
        {
            db.Execute($"DELETE FROM {table.Name}"); // rows of the migrations are in PostgreSQL, too
            copied.Note(table, db, Copy(table, source, db));
        }
        tell("The search");
        db.Execute("INSERT INTO order_search (rowid, customer_name) SELECT id, customer_name FROM orders ORDER BY id");
        foreach (var trigger in triggers)
            db.Execute(trigger.Sql);
        return (copied, source.Query<KeyFile>($"SELECT name, xml, created_at FROM {SharedKeys.Table} ORDER BY name").AsList());
    }

    private static long Copy(MovedTable table, DbConnection source, DbConnection db)
    {
        using var insert = db.CreateCommand();
        insert.CommandText = $"INSERT INTO {table.Name} ({table.ColumnList}) " +
            $"VALUES ({string.Join(", ", table.Columns.Select((_, i) => $"@p{i}"))})";
        var values = new List<DbParameter>();
        foreach (var _ in table.Columns)
        {
            var value = insert.CreateParameter();
            value.ParameterName = $"@p{values.Count}";
            insert.Parameters.Add(value);
            values.Add(value);
        }
        var copied = 0L;
        using var rows = table.Read(source);
        for (; rows.Read(); copied++)
        {
            for (var i = 0; i < values.Count; i++)
                values[i].Value = table.Value(rows, i);
            insert.ExecuteNonQuery();
        }
        return copied;
    }

    private static void Remove(string unfinished)
    {
        foreach (var companion in Companions)
            File.Delete($"{unfinished}{companion}");
    }
}
