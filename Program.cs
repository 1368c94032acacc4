using StoreFlow.Features.ApiReference;
using StoreFlow.Features.Dashboard;
using StoreFlow.Features.FirstRun;
using StoreFlow.Features.LiveUpdates;
using StoreFlow.Features.Setup;
using StoreFlow.Features.ShopFiles;
using StoreFlow.Infrastructure;

if (Commands.Recognise(args) is { } command)
    return command.Invoke();

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = ProgramFolder.Path });
if (!builder.AddSettings())     // wrong ones are refused with a sentence
    return 1;
builder.AddHosting();           // addresses, limits, JSON
builder.AddTelemetry();         // metrics, traces
builder.AddCompression();       // smaller answers for a phone at the bus stop
builder.AddDatabase();          // one file, one writer
builder.AddAuth();              // API tokens, roles
builder.AddProblems();          // every refusal as problem details
builder.AddFeatures();          // the slices and their one door
builder.AddLiveUpdates();       // the hub and the event streams
builder.AddPages();             // Blazor for staff, plain pages for customers
builder.AddApiReference();      // OpenAPI

await using var app = builder.Build();   // disposed of, it has written all that it logged
if (!app.PrepareDatabase(new DemoShop()))     // migrations; the demo shop in Development
    return 1;

app.UseRequestLog();
app.UseForwardedHeaders();
app.UseHttps();
app.UseResponseCompression();
app.UseBrowserSafety();
app.UseProblems();
app.UseFirstRun();
app.UseCors();
app.UseMetrics();
app.UseAuthentication();
app.UseConnectionLimits();
app.UseSameOriginOnly();
app.UseAuthorization();
app.UseRateLimiter();
app.UseAntiforgery();

app.MapFeatures();
app.MapLiveUpdates();
app.MapPages();
app.MapApiReference();
return app.Serve();

/// <summary>The server, as tests start it.</summary>
public partial class Program;
