using System.Runtime.InteropServices;

namespace StoreFlow.Bench;

/// <summary>Where the figures were measured, without which they say little.</summary>
internal static class Machine
{
    public static string Describe(string folder)
    {
        var gigabytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9;
        return $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, {gigabytes:0} GB, {new DriveInfo(folder).DriveFormat}, "
            + $"{RuntimeInformation.OSDescription.Trim()}, .NET {Environment.Version}. Client and server share the machine. "
            + "Each figure is the median of its repetitions, each ratio the median of the repetitions' own.";
    }
}
