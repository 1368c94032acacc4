namespace StoreFlow.Bench;

/// <summary>An order that has steps to take. Version 1 is pending; each of the four steps adds one.</summary>
internal readonly record struct OpenOrder(long Id, long Store, bool Ships, int Version);
