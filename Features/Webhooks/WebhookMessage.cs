using System.Data.Common;
using System.Text;
using System.Text.Json;
using StoreFlow.Features.Orders;

namespace StoreFlow.Features.Webhooks;

/// <summary>The body of a web hook: the event as the staff of the store hear it, in an envelope that says which it is.</summary>
internal static class WebhookMessage
{
    /// <summary>The body for one event of one row of the log; null where the row has no such event.</summary>
    public static byte[]? Read(DbConnection db, long storeId, long sequence, string eventName)
    {
        var rows = Announcement.Read(db, "WHERE a.store_id = @storeId AND a.sequence = @sequence", new { storeId, sequence });
        return rows.SelectMany(row => row.ForStore).FirstOrDefault(told => told.Name == eventName) is { } found
            ? Wrap(found)
            : null;
    }

    /// <summary><c>{"type":...,"timestamp":...,"data":...}</c>, with the event's JSON as it is sent everywhere else.</summary>
    public static byte[] Wrap(Event told)
    {
        using var data = JsonDocument.Parse(told.Json);
        var timestamp = data.RootElement.GetProperty("timestamp").GetString();
        return [.. Encoding.UTF8.GetBytes($$"""{"type":"{{told.Name}}","timestamp":"{{timestamp}}","data":"""), .. told.Json, (byte)'}'];
    }
}
