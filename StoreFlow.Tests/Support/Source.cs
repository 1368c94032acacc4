using System.Runtime.CompilerServices;

namespace StoreFlow.Tests;

/// <summary>The product's own source text, for rules that no type can express.</summary>
internal static class Source
{
    private static readonly string Root =
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Here())!, "..", ".."));

    /// <summary>Every C# file of the product by its path from the root, with slashes; comments are left out.</summary>
    public static readonly IReadOnlyDictionary<string, string> Files = new[] { "Features", "Infrastructure", "Migrations" }
        .SelectMany(folder => Directory.EnumerateFiles(System.IO.Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
        .Append(System.IO.Path.Combine(Root, "Program.cs"))
        .ToDictionary(
            file => System.IO.Path.GetRelativePath(Root, file).Replace('\\', '/'),
            file => string.Join('\n', File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))));

    /// <summary>Every page of the product by its path from the root.</summary>
    public static readonly IReadOnlyDictionary<string, string> Pages = new[] { "Features", "Infrastructure" }
        .SelectMany(folder => Directory.EnumerateFiles(System.IO.Path.Combine(Root, folder), "*.razor", SearchOption.AllDirectories))
        .ToDictionary(file => System.IO.Path.GetRelativePath(Root, file).Replace('\\', '/'), File.ReadAllText);

    /// <summary>Every script of the pages by its name.</summary>
    public static readonly IReadOnlyDictionary<string, string> Scripts = Directory.EnumerateFiles(Path("wwwroot"), "*.js")
        .ToDictionary(file => System.IO.Path.GetFileName(file), File.ReadAllText);

    /// <summary>The files that contain a text.</summary>
    public static List<string> FilesWith(string text) =>
        [
            .. Files
                .Where(file => file.Value.Contains(text, StringComparison.Ordinal))
                .Select(file => file.Key)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>The full path of a file of the repository.</summary>
    public static string Path(string file) => System.IO.Path.Combine(Root, file);

    private static string Here([CallerFilePath] string file = "") => file;
}
