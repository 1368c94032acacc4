using System.Runtime.InteropServices;

namespace StoreFlow.Bench;

internal static class Machine
{
    /// <summary>Date, machine and versions, for reading the figures.</summary>
    public static string Describe(string folder)
    {
        var gigabytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9;
        return $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, {gigabytes:0} GB, "
            + $"{new DriveInfo(folder).DriveFormat}, {RuntimeInformation.OSDescription.Trim()}, .NET {Environment.Version}. "
            + "Client and server share the machine.";
    }
}
