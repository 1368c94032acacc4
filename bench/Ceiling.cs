using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace StoreFlow.Bench;

/// <summary>What Kestrel alone can do here: a POST with a body like a step's, answered with a little JSON, and no database.</summary>
internal static class Ceiling
{
    public const string Command = "ceiling";

    private sealed record Body(long? Version);

    private sealed record Answer(string Status, long? Version);

    /// <summary>The server, in the child process.</summary>
    public static void Serve(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var app = builder.Build();
        app.MapGet("/healthz", () => TypedResults.Ok(new Answer("alive", null)));
        app.MapPost("/nothing", (Body body) => TypedResults.Ok(new Answer("nothing", body.Version)));
        app.Run();
    }

    public static Task<Child> Start() => Child.Start([typeof(Ceiling).Assembly.Location, Command]);
}
