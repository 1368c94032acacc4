using Microsoft.Extensions.Logging.Console;

namespace StoreFlow.Infrastructure;

/// <summary>How the log reads: one line an entry outside Development. ASP.NET's own settings (<c>Logging:...</c>) change that.</summary>
internal static class Logs
{
    private const string Format = "Logging:Console:Formatter";

    public static void AddLogs(this WebApplicationBuilder builder)
    {
        if (builder.Environment.IsDevelopment() || builder.Configuration[$"{Format}Name"] is not null)
            return;
        // The journal has the times, and takes the level from the beginning of a line.
        var isJournal = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 };
        builder.Services.Configure<ConsoleLoggerOptions>(options =>
            options.FormatterName = isJournal ? ConsoleFormatterNames.Systemd : ConsoleFormatterNames.Simple);
        if (!builder.Configuration.GetSection($"{Format}Options").Exists())
            builder.Services.Configure<SimpleConsoleFormatterOptions>(options =>
                (options.SingleLine, options.UseUtcTimestamp, options.TimestampFormat) = (true, true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z' "));
    }
}
