using System.Diagnostics;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Places where a test can have the process end at once, as by a power cut: the one that STOREFLOW_FAILPOINT names.
/// Debug builds only; a Release build has neither the calls nor what they do.
/// </summary>
internal static class Failpoint
{
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
}
