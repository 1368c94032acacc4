using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace StoreFlow.Infrastructure;

/// <summary>Policies by name. Which stores a caller may touch is not a policy: it stands in the SQL of each query.</summary>
public static class Policies
{
    /// <summary>Any member of staff; holds for every route that does not say otherwise.</summary>
    public const string Staff = nameof(Staff);

    /// <summary>A manager or the owner.</summary>
    public const string Manager = nameof(Manager);

    /// <summary>The owner of the merchant.</summary>
    public const string Owner = nameof(Owner);

    /// <summary>A manager or the owner with a password or token: a PIN of a shared tablet manages nothing.</summary>
    public const string ManageStore = nameof(ManageStore);

    /// <summary>The owner, likewise.</summary>
    public const string ManageMerchant = nameof(ManageMerchant);
}

/// <summary>Who is asking: a script with an API token, or a person with a session on the pages.</summary>
public static class AuthSetup
{
    private const string TokenOrSession = nameof(TokenOrSession);

    public static void AddAuth(this WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication(TokenOrSession)
            .AddPolicyScheme(TokenOrSession, null, options => options.ForwardDefaultSelector = http =>
                http.Request.Headers.Authorization.Count > 0
                || TokenInQuery.Of(http) is not null || WebShops.IsCaller(http)
                || !SessionCookie.IsIn(http.Request) && !SessionCookie.IsForPeople(http.Request)
                    ? BearerTokens.Scheme
                    : Sessions.Scheme)
            .AddScheme<AuthenticationSchemeOptions, BearerTokens>(BearerTokens.Scheme, null)
            .AddCookie(Sessions.Scheme);
        builder.Services.AddOptions<CookieAuthenticationOptions>(Sessions.Scheme).Configure<Settings>(SessionCookie.Configure);
        // Else each made-up token of a stranger would be a line in the log.
        builder.Logging.AddFilter(typeof(BearerTokens).FullName, LogLevel.Warning);
        builder.Services.AddSingleton<IHttpContextFactory, TokenInQuery.ContextFactory>();
        builder.Services.AddSingleton<Sessions>();
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Staff, policy => policy.RequireAuthenticatedUser())
            .AddPolicy(Policies.Manager, policy => policy.RequireAuthenticatedUser().RequireRole($"{Role.Owner}", $"{Role.Manager}"))
            .AddPolicy(Policies.Owner, policy => policy.RequireAuthenticatedUser().RequireRole($"{Role.Owner}"))
            .AddPolicy(Policies.ManageStore, policy => policy.RequireAuthenticatedUser()
                .RequireAssertion(context => Actor.From(context.User) is { Manages: true }))
            .AddPolicy(Policies.ManageMerchant, policy => policy.RequireAuthenticatedUser()
                .RequireAssertion(context => Actor.From(context.User) is { Manages: true, Role: Role.Owner }));
        // The keys that sign sessions are kept beside the database, or in it where other nodes need them too: no restart signs anybody out.
        builder.Services.AddDataProtection().SetApplicationName("StoreFlow");
        builder.Services.AddOptions<KeyManagementOptions>().Configure<Settings, IServiceProvider>((options, settings, services) =>
        {
            if (settings.Database is not null)
            {
                options.XmlRepository = ActivatorUtilities.CreateInstance<SharedKeys>(services);
                return;
            }
            var folder = PrivateFiles.KeysIn(settings.DataFolder);
            PrivateFiles.MakeFolder(folder);
            options.XmlRepository = new FileSystemXmlRepository( // only the owner may read its files
                new DirectoryInfo(folder), services.GetRequiredService<ILoggerFactory>());
        });
    }
}
