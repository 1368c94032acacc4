using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace StoreFlow.Bench;

/// <summary>What Kestrel alone can do on this machine: a POST like a step's, answered with a little JSON, without a database.</summary>
internal static class KestrelCeiling
{
    /// <summary>The hidden command that runs this server in the child process.</summary>
    public const string Command = "ceiling";

    private sealed record Body(long? Version);

    private sealed record Answer(string Status, long? Version);

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

    public static Task<ServerProcess> StartAsync() => ServerProcess.StartAsync([typeof(KestrelCeiling).Assembly.Location, Command]);
}
