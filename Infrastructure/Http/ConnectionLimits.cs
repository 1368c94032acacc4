using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace StoreFlow.Infrastructure;

/// <summary>
/// How many may be connected at once, and how many of them over WebSockets. One too many is told so with a 503 and hung up on;
/// when even those pile up, Kestrel's own limit hangs up without a word. Health checks are answered as long as it goes.
/// </summary>
internal sealed class ConnectionLimits(IConfiguration configuration, TimeProvider clock, ILogger<ConnectionLimits> log)
{
    private const int ToBeRefused = 100;
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(1);

    private readonly int _mostConnections = MostConnections(configuration);
    private readonly int _mostSockets = configuration.GetValue("StoreFlow:WebSockets", 500);
    private int _connections;
    private int _sockets;
    private long _warned = long.MinValue;

    private sealed record OneTooMany;

    public static void Configure(KestrelServerOptions kestrel, IConfiguration configuration)
    {
        kestrel.Limits.MaxConcurrentConnections = MostConnections(configuration) + ToBeRefused;
        kestrel.ConfigureEndpointDefaults(listen => listen.Use((connection, next) =>
            listen.ApplicationServices.GetRequiredService<ConnectionLimits>().Count(connection, next)));
    }

    private static int MostConnections(IConfiguration configuration) => configuration.GetValue("StoreFlow:Connections", 1000);

    private async Task Count(ConnectionContext connection, ConnectionDelegate next)
    {
        try
        {
            if (Interlocked.Increment(ref _connections) > _mostConnections)
                connection.Features.Set(new OneTooMany());
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    public async Task Admit(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<OneTooMany>() is not null)
        {
            http.Response.Headers.Connection = "close";
            await (http.Request.Path.Value is "/healthz" or "/readyz" ? next(http) : Refuse(http, $"All {_mostConnections} connections"));
            return;
        }
        if (!OpensSocket(http))
        {
            await next(http);
            return;
        }
        try
        {
            await (Interlocked.Increment(ref _sockets) > _mostSockets ? Refuse(http, $"All {_mostSockets} live connections") : next(http));
        }
        finally
        {
            Interlocked.Decrement(ref _sockets);
        }
    }

    private static bool OpensSocket(HttpContext http) =>
        http.Request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase) || http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    private Task Refuse(HttpContext http, string all)
    {
        var (now, warned) = (clock.GetTimestamp(), _warned);
        if ((warned == long.MinValue || clock.GetElapsedTime(warned, now) > BetweenWarnings) && Interlocked.CompareExchange(ref _warned, now, warned) == warned)
            log.LogWarning("{All} of the server are taken, and more are refused.", all);
        return RefusalAnswers.WriteAsync(http, new(Reason.Busy, $"{all} of this server are taken. Try again in a moment."));
    }
}
