using System.Globalization;
using StoreFlow.Tests.Features.Emails;
using StoreFlow.Tests.Features.Push;
using StoreFlow.Tests.Features.Webhooks;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// kill -9 at random moments, under load: what was acknowledged is there, once, every subscriber gets it, a web hook is told all of it and
/// customers are told by e-mail and on their phones, in order for each order.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    [SkippableFact(Timeout = 120 * 60_000)]
    public async Task What_was_acknowledged_survives_kills_at_random_moments_and_every_subscriber_hears_it_all()
    {
        var seed = int.Parse(
            Environment.GetEnvironmentVariable("STOREFLOW_SEED") ?? $"{Environment.TickCount}", CultureInfo.InvariantCulture);
        output.WriteLine($"STOREFLOW_SEED={seed}");
        var (random, kills) = (new Random(seed), Effort.Of(10, 200));
        await using var server = new RestartableServer();
        using var mail = await MailServer.Start();
        await using var push = await PushService.Start();
        await using var receiver = await Receiver.Start();
        await using var crowd = new Crowd(() => server.Address, seed);
        var settings = SettingsFor(mail);
        server.Start(settings);
        await server.Listening();
        await AddWebhook(server, receiver);
        using var told = await ToldCustomers.Of(crowd, mail, push);
        var (parcel, parcelId) = await ShippedParcel(crowd);
        crowd.KeepCorrecting(parcelId);
        crowd.Start(writers: 7);
        told.Start(clerks: 2);
        await using var hubOne = Subscriber.OnHub(() => server.Address, store: 1);
        await using var hubTwo = Subscriber.OnHub(() => server.Address, store: 2);
        await using var stream = Subscriber.OnStream(() => server.Address, store: 1);
        await using var customer = Subscriber.OnOrder(() => server.Address, parcel, version: 1);

        for (var kill = 0; kill < kills; kill++)
        {
            // One in five is killed during its start, the others at some moment of their work.
            if (kill > 0 && random.Next(5) == 0)
                await Task.WhenAny(server.Listening(), Task.Delay(random.Next(1000)));
            else
            {
                await server.Listening();
                crowd.Ledger.Check(server.File);
                await crowd.CheckSoFar();
                // First this many steps are acknowledged, then comes a moment more. So it dies at work on a slow machine too.
                var enough = crowd.Ledger.Acknowledged + random.Next(10, 80);
                await Eventually.Holds(() => crowd.Ledger.Acknowledged >= enough, "The crowd got no answers.");
                // One life in four lasts until an e-mail has come: where a start is slow, none would ever be sent.
                var mails = mail.Mails.Count;
                if (kill % 4 == 0)
                    await Eventually.Holds(() => mail.Mails.Count > mails, "No e-mail comes.");
                await Task.Delay(random.Next(30));
            }
            await server.Kill();
            server.Start(settings);
        }
        await server.Listening();
        await crowd.Finish();

        crowd.Ledger.Check(server.File);
        crowd.Ledger.CheckThatNoCheckoutHasTwoOrders(server.File);
        var (storeOne, storeTwo) = (Ledger.HistoryOfStore(server.File, 1), Ledger.HistoryOfStore(server.File, 2));
        await hubOne.HasHeard(storeOne);
        await stream.HasHeard(storeOne);
        await hubTwo.HasHeard(storeTwo);
        await customer.HasHeard(Ledger.HistoryOfOrder(server.File, parcel, after: 1));
        List<string> all = [.. storeOne, .. storeTwo, .. Ledger.HistoryOfStore(server.File, told.Store)];
        var repeats = await HasBeenTold(receiver, all);
        var figures = told.Check();
        var (exit, said, error) = await StoreFlowProcess.Run(Path.GetDirectoryName(server.File)!, "verify");
        Assert.True(exit == 0, said + error);
        output.WriteLine(
            $"{kills} kills, {crowd.Ledger.Acknowledged} steps acknowledged, none lost; " +
            $"{all.Count} events, none missed by a subscriber or by the web hook, which got {repeats} repeats; {figures}. {said}");
    }

    private static (string, string)[] SettingsFor(MailServer mail) =>
    [
        ("StoreFlow__Webhooks__AllowPrivateAddresses", "true"), ("StoreFlow__Push__AllowPrivateAddresses", "true"),
        .. mail.Settings.Select(setting => (setting.Key.Replace(":", "__"), setting.Value)),
    ];

    private static async Task AddWebhook(RestartableServer server, Receiver receiver)
    {
        using var owner = new HttpClient { BaseAddress = server.Address };
        owner.DefaultRequestHeaders.Authorization = new("Bearer", StoreFlowApp.Owner);
        var events = new[] { "OrderCreated", "OrderStatusUpdated", "ShippingUpdated" };
        Assert.Equal(201, (await owner.Post("/webhooks", new { url = receiver.Url, events })).Status);
    }

    /// <summary>Waits until the receiver has had every event of the logs; what came twice is known by its id.</summary>
    /// <returns>How many came more than once.</returns>
    private static async Task<int> HasBeenTold(Receiver receiver, List<string> history)
    {
        // While it catches up it is not done, so the wait is for progress: the next thousand, or the end.
        for (var enough = 0; enough < history.Count;)
        {
            enough = Math.Min(enough + 1000, history.Count);
            await Eventually.Holds(() => receiver.Heard.Select(message => message.Id).Distinct().Count() >= enough,
                $"The web hook is not told everything: it lacks some of {history.Count} events.");
        }
        var told = receiver.Heard.DistinctBy(message => message.Id).Select(message =>
        {
            var (name, data) = (message.Json.Text("type"), message.Data);
            return (Order: data.Text("public_id"), Line: Ledger.Line(
                data.Number("sequence"), name, data.Text("public_id"), data.Number("version"), Subscriber.What(name, data)));
        }).ToLookup(message => message.Order, message => message.Line);
        var happened = history.ToLookup(line => line.Split(' ')[2]);
        Assert.Equal(happened.Select(order => order.Key).Order(), told.Select(order => order.Key).Order());
        Assert.All(happened, order => Assert.Equal(order, told[order.Key]));
        return receiver.Heard.Count - history.Count;
    }

    private static async Task<(string PublicId, long Id)> ShippedParcel(Crowd crowd)
    {
        var publicId = await crowd.CheckOut("parcel", "shipping", store: 1);
        foreach (var status in new[] { "accepted", "shipped" })
        {
            var (_, page) = (await crowd.Ask(HttpMethod.Get, "/stores/1/orders"))!.Value;
            Assert.True(await crowd.Move(page.GetProperty("orders")[0], status));
        }
        var (_, now) = (await crowd.Ask(HttpMethod.Get, "/stores/1/orders"))!.Value;
        return (publicId, now.GetProperty("orders")[0].Number("id"));
    }
}
