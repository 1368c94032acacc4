using Carter;
using Microsoft.AspNetCore.Http.HttpResults;
using StoreFlow.Features.AcceptOrder;
using StoreFlow.Features.CancelOrder;
using StoreFlow.Features.CompleteOrder;
using StoreFlow.Features.MarkDelivered;
using StoreFlow.Features.MarkReady;
using StoreFlow.Features.Orders;
using StoreFlow.Features.ShipOrder;
using StoreFlow.Features.StartPacking;
using StoreFlow.Features.StartPreparation;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.ChangeStatus;

/// <summary>One route for all the ordinary steps, as the specification asks (section 10). It cannot override.</summary>
public sealed class ChangeStatusModule : ICarterModule
{
    /// <param name="Status">The status that the order shall have next.</param>
    /// <param name="Version">The version that the caller acts on; optional.</param>
    /// <param name="TrackingCode">Needed for <c>shipped</c>.</param>
    /// <param name="TrackingUrl">For <c>shipped</c>; optional.</param>
    /// <param name="Reason">
    /// Needed for <c>cancelled</c>, and then one of its reasons; for <c>completed</c> where the code is missing.
    /// </param>
    /// <param name="Note">For <c>cancelled</c>; optional unless the reason is <c>other</c>.</param>
    /// <param name="ReadyInMinutes">For <c>accepted</c>; optional.</param>
    /// <param name="PromisedAt">For <c>accepted</c>; optional.</param>
    /// <param name="Shelf">For <c>ready</c>; optional.</param>
    /// <param name="PickupCode">For <c>completed</c>, where the store asks for it.</param>
    public sealed record Body(
        OrderStatus? Status,
        long? Version = null,
        string? TrackingCode = null,
        string? TrackingUrl = null,
        string? Reason = null,
        string? Note = null,
        long? ReadyInMinutes = null,
        DateTimeOffset? PromisedAt = null,
        string? Shelf = null,
        string? PickupCode = null);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPatch("/orders/{id}/status", ChangeAsync)
            .DescribeStep("ChangeStatus", "Take the step that leads to a status", Reason.TooManyRequests);

    private static async Task<Results<Ok<OrderView>, ProblemHttpResult>> ChangeAsync(
        long id, Body body, Caller caller, Transitions transitions, TimeProvider clock) =>
        body.Status is { } status
            ? (await transitions.RunAsync(
                id, body.Version, caller, StepTo(status, body, caller.Actor.Role, clock.Now()))).ToHttp()
            : Refusal.Invalid("status", $"This has to be one of: {Names.All<OrderStatus>()}.").ToHttp();

    /// <summary>The ordinary step to a status. A new status without an arm here does not compile.</summary>
    internal static Step StepTo(OrderStatus status, Body body, Role role, DateTimeOffset now) => status switch
    {
        OrderStatus.Pending => BackToPending,
        OrderStatus.Accepted => AcceptOrderModule.Step(body.ReadyInMinutes, body.PromisedAt, now),
        OrderStatus.InProgress => StartPreparationModule.Step,
        OrderStatus.Ready => MarkReadyModule.Step(body.Shelf),
        OrderStatus.Completed => CompleteOrderModule.Step(body.PickupCode, body.Reason, role),
        OrderStatus.Packing => StartPackingModule.Step,
        OrderStatus.Shipped => ShipOrderModule.Step(body.TrackingCode, body.TrackingUrl),
        OrderStatus.Delivered => MarkDeliveredModule.Step,
        OrderStatus.Cancelled => CancelOrderModule.Step(Names.Find<CancelReason>(body.Reason ?? ""), body.Note, role),
    };

    // Only a checkout makes a pending order: the rule always refuses, so there is nothing to run.
    private static readonly Step BackToPending =
        new("put-back", OrderStatus.Pending, order => Lifecycle.Check(order, OrderStatus.Pending), Sql: "");
}
