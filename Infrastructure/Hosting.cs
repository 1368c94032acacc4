using System.Net.Sockets;
using Carter;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Data.Sqlite;
using StoreFlow.Features;
using StoreFlow.Features.Checkout;
using StoreFlow.Features.ImportShop;

namespace StoreFlow.Infrastructure;

/// <summary>How the server is put together, block by block, as <c>Program.cs</c> lists it.</summary>
internal static class Hosting
{
    private const long LargestBody = 64 * 1024; // bytes

    public static void AddHosting(this WebApplicationBuilder builder)
    {
        if (builder.Environment.IsDevelopment() && builder.Configuration[WebHostDefaults.ServerUrlsKey] is null)
            builder.WebHost.UseUrls("http://localhost:5080");
        builder.Services.AddSingleton<ConnectionLimits>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var limits = kestrel.Limits;
            limits.MaxRequestBodySize = LargestBody;
            limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
            limits.MaxRequestLineSize = 8 * 1024;           // bytes
            limits.MaxRequestHeadersTotalSize = 16 * 1024;  // bytes; a browser with our session sends some two thousand
            limits.MaxRequestHeaderCount = 64;
            limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            limits.KeepAliveTimeout = TimeSpan.FromSeconds(75); // longer than proxies keep theirs: they hang up first
            ConnectionLimits.Configure(kestrel, builder.Configuration);
            kestrel.AddServerHeader = false;
        });
        // A reverse proxy on this machine, and only there, is believed about who its caller is.
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto);
        var start = new StartLog();
        builder.Services.AddSingleton(start);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => start.IsOver && level >= LogLevel.Information);
        builder.Services.ConfigureHttpJsonOptions(options => Json.Apply(options.SerializerOptions));
        builder.Services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.OnRejected = (rejected, _) =>
            {
                rejected.HttpContext.Response.SetRetryAfter(rejected.Lease);
                return CallerLimits.IsLive(rejected.HttpContext)
                    ? new(Problems.Write(rejected.HttpContext, CallerLimits.Refusal))
                    : ValueTask.CompletedTask;
            };
            CheckoutLimit.Configure(options, builder.Configuration);
        });
        CallerLimits.Configure(builder.Services);
        // A caller who never finishes sending holds a stop up for this long. A step that waits for a locked file takes up to five seconds.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(8));
    }

    /// <summary>Refuses whom the server has no place for; asked as soon as it is known who is one of the staff.</summary>
    public static void UseConnectionLimits(this WebApplication app) =>
        app.Use(app.Services.GetRequiredService<ConnectionLimits>().AdmitAsync);

    public static void AddDatabase(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Database>();
        builder.Services.AddSingleton(_ => DirectoryLock.OfServer(Home.DataDirectory(builder.Configuration)));
        builder.Services.AddHostedService<WriteWatch>();
        builder.Services.AddHostedService<WholeFileCheck>();
    }

    public static void AddFeatures(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Transitions>();
        builder.Services.AddSingleton<KeyClock>();
        builder.Services.AddHostedService<KeySweep>();
        builder.Services.AddSingleton<UnknownIds>();
        builder.Services.AddCarter(new DependencyContextAssemblyCatalog(typeof(Program).Assembly), carter => carter
            .WithModules(Slices.WithRoutes)
            .WithEmptyValidators()
            .WithEmptyResponseNegotiators());
    }

    /// <summary>Checks and migrates the database; in Development an empty one becomes the demo shop. False where the server must not start on it.</summary>
    public static bool PrepareDatabase(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("StoreFlow");
        try
        {
            return app.PrepareDatabase(log);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SqliteException or BusyException)
        {
            log.LogCritical("{Why}", fault is UnusableException
                ? fault.Message
                : $"{Home.DataDirectory(app.Configuration)} cannot be used as the data directory. {WriteTrouble.Of(fault.InnerException ?? fault) ?? fault.Message}");
            return false;
        }
    }

    private static bool PrepareDatabase(this WebApplication app, ILogger log)
    {
        var directoryLock = app.Services.GetRequiredService<DirectoryLock>();
        var database = app.Services.GetRequiredService<Database>();
        var clock = app.Services.GetRequiredService<TimeProvider>();

        SqliteBuild.IsSafe();
        var isUpToDate = Migrator.IsUpToDate(database.File);
        if (File.Exists(database.File) && (!isUpToDate || new FileInfo(database.File).Length <= FileCheck.SmallFile))
            FileCheck.IsWhole(database.File);
        if (!isUpToDate)
            Migrator.MigrateUp(database.File);
        database.Settle();
        database.Watch(directoryLock.FilePath);
        log.LogInformation("Orders are kept in {File}", database.File);
        if (!app.Environment.IsDevelopment())
        {
            if (!database.Read(DemoShop.IsIn))
                return true;
            log.LogCritical("{File} holds the demo shop, whose API tokens everybody knows. Set StoreFlow:DataDirectory to another folder.", database.File);
            return false;
        }

        database.Write(db =>
        {
            DemoShop.Seed(db, clock.Now());
            return true;
        }).GetAwaiter().GetResult();
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            var address = app.Urls.FirstOrDefault();
            log.LogInformation("The board is at {Address}/dashboard, a shop at {Address}/shop/1, the API's description at {Address}/docs", address, address, address);
            if (database.Read(DemoShop.IsIn))
                log.LogInformation("Sign in as {People}, password {Password}; demo tokens for Authorization: Bearer ... are {Tokens}",
                    DemoShop.People, DemoShop.Password, DemoShop.TokenList);
        });
        return true;
    }

    /// <summary>Serves until it is told to stop. Answers the exit code: not zero where it could not listen, or had to stop.</summary>
    public static int Serve(this WebApplication app)
    {
        try
        {
            app.Lifetime.ApplicationStarted.Register(() => app.Services.GetRequiredService<StartLog>().IsOver = true);
            app.Start();
        }
        // A port in use is wrapped into the first, an address of another machine is the second.
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("StoreFlow").LogCritical(
                "StoreFlow cannot listen: {Why}. Stop the program that holds the port, or choose another address with --urls.", fault.Message.TrimEnd('.'));
            return 1;
        }
        catch (OperationCanceledException)
        {
            return Environment.ExitCode; // told to stop while it started
        }
        app.WaitForShutdown();
        return Environment.ExitCode;
    }

    /// <summary>The host tells of a start that failed with a stack trace; <see cref="Serve"/> says it as a sentence.</summary>
    private sealed class StartLog
    {
        public volatile bool IsOver;
    }
}
