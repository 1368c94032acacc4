using System.Diagnostics;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// A real disk of a few megabytes that only the server sees: a tmpfs in its own mount namespace, which ends with the server.
/// </summary>
internal sealed class SmallDisk(TestFolder folder)
{
    private const string Filler = "filler";

    public bool Works { get; } = Try();

    /// <summary>Puts the folder of a process that is about to start on the disk.</summary>
    public void Under(ProcessStartInfo start) => Under(start, "");

    /// <summary>The same, full to the last byte before the process starts.</summary>
    public void UnderFull(ProcessStartInfo start) => Under(start, $"{{ dd if=/dev/zero of=\"$0/{Filler}\" bs=4096 2>&-; true; }} &&");

    private void Under(ProcessStartInfo start, string first)
    {
        string[] command = [start.FileName, .. start.ArgumentList];
        start.FileName = "unshare";
        start.ArgumentList.Clear();
        string[] inside = ["-rm", "sh", "-c", $"mount -t tmpfs -o size=8m tmpfs \"$0\" && {first} exec \"$@\"", folder.Path];
        foreach (var argument in inside.Concat(command))
            start.ArgumentList.Add(argument);
    }

    /// <summary>Fills it to the last byte, as another program's log would.</summary>
    public void Fill(int process)
    {
        var page = new byte[4096];
        using var file = new FileStream(In(process), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                file.Write(page);
        }
        catch (IOException)
        {
            // The disk is full, as intended.
        }
    }

    public void Empty(int process) => File.Delete(In(process));

    private string In(int process) => $"/proc/{process}/root{folder.Path}/{Filler}";

    private static bool Try()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            var start = new ProcessStartInfo("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]) { RedirectStandardError = true };
            using var attempt = Process.Start(start)!;
            attempt.WaitForExit();
            return attempt.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
