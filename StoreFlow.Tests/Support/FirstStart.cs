using Dapper;
using StoreFlow.Features.ShopFiles;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests;

/// <summary>
/// What a server's first start leaves in an empty folder, made once for the whole run. A server that finds it there runs no
/// migrations and hashes no passwords. Tests of the first start itself begin with an empty folder.
/// </summary>
internal static class FirstStart
{
    private static readonly Lazy<byte[]> Migrated = new(() => Made(demo: false));
    private static readonly Lazy<byte[]> Seeded = new(() => Made(demo: true));

    /// <summary>Writes the database into a folder that has none: with the demo shop, as of now, or without any shop.</summary>
    public static void In(string folder, bool demo)
    {
        var file = Path.Combine(folder, SqliteDatabase.FileName);
        if (File.Exists(file))
            return;
        using var written = PrivateFiles.Open(file, FileMode.CreateNew, FileShare.None);
        written.Write((demo ? Seeded : Migrated).Value);
    }

    private static byte[] Made(bool demo)
    {
        using var folder = new TestFolder();
        Migrator.MigrateUp(folder.Database);
        if (demo)
            using (var db = SqliteDatabase.Open(folder.Database)) // closed, it leaves everything in the file
            {
                db.Execute("BEGIN");
                new DemoShop().Seed(db, TimeProvider.System.Now());
                db.Execute("COMMIT");
            }
        return File.ReadAllBytes(folder.Database);
    }
}
