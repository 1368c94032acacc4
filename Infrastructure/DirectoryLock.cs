using System.Diagnostics;
using System.Globalization;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Keeps a second server off the same data directory. The operating system holds the lock and ends it with the
/// process, however that ends; a file that was left behind locks nobody out.
/// </summary>
public sealed class DirectoryLock : IDisposable
{
    private const string FileName = "storeflow.lock";
    private const string HolderName = "storeflow.pid"; // the locked file itself cannot be read by others

    // A command that migrates holds the lock for a moment, too.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly FileStream _file;

    public DirectoryLock(IConfiguration configuration) : this(Home.DataDirectory(configuration))
    {
    }

    /// <exception cref="UnusableException">Another process holds the directory.</exception>
    internal DirectoryLock(string folder)
    {
        Directory.CreateDirectory(folder);
        var holder = Path.Combine(folder, HolderName);
        for (var waited = Stopwatch.StartNew(); ; Thread.Sleep(100))
        {
            try
            {
                _file = new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                break;
            }
            catch (IOException fault) when (IsHeld(fault))
            {
                if (waited.Elapsed > Patience)
                    throw new UnusableException(
                        $"Another process{Named(holder)} works on {folder} already. Stop it first, or set StoreFlow:DataDirectory to another folder.", fault);
            }
        }
        try
        {
            File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // A full disk: the name is a courtesy, the lock is what counts.
        }
    }

    // EAGAIN of Linux and of macOS, and the sharing violation of Windows.
    private static bool IsHeld(IOException fault) => (fault.HResult & 0xFFFF) is 11 or 35 or 32;

    private static string Named(string holder)
    {
        try
        {
            return $" ({File.ReadAllText(holder)})";
        }
        catch (IOException)
        {
            return "";
        }
    }

    public void Dispose() => _file.Dispose();
}
