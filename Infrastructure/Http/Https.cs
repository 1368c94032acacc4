namespace StoreFlow.Infrastructure;

/// <summary>What holds where people come over HTTPS, as the request or its proxy says, or the setting.</summary>
internal static class Https
{
    /// <summary>
    /// <c>StoreFlow:Https</c>: everybody comes over HTTPS, also where the proxy does not say so. Off, each request is
    /// what it says it is, and a shop on its own network works without HTTPS.
    /// </summary>
    public static bool IsSet(IConfiguration configuration) => configuration.GetValue("StoreFlow:Https", false);

    /// <summary>Comes after the forwarded headers. Outside Development it tells browsers to come back over HTTPS only.</summary>
    public static void UseHttps(this WebApplication app)
    {
        if (IsSet(app.Configuration))
            app.Use((http, next) =>
            {
                http.Request.Scheme = Uri.UriSchemeHttps;
                return next(http);
            });
        if (!app.Environment.IsDevelopment())
            app.UseHsts();
    }
}
