using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Snapshooter.Xunit;

namespace StoreFlow.Tests;

/// <summary>The only place that uses the snapshot library. A reviewed snapshot says what callers rely on.</summary>
public static partial class Snapshots
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Compares JSON with its snapshot. What differs from run to run (random ids, instants, trace ids) is replaced by the name of
    /// its kind.
    /// </summary>
    public static void Match(JsonElement json, string name) => Match(JsonSerializer.Serialize(json, Readable), name);

    /// <summary>Compares text with its snapshot.</summary>
    public static void Match(string text, string name)
    {
        text = PublicId().Replace(text, "{public_id}");
        text = Reference().Replace(text, "{reference}");
        text = PickupCode().Replace(text, "{code}");
        text = Instant().Replace(text, "{instant}");
        text = TraceId().Replace(text, "{trace_id}");
        Snapshot.Match(text, name);
    }

    [GeneratedRegex("\\b[0-9A-HJKMNP-TV-Z]{26}\\b")]
    private static partial Regex PublicId();

    // Found by its field, because one reference in twenty has no digit that would tell it from a word.
    [GeneratedRegex("(?<=\"reference\": ?\")[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}(?=\")")]
    private static partial Regex Reference();

    [GeneratedRegex("(?<=\"pickup_code\": ?\")[0-9]{4}(?=\")")]
    private static partial Regex PickupCode();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")]
    private static partial Regex Instant();

    [GeneratedRegex("00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]")]
    private static partial Regex TraceId();
}
