using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using StoreFlow.Infrastructure;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// A migration that is killed before any one of its writes, syncs or renames leaves the schema that was there or the next
/// one, never one between; the next start completes it. The next release is made up: it has one migration more.
/// </summary>
public sealed class MigrationKillTests(ITestOutputHelper output) : IDisposable
{
    private readonly TestFolder _folder = new();
    private byte[]? _old;

    /// <summary>0 is a folder without a file.</summary>
    [SkippableTheory]
    [InlineData(0)]
    [InlineData(Migrator.Newest)]
    public async Task Killed_at_any_step_it_is_old_or_new_and_the_next_start_completes_it(long released)
    {
        var disk = new BadDisk(_folder);
        var old = Begin(released);
        var count = Path.Combine(_folder.Path, "count");
        Assert.Equal((0, ""), await Migrate(disk, ("FAULTS_COUNT", count)));
        var (steps, newest) = (int.Parse(await File.ReadAllTextAsync(count), CultureInfo.InvariantCulture), Schema());
        Assert.NotEqual(old, newest);

        var (leftOld, leftNew) = (0, 0);
        foreach (var step in Steps(steps))
        {
            Begin(released);
            var (exit, _) = await Migrate(disk, ("FAULTS_KILL_AT", $"{step}"));
            Assert.Equal(128 + 9, exit);
            var left = Schema();
            Assert.Contains(left, new[] { old, newest });
            _ = left == old ? leftOld++ : leftNew++;

            Assert.Equal((0, ""), await Migrate(disk));
            Assert.Equal(newest, Schema());
        }
        output.WriteLine(
            $"From schema {released}: {steps} steps; of {leftOld + leftNew} kills " +
            $"{leftOld} left the old schema and {leftNew} the new one.");
    }

    private static IEnumerable<int> Steps(int count) => Effort.Long
        ? Enumerable.Range(1, count)
        : [1, count / 4, count / 2, count * 3 / 4, count];

    private async Task<(int Exit, string Error)> Migrate(BadDisk disk, params (string, string)[] settings)
    {
        var under = disk.Under(settings);
        var (exit, _, error) = await StoreFlowProcess.Run(_folder.Path, start =>
        {
            under(start);
            start.ArgumentList[0] = typeof(NextRelease).Assembly.Location;
        }, _folder.Database);
        return (exit, error);
    }

    /// <summary>Puts the folder back to where that schema was the newest, with a merchant in it. Answers its schema.</summary>
    private string Begin(long released)
    {
        foreach (var file in Directory.EnumerateFiles(_folder.Path, "storeflow.db*"))
            File.Delete(file);
        if (_old is not null)
            File.WriteAllBytes(_folder.Database, _old);
        else if (released > 0)
        {
            Migrator.MigrateUp(_folder.Database);
            using (var db = SqliteDatabase.Open(_folder.Database))
                db.Execute("INSERT INTO merchants (code, name, created_at) VALUES ('old', 'Old', 0)");
            _old = File.ReadAllBytes(_folder.Database);
        }
        return Schema();
    }

    /// <summary>All that is in the file: the applied migrations, the schema they made, and the merchants.</summary>
    private string Schema()
    {
        if (!File.Exists(_folder.Database))
            return "";
        using var db = new SqliteConnection($"Data Source={_folder.Database};Mode=ReadOnly;Pooling=False");
        db.Open();
        Assert.Equal("ok", db.ExecuteScalar<string>("PRAGMA integrity_check"));
        return string.Join('\n', db.Query<string>("""
            SELECT sql FROM sqlite_master WHERE sql IS NOT NULL
            UNION ALL SELECT 'applied ' || Version FROM VersionInfo
            UNION ALL SELECT 'merchant ' || code FROM merchants
            ORDER BY 1
            """));
    }

    public void Dispose() => _folder.Dispose();
}
