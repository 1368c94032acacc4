using Microsoft.Extensions.Logging.Console;

namespace StoreFlow.Infrastructure;

/// <summary>What the log never holds, and how it reads: one line an entry outside Development.</summary>
internal static class Logs
{
    private const string Format = "Logging:Console:Formatter";

    /// <summary>
    /// Below warnings ASP.NET logs whole addresses with public ids and queries, cookies, claims, search terms of the board and what
    /// is sent to hubs, spread over many categories. None of that is logged, whatever the settings say.
    /// </summary>
    private const string Leaky = "Microsoft.AspNetCore";

    public static void AddLogs(this WebApplicationBuilder builder)
    {
        builder.Services.PostConfigure<LoggerFilterOptions>(KeepQuiet);
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

    private static void KeepQuiet(LoggerFilterOptions options)
    {
        var providers = options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToList(); // one with a name goes first
        var loud = options.Rules.Where(rule =>
            rule.CategoryName?.StartsWith(Leaky, StringComparison.OrdinalIgnoreCase) is true
            && (rule.LogLevel is null or < LogLevel.Warning)).ToList();
        foreach (var rule in loud)
            options.Rules.Remove(rule);
        foreach (var provider in providers)
            if (!options.Rules.Any(rule => rule.ProviderName == provider && rule.CategoryName == Leaky))
                options.Rules.Add(new(provider, Leaky, LogLevel.Warning, filter: null));
    }
}
