using Microsoft.Extensions.Hosting.Systemd;

namespace StoreFlow.Infrastructure;

/// <summary>Tells systemd that the server is ready, or stops, where a unit of <c>Type=notify</c> has started it.</summary>
internal static class ServiceManager
{
    /// <remarks>
    /// <c>AddSystemd</c> looks for systemd among the running programs, which a unit with <c>ProtectProc=invisible</c> cannot see.
    /// </remarks>
    public static void AddServiceManager(this WebApplicationBuilder builder)
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 0 })
            return;
        builder.Services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
        builder.Services.AddSingleton<IHostLifetime, SystemdLifetime>();
    }
}
