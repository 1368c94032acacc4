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

/// <summary>The folder that holds the database.</summary>
public static class DataFolder
{
    /// <summary>
    /// The full path of <c>StoreFlow:DataDirectory</c>. A relative one starts at the <see cref="ProgramFolder"/>.
    /// <c>appsettings.Development.json</c> sets it for Development. Elsewhere there is no default: the data would lie in
    /// the program's folder, and the next publish would copy it.
    /// </summary>
    /// <exception cref="UnusableException">It is not set.</exception>
    public static string Of(IConfiguration configuration) =>
        configuration["StoreFlow:DataDirectory"] is { Length: > 0 } folder
            ? Path.GetFullPath(folder, ProgramFolder.Path)
            : throw new UnusableException(
                "StoreFlow does not know where to keep its data. " +
                "Set the folder by the environment variable StoreFlow__DataDirectory=/srv/storeflow " +
                "or the argument --StoreFlow:DataDirectory=/srv/storeflow.");
}
