using StoreFlow.Tests.Features.Dashboard;
using StoreFlow.Tests.Features.Orders.Specification;
using StoreFlow.Tests.Features.SignIn;
using StoreFlow.Tests.Pages;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("StoreFlow.Tests.LongOnesFirst", "StoreFlow.Tests")]

namespace StoreFlow.Tests;

/// <summary>
/// Starts the classes that take longest first, so that a run does not end with one of them alone. The others keep their chance
/// order.
/// </summary>
public sealed class LongOnesFirst : ITestCollectionOrderer
{
    private static readonly List<string> Long =
    [
        .. new[] { typeof(AccessibilityTests), typeof(TapTests), typeof(OrderSpecTests), typeof(SignInThrottleTests) }
            .Select(type => $"Test collection for {type.FullName}"),
    ];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Long.IndexOf(collection.DisplayName) is var place and >= 0 ? place : int.MaxValue)
            .ThenBy(collection => collection.UniqueID);
}
