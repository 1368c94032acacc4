using System.Collections.Concurrent;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace StoreFlow.Tests;

/// <summary>The server, with its log from warnings upwards.</summary>
public class LoggedApp : StoreFlowApp
{
    private readonly Log _log = new();

    /// <summary>Each entry with its level and category.</summary>
    public IReadOnlyCollection<string> Logged => _log.Entries;

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.ConfigureLogging(logging => logging.AddProvider(_log));
    }

    private sealed class Log : ILoggerProvider
    {
        public ConcurrentQueue<string> Entries { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, Entries);

        public void Dispose()
        {
            // It keeps nothing open.
        }
    }

    private sealed class Logger(string category, ConcurrentQueue<string> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel level) => level >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel level, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var message = formatter(state, exception);
            // The tests' PostgreSQL does not wait for the disk, and the server warns of that.
            if (IsEnabled(level) && !(TestDatabase.IsPostgres && message.Contains("fsync=off", StringComparison.Ordinal)))
                entries.Enqueue($"{level} {category}: {message} {exception}");
        }
    }
}
