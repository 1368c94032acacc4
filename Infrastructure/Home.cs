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

    /// <summary>
    /// The folder of <c>StoreFlow:DataDirectory</c>; a relative one stands beside the project. <c>appsettings.Development.json</c> sets it for Development.
    /// Elsewhere there is no default: the data would lie in the program's folder, and the next publish would carry it along.
    /// </summary>
    /// <exception cref="UnusableException">It is not set.</exception>
    public static string DataDirectory(IConfiguration configuration) =>
        configuration["StoreFlow:DataDirectory"] is { Length: > 0 } folder
            ? Path.GetFullPath(folder, Folder)
            : throw new UnusableException(
                "StoreFlow does not know where to keep its data. Set the folder by the environment variable StoreFlow__DataDirectory=/srv/storeflow " +
                "or the argument --StoreFlow:DataDirectory=/srv/storeflow.");
}
