using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// A small library that, preloaded into the server, writes down in order what it writes to its file and WAL, what it
/// syncs and what it sends; and the reading of what it wrote down.
/// </summary>
internal static class SyncJournal
{
    public enum Kind : byte
    {
        Write = (byte)'W',
        Truncate = (byte)'T',
        Sync = (byte)'S',
        Unlink = (byte)'U',
        Answer = (byte)'A',
    }

    /// <summary>One thing that the server did. <c>Offset</c> is the new length where it truncated.</summary>
    public sealed record Deed(Kind Kind, bool OnWal, long Offset, byte[] Data);

    /// <summary>Builds the library with the machine's C compiler; null where there is none.</summary>
    public static string? Build(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var library = Path.Combine(folder, "sync_journal.so");
        try
        {
            using var compiler = Process.Start("cc", ["-shared", "-fPIC", "-O2", "-o", library, Source(), "-ldl"]);
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? library : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    public static IEnumerable<Deed> Read(string file)
    {
        using var reader = new BinaryReader(new BufferedStream(File.OpenRead(file), 1 << 20), Encoding.UTF8);
        while (reader.PeekChar() >= 0)
        {
            var (kind, onWal, offset, length) = ((Kind)reader.ReadByte(), reader.ReadByte() == 'w', reader.ReadInt64(), reader.ReadInt64());
            yield return new(kind, onWal, offset, reader.ReadBytes((int)length));
        }
    }

    private static string Source([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "sync_journal.c");
}
