using Carter;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Health;

/// <summary>
/// For programs that watch the server: <c>/healthz</c> says that it runs, <c>/readyz</c> that its database answers and takes
/// writes, or why not.
/// </summary>
/// <remarks>
/// A route of <c>MapHealthChecks</c> is not in the API's description, and does not answer as all refusals are answered.
/// </remarks>
public sealed class HealthModule : ICarterModule
{
    public sealed record View(string Status);

    /// <param name="Status">Always <c>ready</c>.</param>
    /// <param name="LastBackupAt">When the last good nightly copy of the database was made; null where there is none.</param>
    /// <param name="BackupIsOld">Whether there should be a newer one. The shop sells all the same, so it is still ready.</param>
    public sealed record ReadyView(string Status, DateTimeOffset? LastBackupAt, bool BackupIsOld);

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        // Monitors often ask with HEAD, which means the same.
        app.MapMethods("/healthz", [HttpMethods.Head], () => TypedResults.Ok())
            .AllowAnonymous().DisableRateLimiting().ExcludeFromDescription();
        app.MapMethods("/readyz", [HttpMethods.Head], Ready).AllowAnonymous().DisableRateLimiting().ExcludeFromDescription();

        app.MapGet("/healthz", () => TypedResults.Ok(new View("alive")))
            .AllowAnonymous().DisableRateLimiting()
            .WithTags("Health")
            .Describe("Alive", "Is the server alive?", Reason.Forbidden);

        app.MapGet("/readyz", Ready)
            .AllowAnonymous().DisableRateLimiting()
            .WithTags("Health")
            .Describe("Ready", "Does the database answer, and take writes? How old is its last backup?", Reason.Forbidden, Reason.Busy);
    }

    private static Ok<ReadyView> Ready(Database database, Backups backups)
    {
        if (database.Trouble is { } trouble)
            throw new BusyException("The database takes no writes.") { Sentence = trouble };
        database.Read(db => db.ExecuteScalar<long>("SELECT COUNT(*) FROM merchants WHERE id = 1"));
        var backup = backups.State;
        return TypedResults.Ok(new ReadyView("ready", backup.LastGoodAt, backup.IsOld));
    }
}
