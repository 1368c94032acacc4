using System.ComponentModel;
using System.Diagnostics;

namespace StoreFlow.Bench;

/// <summary>A library to preload into the server: it makes every sync 2 ms longer, as on a disk without a write cache.</summary>
internal static class SlowSyncs
{
    private const int AddedMicroseconds = 2000;

    /// <summary>Builds it with the machine's C compiler.</summary>
    /// <returns>The environment that preloads it; null without Linux or a compiler.</returns>
    public static (string Name, string Value)[]? Build(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var (source, library) = (Path.Combine(folder, "slow_fsync.c"), Path.Combine(folder, "slow_fsync.so"));
        using (var file = File.Create(source))
        using (var text = typeof(SlowSyncs).Assembly.GetManifestResourceStream("slow_fsync.c")!)
            text.CopyTo(file);
        try
        {
            using var compiler = Process.Start("cc", ["-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"]);
            compiler.WaitForExit();
            if (compiler.ExitCode != 0)
                return null;
        }
        catch (Win32Exception)
        {
            return null;
        }
        return [("LD_PRELOAD", library), ("SLOW_FSYNC_MICROSECONDS", $"{AddedMicroseconds}")];
    }
}
