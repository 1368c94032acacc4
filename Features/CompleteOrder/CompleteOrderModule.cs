using Carter;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.CompleteOrder;

/// <summary>The customer has collected a pickup order (section 8); terminal.</summary>
public sealed class CompleteOrderModule : ICarterModule
{
    /// <param name="Version">The version that the caller acts on; optional.</param>
    /// <param name="PickupCode">The four digits that the customer shows; needed where the store asks for them.</param>
    /// <param name="Reason">Why a manager or the owner hands it over without the code: 3 to 500 characters.</param>
    public sealed record Body(long? Version = null, string? PickupCode = null, string? Reason = null);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/complete", async (long id, Body? body, Caller caller, Transitions transitions) =>
                (await transitions.RunAsync(
                    id, body?.Version, caller, Step(body?.PickupCode, body?.Reason, caller.Actor.Role))).ToHttp())
            .DescribeStep("CompleteOrder", "Hand a ready pickup order to its customer", Reason.TooManyRequests);

    internal static Step Step(string? pickupCode, string? reason, Role role)
    {
        var fields = new Fields();
        var code = fields.OptionalText("pickup_code", pickupCode, longest: 4);
        if (code is not null && !PickupCode.IsOne(code))
            fields.Refuse("pickup_code", "This has to be four digits.");
        var why = string.IsNullOrWhiteSpace(reason) ? null : fields.Text("reason", reason, longest: 500, shortest: 3);
        return new("complete", OrderStatus.Completed, order => Rule(order, code, why, role), Sql)
        {
            PickupCode = code,
            Reason = why,
            Errors = fields.Errors,
            Describe = (before, after) => why is not null && NeedsCode(before) && code is null
                ? new HandedOver(before.Status, after.Status, why)
                : StatusChanged.Between(before, after),
        };
    }

    internal static Refusal? Rule(Order order, string? code, string? reason, Role role) =>
        Lifecycle.Check(order, OrderStatus.Completed)
        ?? (code is not null || !NeedsCode(order) ? null
            : reason is null ? Refusal.Invalid("pickup_code", "This store hands over for the customer's code only: four digits.")
            : role is Role.Staff
                ? new(Reason.Forbidden, "Only a manager or the owner may hand over without the customer's code.")
            : null);

    // Orders that were placed before there were codes have none.
    internal static bool NeedsCode(Order order) => order is { AsksForCode: true, PickupCode: not null };

    private const string Sql = $"""
        UPDATE orders
           SET status = 'completed',
               completed_at = @now,
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING {Order.Columns}
        """;
}
