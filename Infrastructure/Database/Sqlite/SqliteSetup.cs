namespace StoreFlow.Infrastructure;

internal static class SqliteSetup
{
    /// <summary>One file, one writer.</summary>
    public static void AddSqlite(this IServiceCollection services)
    {
        services.AddSingleton<SqliteDatabase>();
        services.AddSingleton<Database>(provider => provider.GetRequiredService<SqliteDatabase>());
        services.AddHostedService<WriteProbe>();
        services.AddHostedService<BackgroundFileCheck>();
    }
}
