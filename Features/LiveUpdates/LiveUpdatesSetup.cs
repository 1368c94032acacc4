using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Http.Connections.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.LiveUpdates;

public static class LiveUpdatesSetup
{
    private const long BufferSize = 16 * 1024; // bytes, each way, that a connection may hold before its sender has to wait

    public static void AddLiveUpdates(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Announcer>().AddHostedService(services => services.GetRequiredService<Announcer>());
        builder.Services.AddSingleton<Feed>();
        builder.Services.AddSingleton<OrderListeners>();
        builder.Services.AddSignalR(options =>
            {
                options.MaximumReceiveMessageSize = 4096; // bytes; a subscription needs far fewer
                options.HandshakeTimeout = LiveUpdatesHub.IdleTimeout;
                options.AddFilter<HubFaults>();
            })
            .AddJsonProtocol(options => Json.Apply(options.PayloadSerializerOptions));
        builder.Services.AddSingleton<IHubProtocol, OptionalArguments>();
        HubFaults.LogInsteadOfSignalR(builder.Logging);
    }

    /// <summary>Maps the hub as <c>MapHub</c> does, which leaves no room for a limit on connections of every transport.</summary>
    public static void MapLiveUpdates(this WebApplication app) =>
        app.MapConnections("/hubs/orders", new HttpConnectionDispatcherOptions
        {
            CloseOnAuthenticationExpiration = true,
            ApplicationMaxBufferSize = BufferSize,
            TransportMaxBufferSize = BufferSize,
        }, connections =>
        {
            connections.Use(HoldPlaceAsync);
            connections.UseHub<LiveUpdatesHub>();
        })
        .WithMetadata(new HubMetadata(typeof(LiveUpdatesHub)), new TakesTokenInQuery())
        .OpenHubToWebShops()
        .RequireRateLimiting(CallerLimits.HubPolicy)
        .AllowAnonymous();

    /// <summary>A WebSocket is a request, and counted as such. By any other transport a connection goes on between its requests.</summary>
    private static async Task HoldPlaceAsync(ConnectionContext connection, Func<Task> next)
    {
        if (connection.Features.Get<IHttpTransportFeature>() is { TransportType: HttpTransportType.WebSockets })
        {
            await next();
            return;
        }
        var http = connection.GetHttpContext()!;
        var services = http.RequestServices;
        var isStaff = Actor.From(http.User) is not null;
        using var ofCaller = services.GetRequiredService<CallerLimits>().Live.AttemptAcquire(http);
        using var place = services.GetRequiredService<ConnectionLimits>().OtherHubConnections.Take(isStaff);
        if (ofCaller.IsAcquired && place.IsAcquired)
            await next();
    }
}
