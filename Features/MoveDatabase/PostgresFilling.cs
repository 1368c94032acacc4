using System.Data.Common;
using Dapper;
using Npgsql;
using NpgsqlTypes;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.MoveDatabase;

/// <summary>
/// Fills PostgreSQL's tables from the file within one transaction, which the caller commits. The triggers would refuse orders that are
/// under way, and foreign keys and indexes cost far less when they are made once at the end.
/// </summary>
internal static class PostgresFilling
{
    /// <exception cref="UnusableException">It cannot be filled; nothing has changed once the transaction is undone.</exception>
    public static Copied Fill(
        DbConnection source, DbConnection target, IReadOnlyList<KeyFile> keys, bool isBackup, string name, Action<string> tell)
    {
        var db = (NpgsqlConnection)target;
        PostgresOwnership.KeepServersOff(db, name);
        var tables = MovedTable.Of(source, db);
        var names = string.Join(", ", tables.Select(table => table.Name).Append("store_counters").Append(SharedKeys.Table));

        db.Execute($"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE");
        if (db.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM merchants)"))
            throw PostgresCommands.IsFull(name);
        db.Execute("SET LOCAL maintenance_work_mem = '128MB'");
        var foreignKeys = db.Query<(string Table, string Name, string Sql)>(ForeignKeySql).AsList();
        var indexes = db.Query<(string Name, string Sql)>(IndexSql).AsList();
        foreach (var table in tables)
            db.Execute($"ALTER TABLE {table.Name} DISABLE TRIGGER USER");
        foreach (var key in foreignKeys)
            db.Execute($"ALTER TABLE {key.Table} DROP CONSTRAINT {key.Name}");
        foreach (var index in indexes)
            db.Execute($"DROP INDEX {index.Name}");
        db.Execute($"TRUNCATE {names}"); // rows of the migrations are in the file, too

        var copied = new Copied(tell);
        foreach (var table in tables)
            copied.Note(table, db, Copy(table, source, db));
        Put(keys, db);
        if (isBackup)
            db.Execute(Restoring.SignOutSql);
        db.Execute(CounterSql);
        foreach (var (sequence, table, column) in db.Query<(string, string, string)>(SequenceSql).AsList())
            db.Execute($"SELECT setval('{sequence}', COALESCE(MAX({column}), 1), MAX({column}) IS NOT NULL) FROM {table}");

        tell("Indexes and foreign keys");
        foreach (var index in indexes)
            db.Execute(index.Sql);
        foreach (var key in foreignKeys)
            db.Execute($"ALTER TABLE {key.Table} ADD CONSTRAINT {key.Name} {key.Sql}");
        foreach (var table in tables)
            db.Execute($"ALTER TABLE {table.Name} ENABLE TRIGGER USER");
        db.Execute($"ANALYZE {names}");
        return copied;
    }

    private static long Copy(MovedTable table, DbConnection source, NpgsqlConnection db)
    {
        var types = table.Columns.Select(column => TypeOf(column.Type)).ToArray();
        var copied = 0L;
        using var rows = table.Read(source);
        // FREEZE: the rows are new with their table, so no vacuum has to come back to them.
        using var import = db.BeginBinaryImport($"COPY {table.Name} ({table.ColumnList}) FROM STDIN (FORMAT BINARY, FREEZE)");
        import.Timeout = Timeout.InfiniteTimeSpan;
        for (; rows.Read(); copied++)
        {
            import.StartRow();
            for (var i = 0; i < types.Length; i++)
                Write(import, table.Value(rows, i), types[i]);
        }
        import.Complete();
        return copied;
    }

    /// <summary>Named by its type, a value needs no search for what writes it.</summary>
    private static void Write(NpgsqlBinaryImporter import, object value, NpgsqlDbType type)
    {
        switch (value)
        {
            case long number:
                import.Write(number, type);
                break;
            case string text:
                import.Write(text, type);
                break;
            case byte[] bytes:
                import.Write(bytes, type);
                break;
            case double number:
                import.Write(number, type);
                break;
            default:
                import.WriteNull();
                break;
        }
    }

    private static void Put(IReadOnlyList<KeyFile> keys, NpgsqlConnection db) => db.Execute(
        $"INSERT INTO {SharedKeys.Table} (name, xml, created_at) VALUES (@Name, @Xml, @CreatedAt)", keys);

    private static NpgsqlDbType TypeOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Int64 => NpgsqlDbType.Bigint,
        TypeCode.String => NpgsqlDbType.Text,
        TypeCode.Double => NpgsqlDbType.Double,
        _ => NpgsqlDbType.Bytea,
    };

    private const string ForeignKeySql = """
        SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
          FROM pg_constraint
         WHERE contype = 'f' AND connamespace = 'public'::regnamespace
         ORDER BY oid
        """;

    private const string IndexSql = """
        SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
          FROM pg_index i
          JOIN pg_class c ON c.oid = i.indrelid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'VersionInfo'
           AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
         ORDER BY i.indexrelid
        """;

    private const string CounterSql = """
        INSERT INTO store_counters (store_id, sequence)
        SELECT s.id, COALESCE((SELECT MAX(a.sequence) FROM audit_log a WHERE a.store_id = s.id), 0) FROM stores s
        """;

    private const string SequenceSql = """
        SELECT d.objid::regclass::text, d.refobjid::regclass::text, quote_ident(a.attname)
          FROM pg_depend d
          JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' AND s.relnamespace = 'public'::regnamespace
          JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
         WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
        """;
}
