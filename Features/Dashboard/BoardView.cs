namespace StoreFlow.Features.Dashboard;

/// <summary>What a device remembers of a store's board.</summary>
/// <param name="Type">The fulfilment type that is shown; null for all.</param>
/// <param name="Search">What is searched for.</param>
/// <param name="Shown">How many cards of a column are shown, by the column's id.</param>
/// <param name="LateOnly">Only what is late is shown.</param>
/// <param name="IsDense">Cards are small.</param>
/// <param name="IsApart">In a column, pickup and shipping stand apart.</param>
/// <param name="ShowsToMake">What is to be made is shown.</param>
public sealed record BoardView(
    string? Type, string? Search, Dictionary<string, int>? Shown, bool LateOnly = false, bool IsDense = false, bool IsApart = false,
    bool ShowsToMake = false);
