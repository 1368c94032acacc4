namespace StoreFlow.Tests.Faults.Model;

/// <summary>Who calls, with what rights: the shop's people as the first section of the design's fifth describes them.</summary>
internal sealed record Person(string Name, string? Token, bool IsOwner, params long[] Stores)
{
    public static readonly Person[] All =
    [
        new("owner", StoreFlowApp.Owner, true, 1, 2), new("manager", StoreFlowApp.Manager, false, 1, 2), new("staff", StoreFlowApp.Staff, false, 1),
        new("rival", StoreFlowApp.Rival, true, 3), new("stranger", null, false),
    ];

    public override string ToString() => Name;
}

/// <summary>What one does to an order: a route with what matters of its body. <c>Seen</c> is the version that it acts on.</summary>
internal sealed record Command(string Route, string? To = null, string? Code = null, string? Reason = null, long? Seen = null)
{
    public HttpMethod Method => Route is "status" or "tracking" ? HttpMethod.Patch : HttpMethod.Post;

    public object Body => new { version = Seen, status = To, tracking_code = Code, reason = Reason };
}

/// <summary>An order, as far as the lifecycle is concerned.</summary>
internal sealed record State(string Type, long Store, string Status = "pending", string? Code = null, long Version = 1)
{
    public string? ShippingStatus => Type == "pickup" ? null : Status is "shipped" or "delivered" ? Status : "pending";
}

/// <summary>What the design says that an order answers: written from its first three sections, and not from the product's code.</summary>
internal static class Lifecycle
{
    public static readonly string[] Statuses = ["pending", "accepted", "in_progress", "packing", "ready", "shipped", "completed", "delivered"];

    private static readonly (string Step, string Type, string From, string To)[] Steps =
    [
        ("accept", "pickup", "pending", "accepted"), ("accept", "shipping", "pending", "accepted"),
        ("start-preparation", "pickup", "accepted", "in_progress"), ("mark-ready", "pickup", "in_progress", "ready"), ("complete", "pickup", "ready", "completed"),
        ("start-packing", "shipping", "accepted", "packing"), ("ship", "shipping", "accepted", "shipped"), ("ship", "shipping", "packing", "shipped"),
        ("mark-delivered", "shipping", "shipped", "delivered"),
    ];

    public static readonly string[] Routes = [.. Steps.Select(step => step.Step).Distinct(), "status", "override", "tracking"];

    /// <summary>Status and code of the answer, and the order afterwards where it is 200.</summary>
    public static (int Status, string? Code, State? After) Answer(State order, Person who, Command command)
    {
        if (WithoutTheOrder(order.Store, who, command) is { } refused)
            return (refused.Status, refused.Code, null);
        if (command.Seen is { } seen && seen != order.Version)
            return (409, "order_stale", null);
        var after = command.Route switch
        {
            "tracking" => order.Status == "shipped" ? order with { Code = command.Code } : null,
            "override" => Override(order, command),
            _ => Step(order, command),
        };
        return after is null ? (409, "transition_not_allowed", null)
            : after.Status == "delivered" && after.Code is null ? (400, "invalid_request", null)
            : (200, null, after with { Version = order.Version + 1 });
    }

    /// <summary>The refusals that stand before anybody has looked at the order: who asks, the role, the body, and whose order it is.</summary>
    public static (int Status, string Code)? WithoutTheOrder(long store, Person who, Command command) =>
        who.Token is null ? (401, "unauthenticated")
        : command.Route == "override" && !who.IsOwner ? (403, "forbidden")
        : NeedsCode(command) && command.Code is null || command.Route == "override" && command.Reason is null ? (400, "invalid_request")
        : !who.Stores.Contains(store) ? (404, "not_found")
        : null;

    private static bool NeedsCode(Command command) => command.Route is "ship" or "tracking" || command.Route is "status" or "override" && command.To == "shipped";

    private static State? Step(State order, Command command)
    {
        var steps = Steps.Where(step => (command.Route == "status" ? step.To == command.To : step.Step == command.Route) && step.Type == order.Type && step.From == order.Status).ToList();
        return steps is [var taken] ? order with { Status = taken.To, Code = taken.To == "shipped" ? command.Code : order.Code } : null;
    }

    private static State? Override(State order, Command command)
    {
        var mine = Steps.Where(step => step.Type == order.Type).Select(step => step.To).Append("pending");
        return order.Status is "completed" or "delivered" || command.To == order.Status || !mine.Contains(command.To) ? null
            : order with { Status = command.To!, Code = command.To is "shipped" or "delivered" ? command.Code ?? order.Code : null };
    }
}
