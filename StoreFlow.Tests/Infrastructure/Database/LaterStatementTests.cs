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
        VALUES (1, 0, @key, @hash, @answer, @now)
        """;

    private readonly Database _database = app.Services.GetRequiredService<Database>();

    [Theory]
    [InlineData(WriteScope.Alone)]
    [InlineData(WriteScope.SideBySide)]
    public async Task The_next_one_sees_what_they_did(WriteScope scope)
    {
        var seen = await _database.WriteAsync(db =>
        {
            db.ExecuteLater(KeepSql, new[] { Row($"{scope} 1"), Row($"{scope} 2") });
            return Count(db, $"{scope} _");
        }, scope);
        Assert.Equal(2, seen);
        Assert.Equal(2, _database.Read(db => Count(db, $"{scope} _")));
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

    [Theory]
    [InlineData(WriteScope.Alone)]
    [InlineData(WriteScope.SideBySide)]
    public async Task A_fault_undoes_the_whole_write_and_the_next_write_goes_on(WriteScope scope)
    {
        await Assert.ThrowsAnyAsync<DbException>(() => _database.WriteAsync(db =>
        {
            var before = db.Execute(KeepSql, Row($"before {scope}"));
            db.ExecuteLater(KeepSql, Row($"fault {scope}", answer: null));
            return before;
        }, scope));
        Assert.Equal(0, _database.Read(db => Count(db, $"before {scope}")));
        Assert.Equal(1, await _database.WriteAsync(db => db.Execute(KeepSql, Row($"after {scope}")), scope));
        Assert.Equal(1, await _database.WriteAsync(db => Count(db, $"after {scope}"), scope));
    }

    [Fact]
    public async Task The_first_statement_of_a_write_fails_as_any_other()
    {
        await Assert.ThrowsAnyAsync<DbException>(() => _database.WriteAsync(
            db => db.Execute(KeepSql, Row("first", answer: null)), WriteScope.SideBySide));
        Assert.Equal(1, await _database.WriteAsync(db => db.Execute(KeepSql, Row("first")), WriteScope.SideBySide));
    }

    private static object Row(string key, string? answer = "{}") =>
        new { key, hash = new byte[32], answer, now = DateTimeOffset.UtcNow };

    private static long Count(DbConnection db, string keys) =>
        db.ExecuteScalar<long>("SELECT COUNT(*) FROM idempotency_keys WHERE key LIKE @keys", new { keys });
}
