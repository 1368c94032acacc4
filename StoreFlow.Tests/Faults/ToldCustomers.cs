using StoreFlow.Tests.Features.Emails;
using StoreFlow.Tests.Features.Push;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// Customers of a store of their own, who get e-mails and messages on their phones. A store sends one e-mail a second, so they are few. An
/// order goes on only when its customer has been told of it, so that what they must be told does not depend on chance.
/// </summary>
internal sealed class ToldCustomers : IDisposable
{
    private const string Name = "Quiet Corner";

    private readonly Crowd _crowd;
    private readonly MailServer _mail;
    private readonly PushService _push;
    private readonly List<ToldCustomer> _customers = [];
    private long _product;

    private ToldCustomers(Crowd crowd, MailServer mail, PushService push) => (_crowd, _mail, _push) = (crowd, mail, push);

    public long Store { get; private set; }

    /// <summary>Opens the store and switches its e-mails on.</summary>
    public static async Task<ToldCustomers> Of(Crowd crowd, MailServer mail, PushService push)
    {
        var self = new ToldCustomers(crowd, mail, push);
        self.Store = (await crowd.Insist(HttpMethod.Post, "/merchant/stores", new { name = Name, currency = "EUR" })).Number("id");
        var store = $"/merchant/stores/{self.Store}";
        var product = await crowd.Insist(HttpMethod.Post, $"{store}/products", new { sku = "tea", name = "Tea", price = 480 });
        self._product = product.Number("id");
        await crowd.Insist(HttpMethod.Post, $"{store}/shipping-methods", new { code = "standard", name = "Standard", price = 490 });
        var messages = new[]
        {
            "order_received", "order_accepted", "order_ready", "order_shipped", "order_handed_over", "order_cancelled",
        };
        await crowd.Insist(HttpMethod.Patch, $"{store}/emails", new { active = true, messages });
        return self;
    }

    /// <summary>Sets this many clerks to work, each with one customer after the other. Who is not told lets the crowd fail.</summary>
    public void Start(int clerks)
    {
        for (var i = 0; i < clerks; i++)
        {
            var (clerk, random) = (i, new Random(_crowd.Seed - 1 - i));
            _crowd.Join(async stop =>
            {
                for (var number = 0; !stop.IsCancellationRequested; number++)
                    await Serve($"told-{clerk}-{number}", random, stop);
            });
        }
    }

    private async Task Serve(string key, Random random, CancellationToken stop)
    {
        var isPickup = random.Next(2) == 0;
        var customer = await Ordered(key, isPickup ? "pickup" : "shipping");
        string[][] life =
        [
            ["accept"],
            isPickup ? ["start-preparation", "mark-ready"] : ["start-packing", "ship"],
            [random.Next(3) == 0 ? "cancel" : isPickup ? "complete" : "mark-delivered"],
        ];
        foreach (var steps in life)
        {
            foreach (var step in steps)
                await Take(customer, step);
            // The server is away half of the time, so they have time until the kills end.
            while (!customer.HasEverything && !stop.IsCancellationRequested)
                await Task.Delay(20, CancellationToken.None);
            await Eventually.Holds(() => customer.HasEverything, $"{customer.Address} is not told of this step: {steps[^1]}.");
            if (stop.IsCancellationRequested)
                return;
        }
    }

    private async Task<ToldCustomer> Ordered(string key, string type)
    {
        var customer = new ToldCustomer(_mail, _push, $"{key}@shop.example");
        lock (_customers)
            _customers.Add(customer);
        var body = Scenarios.CheckoutBody(type, Store);
        body["items"] = new[] { new { product_id = _product, quantity = 1 } };
        body["customer"] = new { name = "Mia Chen", email = customer.Address };
        var publicId = await _crowd.CheckOut(key, body);
        var list = await _crowd.Insist(HttpMethod.Get, $"/stores/{Store}/orders");
        var order = list.GetProperty("orders").EnumerateArray().Single(order => order.Text("public_id") == publicId);
        customer.Ordered(order.Number("id"), order.Text("reference"), Name);
        await _crowd.Insist(HttpMethod.Post, $"/customer/{publicId}/push", customer.Browser.Subscription);
        return customer;
    }

    private async Task Take(ToldCustomer customer, string step)
    {
        var moved = await _crowd.Insist(
            HttpMethod.Post, $"/orders/{customer.Order}/{step}", Scenarios.BodyOf(step), key: $"{step} {customer.Order}");
        _crowd.Ledger.Moved(moved.Text("public_id"), moved.Number("version"), moved.Text("status"));
        customer.Moved(step, Name);
    }

    /// <summary>Checks that each was told everything that they had to be told, in order, and nobody anything else.</summary>
    /// <returns>The figures, in words.</returns>
    public string Check()
    {
        var came = _customers.Select(customer => (Customer: customer, customer.Mails, customer.Messages)).ToList();
        Assert.All(came, of => of.Customer.Check(of.Mails, of.Messages));
        Assert.Subset(_customers.Select(customer => customer.Address).ToHashSet(), _mail.Mails.Select(mail => mail.To).ToHashSet());
        var (mails, messages) = (came.SelectMany(of => of.Mails).ToList(), came.SelectMany(of => of.Messages).ToList());
        var known = mails.Select(mail => mail.Id).Distinct().Count();
        Assert.Equal(came.Sum(of => of.Mails.Distinct().Count()), known); // no two share a Message-ID
        var heard = messages.Distinct().Count();
        return $"{came.Count} customers: {known} e-mails and {mails.Count - known} repeats, " +
            $"{heard} messages to phones and {messages.Count - heard} repeats";
    }

    public void Dispose() => _customers.ForEach(customer => customer.Dispose());
}
