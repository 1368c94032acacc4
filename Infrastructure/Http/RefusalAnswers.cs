using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace StoreFlow.Infrastructure;

/// <summary>Turns each <see cref="Refusal"/> into RFC 9457 problem details. Only this class knows the HTTP status of each.</summary>
public static class RefusalAnswers
{
    private const int RetryAfterSeconds = 1;

    /// <summary>A limit that does not say how long it lasts lasts a minute.</summary>
    private const int LimitSeconds = 60;

    // ASP.NET fills in the type of every other status that we use.
    private const string TooManyRequests = "https://tools.ietf.org/html/rfc6585#section-4";

    public static (int Status, string Title) Http(this Reason reason) => reason switch
    {
        Reason.InvalidRequest => (400, "The request cannot be used"),
        Reason.Unauthenticated => (401, "Sign in first"),
        Reason.Forbidden => (403, "Not allowed"),
        Reason.NotFound => (404, "Not found"),
        Reason.MethodNotAllowed => (405, "Method not allowed"),
        Reason.OrderStale => (409, "The order has changed"),
        Reason.TransitionNotAllowed => (409, "The order cannot take this step"),
        Reason.Stale => (409, "It has changed since"),
        Reason.StoreClosed => (409, "The store is closed"),
        Reason.TooLarge => (413, "Too large"),
        Reason.UnsupportedMediaType => (415, "This kind of body is not taken here"),
        Reason.IdempotencyKeyReused => (422, "Idempotency key used before"),
        Reason.TooManyRequests => (429, "Too many requests"),
        Reason.InternalError => (500, "Something went wrong here"),
        Reason.Busy => (503, "Busy"),
    };

    /// <summary>The refusal as an answer.</summary>
    public static ProblemHttpResult ToHttp(this Refusal refusal)
    {
        var (status, title) = refusal.Reason.Http();
        var problem = new ProblemDetails
        {
            Status = status,
            Title = title,
            Detail = refusal.Detail,
            Type = status == 429 ? TooManyRequests : null,
        };
        problem.Extensions["code"] = Names.Of(refusal.Reason);
        if (refusal.Errors.Count > 0)
            problem.Extensions["errors"] = refusal.Errors;
        if (refusal.Current is { } current)
            problem.Extensions["current"] = current;
        if (refusal.Reason is Reason.StoreClosed)
            problem.Extensions["next_opening"] = refusal.NextOpening;
        // ASP.NET adds it too, but not for callers whose Accept names no JSON. They get JSON all the same.
        problem.Extensions["trace_id"] = Activity.Current?.Id;
        return TypedResults.Problem(problem);
    }

    public static void AddProblems(this WebApplicationBuilder builder)
    {
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.AddExceptionHandler<FaultHandler>();
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = context => SayWhenToRetry(context.HttpContext));
    }

    private static void SayWhenToRetry(HttpContext http)
    {
        var response = http.Response;
        if (response.StatusCode is 429 or 503 && response.Headers.RetryAfter.Count == 0)
            response.Headers.RetryAfter = $"{(response.StatusCode == 429 ? LimitSeconds : RetryAfterSeconds)}";
    }

    /// <summary>Gives every answer without a body, and every fault, its problem details.</summary>
    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages(context => WriteAsync(context.HttpContext, context.HttpContext switch
        {
            { Response.StatusCode: 400, Request.HasFormContentType: true } => UnreadableForm,
            { Response.StatusCode: var status } => OfStatus(status),
        }));
    }

    /// <summary>Writes the refusal where no endpoint can return it. Somebody who opened a page in a browser gets a page.</summary>
    public static Task WriteAsync(HttpContext http, Refusal refusal)
    {
        if (refusal.Reason is Reason.Busy or Reason.TooManyRequests && http.Response.Headers.RetryAfter.Count == 0)
            http.Response.Headers.RetryAfter = $"{RetryAfterSeconds}";
        if (http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
            return Pages.Refused(refusal).ExecuteAsync(http);
        return refusal.ToHttp().ExecuteAsync(http);
    }

    private static Refusal UnreadableForm => Refusal.Invalid("body", "This form cannot be read. Open the page anew and send it once more.");

    /// <summary>The refusal for a status without a body.</summary>
    internal static Refusal OfStatus(int status) => status switch
    {
        401 => new(Reason.Unauthenticated, "Send a valid API token: Authorization: Bearer <token>."),
        403 => Refusal.Forbidden,
        404 => Refusal.NotFound,
        405 => new(Reason.MethodNotAllowed, "This address does not take that method."),
        413 => new(Reason.TooLarge, "The request is larger than what is taken here."),
        415 => new(Reason.UnsupportedMediaType,
            "Send JSON in UTF-8, with Content-Type: application/json. " +
            "The pages' own forms, /login among them, take application/x-www-form-urlencoded."),
        429 => new(Reason.TooManyRequests, "Too many requests from this address. Wait a moment, then try again."),
        503 => new(Reason.Busy, BusyException.UsualSentence),
        >= 400 and < 500 => Refusal.Invalid("request", "The request is not one that this server understands."),
        _ => new(Reason.InternalError, "This is a fault of the server, and it has been logged. The order is as it was."),
    };

    private sealed class FaultHandler(ILogger<FaultHandler> log) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception fault, CancellationToken cancellationToken)
        {
            var refusal = fault switch
            {
                BadHttpRequestException { StatusCode: 400 } bad => OfBody(http, bad),
                BadHttpRequestException bad => OfStatus(bad.StatusCode),
                _ when BusyException.Or(fault) is BusyException busy => new(Reason.Busy, busy.Sentence),
                // ASP.NET throws this for an unknown charset in Content-Type.
                InvalidOperationException { Source: "Microsoft.AspNetCore.Http.Extensions" } => OfStatus(415),
                // Thrown for a malformed, cut off or UTF-7 form where the endpoint reads it, not the framework.
                InvalidDataException or IOException or NotSupportedException when http.Request.HasFormContentType => UnreadableForm,
                _ => OfStatus(500),
            };
            if (refusal.Reason is Reason.InternalError)
                log.LogError(fault, "{Route} failed", RequestLog.RouteOf(http.Features.Get<IExceptionHandlerFeature>()?.Endpoint, http));
            await WriteAsync(http, refusal);
            return true;
        }
    }

    private static Refusal OfBody(HttpContext http, BadHttpRequestException bad)
    {
        // The request itself has lost its route values by now.
        var route = http.Features.Get<IExceptionHandlerFeature>()?.RouteValues;
        if (new[] { "id", "product_id" }.Any(name => route?[name] is string id && !long.TryParse(id, CultureInfo.InvariantCulture, out _)))
            return Refusal.NotFound;
        if (http.Request.HasFormContentType)
            return UnreadableForm;
        if (bad.InnerException is JsonException json)
            return Refusal.Invalid(JsonFault.Field(json) is { Length: > 0 } field ? field : "body", JsonFault.Sentence(json, Json.Answers));
        // Endpoints take the query and headers as text and refuse them by name, so this is about the body.
        return Refusal.Invalid("body", "A JSON object is needed as the body.");
    }
}
