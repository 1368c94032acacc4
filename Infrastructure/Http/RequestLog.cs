using System.Diagnostics;

namespace StoreFlow.Infrastructure;

/// <summary>
/// One line in the log for each request, under the category <c>StoreFlow.Requests</c>, and the same on its trace: the route, never the
/// address, which may hold the only key to an order.
/// </summary>
internal static partial class RequestLog
{
    private const string NoRoute = "(none)";
    private const int LeftEarly = 499; // what nginx calls it when its caller leaves before the answer begins

    // Others are a caller's own text.
    private static readonly string[] KnownMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"];

    // They are asked every few seconds.
    private static readonly string[] Probes = ["/healthz", "/readyz", "/metrics"];

    /// <summary>Comes first, so that it sees the answer of everything else.</summary>
    public static void UseRequestLog(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("StoreFlow.Requests");
        app.Use(async (http, next) =>
        {
            // Taken down now: the answer to a fault forgets it.
            var route = RouteOf(http.GetEndpoint(), http);
            var began = Stopwatch.GetTimestamp();
            var left = true;
            try
            {
                await next(http);
                left = http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted;
            }
            finally
            {
                var (method, status) = (MethodOf(http.Request), left ? LeftEarly : http.Response.StatusCode);
                var activity = Activity.Current;
                if (activity is { IsAllDataRequested: true })
                    Describe(activity, method, route, status);
                Answered(
                    log, Probes.Contains(route) && status < 300 ? LogLevel.Debug : LogLevel.Information,
                    method, route, status, Math.Round(Stopwatch.GetElapsedTime(began).TotalMilliseconds, 1), activity?.TraceId);
            }
        });
    }

    public static string RouteOf(Endpoint? endpoint, HttpContext http) => endpoint switch
    {
        RouteEndpoint { RoutePattern.RawText: { } route } => route.StartsWith('/') ? route : $"/{route}",
        _ => http.Request.Path == "/metrics" ? "/metrics" : NoRoute,
    };

    private static string MethodOf(HttpRequest request) => KnownMethods.Contains(request.Method) ? request.Method : "OTHER";

    private static void Describe(Activity activity, string method, string route, int status)
    {
        activity.DisplayName = $"{method} {route}";
        foreach (var (tag, _) in activity.TagObjects.ToList())
            if (tag.StartsWith("url.", StringComparison.Ordinal) && tag is not "url.scheme")
                activity.SetTag(tag, null);
        activity.SetTag("http.request.method", method);
        activity.SetTag("http.route", route);
        activity.SetTag("http.response.status_code", status);
    }

    [LoggerMessage(EventId = 1, Message = "method={Method} route={Route} status={Status} ms={Milliseconds} trace={TraceId}")]
    private static partial void Answered(
        ILogger log, LogLevel level, string method, string route, int status, double milliseconds, ActivityTraceId? traceId);
}
