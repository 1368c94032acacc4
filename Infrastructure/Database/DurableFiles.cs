using System.ComponentModel;
using System.Runtime.InteropServices;

namespace StoreFlow.Infrastructure;

/// <summary>Renames that survive a power cut: the system keeps a new name in its memory until the folder is synced.</summary>
internal static class DurableFiles
{
    /// <summary>Moves a file within its disk, at once or not at all. A file of that name is replaced.</summary>
    public static void Move(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        SyncFolderOf(to);
    }

    /// <summary>
    /// Gives the file a second name. On a disk without hard links the second name gets a copy.
    /// </summary>
    public static void KeepAs(string file, string second)
    {
        if (OperatingSystem.IsWindows() || Link(file, second) != 0)
        {
            File.Copy(file, second);
            using var copy = new FileStream(second, FileMode.Open, FileAccess.ReadWrite);
            copy.Flush(flushToDisk: true);
        }
        SyncFolderOf(second);
    }

    /// <summary>Syncs the folder of a file, where the system lets a folder be synced.</summary>
    public static void SyncFolderOf(string file)
    {
        if (OperatingSystem.IsWindows())
            return;
        var folder = Open(Path.GetDirectoryName(Path.GetFullPath(file))!, ReadOnly);
        if (folder < 0)
            throw new IOException($"The folder of {file} cannot be opened: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}.");
        var result = Sync(folder);
        var fault = Marshal.GetLastPInvokeError();
        _ = Close(folder);
        if (result != 0 && fault is not InvalidArgument)
            throw new IOException($"The disk could not confirm the new name of {file}: {new Win32Exception(fault).Message}.");
    }

    private const int ReadOnly = 0;
    private const int InvalidArgument = 22; // EINVAL: a file system that does not sync folders

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    private static extern int Link(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string file, [MarshalAs(UnmanagedType.LPUTF8Str)] string second);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Sync(int file);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int file);
}
