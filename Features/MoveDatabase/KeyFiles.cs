using StoreFlow.Infrastructure;

namespace StoreFlow.Features.MoveDatabase;

/// <summary>A key of ASP.NET's data protection, with which cookies are signed.</summary>
internal sealed record KeyFile
{
    /// <summary>The file's name without its ending.</summary>
    public required string Name { get; init; }

    public required string Xml { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The keys beside an SQLite file. On PostgreSQL they are rows. Moved along, they keep everybody signed in.</summary>
internal static class KeyFiles
{
    private const string Ending = ".xml";

    /// <summary>All keys beside the database of this folder.</summary>
    public static IReadOnlyList<KeyFile> In(string folder) => PrivateFiles.KeysIn(folder) is var keys && Directory.Exists(keys)
        ? [.. Directory.EnumerateFiles(keys, $"*{Ending}").Order(StringComparer.Ordinal).Select(file => new KeyFile
        {
            Name = Path.GetFileNameWithoutExtension(file),
            Xml = File.ReadAllText(file),
            CreatedAt = new(File.GetLastWriteTimeUtc(file)),
        })]
        : [];

    /// <summary>Writes the keys for their owner alone. One that is there already stays.</summary>
    public static void Write(string folder, IReadOnlyList<KeyFile> keys)
    {
        PrivateFiles.MakeFolder(PrivateFiles.KeysIn(folder));
        foreach (var key in keys)
        {
            // A name with a path in it would leave the folder.
            var path = Path.Combine(PrivateFiles.KeysIn(folder), $"{Path.GetFileName(key.Name)}{Ending}");
            if (File.Exists(path))
                continue;
            using var file = PrivateFiles.Open(path, FileMode.CreateNew, FileShare.None);
            using (var text = new StreamWriter(file, leaveOpen: true))
                text.Write(key.Xml);
            file.Flush(flushToDisk: true);
        }
    }
}
