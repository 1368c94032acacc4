using System.Data.Common;

namespace StoreFlow.Features.VerifyOrders;

/// <summary>All checks of <c>verify</c>, for a copy that is about to be kept or restored.</summary>
internal static class OrderCheck
{
    /// <summary>The first difference and how many there are, as a sentence; null for a sound database.</summary>
    public static string? Fault(DbConnection db) => Verification.Run(db) switch
    {
        { Count: 0 } => null,
        { Count: 1 } report => report.Shown[0],
        var report => $"{report.Shown[0]} (and {report.Count - 1:N0} more)",
    };
}
