using System.Text.RegularExpressions;
using StoreFlow.Features.ChangeStatus;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Features.Orders;

/// <summary>Few places name a status, so that a new one is quickly added.</summary>
public sealed class LifecyclePlacesTests
{
    /// <summary>The enum, the table of the lifecycle, the one route to all steps, and the database's rows.</summary>
    private static readonly string[] EveryStatus =
    [
        "Features/ChangeStatus/ChangeStatusModule.cs", "Features/Orders/Lifecycle.cs", "Features/Orders/OrderStatus.cs",
        "Migrations",
    ];

    [Theory]
    [MemberData(nameof(Statuses))]
    public void A_status_is_known_by_name_in_its_slice_the_lifecycle_the_door_and_a_migration(OrderStatus status, params string[] slices)
    {
        var name = Names.Of(status);
        var places = Source.Files.Concat(Source.Pages).Where(file => file.Key switch
        {
            "Features/Orders/OrderStatus.cs" or "Features/Orders/Lifecycle.cs" => Regex.IsMatch(file.Value, $@"\b{status}\b"),
            _ when file.Key.StartsWith("Migrations/", StringComparison.Ordinal) =>
                Regex.IsMatch(file.Value, $@"\('(pickup|shipping)',\s*'{name}'"),
            _ => Regex.IsMatch(file.Value, $@"\bOrderStatus\.{status}\b|(?<!shipping_)status = '{name}'"),
        }).Select(file => file.Key.StartsWith("Migrations/", StringComparison.Ordinal) ? "Migrations" : file.Key).Distinct();
        Assert.Equal(
            EveryStatus.Concat(slices.Select(slice => $"Features/{slice}/{slice}Module.cs")).Order(StringComparer.Ordinal),
            places.Order(StringComparer.Ordinal));
    }

    public static TheoryData<OrderStatus, string[]> Statuses => new()
    {
        { OrderStatus.Pending, [] }, // checkout takes the first of the lifecycle
        { OrderStatus.Accepted, ["AcceptOrder"] },
        { OrderStatus.InProgress, ["StartPreparation"] },
        { OrderStatus.Packing, ["StartPacking"] },
        { OrderStatus.Ready, ["MarkReady"] },
        { OrderStatus.Shipped, ["CorrectTracking", "ShipOrder"] },
        { OrderStatus.Completed, ["CompleteOrder"] },
        { OrderStatus.Delivered, ["MarkDelivered"] },
        { OrderStatus.Cancelled, ["CancelOrder"] },
    };

    [Fact]
    public void Every_status_has_its_places() =>
        Assert.Equal(Enum.GetValues<OrderStatus>(), Statuses.Select(row => (OrderStatus)row[0]).Order());

    [Fact]
    public void Every_status_has_a_stage_and_a_step_that_leads_to_it()
    {
        Assert.All(Enum.GetValues<OrderStatus>(), status => Assert.Contains(Lifecycle.Stages, stage => stage.Status == status));
        Assert.All(Enum.GetValues<OrderStatus>(), status =>
            Assert.Equal(status, ChangeStatusModule.StepTo(
                status, new(status), Role.Owner, DateTimeOffset.UnixEpoch).To));
    }
}
