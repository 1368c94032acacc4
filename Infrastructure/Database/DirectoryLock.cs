using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Keeps a second server off the same data directory. The operating system holds the lock and ends it with the
/// process, however that ends; a file that was left behind locks nobody out.
/// </summary>
public sealed class DirectoryLock : IDisposable
{
    private const string FileName = "storeflow.lock";
    private const string HolderName = "storeflow.pid"; // others cannot read the locked file itself

    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <summary>The full path of the locked file.</summary>
    public string FilePath => _file.Name;

    /// <summary>The lock of a server, for as long as it runs.</summary>
    /// <exception cref="UnusableException">Another server holds the directory.</exception>
    public static DirectoryLock OfServer(string folder)
    {
        var waited = Stopwatch.StartNew();
        DirectoryLock? held;
        // A holder without a name is a command that migrates, or a server that has not written its name yet.
        while ((held = Try(folder)) is null
            && waited.Elapsed.TotalSeconds < (Holder(folder) is null ? 60 : 1))
            Thread.Sleep(100); // the system does not report that a file's lock is free
        if (held is null)
            throw Taken(folder);
        held.Name(folder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return held;
    }

    /// <summary>The lock of a command that migrates. Null where another process holds it, which may be about to migrate too.</summary>
    public static DirectoryLock? OfCommand(string folder)
    {
        var held = Try(folder);
        held?.Name(folder, "");
        return held;
    }

    /// <summary>The message where the lock did not become free in time.</summary>
    public static UnusableException Taken(string folder) => new(
        (Holder(folder) is { } id && IsAlive(id)
            ? $"Another process ({id}) works on {folder} already. Stop it first"
            : $"Another process holds {Path.Combine(folder, FileName)}. Find it (fuser, lsof) and stop it first") +
        ", or set StoreFlow:DataDirectory to another folder.");

    private static DirectoryLock? Try(string folder)
    {
        PrivateFiles.Prepare(folder);
        try
        {
            return new(PrivateFiles.Open(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileShare.None));
        }
        // EAGAIN on Linux and on macOS, and the sharing violation on Windows.
        catch (IOException fault) when ((fault.HResult & 0xFFFF) is 11 or 35 or 32)
        {
            return null;
        }
    }

    private void Name(string folder, string holder)
    {
        try
        {
            using var file = PrivateFiles.Open(Path.Combine(folder, HolderName), FileMode.Create, FileShare.Read);
            file.Write(Encoding.ASCII.GetBytes(holder));
        }
        catch (IOException)
        {
            // A full disk, or another process reads it just now. The name only helps the operator; the lock is what counts.
        }
    }

    private static string? Holder(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, HolderName)) is { Length: > 0 } id ? id : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    // A process that was killed has left its number behind.
    private static bool IsAlive(string id)
    {
        try
        {
            using var process = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
            return true;
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or OverflowException)
        {
            return false;
        }
    }

    public void Dispose() => _file.Dispose();
}
