using Microsoft.Data.Sqlite;

namespace StoreFlow.Infrastructure;

/// <summary>Which builds of SQLite may hold orders.</summary>
internal static class SqliteBuild
{
    /// <summary>Why this version must not be used, or null.</summary>
    public static string? Fault(Version version) => version switch
    {
        // Older ones also lack what the schema uses: STRICT tables came with 3.37.
        _ when version < new Version(3, 44, 6) => WalReset,
        { Minor: > 44 and < 50 } => WalReset,
        { Minor: 50, Build: < 7 } => WalReset,
        { Minor: 51, Build: < 3 } => WalReset,
        { Major: 3, Minor: 52 } => "was withdrawn by its makers",
        _ => null,
    };

    /// <exception cref="UnusableException">The version is one that must not be used.</exception>
    public static void IsSafe()
    {
        using var any = new SqliteConnection();
        var version = any.ServerVersion;
        if (Fault(Version.Parse(version)) is { } fault)
            throw new UnusableException(
                $"This program came with SQLite {version}, which {fault}. " +
                "Install StoreFlow as it is published, with its own SQLite.");
    }

    private const string WalReset = "can lose committed pages when a write and a checkpoint meet (mended in 3.51.3)";
}
