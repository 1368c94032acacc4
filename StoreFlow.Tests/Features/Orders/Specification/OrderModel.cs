namespace StoreFlow.Tests.Features.Orders.Specification;

/// <summary>Who calls, with what rights (section 8: actor roles; design, section 5).</summary>
internal sealed record Person(string Name, string? Token, bool IsOwner, params long[] Stores)
{
    public static readonly Person Owner = new("owner", StoreFlowApp.Owner, true, 1, 2);
    public static readonly Person Manager = new("manager", StoreFlowApp.Manager, false, 1, 2);
    public static readonly Person Staff = new("staff", StoreFlowApp.Staff, false, 1);
    public static readonly Person Rival = new("rival", StoreFlowApp.Rival, true, 3);
    public static readonly Person Stranger = new("stranger", null, false);

    public static readonly Person[] All = [Owner, Manager, Staff, Rival, Stranger];

    /// <summary>Whether this person may cancel an order that was accepted; staff may only turn a new one down.</summary>
    public bool MayCancelAccepted => this != Staff;

    public override string ToString() => Name;
}

/// <summary>What a person asks of an order: a route with what matters of its body.</summary>
/// <param name="Route">The last part of the route.</param>
/// <param name="To">The status, where the body names one.</param>
/// <param name="Code">The tracking code.</param>
/// <param name="Reason">The reason of an override or a cancellation.</param>
/// <param name="Seen">The version that it acts on; <see cref="Stale"/> is one that the order does not have.</param>
internal sealed record Command(string Route, string? To = null, string? Code = null, string? Reason = null, long? Seen = null)
{
    public const long Stale = -1;

    public HttpMethod Method => Route is "status" or "tracking" ? HttpMethod.Patch : HttpMethod.Post;

    public object Body(long version) => new
    {
        version = Seen is Stale ? version + 1 : Seen,
        status = To,
        tracking_code = Code,
        reason = Reason is null || Route == "override" ? Reason : "customer_asked",
    };

    public override string ToString() => string.Join(' ', new object?[]
    {
        Route, To, Code, Reason is null && Route is "override" or "cancel" ? "without a reason" : null,
        Seen is Stale ? "from another version" : null,
    }.Where(part => part is not null));
}

/// <summary>What came of a command.</summary>
/// <param name="Who">Who asked.</param>
/// <param name="Command">For what.</param>
/// <param name="Status">The status of the answer.</param>
/// <param name="Code">The refusal's code; null where it is done.</param>
/// <param name="Versions">By how much the version grew.</param>
/// <param name="AuditRows">How many audit rows were written.</param>
internal sealed record Attempt(Person Who, Command Command, int Status, string? Code, int Versions, int AuditRows)
{
    public bool IsDone => Status == 200;

    /// <summary>Whether an ordinary step was done: neither an override nor a correction.</summary>
    public bool IsStep => IsDone && Command.Route is not ("override" or "tracking");
}

/// <summary>
/// An order of the model. It is written from the specification and its design, not from the product's code. The last attempt and
/// the version do not make it another order: the requirements read them on each transition.
/// </summary>
internal sealed record OrderModel(string Type, long Store = 1)
{
    public string Status { get; init; } = "pending";
    public string? ShippingStatus { get; init; } = Type == "pickup" ? null : "pending";
    public string? TrackingCode { get; init; }
    public bool IsAccepted { get; init; }
    public bool IsReady { get; init; }
    public bool IsCompleted { get; init; }
    public long Version { get; init; } = 1;
    public Attempt? Last { get; init; }

    public bool Equals(OrderModel? other) => other is not null && Key == other.Key;

    public override int GetHashCode() => Key.GetHashCode();

    private (string, long, string, string?, string?, bool, bool, bool) Key =>
        (Type, Store, Status, ShippingStatus, TrackingCode, IsAccepted, IsReady, IsCompleted);

    /// <summary>The ordinary steps: which route leads an order of which type from where to where.</summary>
    public static readonly (string Route, string Type, string From, string To)[] Steps =
    [
        ("accept", "pickup", "pending", "accepted"),
        ("start-preparation", "pickup", "accepted", "in_progress"),
        ("mark-ready", "pickup", "in_progress", "ready"),
        ("complete", "pickup", "ready", "completed"),
        ("accept", "shipping", "pending", "accepted"),
        ("start-packing", "shipping", "accepted", "packing"),
        ("ship", "shipping", "accepted", "shipped"),
        ("ship", "shipping", "packing", "shipped"),
        ("mark-delivered", "shipping", "shipped", "delivered"),
        .. from step in new[]
           {
               ("pickup", "pending"), ("pickup", "accepted"), ("pickup", "in_progress"), ("pickup", "ready"),
               ("shipping", "pending"), ("shipping", "accepted"), ("shipping", "packing"), ("shipping", "shipped"),
           }
           select ("cancel", step.Item1, step.Item2, "cancelled"),
    ];

    public static readonly string[] Statuses = [.. Steps.Select(step => step.To).Prepend("pending").Distinct()];

    public static readonly string[] Routes = [.. Steps.Select(step => step.Route).Distinct(), "status", "override", "tracking"];

    /// <summary>Whether an ordinary step leads from one status to the other.</summary>
    public static bool HasStep(string type, string from, string to) =>
        Steps.Any(step => (step.Type, step.From, step.To) == (type, from, to));

    /// <summary>The order after this person asked for this, with the answer as <see cref="Last"/>.</summary>
    public OrderModel Asked(Person who, Command command)
    {
        var (status, code, after) = Answer(who, command);
        return after is null
            ? this with { Last = new(who, command, status, code, 0, 0) }
            : after with { Version = Version + 1, Last = new(who, command, 200, null, 1, 1) };
    }

    /// <summary>The refusals that need no look at the order: who asks, the role, the body, and whose order it is.</summary>
    public static (int Status, string Code)? RefusalWithoutTheOrder(long store, Person who, Command command) =>
        who.Token is null ? (401, "unauthenticated")
        : command.Route == "override" && !who.IsOwner ? (403, "forbidden")
        : (NeedsCode(command) && command.Code is null) || (command.Route == "override" && command.Reason is null)
            || (Cancels(command) && (command.Reason is null || command.Route == "override")) ? (400, "invalid_request")
        : !who.Stores.Contains(store) ? (404, "not_found")
        : null;

    private (int Status, string? Code, OrderModel? After) Answer(Person who, Command command)
    {
        if (RefusalWithoutTheOrder(Store, who, command) is { } refused)
            return (refused.Status, refused.Code, null);
        if (command.Seen is { } seen && seen != Version)
            return (409, "order_stale", null);
        var after = command.Route switch
        {
            "tracking" => Status == "shipped" ? this with { TrackingCode = command.Code } : null,
            "override" => Overridden(command),
            _ => Stepped(command),
        };
        return after is null ? (409, "transition_not_allowed", null)
            : Cancels(command) && Status != "pending" && !who.MayCancelAccepted ? (403, "forbidden", null)
            : after is { Status: "delivered", TrackingCode: null } ? (400, "invalid_request", null)
            : (200, null, after);
    }

    private static bool Cancels(Command command) =>
        command.Route == "cancel" || (command.Route is "status" or "override" && command.To == "cancelled");

    private static bool NeedsCode(Command command) =>
        command.Route is "ship" or "tracking" || (command.Route is "status" or "override" && command.To == "shipped");

    private OrderModel? Stepped(Command command)
    {
        var step = Steps.SingleOrDefault(step => (command.Route == "status" ? step.To == command.To : step.Route == command.Route)
            && (step.Type, step.From) == (Type, Status));
        return step.To is null ? null : At(step.To) with
        {
            TrackingCode = step.To == "shipped" ? command.Code : TrackingCode,
            IsAccepted = IsAccepted || step.To == "accepted",
            IsReady = IsReady || step.To is "ready" or "shipped",
            IsCompleted = IsCompleted || step.To is "completed" or "delivered",
        };
    }

    private OrderModel? Overridden(Command command)
    {
        var mine = Steps.Where(step => step.Type == Type).Select(step => step.To).Append("pending");
        if (Status is "completed" or "delivered" or "cancelled" || command.To == Status || !mine.Contains(command.To))
            return null;
        return At(command.To!) with
        {
            TrackingCode = command.To is "shipped" or "delivered" ? command.Code ?? TrackingCode : null,
            IsAccepted = IsAccepted || command.To == "accepted",
            IsReady = command.To is "ready" or "shipped" || (IsReady && command.To is "completed" or "delivered"),
            IsCompleted = command.To is "completed" or "delivered",
        };
    }

    private OrderModel At(string status) => this with
    {
        Status = status,
        ShippingStatus = Type == "pickup" || status == "cancelled" ? ShippingStatus
            : status is "shipped" or "delivered" ? status : "pending",
    };

    public override string ToString() => $"{Type} {Status}";
}
