using System.Runtime.CompilerServices;

namespace StoreFlow.Tests.Docs;

/// <summary>The files beside the code, as they stand in the repository.</summary>
internal static class Repository
{
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Folder, path));

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
