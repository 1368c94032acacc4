namespace StoreFlow.Tests.Faults;

/// <summary>Tests that take the whole machine: they run when all others are done, one after the other.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
