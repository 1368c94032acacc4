using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace StoreFlow.Infrastructure;

/// <summary>
/// What programs that watch the server see: <c>/metrics</c> for Prometheus, and traces and metrics over OTLP where OpenTelemetry's own
/// variables name a collector. The product knows .NET's meters and activities only.
/// </summary>
internal static class Telemetry
{
    /// <summary>The name of StoreFlow's meters and traces. A meter of this name is exported, wherever it is made.</summary>
    public const string Name = "StoreFlow";

    private const string MetricsPath = "/metrics";

    // Headers by which a proxy shows. Prometheus and curl send none of them.
    private static readonly string[] SignsOfProxy =
    [
        "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Original-For", "X-Real-IP", "Forwarded", "Via", "Connection",
    ];

    private static readonly string[] Endpoints =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    /// <summary>Nothing listens to it unless a collector is configured, and then its activities are null and cost nothing.</summary>
    public static ActivitySource Source { get; } = new(Name);

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var hasCollector = Endpoints.Any(name => builder.Configuration[name] is { Length: > 0 });
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource =>
            {
                if (builder.Configuration["OTEL_SERVICE_NAME"] is null)
                    resource.AddService("storeflow", serviceVersion: ProductVersion.Number);
            })
            .WithMetrics(metrics =>
            {
                metrics
                    .AddMeter(Name, "System.Runtime", "Microsoft.AspNetCore.Hosting")
                    // By route they would be thousands: each file of the pages is one.
                    .AddView("http.server.request.duration", new MetricStreamConfiguration
                    {
                        TagKeys = ["http.request.method", "http.response.status_code"],
                    })
                    .AddPrometheusExporter();
                if (hasCollector)
                    metrics.AddOtlpExporter();
            });
        if (hasCollector)
            telemetry.WithTracing(traces => traces.AddSource(Name, "Microsoft.AspNetCore").AddOtlpExporter());
    }

    /// <summary>Answers <c>/metrics</c> to those who may read it. For all others there is nothing.</summary>
    public static void UseMetrics(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<Settings>();
        app.UseOpenTelemetryPrometheusScrapingEndpoint(http =>
            http.Request.Path == MetricsPath && HttpMethods.IsGet(http.Request.Method) && MayReadMetrics(http, settings.MetricsToken));
    }

    /// <summary>
    /// Where a token is set, it decides. Else only a program on this machine may read, and no proxy on this machine for its callers.
    /// </summary>
    private static bool MayReadMetrics(HttpContext http, string? token)
    {
        var request = http.Request;
        if (token is not null)
            return CryptographicOperations.FixedTimeEquals(
                SHA256.HashData(Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString())),
                SHA256.HashData(Encoding.UTF8.GetBytes($"Bearer {token}")));
        return http.Connection.RemoteIpAddress is { } peer && IPAddress.IsLoopback(peer)
            && !SignsOfProxy.Any(request.Headers.ContainsKey)
            && HttpProtocol.IsHttp11(request.Protocol) // nginx speaks 1.0 unless it is told otherwise
            && (request.Host.Host == "localhost" || IPAddress.TryParse(request.Host.Host, out var host) && IPAddress.IsLoopback(host));
    }
}
