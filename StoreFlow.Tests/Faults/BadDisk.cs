using System.ComponentModel;
using System.Diagnostics;

namespace StoreFlow.Tests.Faults;

/// <summary>A disk that fails when it is told to. A small library, preloaded into the server, makes its calls fail.</summary>
internal sealed class BadDisk(TestFolder folder)
{
    private const string Orders = "disk-orders";

    // Built once for all tests. Without a compiler they are skipped.
    private static readonly Lazy<string?> Library = new(Build);

    /// <summary>Preloads the library into a process that is about to start, with further settings of its own.</summary>
    public Action<ProcessStartInfo> Under(params (string Name, string Value)[] settings)
    {
        Skip.If(Library.Value is null, "Needs a C compiler (cc) on Linux, to build the disk that fails.");
        return start =>
        {
            start.Environment["LD_PRELOAD"] = Library.Value;
            start.Environment["FAULTS_ORDERS"] = System.IO.Path.Combine(folder.Path, Orders);
            foreach (var (name, value) in settings)
                start.Environment[name] = value;
        };
    }

    /// <summary>From now on calls of these kinds fail: <c>sync 5</c> (EIO), <c>write 28</c> (ENOSPC), <c>open 30</c> (EROFS).</summary>
    public void Fail(params string[] orders) => folder.Write(Orders, string.Join('\n', orders));

    public void Heal() => File.Delete(System.IO.Path.Combine(folder.Path, Orders));

    private static string? Build()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var library = System.IO.Path.Combine(Directory.CreateTempSubdirectory("storeflow-faults-").FullName, "faults.so");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(System.IO.Path.GetDirectoryName(library)!, recursive: true);
        try
        {
            using var compiler = Process.Start(
                "cc", ["-shared", "-fPIC", "-O2", "-o", library, Source.Path("StoreFlow.Tests/Faults/faults.c"), "-ldl"]);
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? library : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
