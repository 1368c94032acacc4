using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace StoreFlow.Infrastructure;

/// <summary>
/// How many may be connected at once, in total and from one address, and how many of them over WebSockets. Signed-in
/// staff and health checks have some places of their own beyond these limits. Any other caller is answered 503 there,
/// and the connection is closed. <see cref="CallerLimits"/> limits what one caller may have open.
/// </summary>
/// <remarks>
/// Kestrel's <c>MaxConcurrentUpgradedConnections</c> keeps no place for staff, and above it a WebSocket is answered by a fault, 500.
/// </remarks>
internal sealed class ConnectionLimits : IDisposable
{
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a new connection may send nothing. Kestrel's own limit is <c>KeepAliveTimeout</c>, which has to be long for proxies.
    /// </summary>
    private static readonly TimeSpan FirstByte = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _clock;
    private readonly ILogger<ConnectionLimits> _log;
    private readonly int _mostConnections;
    private readonly ConcurrencyLimiter _connections;
    private readonly PartitionedRateLimiter<EndPoint?> _addresses;
    private long _warned = long.MinValue;

    public ConnectionLimits(Settings settings, TimeProvider clock, ILogger<ConnectionLimits> log)
    {
        (_clock, _log) = (clock, log);
        _mostConnections = settings.Connections;
        _connections = new(new() { PermitLimit = _mostConnections });
        var perAddress = settings.ConnectionsPerAddress;
        _addresses = PartitionedRateLimiter.Create<EndPoint?, string>(
            from => ClientAddress.AtOnce((from as IPEndPoint)?.Address, perAddress));
        var sockets = settings.WebSockets;
        (Sockets, OtherHubConnections) = (new(sockets), new(sockets));
    }

    /// <summary>The places of WebSockets.</summary>
    private Places Sockets { get; }

    /// <summary>The places of those who are connected to a hub by another transport: as many as for WebSockets.</summary>
    public Places OtherHubConnections { get; }

    private sealed record KeptPlace;

    public static void Configure(KestrelServerOptions kestrel, Settings settings)
    {
        var connections = settings.Connections;
        kestrel.Limits.MaxConcurrentConnections = connections + Places.Kept(connections);
        kestrel.ConfigureEndpointDefaults(listen => listen.Use((connection, next) =>
            listen.ApplicationServices.GetRequiredService<ConnectionLimits>().AdmitAsync(connection, next)));
    }

    private async Task AdmitAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        using var fromAddress = _addresses.AttemptAcquire(connection.RemoteEndPoint);
        if (!fromAddress.IsAcquired)
        {
            Warn($"All connections of {connection.RemoteEndPoint}");
            return; // closes the connection
        }
        using var place = _connections.AttemptAcquire();
        if (!place.IsAcquired)
            connection.Features.Set(new KeptPlace());
        if (await HasSpokenAsync(connection))
            await next(connection);
    }

    private static async Task<bool> HasSpokenAsync(ConnectionContext connection)
    {
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed, stopping);
        patience.CancelAfter(FirstByte);
        try
        {
            var input = connection.Transport.Input;
            var read = await input.ReadAsync(patience.Token);
            input.AdvanceTo(read.Buffer.Start); // nothing is consumed: the next reader gets it
            return !read.Buffer.IsEmpty;
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            return false;
        }
    }

    /// <summary>Runs after authentication: before that nobody is known to be one of the staff.</summary>
    public async Task AdmitAsync(HttpContext http, RequestDelegate next)
    {
        var isStaff = Actor.From(http.User) is not null;
        if (http.Features.Get<KeptPlace>() is not null && !isStaff)
        {
            http.Response.Headers.Connection = "close";
            var asksForHealth = http.Request.Path.Value is "/healthz" or "/readyz";
            await (asksForHealth ? next(http) : RefuseAsync(http, $"All {_mostConnections} connections"));
            return;
        }
        if (!CallerLimits.OpensSocket(http))
        {
            await next(http);
            return;
        }
        using var socket = Sockets.Take(isStaff);
        await (socket.IsAcquired ? next(http) : RefuseAsync(http, $"All {Sockets.Count} live connections"));
    }

    private Task RefuseAsync(HttpContext http, string all)
    {
        Warn($"{all} of the server");
        return RefusalAnswers.WriteAsync(http, new(Reason.Busy, $"{all} of this server are taken. Try again in a moment."));
    }

    private void Warn(string all)
    {
        var (now, warned) = (_clock.GetTimestamp(), _warned);
        if ((warned == long.MinValue || _clock.GetElapsedTime(warned, now) > BetweenWarnings)
            && Interlocked.CompareExchange(ref _warned, now, warned) == warned)
            _log.LogWarning("{All} are taken, and more are refused.", all);
    }

    public void Dispose()
    {
        _connections.Dispose();
        _addresses.Dispose();
        Sockets.Dispose();
        OtherHubConnections.Dispose();
    }

    /// <summary>This many places for anyone, and a tenth more for staff only.</summary>
    internal sealed class Places(int count) : IDisposable
    {
        private readonly ConcurrencyLimiter _anybody = new(new() { PermitLimit = count });
        private readonly ConcurrencyLimiter _staff = new(new() { PermitLimit = Kept(count) });

        /// <summary>A tenth, and at least ten.</summary>
        public static int Kept(int count) => Math.Max(count / 10, 10);

        public int Count => count;

        public RateLimitLease Take(bool isStaff)
        {
            var place = _anybody.AttemptAcquire();
            return place.IsAcquired || !isStaff ? place : _staff.AttemptAcquire();
        }

        public void Dispose()
        {
            _anybody.Dispose();
            _staff.Dispose();
        }
    }
}
