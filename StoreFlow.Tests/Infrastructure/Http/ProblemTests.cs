using System.Text;

namespace StoreFlow.Tests.Infrastructure;

/// <summary>Every refusal, as a session that a reviewer reads: its code, its sentence, and its headers.</summary>
public sealed class ProblemTests : IDisposable
{
    private readonly LimitedApp _app = new();
    private readonly Transcript _session = new();

    private sealed class LimitedApp : StoppedClockApp
    {
        protected override Dictionary<string, string> Settings => new() { ["StoreFlow:CheckoutsPerMinute"] = "1" };
    }

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Every_problem()
    {
        var (anyone, owner, staff) = (_app.As(null), _app.As(StoreFlowApp.Owner), _app.As(StoreFlowApp.Staff));
        await _app.PendingOrder();
        await owner.Post("/orders/1/accept");
        _app.Time.Advance(TimeSpan.FromSeconds(3));

        _session.Say("400: what is wrong, field by field");
        await _session.Send(anyone, HttpMethod.Post, "/checkout", new
        {
            store_id = 1,
            fulfilment_type = "shipping",
            items = new[] { new { product_id = 1, quantity = 0 } },
            customer = new { name = "", email = "mia" },
        });
        await _session.Send(anyone, HttpMethod.Post, "/checkout", Scenarios.CheckoutBody(store: 77));
        await _session.Send(staff, HttpMethod.Post, "/orders/1/ship", new { tracking_url = "javascript:alert(1)" });
        await _session.Send(owner, HttpMethod.Post, "/orders/1/override", new { status = "nowhere" });
        await _session.Send(staff, HttpMethod.Get, "/stores/1/orders?status=lost&limit=0");

        _session.Say("401 and 403: who is asking, and whether that role may");
        await _session.Send(anyone, HttpMethod.Get, "/orders/1");
        await _session.Send(staff, HttpMethod.Post, "/orders/1/override", new { status = "pending", reason = "A wrong click" });

        _session.Say("404 and 405");
        await _session.Send(staff, HttpMethod.Get, "/orders/99");
        await _session.Send(staff, HttpMethod.Get, "/nowhere");
        await _session.Send(staff, HttpMethod.Delete, "/orders/1");

        _session.Say("409: the order is not where the caller thinks");
        await _session.Send(staff, HttpMethod.Post, "/orders/1/start-preparation", new { version = 1 });
        await _session.Send(staff, HttpMethod.Post, "/orders/1/accept");
        await _session.Send(owner, HttpMethod.Post, "/orders/1/accept");
        await _session.Send(staff, HttpMethod.Post, "/orders/1/complete");
        await _session.Send(staff, HttpMethod.Post, "/orders/1/start-packing");

        _session.Say("413 and 415: not a body that is read here");
        await _session.Send(
            anyone, HttpMethod.Post, "/checkout",
            new StringContent(new string(' ', 65 * 1024) + "{}", Encoding.UTF8, "application/json"));
        await _session.Send(
            anyone, HttpMethod.Post, "/checkout",
            new StringContent("store_id=1", Encoding.UTF8, "application/x-www-form-urlencoded"));

        _session.Say("422: an idempotency key for one order, sent with another");
        await _session.Send(anyone, HttpMethod.Post, "/checkout", Scenarios.CheckoutBody(), header: ("Idempotency-Key", "k-1"));
        await _session.Send(
            anyone, HttpMethod.Post, "/checkout", Scenarios.CheckoutBody(name: "Someone Else"), header: ("Idempotency-Key", "k-1"));

        _session.Say("429: too many checkouts from one address (here one a minute)");
        var stranger = ("X-Forwarded-For", "203.0.113.7");
        await _session.Send(anyone, HttpMethod.Post, "/checkout", new { }, stranger);
        await _session.Send(anyone, HttpMethod.Post, "/checkout", new { }, stranger);

        _session.Say("503: another process holds the database's write lock");
        using (var other = _app.OpenDatabase())
        using (var locked = other.BeginTransaction())
            await _session.Send(staff, HttpMethod.Post, "/orders/1/start-preparation");
        _session.Say("and then it does not");
        await _session.Send(staff, HttpMethod.Post, "/orders/1/start-preparation");

        Snapshots.Match(_session.ToString(), "Problems");
    }
}
