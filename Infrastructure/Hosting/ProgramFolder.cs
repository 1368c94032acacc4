namespace StoreFlow.Infrastructure;

/// <summary>Where the program is on disk, independent of the current directory.</summary>
public static class ProgramFolder
{
    /// <summary>
    /// The project's folder under <c>dotnet run</c>, else the folder of the program. Not the current directory: a server
    /// started from elsewhere would make an empty database there.
    /// </summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        var project = System.IO.Path.GetFullPath(System.IO.Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));
        return File.Exists(System.IO.Path.Combine(project, "StoreFlow.csproj")) ? project : AppContext.BaseDirectory;
    }
}
