using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Infrastructure;

/// <summary>One writer for everyone, which keeps their failures apart, and readers beside it.</summary>
[Trait("Engine", "Sqlite")]
public sealed class DatabaseTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    private readonly Database _database = app.Started().Services.GetRequiredService<Database>();

    [Fact]
    public async Task Every_connection_has_the_pragmas_that_an_acknowledged_step_relies_on()
    {
        var version = await _database.WriteAsync(db => db.ExecuteScalar<string>("SELECT sqlite_version()"));
        Assert.True(Version.Parse(version!) >= new Version(3, 51, 3), version);
        Assert.Equal("wal", await _database.WriteAsync(db => db.ExecuteScalar<string>("PRAGMA journal_mode")));
        Assert.Equal(2, await _database.WriteAsync(db => db.ExecuteScalar<long>("PRAGMA synchronous"))); // FULL
        Assert.Equal(1, await _database.WriteAsync(db => db.ExecuteScalar<long>("PRAGMA foreign_keys")));
        Assert.Equal(1, _database.Read(db => db.ExecuteScalar<long>("PRAGMA foreign_keys")));
    }

    [Fact]
    public async Task A_read_cannot_write_and_a_foreign_key_is_kept()
    {
        var refused = Assert.Throws<SqliteException>(() => _database.Read(db => db.Execute("DELETE FROM store_assignments")));
        Assert.Equal(8, refused.SqliteErrorCode);
        await Assert.ThrowsAsync<SqliteException>(() => _database.WriteAsync(db => db.Execute("DELETE FROM merchants")));
    }

    [Fact]
    public async Task A_write_that_fails_undoes_itself_alone_though_it_shares_its_commit()
    {
        var writes = await WhileTheWriterIsHeld(() => Enumerable.Range(0, 100).Select(i => _database.WriteAsync(db =>
        {
            db.Execute("INSERT INTO merchants (code, name, created_at) VALUES (@code, 'Many', 0)", new { code = $"many-{i}" });
            return i % 3 == 0 ? throw new InvalidOperationException($"No {i}") : i;
        })));

        foreach (var (i, write) in writes.Index())
            if (i % 3 == 0)
                Assert.Equal($"No {i}", (await Assert.ThrowsAsync<InvalidOperationException>(() => write)).Message);
            else
                Assert.Equal(i, await write);
        Assert.Equal(
            Enumerable.Range(0, 100).Where(i => i % 3 != 0).Select(i => $"many-{i}").Order(StringComparer.Ordinal),
            _database.Read(db => db.Query<string>("SELECT code FROM merchants WHERE name = 'Many' ORDER BY code")));
    }

    [Fact]
    public async Task A_write_that_the_database_refuses_leaves_the_others_alone()
    {
        var writes = await WhileTheWriterIsHeld(() => Enumerable.Range(0, 20).Select(_ => _database.WriteAsync(db =>
            db.Execute("INSERT INTO merchants (code, name, created_at) VALUES ('the-same', 'Same', 0)"))));

        var refused = 0;
        foreach (var write in writes)
            refused += await Record.ExceptionAsync(() => write) is SqliteException ? 1 : 0;

        Assert.Equal(19, refused);
        Assert.Equal(1, _database.Read(db => db.ExecuteScalar<long>("SELECT COUNT(*) FROM merchants WHERE code = 'the-same'")));
    }

    [Fact]
    public async Task A_full_queue_is_busy()
    {
        await using var small = new SmallQueueApp();
        var database = small.Started().Services.GetRequiredService<Database>();
        var (held, release) = (new TaskCompletionSource(), new ManualResetEventSlim());
        var first = database.WriteAsync(_ => Hold(held, release));
        await held.Task;
        var waiting = Enumerable.Range(0, 4).Select(_ => database.WriteAsync(_ => true)).ToList();

        await Assert.ThrowsAsync<BusyException>(() => database.WriteAsync(_ => true));
        var (status, problem) = await small.As(null).Post("/checkout", Scenarios.CheckoutBody());

        release.Set();
        Assert.Equal((503, "busy"), (status, problem.Text("code")));
        Assert.All(await Task.WhenAll([first, .. waiting]), Assert.True);
        Assert.Equal(201, (await small.As(null).Post("/checkout", Scenarios.CheckoutBody())).Status);
        Assert.Equal(1, small.LatestSequence());
    }

    private sealed class SmallQueueApp : StoreFlowApp
    {
        protected override Dictionary<string, string> Settings => new() { ["StoreFlow:WriteQueue"] = "4" };
    }

    /// <summary>Asks for writes while an earlier one blocks the writer, so that they wait together and share a commit.</summary>
    private async Task<List<Task<T>>> WhileTheWriterIsHeld<T>(Func<IEnumerable<Task<T>>> ask)
    {
        var (held, release) = (new TaskCompletionSource(), new ManualResetEventSlim());
        var first = _database.WriteAsync(_ => Hold(held, release));
        await held.Task;
        var writes = ask().ToList();
        release.Set();
        await first;
        return writes;
    }

    private static bool Hold(TaskCompletionSource held, ManualResetEventSlim release)
    {
        held.SetResult();
        return release.Wait(TimeSpan.FromMinutes(1));
    }
}
