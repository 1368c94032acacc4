using Carter;
using Microsoft.AspNetCore.RateLimiting;
using StoreFlow.Features.BackupDatabase;
using StoreFlow.Features.Checkout;
using StoreFlow.Features.Deliveries;
using StoreFlow.Features.Emails;
using StoreFlow.Features.FirstRun;
using StoreFlow.Features.Orders;
using StoreFlow.Features.Printers;
using StoreFlow.Features.Privacy;
using StoreFlow.Features.Push;
using StoreFlow.Features.Webhooks;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Setup;

/// <summary>Adds the slices and what they share to the server.</summary>
internal static class FeaturesSetup
{
    public static void AddFeatures(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Transitions>();
        builder.Services.AddSingleton<OrderMetrics>();
        builder.Services.AddSingleton<KeyClock>();
        builder.Services.AddSingleton<Placing>();
        builder.Services.AddSingleton<SetUpCode>();
        builder.Services.AddHostedService<ExpiredKeys>();
        builder.Services.AddHostedService<NightlyBackup>();
        builder.Services.AddHostedService<NightlyErasing>();
        builder.Services.AddSingleton<IChannel, WebhookChannel>();
        builder.Services.AddSingleton<IChannel, PrinterChannel>();
        builder.AddPrinterSignIn();
        builder.Services.AddSingleton<IChannel, EmailChannel>();
        builder.Services.AddSingleton<Mailer>();
        builder.Services.AddSingleton<WebhookWarnings>();
        builder.Services.AddHostedService<EmailReminders>();
        builder.Services.AddSingleton<IChannel, PushChannel>();
        builder.Services.AddHostedService<Relay>();
        builder.Services.AddSingleton<UnknownIds>();
        builder.Services.AddOptions<RateLimiterOptions>().Configure<Settings>(CheckoutLimit.Configure);
        builder.Services.AddOptions<RateLimiterOptions>().Configure(PushLimit.Configure);
        builder.Services.AddCarter(new DependencyContextAssemblyCatalog(typeof(Program).Assembly), carter => carter
            .WithModules(Slices.WithRoutes)
            .WithEmptyValidators()
            .WithEmptyResponseNegotiators());
    }

    /// <summary>Maps the routes of all slices. They are for staff unless a route says otherwise.</summary>
    public static void MapFeatures(this WebApplication app)
    {
        app.Services.GetRequiredService<OrderMetrics>(); // nobody else asks for it
        app.MapGroup("").RequireAuthorization(Policies.Staff).WithProblems<Problem>().MapCarter();
    }
}
