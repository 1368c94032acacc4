namespace StoreFlow.Infrastructure;

/// <summary>Where StoreFlow lives on disk, wherever it was started from.</summary>
public static class Home
{
    /// <summary>
    /// The project's folder under <c>dotnet run</c>, else the folder of the program. Not the current directory:
    /// a server started from elsewhere would make itself an empty database there.
    /// </summary>
    public static string Folder { get; } = Find();

    private static string Find()
    {
        var project = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));
        return File.Exists(Path.Combine(project, "StoreFlow.csproj")) ? project : AppContext.BaseDirectory;
    }

    /// <summary>The folder of <c>StoreFlow:DataDirectory</c>; a relative one stands beside the project.</summary>
    public static string DataDirectory(IConfiguration configuration) =>
        Path.GetFullPath(configuration["StoreFlow:DataDirectory"] is { Length: > 0 } folder ? folder : "data", Folder);
}
