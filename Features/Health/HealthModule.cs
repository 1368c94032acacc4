using Carter;
using Dapper;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Health;

/// <summary>For whatever watches the server: <c>/healthz</c> says that it lives, <c>/readyz</c> that its database answers.</summary>
public sealed class HealthModule : ICarterModule
{
    public sealed record View(string Status);

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapGet("/healthz", () => TypedResults.Ok(new View("alive")))
            .AllowAnonymous()
            .WithTags("Health")
            .Describe("Alive", "Is the server alive?");

        app.MapGet("/readyz", (Database database) =>
            {
                database.Read(db => db.ExecuteScalar<long>("SELECT COUNT(*) FROM merchants WHERE id = 1"));
                return TypedResults.Ok(new View("ready"));
            })
            .AllowAnonymous()
            .WithTags("Health")
            .Describe("Ready", "Does the database answer?", Reason.Busy);
    }
}
