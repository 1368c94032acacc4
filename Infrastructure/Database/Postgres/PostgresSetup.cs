namespace StoreFlow.Infrastructure;

internal static class PostgresSetup
{
    /// <summary>One server for any number of nodes.</summary>
    public static void AddPostgres(this IServiceCollection services)
    {
        services.AddSingleton<PostgresDatabase>();
        services.AddSingleton<Database>(provider => provider.GetRequiredService<PostgresDatabase>());
        services.AddHostedService<PostgresNode>();
    }
}
