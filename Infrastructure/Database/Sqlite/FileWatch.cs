using System.Runtime.InteropServices;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Compares the files at their paths with the files that the server opened, by device and inode. A file that was
/// removed, renamed or replaced still exists for the process that has it open. What is written to it is lost when that
/// process ends. Linux only: Windows does not let go of open files, and elsewhere nothing is compared.
/// </summary>
internal sealed class FileWatch
{
    private readonly (string Path, FileId Id)[] _files;
    private volatile string? _gone;

    /// <param name="files">Full paths of files that are open and stay open.</param>
    public FileWatch(params IEnumerable<string> files) =>
        _files = OperatingSystem.IsLinux() ? [.. files.Select(path => (path, Find(path, otherwise: null) ?? default))] : [];

    /// <summary>What happened and what to do, for the operator; null while all files are in place. About 2 µs a file.</summary>
    public string? Gone =>
        _gone ??= Array.Find(_files, file => Find(file.Path, file.Id) != file.Id) is { Path: { } path } ? Sentence(path) : null;

    private static string Sentence(string path) =>
        $"The file {Path.GetFileName(path)} in the data directory was " +
        $"{(File.Exists(path) ? "replaced by another file" : "removed or renamed")} " +
        "while the server ran, so what is written now would be lost. StoreFlow stops. " +
        "Put the data directory back, or restore a backup, then start again; stop the server first the next time.";

    /// <summary>The file at the path; null where there is none. Any other fault, such as missing rights, may pass.</summary>
    private static FileId? Find(string path, FileId? otherwise)
    {
        if (StatX(CurrentFolder, path, 0, InodeWanted, out var found) == 0)
            return new(found.DeviceMajor, found.DeviceMinor, found.Inode);
        return Marshal.GetLastPInvokeError() is NoSuchFile or NotAFolder ? null : otherwise;
    }

    private readonly record struct FileId(uint DeviceMajor, uint DeviceMinor, ulong Inode);

    private const int CurrentFolder = -100;     // AT_FDCWD
    private const uint InodeWanted = 0x100;     // STATX_INO
    private const int NoSuchFile = 2;           // ENOENT
    private const int NotAFolder = 20;          // ENOTDIR

    /// <summary>What the kernel writes into its struct statx: the same on every processor.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatXAnswer
    {
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern int StatX(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint wanted, out StatXAnswer answer);
}
