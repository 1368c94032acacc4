using Dapper;
using Microsoft.AspNetCore.Components.Authorization;
using StoreFlow.Features.SignIn;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Dashboard;

/// <summary>The person at this screen, looked up anew each time: a page may stay open for days, and people change.</summary>
public sealed class Staff(AuthenticationStateProvider authentication, Database database, Sessions sessions)
{
    public sealed record Store
    {
        public long Id { get; init; }
        public required string Name { get; init; }
    }

    /// <summary>Who it is now, or null once the session is over.</summary>
    public async Task<Actor?> NowAsync() => sessions.Find((await authentication.GetAuthenticationStateAsync()).User);

    /// <summary>The stores where that person works.</summary>
    public IReadOnlyList<Store> StoresOf(Actor actor) => database.Read(db =>
        db.Query<Store>(StoresSql, new { actor.UserId }).Where(store => actor.IdIn(store.Id) > 0).ToList());

    /// <summary>After how many minutes without a touch a shared tablet locks itself.</summary>
    public long LockMinutesOf(long tablet) => database.Read(db => Tablets.LockMinutesOf(db, tablet));

    private const string StoresSql = """
        SELECT s.id, s.name
          FROM reachable_stores r
          JOIN stores s ON s.id = r.store_id
         WHERE r.user_id = @UserId
         ORDER BY s.id
        """;
}
