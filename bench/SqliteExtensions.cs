using System.Globalization;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Bench;

internal static class SqliteExtensions
{
    public static void Execute(this SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of all rows, as integers.</summary>
    public static List<long> ReadColumn(this SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        using var reader = command.ExecuteReader();
        var values = new List<long>();
        while (reader.Read())
            values.Add(Convert.ToInt64(reader.GetValue(0), CultureInfo.InvariantCulture));
        return values;
    }
}
