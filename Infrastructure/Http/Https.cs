namespace StoreFlow.Infrastructure;

/// <summary>What holds where people come over HTTPS, as the request or its proxy says, or the setting.</summary>
internal static class Https
{
    /// <summary>Comes after the forwarded headers. Outside Development it tells browsers to come back over HTTPS only.</summary>
    public static void UseHttps(this WebApplication app)
    {
        if (app.Services.GetRequiredService<Settings>().Https)
            app.Use((http, next) =>
            {
                http.Request.Scheme = Uri.UriSchemeHttps;
                return next(http);
            });
        if (!app.Environment.IsDevelopment())
            app.UseHsts();
    }
}
