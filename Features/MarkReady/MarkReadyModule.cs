using Carter;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.MarkReady;

/// <summary>A pickup order waits at the counter (section 8).</summary>
public sealed class MarkReadyModule : ICarterModule
{
    /// <param name="Version">The version that the caller acts on; optional.</param>
    /// <param name="Shelf">Where it lies, for the colleague who hands it over: up to 20 characters; optional.</param>
    public sealed record Body(long? Version = null, string? Shelf = null);

    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/orders/{id}/mark-ready", async (long id, Body? body, Caller caller, Transitions transitions) =>
                (await transitions.RunAsync(id, body?.Version, caller, Step(body?.Shelf))).ToHttp())
            .DescribeStep("MarkReady", "Say that a pickup order is ready at the counter");

    internal static Step Step(string? shelf)
    {
        var fields = new Fields();
        var place = fields.OptionalText("shelf", shelf, longest: 20);
        return new("mark-ready", OrderStatus.Ready, Rule, Sql) { Shelf = place, Errors = fields.Errors };
    }

    internal static Refusal? Rule(Order order) => Lifecycle.Check(order, OrderStatus.Ready);

    private const string Sql = $"""
        UPDATE orders
           SET status = 'ready',
               ready_at = @now,
               shelf = @Shelf,
               version = version + 1
         WHERE id = @id AND version = @version
        RETURNING {Order.Columns}
        """;
}
