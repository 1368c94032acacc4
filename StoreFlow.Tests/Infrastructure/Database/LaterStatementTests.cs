using System.Data.Common;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Infrastructure;

/// <summary>Statements that wait for the next one, or for the commit, are as good as others.</summary>
public sealed class LaterStatementTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    private const string KeepSql = """
        INSERT INTO idempotency_keys (store_id, user_id, key, request_hash, answer, created_at)
        VALUES (1, 0, @key, @hash, @answer, 0)
        """;

    private readonly Database _database = app.Services.GetRequiredService<Database>();

    [Fact]
    public async Task The_next_one_sees_what_they_did()
    {
        var seen = await _database.WriteAsync(db =>
        {
            db.ExecuteLater(KeepSql, new[] { Row("seen 1"), Row("seen 2") });
            return Count(db, "seen%");
        });
        Assert.Equal(2, seen);
        Assert.Equal(2, _database.Read(db => Count(db, "seen%")));
    }

    [Theory]
    [InlineData(WriteScope.Alone)]
    [InlineData(WriteScope.SideBySide)]
    public async Task They_are_committed_where_nothing_else_is_executed(WriteScope scope)
    {
        await _database.WriteAsync(db =>
        {
            db.ExecuteLater(KeepSql, Row($"only {scope}"));
            return true;
        }, scope);
        Assert.Equal(1, _database.Read(db => Count(db, $"only {scope}")));
    }

    [Fact]
    public async Task A_fault_undoes_the_whole_write_and_the_next_write_goes_on()
    {
        await Assert.ThrowsAnyAsync<DbException>(() => _database.WriteAsync(db =>
        {
            var before = db.Execute(KeepSql, Row("before"));
            db.ExecuteLater(KeepSql, new { key = "fault", hash = new byte[32], answer = (string?)null });
            return before;
        }));
        Assert.Equal(0, _database.Read(db => Count(db, "before")));
        Assert.Equal(1, await _database.WriteAsync(db => db.Execute(KeepSql, Row("after"))));
    }

    private static object Row(string key) => new { key, hash = new byte[32], answer = "{}" };

    private static long Count(DbConnection db, string keys) =>
        db.ExecuteScalar<long>("SELECT COUNT(*) FROM idempotency_keys WHERE key LIKE @keys", new { keys });
}
