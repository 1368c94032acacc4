using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.AcceptOrder;
using StoreFlow.Features.CompleteOrder;
using StoreFlow.Features.MarkDelivered;
using StoreFlow.Features.MarkReady;
using StoreFlow.Features.ShipOrder;
using StoreFlow.Features.StartPacking;
using StoreFlow.Features.StartPreparation;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ChangeStatus;

/// <summary>The specification's one door to all the ordinary steps (section 10); it cannot override.</summary>
public sealed class ChangeStatusModule : ICarterModule
{
    /// <param name="Status">The status that the order shall have next.</param>
    /// <param name="Version">The version that the caller acts on; optional.</param>
    /// <param name="TrackingCode">Needed for <c>shipped</c>.</param>
    /// <param name="TrackingUrl">For <c>shipped</c>; optional.</param>
    public sealed record Body(OrderStatus? Status, long? Version = null, string? TrackingCode = null, string? TrackingUrl = null);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPatch("/orders/{id}/status", Change)
            .DescribeStep("ChangeStatus", "Take the step that leads to a status");

    private static async Task<Results<Ok<OrderView>, ProblemHttpResult>> Change(long id, Body body, Caller caller, Transitions transitions) =>
        body.Status is { } status
            ? await transitions.Run(id, body.Version, caller, StepTo(status, body.TrackingCode, body.TrackingUrl))
            : Problems.Answer(Refusal.Invalid("status", $"This has to be one of: {Names.All<OrderStatus>()}."));

    /// <summary>Where the ordinary steps lead from here: asked of the very rules that refuse.</summary>
    internal static IReadOnlyList<OrderStatus> AllowedFrom(Order order) => Allowed[(order.FulfilmentType, order.Status)];

    // A new status has no arm here, so it does not compile: this is the one place that knows every step.
    internal static Transition StepTo(OrderStatus status, string? trackingCode = null, string? trackingUrl = null) => status switch
    {
        OrderStatus.Pending => BackToPending,
        OrderStatus.Accepted => AcceptOrderModule.Step,
        OrderStatus.InProgress => StartPreparationModule.Step,
        OrderStatus.Ready => MarkReadyModule.Step,
        OrderStatus.Completed => CompleteOrderModule.Step,
        OrderStatus.Packing => StartPackingModule.Step,
        OrderStatus.Shipped => ShipOrderModule.Step(trackingCode, trackingUrl),
        OrderStatus.Delivered => MarkDeliveredModule.Step,
    };

    // Only a checkout makes a pending order: the rule always refuses, so there is nothing to run.
    private static readonly Transition BackToPending =
        new(OrderStatus.Pending, order => Refusal.NoSuchStep(order, OrderStatus.Pending), Sql: "");

    // The rules look at nothing but type and status, so their answers are few enough to be worked out once.
    private static readonly Dictionary<(FulfilmentType, OrderStatus), IReadOnlyList<OrderStatus>> Allowed = (
        from type in Enum.GetValues<FulfilmentType>()
        from status in Enum.GetValues<OrderStatus>()
        let order = new Order { FulfilmentType = type, Status = status, PublicId = "", Currency = "", CustomerName = "", CustomerEmail = "" }
        select (type, status, allowed: Enum.GetValues<OrderStatus>().Where(to => StepTo(to).Rule(order) is null).ToArray()))
        .ToDictionary(row => (row.type, row.status), row => (IReadOnlyList<OrderStatus>)row.allowed);
}
