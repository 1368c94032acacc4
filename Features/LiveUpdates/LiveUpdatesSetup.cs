using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.LiveUpdates;

public static class LiveUpdatesSetup
{
    public static void AddLiveUpdates(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Announcer>().AddHostedService(services => services.GetRequiredService<Announcer>());
        builder.Services.AddSingleton<Feed>();
        builder.Services.AddSignalR(options =>
            {
                options.MaximumReceiveMessageSize = 4096; // bytes; a subscription needs far fewer
                options.AddFilter<HubFaults>();
            })
            .AddJsonProtocol(options => Json.Apply(options.PayloadSerializerOptions));
        builder.Services.AddSingleton<IHubProtocol, OptionalArguments>();
        HubFaults.LogInsteadOfSignalR(builder.Logging);
    }

    public static void MapLiveUpdates(this WebApplication app) =>
        app.MapHub<LiveUpdatesHub>("/hubs/orders", options => options.CloseOnAuthenticationExpiration = true).AllowAnonymous();
}
