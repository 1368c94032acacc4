using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StoreFlow.Features.Dashboard;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.BackupDatabase;

/// <summary>The server's own copies: each night one that can be restored, kept for so many days and weeks, or a warning.</summary>
[Trait("Engine", "Sqlite")]
public sealed class NightlyTests
{
    private static readonly DateTimeOffset FirstNight = new(2026, 11, 23, 3, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task Each_night_leaves_a_copy_that_restores_the_shop_and_readyz_tells_of_it()
    {
        await using var app = new NightlyApp();
        await app.PlaceOrders(3);
        Assert.Equal((null, false), await Ready(app));
        app.PassTo(FirstNight.AddMinutes(-1));
        Assert.Empty(app.Copies);   // a fresh shop has nothing of yesterday
        await app.Passes(() => Finished(app).Length == 1, "The first night left no copy.");
        app.PassTo(FirstNight.AddDays(1).AddMinutes(-1));
        await app.Passes(() => Finished(app).Length == 2, "The second night left no copy.");

        Assert.Equal(2, app.Copies.Length);
        foreach (var (night, copy) in app.Copies.Index())
            Assert.InRange(MadeAt(copy), FirstNight.AddDays(night), FirstNight.AddDays(night).AddHours(3));
        await Eventually.Holds(async () => await Ready(app) == (MadeAt(app.Copies[1]), false), "/readyz did not tell of the copy.");

        using var restored = new TestFolder();
        var (exit, _, error) = await StoreFlowProcess.Run(restored.Path, "restore", Path.Combine(app.Folder, "backups", app.Copies[1]));
        Assert.Equal((0, ""), (exit, error));
        Assert.Equal(3, DatabaseFile.Read(restored.Database, db => db.ExecuteScalar<long>("SELECT COUNT(*) FROM orders")));
        Assert.DoesNotContain(app.Logged, line => line.Contains("backup", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_time_is_the_machines_own()
    {
        await using var app = new NightlyApp(settings: ("StoreFlow:Backup:At", "23:45"));
        app.Time.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(9), "test", "test"));
        app.Started();
        await app.Passes(() => Finished(app).Length == 1, "No copy was made.");
        var due = new DateTimeOffset(2026, 11, 22, 23, 45, 0, TimeSpan.FromHours(9));
        Assert.InRange(MadeAt(app.Copies[0]), due, due.AddHours(3));
    }

    [Fact]
    public async Task Nights_on_which_the_server_was_off_are_made_up_for_by_one_copy_soon_after_the_start()
    {
        await using var before = new NightlyApp();
        await before.PlaceOrders(1);
        var start = StoppedClockApp.Start.AddDays(3);
        await using var app = new NightlyApp(start);
        using (var db = before.OpenDatabase())
            db.Execute("VACUUM INTO @copy", new { copy = Path.Combine(app.Folder, "storeflow.db") });

        Assert.Equal((null, true), await Ready(app));
        await app.Passes(() => Finished(app).Length > 0, "No copy was made.");
        Assert.InRange(MadeAt(Assert.Single(app.Copies)), start, start.AddHours(3));
        await Eventually.Holds(async () => await Ready(app) == (MadeAt(app.Copies[0]), false), "/readyz did not tell of the copy.");
    }

    [Fact]
    public async Task The_newest_of_fourteen_days_and_of_eight_weeks_are_kept_and_nothing_of_anybody_else_is_deleted()
    {
        await using var app = new NightlyApp();
        var folder = Directory.CreateDirectory(Path.Combine(app.Folder, "backups")).FullName;
        for (var day = 1; day <= 100; day++)
            foreach (var time in new[] { "033000", "140000" })
                File.WriteAllText(Path.Combine(folder, $"storeflow-{FirstNight.AddDays(-day):yyyyMMdd}-{time}Z.db"), "");
        string[] others =
        [
            "storeflow.db", "storeflow-20250101.db", "my-storeflow-20250101-033000Z.db", "storeflow-20250101-033000Z.db.gz",
            "storeflow-20259901-033000Z.db", "notes.txt", "notes.txt.new", "before-migration-to-9-20250101-033000Z.db",
        ];
        string[] leftovers =
        [
            "storeflow-20261101-033000Z.db.new", "storeflow-20261101-033000Z.db.new-journal",
            "before-migration-to-9-20261101-033000Z.db.new",
        ];
        foreach (var name in others.Concat(leftovers))
            File.WriteAllText(Path.Combine(folder, name), "");
        Directory.CreateDirectory(Path.Combine(folder, "storeflow-20250102-033000Z.db"));
        app.Started();

        app.PassTo(FirstNight.AddMinutes(-1));
        await app.Passes(() => app.Copies.Count(IsNightly) < 30, "Nothing was deleted.");

        var made = Assert.Single(app.Copies, copy => IsNightly(copy) && MadeAt(copy) >= FirstNight);
        // Monday 23 November and the thirteen days before; then the Sundays of the weeks before those, which the days do not cover.
        var days = Enumerable.Range(1, 13).Select(day => FirstNight.AddDays(-day));
        var sundays = Enumerable.Range(0, 7).Select(week => FirstNight.AddDays(-1 - 7 * week));
        Assert.Equal(
            days.Union(sundays).Select(day => $"storeflow-{day:yyyyMMdd}-140000Z.db").Append(made)
                .Append("storeflow-20250102-033000Z.db").Order(StringComparer.Ordinal),
            app.Copies.Where(IsNightly));
        Assert.Equal(others.Where(name => !IsNightly(name)).Order(StringComparer.Ordinal), app.Copies.Where(name => !IsNightly(name)));
    }

    [Fact]
    public async Task A_night_that_fails_is_told_and_tried_again_an_hour_later()
    {
        using var disk = new TestFolder();
        var folder = Path.Combine(disk.Path, "backups");
        await using var app = new NightlyApp(settings: ("StoreFlow:Backup:Directory", folder));
        app.Started();
        app.PassTo(FirstNight.AddMinutes(-1));
        await app.Passes(() => app.Logged.Any(line => line.Contains(
            $"The nightly backup failed and is tried again in an hour. There is no folder {folder}. Make it, or mount the disk",
            StringComparison.Ordinal)), "Nobody was told.");
        Assert.Equal((null, false), await Ready(app));
        Assert.Empty(Directory.EnumerateFileSystemEntries(disk.Path));  // a disk that is not mounted is not filled below its mount point
        var failed = app.Services.GetRequiredService<Backups>().State.LastTryAt!.Value;

        Directory.CreateDirectory(folder);
        await app.Passes(() => Directory.EnumerateFiles(folder, "*.db").Any(), "It was not tried again.");
        Assert.InRange(
            MadeAt(Path.GetFileName(Directory.EnumerateFiles(folder).Single())), failed.AddHours(1).AddSeconds(-1), failed.AddHours(4));
    }

    [Fact]
    public async Task Orders_that_are_not_what_their_log_says_make_no_good_copy_but_one_is_kept()
    {
        await using var app = new NightlyApp();
        await app.PlaceOrders(2);
        using (var db = app.OpenDatabase())
            db.Execute("UPDATE orders SET accepted_at = 5, status = 'accepted', version = 2 WHERE id = 1");
        app.PassTo(FirstNight.AddMinutes(-1));
        await app.Passes(
            () => app.Logged.Any(line => line.Contains("The nightly backup failed", StringComparison.Ordinal)), "Nobody was told.");

        Assert.Contains(app.Logged, line => line.Contains("is not sound: Order 1: ", StringComparison.Ordinal));
        Assert.EndsWith("Z.db.unsound", Assert.Single(app.Copies), StringComparison.Ordinal);
        Assert.Equal((null, false), await Ready(app));
    }

    [Fact]
    public async Task The_owner_reads_one_sentence_and_a_warning_once_it_is_old()
    {
        using var disk = new TestFolder();
        var folder = Directory.CreateDirectory(Path.Combine(disk.Path, "backups")).FullName;
        await using var app = new NightlyApp(settings: ("StoreFlow:Backup:Directory", folder));
        app.Started();
        Assert.Contains("The first backup is made in the coming night.", await Notice(app), StringComparison.Ordinal);
        app.PassTo(FirstNight.AddMinutes(-1));
        await app.Passes(() => Directory.EnumerateFiles(folder, "*.db").Any(), "No copy was made.");
        await Eventually.Holds(async () => (await Ready(app)).LastBackupAt is not null, "/readyz did not tell of the copy.");
        Assert.Matches(@"The last good backup is from Mon 23 Nov, 0[3-6]:\d\d\.", await Notice(app));
        Assert.Equal("", (await Notice(app, onlyTrouble: true)).Trim());

        Directory.Delete(folder, recursive: true);
        app.PassTo(FirstNight.AddDays(1).AddHours(18));
        await Eventually.Holds(async () => await Ready(app) == (null, true), "/readyz did not say that it is old.");
        await app.Passes(() => app.Services.GetRequiredService<Backups>().State.Fault is not null, "The fault was not noted.");
        foreach (var onlyTrouble in new[] { true, false })
            Assert.Contains(
                $"There is no backup of the shop yet. There is no folder {folder}.",
                await Notice(app, onlyTrouble), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Never_is_never_and_no_reason_for_a_warning()
    {
        await using var app = new NightlyApp(settings: ("StoreFlow:Backup:At", "never"));
        app.Started();
        app.Time.Jump(TimeSpan.FromDays(10));
        Assert.Equal((null, false), await Ready(app));
        Assert.Contains("The server makes no backups by itself.", await Notice(app), StringComparison.Ordinal);
        Assert.Empty(app.Copies);
    }

    private static string[] Finished(NightlyApp app) => [.. app.Copies.Where(IsNightly)];

    private static bool IsNightly(string name) => name.StartsWith("storeflow-20", StringComparison.Ordinal)
        && name.EndsWith("Z.db", StringComparison.Ordinal) && !name.Contains("9901", StringComparison.Ordinal);

    private static DateTimeOffset MadeAt(string name) => DateTimeOffset.ParseExact(
        name, "'storeflow-'yyyyMMdd-HHmmss'Z.db'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static async Task<(DateTimeOffset? LastBackupAt, bool IsOld)> Ready(StoreFlowApp app)
    {
        var (status, body) = await app.As(null).Get("/readyz");
        Assert.Equal((200, "ready"), (status, body.Text("status")));
        var last = body.GetProperty("last_backup_at");
        return (last.ValueKind == System.Text.Json.JsonValueKind.Null ? null : Whole(last.GetDateTimeOffset()),
            body.GetProperty("backup_is_old").GetBoolean());
    }

    /// <summary>To the second, as the names have it.</summary>
    private static DateTimeOffset Whole(DateTimeOffset at) => DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());

    private static async Task<string> Notice(StoreFlowApp app, bool onlyTrouble = false)
    {
        await using var scope = app.Services.CreateAsyncScope();
        await using var renderer = new HtmlRenderer(scope.ServiceProvider, scope.ServiceProvider.GetRequiredService<ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var html = await renderer.RenderComponentAsync<BackupNotice>(ParameterView.FromDictionary(
                new Dictionary<string, object?> { [nameof(BackupNotice.OnlyTrouble)] = onlyTrouble }));
            return System.Net.WebUtility.HtmlDecode(html.ToHtmlString());
        });
    }
}
