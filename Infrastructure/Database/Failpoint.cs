using System.Diagnostics;

namespace StoreFlow.Infrastructure;

/// <summary>
/// What a test can make go wrong in the program itself. Debug builds only: in a Release build nothing here does anything.
/// </summary>
internal static class Failpoint
{
    /// <summary>A place where the process ends at once, as by a power cut, if STOREFLOW_FAILPOINT names it.</summary>
    [Conditional("DEBUG")]
    public static void Reach(string place)
    {
#if DEBUG
        if (Environment.GetEnvironmentVariable("STOREFLOW_FAILPOINT") != place)
            return;
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite); // not one statement more on this thread
#endif
    }

    /// <summary>
    /// Whether the program shall make this mistake: the one that STOREFLOW_PLANTED_FAULT names. PlantedFaultTests has
    /// them all, each with the test that has to find it.
    /// </summary>
    public static bool IsPlanted(string fault)
    {
#if DEBUG
        return Planted == fault;
#else
        return false;
#endif
    }

#if DEBUG
    private static readonly string? Planted = Environment.GetEnvironmentVariable("STOREFLOW_PLANTED_FAULT");
#endif
}
