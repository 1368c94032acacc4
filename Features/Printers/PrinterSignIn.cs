using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Printers;

/// <summary>
/// HTTP Basic for the printer of the address, which nobody else's token or session opens. An address may send a limited number of
/// wrong passwords a minute; a right one is never refused.
/// </summary>
internal sealed class PrinterSignIn(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    Database database, PrinterSignIn.WrongPasswords wrong)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "Printer";

    private static readonly byte[] NobodysHash = new byte[32];

    private RateLimitLease? _refused;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header)
            || !header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            return Task.FromResult(AuthenticateResult.NoResult());
        if (Context.GetRouteValue("printer") is string text
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var printer)
            && IsRight(printer, header.Parameter))
            return Task.FromResult(AuthenticateResult.Success(new(
                new(new ClaimsIdentity([new(ClaimTypes.Name, Printer.UserOf(printer))], Scheme)), Scheme)));
        var lease = wrong.Count(Context);
        if (!lease.IsAcquired)
            _refused = lease;
        return Task.FromResult(AuthenticateResult.Fail("There is no such printer, or its password is another one."));
    }

    private bool IsRight(long printer, string? credentials)
    {
        string[] parts;
        try
        {
            parts = Encoding.UTF8.GetString(Convert.FromBase64String(credentials ?? "")).Split(':', 2);
        }
        catch (FormatException)
        {
            return false;
        }
        var hash = database.Read(db => Printer.HashOf(db, printer));
        return CryptographicOperations.FixedTimeEquals(ApiTokens.Hash(parts[^1]), hash ?? NobodysHash)
            && parts.Length == 2 && parts[0] == Printer.UserOf(printer) && hash is not null;
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_refused is not null)
        {
            Response.StatusCode = StatusCodes.Status429TooManyRequests;
            Response.SetRetryAfter(_refused);
            return Task.CompletedTask;
        }
        Response.Headers.WWWAuthenticate = "Basic realm=\"StoreFlow printer\", charset=\"UTF-8\"";
        return base.HandleChallengeAsync(properties);
    }

    /// <summary>The wrong passwords of each address.</summary>
    internal sealed class WrongPasswords(Settings settings) : IDisposable
    {
        private readonly PartitionedRateLimiter<HttpContext> _misses = PartitionedRateLimiter.Create<HttpContext, string>(
            http => ClientAddress.PerMinute(http, settings.UnknownIdsPerMinute));

        public RateLimitLease Count(HttpContext http) => _misses.AttemptAcquire(http);

        public void Dispose() => _misses.Dispose();
    }
}

internal static class PrinterSignInSetup
{
    public static void AddPrinterSignIn(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PrinterSignIn.WrongPasswords>();
        builder.Services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, PrinterSignIn>(PrinterSignIn.Scheme, null);
        // Else each wrong password would be a line in the log.
        builder.Logging.AddFilter(typeof(PrinterSignIn).FullName, LogLevel.Warning);
    }
}
