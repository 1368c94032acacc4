using MudBlazor.Services;
using StoreFlow.Features.SignIn;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Dashboard;

public static class DashboardSetup
{
    // What a form with the longest fields sends at a key press, several times over; the events' hub has a limit of its own.
    private const int LargestMessage = 64 * 1024; // bytes

    public static void AddPages(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseStaticWebAssets();
        // Its catch-all route would answer for addresses that do not exist: 405 where 404 is meant.
        builder.Configuration["DisableStaticAssetNotFoundRuntimeFallback"] = "true";
        // A tablet that walked out of the Wi-Fi is told so within twelve seconds; board.js waits as long on its side.
        builder.Services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(hub =>
        {
            (hub.KeepAliveInterval, hub.ClientTimeoutInterval) = (TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(12));
            hub.MaximumReceiveMessageSize = LargestMessage;
        });
        builder.Services.AddCascadingAuthenticationState();
        builder.Services.AddMudServices();
        builder.Services.AddSingleton<SignInThrottle>();
        builder.Services.AddSingleton<KnownDevices>();
        builder.Services.AddSingleton<FailedSignIns>();
        builder.Services.AddSingleton<Tablets>();
        builder.Services.AddSingleton<OwnSecrets>();
        builder.Services.AddScoped<Staff>();
    }

    public static void MapPages(this WebApplication app)
    {
        app.MapStaticAssets();
        // BrowserSafety forbids frames already; a second policy beside it would only allow more.
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null)
            .RequireAuthorization(Policies.Staff);
    }
}
