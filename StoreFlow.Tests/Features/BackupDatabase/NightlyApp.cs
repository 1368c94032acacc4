using Microsoft.Extensions.Time.Testing;

namespace StoreFlow.Tests.Features.BackupDatabase;

/// <summary>The server with its log, and with a clock that stands still until a test lets nights pass.</summary>
internal sealed class NightlyApp(DateTimeOffset? start = null, params (string Name, string Value)[] settings) : LoggedApp
{
    public FakeTimeProvider Time { get; } = new(start ?? StoppedClockApp.Start);

    protected override TimeProvider Clock => Time;

    protected override Dictionary<string, string> Settings => settings.ToDictionary(setting => setting.Name, setting => setting.Value);

    /// <summary>The names in the folder of the copies; it need not be there.</summary>
    public string[] Copies
    {
        get
        {
            var folder = Path.Combine(Folder, "backups");
            return Directory.Exists(folder)
                ? [.. Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)!]
                : [];
        }
    }

    /// <summary>Lets the time until then pass at once.</summary>
    public void PassTo(DateTimeOffset then) => Time.Advance(then - Time.GetUtcNow());

    /// <summary>Lets minutes pass until this holds.</summary>
    public Task Passes(Func<bool> condition, string otherwise) => Eventually.Holds(() =>
    {
        if (condition())
            return true;
        Time.Advance(TimeSpan.FromMinutes(1));
        return false;
    }, otherwise);
}
