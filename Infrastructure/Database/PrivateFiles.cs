namespace StoreFlow.Infrastructure;

/// <summary>
/// Closes the data to other users of the machine: 700 for folders and 600 for files, whatever the umask is. On Windows the
/// rights of the folder above hold.
/// </summary>
internal static class PrivateFiles
{
    private const UnixFileMode OfFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OfFolder = OfFile | UnixFileMode.UserExecute;
    private const string Keys = "keys";
    private const string Backups = "backups";
    private const string Mail = "outgoing-mail";

    /// <summary>Where the keys are that sign sessions.</summary>
    public static string KeysIn(string folder) => Path.Combine(folder, Keys);

    /// <summary>Where the server's own copies of the database are, where no other folder is set.</summary>
    public static string BackupsIn(string folder) => Path.Combine(folder, Backups);

    /// <summary>Where e-mails are kept that do not leave.</summary>
    public static string MailIn(string folder) => Path.Combine(folder, Mail);

    /// <summary>Makes the data directory where there is none, and closes what an earlier version left open.</summary>
    public static void Prepare(string folder)
    {
        MakeFolder(folder);
        if (OperatingSystem.IsWindows())
            return;
        foreach (var file in Directory.EnumerateFiles(folder, "storeflow.*"))
            Close(file, OfFile);
        if (Directory.Exists(KeysIn(folder)))
            Close(KeysIn(folder), OfFolder);
        // A directory that holds other things too (/tmp, say) is not ours alone to close.
        if (Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).All(IsOurs))
            Close(folder, OfFolder);
    }

    private static bool IsOurs(string? name) => name is Keys or Backups or Mail || name!.StartsWith("storeflow.", StringComparison.Ordinal);

    public static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OfFolder);
    }

    /// <summary>Opens a file, and makes it for its owner alone where there is none.</summary>
    public static FileStream Open(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OfFile;
        return new FileStream(path, options);
    }

    private static void Close(string path, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
            return;
        try
        {
            var now = File.GetUnixFileMode(path);
            if ((now & ~mode) != 0)
                File.SetUnixFileMode(path, now & mode);
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or IOException)
        {
            // Another user's, gone meanwhile, or on a disk that takes no change: it stays as it is.
        }
    }
}
