using StoreFlow.Features.Languages;

namespace StoreFlow.Features.FirstRun;

/// <summary>While there is no shop, people see one page only, and the log tells where the set-up is.</summary>
internal static class FirstRunSetup
{
    private static readonly string[] PagesOfAShop = ["/dashboard", "/login", "/account", "/shop", "/tablet", "/link"];

    public static void UseFirstRun(this WebApplication app)
    {
        var setUp = app.Services.GetRequiredService<SetUpCode>();
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            if (!setUp.IsSetUp)
                app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("StoreFlow").LogInformation(
                    "There is no shop yet. Make one at {Address}{Path} within an hour, or by the command setup.",
                    app.Urls.FirstOrDefault()?.Replace("0.0.0.0", "localhost").Replace("[::]", "localhost"), setUp.Path);
        });
        app.Use((http, next) => IsForPeople(http.Request) && !setUp.IsSetUp
            ? StaffRefusal.Show(
                http,
                "There is no shop here yet",
                "The address of the set-up is in the log of this server.",
                StatusCodes.Status404NotFound,
                hasLink: false).ExecuteAsync(http)
            : next(http));
    }

    private static bool IsForPeople(HttpRequest request) =>
        request.Path == "/" || PagesOfAShop.Any(page => request.Path.StartsWithSegments(page));
}
