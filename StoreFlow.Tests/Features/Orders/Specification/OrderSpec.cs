using CsCheck;

namespace StoreFlow.Tests.Features.Orders.Specification;

/// <summary>
/// The specification's sentences about one order as requirements of the model, and for each a fault that only it should catch.
/// The sentences stand as the specification (sections 8, 9, 11 and 13 to 15) and its design have them.
/// </summary>
internal static class OrderSpec
{
    private static readonly string[] Way =
        ["pending", "accepted", "in_progress", "packing", "ready", "shipped", "completed", "delivered", "cancelled"];

    /// <summary>All that a person may ask: each of the shop's people everything, others one of each kind.</summary>
    public static readonly (Person Who, Command Command)[] Attempts =
    [
        .. from who in new[] { Person.Owner, Person.Manager, Person.Staff } from command in All select (who, command),
        .. from who in new[] { Person.Rival, Person.Stranger } from command in Some select (who, command),
    ];

    private static IEnumerable<Command> Some =>
    [
        new("accept"), new("start-preparation"), new("mark-ready"), new("complete"), new("start-packing"), new("ship", Code: "1Z-A"),
        new("mark-delivered"), new("status", "accepted"), new("override", "accepted", Reason: "A wrong click"),
        new("tracking", Code: "1Z-B"), new("cancel", Reason: "The customer asked"),
    ];

    private static IEnumerable<Command> All =>
    [
        .. Some,
        new("ship"), new("ship", Code: "1Z-B"), new("tracking"),
        .. OrderModel.Statuses.Select(status => new Command("status", status, status == "shipped" ? "1Z-A" : null)),
        new("status", "shipped"), new("cancel"), new("status", "cancelled", Reason: "The customer asked"),
        .. OrderModel.Statuses.Select(status => new Command("override", status, Reason: "A wrong click")),
        new("override", "shipped", "1Z-A", "A wrong click"), new("override", "delivered", "1Z-B", "A wrong click"),
        new("override", "pending"),
        .. new Command[]
        {
            new("accept"), new("status", "accepted"), new("ship", Code: "1Z-A"), new("mark-delivered"), new("complete"),
            new("override", "accepted", Reason: "A wrong click"), new("tracking", Code: "1Z-B"),
            new("cancel", Reason: "The customer asked"),
        }.Select(command => command with { Seen = Command.Stale }),
    ];

    /// <summary>The requirements of orders of this fulfilment type.</summary>
    public static Spec<OrderModel> Of(string type)
    {
        var spec = Spec.From(new OrderModel(type))
            .Action("asks", Attempts, (order, attempt) => order.Asked(attempt.Who, attempt.Command));
        // Of several that a fault breaks at once the first is named, so the narrower ones come first.
        return (type == "pickup" ? Pickup(spec) : Shipping(spec))
            .Rule("cancelled-is-terminal", "`completed`, `delivered` and `cancelled` are terminal, for everyone.",
                when: (before, _) => before.Status == "cancelled", then: (before, after) => after == before)
            .Rule("turn-down", "Staff may turn down what is `pending`; manager and owner may cancel whatever is unfinished.",
                when: (before, after) => Reaches(before, after, "cancelled"),
                then: (before, after) => before.Status == "pending" || after.Last!.Who.MayCancelAccepted)
            .Rule("soft-failure", "In rare cases, conflicting updates will cause a soft failure",
                when: (_, after) => after.Last!.Command.Seen is Command.Stale, then: (_, after) => !after.Last!.IsDone)
            .SetsOn("accepted", "accepted-at", "accepted_at set when status first becomes accepted", order => order.IsAccepted)
            .Never("accepted-at-stays", "accepted_at (first time only)", (before, after) => before.IsAccepted && !after.IsAccepted)
            .Rule("roles", "Manager or staff may update status.",
                when: (_, after) => after.Last!.IsDone, then: (_, after) => after.Last!.Who.Stores.Contains(after.Store))
            .Rule("owner", "Owner may override status in exceptional cases.",
                when: (_, after) => after.Last is { IsDone: true, Command.Route: "override" }, then: (_, after) => after.Last!.Who.IsOwner)
            .Rule("forwards", "Cannot move backwards in lifecycle.",
                when: (_, after) => after.Last!.IsStep,
                then: (before, after) => Array.IndexOf(Way, after.Status) > Array.IndexOf(Way, before.Status))
            .Rule("valid-transition", "ensure validTransition(order.status, newStatus)",
                when: (_, after) => after.Last!.IsStep,
                then: (before, after) => OrderModel.HasStep(type, before.Status, after.Status))
            .Rule("audit", "Audit log inserted alongside status update, not after.",
                when: (_, after) => after.Last!.IsDone, then: (_, after) => after.Last!.AuditRows == 1)
            .Rule("version", "version only grows by one",
                when: (_, after) => after.Last!.IsDone, then: (_, after) => after.Last!.Versions == 1)
            .Rule("refusal", "A refusal leaves nothing behind.",
                when: (_, after) => !after.Last!.IsDone,
                then: (before, after) => after == before && after.Last is { Versions: 0, AuditRows: 0 })
            .Invariant("shipping-status", "shipping_status = shipped; shipping_status = delivered; null for pickup",
                order => order.ShippingStatus == (type == "pickup" ? null
                    : order.Status is "shipped" or "delivered" ? order.Status
                    : order.Status == "cancelled" && order.ShippingStatus == "shipped" ? "shipped" : "pending"));
    }

    private static Spec<OrderModel> Pickup(Spec<OrderModel> spec) => spec
        .SetsOn("ready", "ready-at", "ready_at set when status becomes ready", order => order.IsReady)
        .SetsOn("completed", "completed-at", "completed_at set when customer collection is confirmed", order => order.IsCompleted)
        .Rule("not-back-to-work", "Cannot transition from ready → in_progress.",
            when: (before, after) => before.Status == "ready" && after.Last!.IsStep, then: (_, after) => after.Status != "in_progress")
        .Rule("completed-is-terminal", "Completed is terminal.",
            when: (before, _) => before.Status == "completed", then: (before, after) => after == before)
        .Invariant("no-packing", "packing cannot occur if fulfilment_type != shipping",
            order => order.Status is not ("packing" or "shipped" or "delivered"))
        .Reachable("collected", "Customer collects → status = completed", order => order.Status == "completed");

    private static Spec<OrderModel> Shipping(Spec<OrderModel> spec) => spec
        .SetsOn("shipped", "shipped-ready-at", "order.ready_at = now()", order => order.IsReady)
        .SetsOn("delivered", "delivered-completed-at", "completed_at timestamp set", order => order.IsCompleted)
        .Rule("ship-from", "ensure order.status in ['accepted','packing']",
            when: (_, after) => after.Last!.IsStep && after.Status == "shipped",
            then: (before, _) => before.Status is "accepted" or "packing")
        .Invariant("tracking-code", "shipped requires a valid tracking_code",
            order => order.Status is not ("shipped" or "delivered") || order.TrackingCode is not null)
        .Invariant("tracking-cleared", "Going back before shipped clears the tracking",
            order => order.Status is "shipped" or "delivered" or "cancelled" || order.TrackingCode is null)
        .Rule("delivered-is-terminal", "delivered is terminal state",
            when: (before, _) => before.Status == "delivered", then: (before, after) => after == before)
        .Reachable("arrived", "Final delivery: status = delivered", order => order.Status == "delivered");

    /// <summary>The ordinary steps of both types as a picture, for docs/design.md.</summary>
    public static string Picture()
    {
        var spec = Spec.From(new Place("", "basket"))
            .Action("checkout", ["pickup", "shipping"], (place, _) => place.Status == "basket", (_, type) => new(type, "pending"))
            .Terminal(place => place.Status is "completed" or "delivered" or "cancelled")
            .Print(place => place.Status);
        foreach (var steps in OrderModel.Steps.GroupBy(step => step.Route))
            spec.Action(
                steps.Key,
                place => steps.Any(step => (step.Type, step.From) == (place.Type, place.Status)),
                place => place with { Status = steps.First(step => (step.Type, step.From) == (place.Type, place.Status)).To });
        // What follows the states is for models that are being worked on: counts and a legend.
        var lines = spec.Mermaid().ReplaceLineEndings("\n").Split('\n');
        return string.Join('\n', lines.TakeWhile(line => !line.Contains("info[", StringComparison.Ordinal))
            .Where(line => !line.Contains("classDef", StringComparison.Ordinal) || line.Contains("initial") || line.Contains("terminal")));
    }

    private sealed record Place(string Type, string Status);

    /// <summary>An instant is set when an order gets to a status.</summary>
    private static Spec<OrderModel> SetsOn(
        this Spec<OrderModel> spec, string status, string id, string sentence, Func<OrderModel, bool> isSet) =>
        spec.Rule(id, sentence, when: (before, after) => Reaches(before, after, status), then: (_, after) => isSet(after));

    private static bool Reaches(OrderModel before, OrderModel after, string status) => before.Status != status && after.Status == status;

    /// <summary>Faults of each requirement, by fulfilment type: its id, when it strikes, and what it makes of the order.</summary>
    public static (string Requirement, Func<OrderModel, OrderModel, bool> When, Func<OrderModel, OrderModel, OrderModel> Perturb)[]
        FaultsOf(string type) => type == "pickup" ? [.. CommonFaults(type), .. PickupFaults] : [.. CommonFaults(type), .. ShippingFaults];

    /// <summary>The requirements with a fault of each planted in the model.</summary>
    public static Spec<OrderModel> WithFaults(string type)
    {
        var spec = Of(type);
        foreach (var (requirement, when, perturb) in FaultsOf(type))
            spec.Fault(requirement, when, perturb);
        return spec;
    }

    private static (string, Func<OrderModel, OrderModel, bool>, Func<OrderModel, OrderModel, OrderModel>)[] CommonFaults(string type) =>
    [
        ("accepted-at", (before, after) => Reaches(before, after, "accepted"), (_, after) => after with { IsAccepted = false }),
        ("accepted-at-stays", (before, after) => before.IsAccepted && after.Last!.Command.Route == "override" && after.Last.IsDone
            && after.Status != "accepted", (_, after) => after with { IsAccepted = false }),
        ("roles", (_, after) => after.Last!.Code == "not_found",
            (before, after) => before.Asked(Person.Owner, after.Last!.Command) with { Last = Done(after) }),
        ("owner", (_, after) => after.Last is { Code: "forbidden", Command.Route: "override" },
            (before, after) => before with { Last = Done(after) }),
        ("forwards", (_, after) => after.Last!.IsStep, (before, after) => before with { Last = after.Last }),
        ("valid-transition", (before, after) => before.Status == "pending" && after.Last!.IsStep,
            (_, after) => after with { Status = type == "pickup" ? "in_progress" : "packing" }),
        ("audit", (_, after) => after.Last!.IsDone, (_, after) => after with { Last = after.Last! with { AuditRows = 0 } }),
        ("version", (_, after) => after.Last!.IsDone, (_, after) => after with { Last = after.Last! with { Versions = 2 } }),
        ("cancelled-is-terminal", (before, after) => before.Status == "cancelled" && after.Last!.Command.Route == "override",
            (before, after) => before with { Status = "pending", TrackingCode = null, Last = Overriding(after) }),
        ("turn-down", (before, after) => before.Status == "accepted" && Reaches(before, after, "cancelled"),
            (_, after) => after with { Last = after.Last! with { Who = Person.Staff } }),
        ("soft-failure", (_, after) => after.Last!.Code == "order_stale", (before, after) => before with { Last = Done(after) }),
        ("refusal", (before, after) => !after.Last!.IsDone && !before.IsReady, (_, after) => after with { IsReady = true }),
        ("shipping-status", (_, after) => after.Last!.IsStep, (_, after) => after with { ShippingStatus = "lost" }),
    ];

    private static readonly (string, Func<OrderModel, OrderModel, bool>, Func<OrderModel, OrderModel, OrderModel>)[] PickupFaults =
    [
        ("ready-at", (before, after) => Reaches(before, after, "ready"), (_, after) => after with { IsReady = false }),
        ("completed-at", (before, after) => Reaches(before, after, "completed"), (_, after) => after with { IsCompleted = false }),
        ("not-back-to-work", (before, after) => before.Status == "ready" && after.Last!.IsStep,
            (_, after) => after with { Status = "in_progress" }),
        ("completed-is-terminal", (before, after) => before.Status == "completed" && after.Last!.Command.Route == "override",
            (before, after) => before with { Status = "pending", Last = Overriding(after) }),
        ("no-packing", (before, after) => Reaches(before, after, "in_progress"),
            (_, after) => after with { Status = "packing", Last = Overriding(after) }),
    ];

    private static readonly (string, Func<OrderModel, OrderModel, bool>, Func<OrderModel, OrderModel, OrderModel>)[] ShippingFaults =
    [
        ("shipped-ready-at", (before, after) => Reaches(before, after, "shipped"), (_, after) => after with { IsReady = false }),
        ("delivered-completed-at", (before, after) => Reaches(before, after, "delivered"),
            (_, after) => after with { IsCompleted = false }),
        ("ship-from", (before, after) => before.Status == "pending" && after.Last!.IsStep,
            (_, after) => after with { Status = "shipped", ShippingStatus = "shipped", TrackingCode = "1Z-A", IsReady = true }),
        ("tracking-code", (before, after) => Reaches(before, after, "shipped"), (_, after) => after with { TrackingCode = null }),
        ("tracking-cleared", (before, after) => before.Status == "shipped" && after.Status == "pending",
            (before, after) => after with { TrackingCode = before.TrackingCode }),
        ("delivered-is-terminal", (before, after) => before.Status == "delivered" && after.Last!.Command.Route == "override",
            (before, after) => before with { TrackingCode = "1Z-C", Last = Overriding(after) }),
    ];

    private static Attempt Done(OrderModel after) => after.Last! with { Status = 200, Code = null, Versions = 1, AuditRows = 1 };

    private static Attempt Overriding(OrderModel after) => Done(after) with { Who = Person.Owner, Command = new("override") };
}
