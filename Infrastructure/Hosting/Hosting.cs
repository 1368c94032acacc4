using System.Data.Common;
using System.Net.Sockets;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HttpOverrides;

namespace StoreFlow.Infrastructure;

/// <summary>How the server is put together, block by block, as <c>Program.cs</c> lists it.</summary>
internal static class Hosting
{
    private const long LargestBody = 64 * 1024; // bytes

    /// <summary>Reads the settings. False where one is wrong; why is written to the standard error.</summary>
    public static bool AddSettings(this WebApplicationBuilder builder)
    {
        try
        {
            builder.Services.AddSingleton(Settings.Of(builder.Configuration));
            return true;
        }
        catch (UnusableException fault)
        {
            Console.Error.WriteLine($"StoreFlow does not start. {fault.Message}");
            return false;
        }
    }

    public static void AddHosting(this WebApplicationBuilder builder)
    {
        builder.AddLogs();
        if (builder.Environment.IsDevelopment() && builder.Configuration[WebHostDefaults.ServerUrlsKey] is null)
            builder.WebHost.UseUrls("http://localhost:5080");
        builder.Services.AddSingleton<ConnectionLimits>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var limits = kestrel.Limits;
            limits.MaxRequestBodySize = LargestBody;
            limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
            limits.MaxRequestLineSize = 8 * 1024;           // bytes
            limits.MaxRequestHeadersTotalSize = 16 * 1024;  // bytes; a browser with our session sends about two thousand
            limits.MaxRequestHeaderCount = 64;
            limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            limits.KeepAliveTimeout = TimeSpan.FromSeconds(75); // longer than a proxy's, so that the proxy closes first
            ConnectionLimits.Configure(kestrel, kestrel.ApplicationServices.GetRequiredService<Settings>());
            kestrel.AddServerHeader = false;
        });
        // A reverse proxy is believed about who its caller is where it is on this machine, or one that the settings name.
        builder.Services.AddOptions<ForwardedHeadersOptions>().Configure<Settings>((options, settings) =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            foreach (var network in settings.ProxyNetworks)
                options.KnownIPNetworks.Add(network);
        });
        builder.AddServiceManager();
        var start = new StartLog();
        builder.Services.AddSingleton(start);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => start.IsOver && level >= LogLevel.Information);
        // It warns at each first start that the keys are not encrypted. They are as safe as the orders beside them: only
        // the owner may read the folder.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
        builder.Services.ConfigureHttpJsonOptions(options => Json.Apply(options.SerializerOptions));
        builder.Services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.OnRejected = (rejected, _) =>
            {
                rejected.HttpContext.Response.SetRetryAfter(rejected.Lease);
                return CallerLimits.IsLive(rejected.HttpContext)
                    ? new(RefusalAnswers.WriteAsync(rejected.HttpContext, CallerLimits.Refusal))
                    : ValueTask.CompletedTask;
            };
        });
        CallerLimits.Configure(builder.Services);
        builder.Services.AddWebShops();
        // A caller who never finishes sending delays a stop for this long. A step that waits for a locked file takes up
        // to five seconds.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(8));
    }

    /// <summary>Refuses callers that the server has no place for. Runs as soon as it is known who is one of the staff.</summary>
    public static void UseConnectionLimits(this WebApplication app) =>
        app.Use(app.Services.GetRequiredService<ConnectionLimits>().AdmitAsync);

    public static void AddDatabase(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Backups>();
        builder.Services.AddSingleton(services => DirectoryLock.OfServer(services.GetRequiredService<Settings>().DataFolder));
        if (builder.Configuration[$"{Settings.Section}:{nameof(Settings.Database)}"] is null)
            builder.Services.AddSqlite();
        else
            builder.Services.AddPostgres();
    }

    /// <summary>
    /// Checks and migrates the database. In Development an empty one gets the demo shop. False where the server must not
    /// start on it.
    /// </summary>
    /// <param name="app">The server.</param>
    /// <param name="demo">The demo shop.</param>
    public static bool PrepareDatabase(this WebApplication app, IDemoShop demo)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("StoreFlow");
        try
        {
            return app.PrepareDatabase(demo, log);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or DbException or BusyException)
        {
            var why = fault is UnusableException
                ? fault.Message
                : WhyUnusable(app.Services.GetRequiredService<Settings>(), fault);
            log.LogCritical("{Why}", why);
            return false;
        }
    }

    private static string WhyUnusable(Settings settings, Exception fault) => fault is not IOException && settings.Database is { } database
        ? PostgresFaults.OfStart(fault.InnerException ?? fault, PostgresSource.NameOf(PostgresSource.Read(database)))
        : WhyUnusable(settings.DataFolder, fault);

    private static string WhyUnusable(string folder, Exception fault) =>
        $"{folder} cannot be used as the data directory. {WriteTrouble.OfStart(fault.InnerException ?? fault, folder) ?? fault.Message}";

    private static bool PrepareDatabase(this WebApplication app, IDemoShop demo, ILogger log)
    {
        _ = app.Services.GetRequiredService<DirectoryLock>();
        var database = app.Services.GetRequiredService<Database>();
        var clock = app.Services.GetRequiredService<TimeProvider>();
        var settings = app.Services.GetRequiredService<Settings>();
        database.Prepare(settings, clock, log);
        log.LogInformation("Orders are kept in {Database}", database.Name);
        if (!app.Environment.IsDevelopment() && database.Read(demo.Fault) is { } fault)
        {
            log.LogCritical("{Database} holds {Fault}", database.Name, fault);
            return false;
        }
        if (settings.Database is not null)
            WithPatience(() => SharedKeys.Prepare(database, app.Services.GetRequiredService<IDataProtectionProvider>()));
        if (!app.Environment.IsDevelopment())
        {
            app.Lifetime.ApplicationStarted.Register(() => log.LogInformation(
                "StoreFlow listens on {Addresses}. The board is at {Address}/dashboard. The data is in {Folder}.",
                string.Join(", ", app.Urls), app.Urls.FirstOrDefault(), settings.DataFolder));
            return true;
        }

        WithPatience(() => database.WriteAsync(db =>
        {
            demo.Seed(db, clock.Now());
            return true;
        }).GetAwaiter().GetResult());
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            var address = app.Urls.FirstOrDefault();
            log.LogInformation(
                "The board is at {Address}/dashboard, a shop at {Address}/shop/1, the API's description at {Address}/docs",
                address, address, address);
            if (database.Read(demo.HasTokens))
                log.LogInformation("{HowToUse}", demo.HowToUse);
        });
        return true;
    }

    /// <summary>Of several nodes that start together one makes what is needed, and the others wait until it has.</summary>
    private static void WithPatience(Action write)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                write();
                return;
            }
            catch (BusyException) when (tries < 6)
            {
                // Each try has waited some seconds for its turn.
            }
        }
    }

    /// <summary>Serves until it is told to stop. Answers the exit code: not zero where it could not listen or had to stop.</summary>
    public static int Serve(this WebApplication app)
    {
        try
        {
            app.Lifetime.ApplicationStarted.Register(() => app.Services.GetRequiredService<StartLog>().IsOver = true);
            app.Start();
        }
        // A port in use arrives as the first, an address of another machine as the second.
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("StoreFlow").LogCritical(
                "StoreFlow cannot listen: {Why}. Stop the program that holds the port, or choose another address with --urls.",
                fault.Message.TrimEnd('.'));
            return 1;
        }
        catch (OperationCanceledException)
        {
            return Environment.ExitCode; // told to stop while it started
        }
        app.WaitForShutdown();
        return Environment.ExitCode;
    }

    /// <summary>Where a start fails, the host logs a stack trace; <see cref="Serve"/> says it in one sentence instead.</summary>
    private sealed class StartLog
    {
        public volatile bool IsOver;
    }
}
