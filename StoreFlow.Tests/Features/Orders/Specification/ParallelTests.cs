using System.Diagnostics;
using System.Text.Json;
using CsCheck;
using StoreFlow.Tests.Faults;
using StoreFlow.Tests.Faults.Fuzzing;
using Xunit.Abstractions;

namespace StoreFlow.Tests.Features.Orders.Specification;

/// <summary>
/// People act on several orders at once, at random, and there is an order of their acts in which each answer is the model's. A
/// failure names the seed that makes it again.
/// </summary>
public sealed class ParallelTests(StoreFlowApp app, ITestOutputHelper output) : IClassFixture<StoreFlowApp>
{
    private static readonly (string Type, long Store)[] Kinds = [("pickup", 1), ("shipping", 1), ("shipping", 2), ("pickup", 3)];

    private static readonly Gen<Person> People = Gens.Mostly([.. Person.All.Select((person, i) => (i < 3 ? 4 : 1, Gens.Just(person)))]);

    private static readonly Gen<Command> Commands = Gen.Select(
        Gens.Any(OrderModel.Routes),
        Gens.Any(OrderModel.Statuses),
        Gens.Any("1Z-A", "1Z-B", null),
        Gens.Any("A wrong click", "A wrong click", null),
        Gens.Mostly((3, Gens.Just<long?>(null)), (2, Gen.Long[1, 6].Select(long? (seen) => seen))),
        (route, to, code, reason, seen) => new Command(route, to, code, reason, seen));

    private sealed record Act(int Order, Person Who, Command Command);

    private static readonly Gen<Act> Acts =
        Gen.Select(Gen.Int[0, Kinds.Length - 1], People, Commands, (order, who, command) => new Act(order, who, command));

    /// <summary>What came of an act: its answer, and when it was asked and answered.</summary>
    private sealed record Done(Act Act, int Status, JsonElement Body, long Asked, long Answered)
    {
        /// <summary>The version that the answer speaks of: the one that it made, or the one that stood in the way.</summary>
        public long? Version => Status switch
        {
            200 => Body.Number("version"),
            409 => Body.GetProperty("current").Number("version"),
            _ => null,
        };
    }

    [Fact]
    public async Task All_at_once_there_is_an_order_in_which_each_answer_is_the_specifications()
    {
        var answered = 0;
        await Acts.Array[1, 6].Array[2, 8].SampleAsync(async clients =>
        {
            var (ids, begun) = await NewOrders();
            var all = (await Task.WhenAll(clients.Select(acts => Task.Run(async () =>
            {
                var mine = new List<Done>();
                foreach (var act in acts)
                    mine.Add(await Do(act, ids));
                return mine;
            })))).SelectMany(mine => mine).ToList();

            for (var i = 0; i < ids.Length; i++)
            {
                var history = Linearise(begun[i], [.. all.Where(done => done.Act.Order == i)]);
                await HasHistory(ids[i], begun[i].Store, history.Count);
            }
            Interlocked.Add(ref answered, all.Count);
        }, output.WriteLine, iter: Effort.Of(40, 2_000), threads: 2);
        output.WriteLine($"{answered} commands.");
        Invariants.Hold(app);
    }

    /// <summary>
    /// The states of an order by version. Fails where the steps that were done are no legal run, or a refusal was not true at
    /// its place in it.
    /// </summary>
    private static List<OrderModel> Linearise(OrderModel begun, List<Done> all)
    {
        var history = new List<OrderModel> { begun };
        foreach (var step in all.Where(done => done.Status == 200).OrderBy(done => done.Version))
        {
            var after = history[^1].Asked(step.Act.Who, step.Act.Command);
            Assert.True(after.Last!.IsDone, $"{step.Act} was done to {history[^1]}.");
            IsTold(after, step);
            history.Add(after);
        }
        foreach (var refused in all.Where(done => done.Status != 200))
        {
            // A refusal that tells no version was true of one of those that the order had meanwhile.
            var states = refused.Version is { } version ? [history[(int)version - 1]]
                : history.Where(state => state.Version >= NotBefore(refused) && state.Version <= NotAfter(refused));
            Assert.Contains(states, state => state.Asked(refused.Act.Who, refused.Act.Command).Last is var told
                && (told!.Status, told.Code) == (refused.Status, refused.Body.Text("code")));
            if (refused.Version is not null)
                IsTold(states.Single(), refused);
        }
        // After somebody had got an answer, nobody is told anything older.
        foreach (var done in all.Where(done => done.Version is not null))
            Assert.InRange(done.Version!.Value, NotBefore(done) + (done.Status == 200 ? 1 : 0), NotAfter(done));
        return history;

        long NotBefore(Done done) =>
            all.Where(other => other.Answered < done.Asked && other.Version is not null).Max(other => other.Version) ?? 1;

        long NotAfter(Done done) =>
            all.Where(other => other.Asked > done.Answered && other.Version is not null)
                .Min(other => other.Version - (other.Status == 200 ? 1 : 0)) ?? history.Count;
    }

    private static void IsTold(OrderModel state, Done done)
    {
        var told = done.Status == 200 ? done.Body : done.Body.GetProperty("current");
        Assert.Equal(
            (state.Status, state.ShippingStatus, state.Version),
            (told.Text("status"), told.GetProperty("shipping_status").GetString(), told.Number("version")));
        if (done.Status == 200)
            Assert.Equal(state.TrackingCode, told.GetProperty("tracking_code").GetString());
    }

    private async Task HasHistory(long id, long store, long versions)
    {
        var (_, history) = await app.As(store == 3 ? StoreFlowApp.Rival : StoreFlowApp.Owner).Get($"/orders/{id}/history");
        Assert.Equal(
            Enumerable.Range(1, (int)versions).Select(version => (long)version),
            history.GetProperty("entries").EnumerateArray().Select(entry => entry.Number("version")));
    }

    private async Task<Done> Do(Act act, long[] ids)
    {
        var asked = Stopwatch.GetTimestamp();
        var path = $"/orders/{ids[act.Order]}/{act.Command.Route}";
        var (status, body) = await app.As(act.Who.Token).Send(act.Command.Method, path, act.Command.Body(version: 0));
        return new(act, status, body, asked, Stopwatch.GetTimestamp());
    }

    private async Task<(long[] Ids, OrderModel[] States)> NewOrders()
    {
        var ids = new long[Kinds.Length];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = (await app.PendingOrder(Kinds[i].Type, Kinds[i].Store)).Number("id");
        return (ids, [.. Kinds.Select(kind => new OrderModel(kind.Type, kind.Store))]);
    }
}
