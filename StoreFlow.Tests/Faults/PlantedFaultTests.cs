using System.Diagnostics;
using System.Text.RegularExpressions;
using StoreFlow.Tests.Faults.Access;
using StoreFlow.Tests.Features.LiveUpdates;
using StoreFlow.Tests.Features.Orders;
using StoreFlow.Tests.Features.Orders.Specification;
using StoreFlow.Tests.Features.OverrideStatus;
using StoreFlow.Tests.Features.SignIn;

namespace StoreFlow.Tests.Faults;

/// <summary>
/// Mistakes that the program makes on purpose, one at a time, and for each the test that has to find it. It runs in a process of
/// its own, in which the mistake is planted, and has to fail there.
/// </summary>
public sealed partial class PlantedFaultTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5); // an upper bound for a hung test, not a measure

    private static readonly (string Fault, string Test)[] Found =
    [
        ("audit row lost", Named<StepEffectTests>(
            nameof(StepEffectTests.Every_step_makes_the_version_grow_by_one_and_leaves_one_audit_row_in_its_actors_name))),
        ("old and new status swapped", Named<EventPayloadTests>(nameof(EventPayloadTests.A_pickup_order_from_checkout_to_collected))),
        ("gap in the sequence", Named<OrderOfEventsTests>(
            nameof(OrderOfEventsTests.Many_steps_at_once_are_heard_in_commit_order_without_a_gap))),
        ("terminal status left", Named<OverrideTests>(nameof(OverrideTests.The_end_is_the_end_and_a_kind_is_a_kind))),
        ("tracking kept after override", Named<OverrideTests>(
            nameof(OverrideTests.Going_back_before_shipped_clears_the_parcel_and_the_history_keeps_it))),
        ("acceptance told anew", Named<OverrideTests>(nameof(OverrideTests.Accepted_at_tells_of_the_first_time_only))),
        ("idempotency key forgotten", Named<KeyedStepTests>(nameof(KeyedStepTests.Twenty_at_once_take_one_step_and_get_one_answer))),
        ("signed out is not out", Named<SessionTests>(
            nameof(SessionTests.A_copied_cookie_is_refused_after_sign_out_and_after_a_restart_too))),
    ];

    /// <summary>Found by a test that asks for everything, or waits a minute for what never comes.</summary>
    private static readonly (string Fault, string Test)[] FoundSlowly =
    [
        ("version not checked", Named<OrderSpecTests>(nameof(OrderSpecTests.The_server_takes_every_transition_as_the_model_does))),
        ("foreign store reachable", Named<AccessMatrixTests>(nameof(AccessMatrixTests.Who_gets_what))),
        ("event before the commit", Named<EventPayloadTests>(nameof(EventPayloadTests.A_pickup_order_from_checkout_to_collected))),
        ("customer not told", Named<CustomerStreamTests>(
            nameof(CustomerStreamTests.A_customer_who_comes_back_hears_what_was_missed_and_what_comes))),
    ];

    public static TheoryData<string, string> Faults
    {
        get
        {
            var faults = new TheoryData<string, string>();
            foreach (var (fault, test) in Effort.Long ? [.. Found, .. FoundSlowly] : Found)
                faults.Add(fault, test);
            return faults;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Is_found_by_its_test(string fault, string test)
    {
        var tests = typeof(PlantedFaultTests).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", ["test", tests, "--filter", $"FullyQualifiedName={test}"])
        {
            RedirectStandardOutput = true,
            Environment = { ["STOREFLOW_PLANTED_FAULT"] = fault },
        };
        using var run = Process.Start(start)!;
        using var hung = new CancellationTokenSource(Patience);
        using var end = hung.Token.Register(() => run.Kill(entireProcessTree: true));
        var said = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        Assert.Contains($"Failed {test}", said, StringComparison.Ordinal);
        Assert.NotEqual(0, run.ExitCode);
    }

    [Fact]
    public void Every_fault_in_the_program_is_among_them()
    {
        var planted = Source.Files.Values.SelectMany(text => Planted().Matches(text)).Select(match => match.Groups[1].Value);
        Assert.Equal(
            Found.Concat(FoundSlowly).Select(found => found.Fault).Order(StringComparer.Ordinal),
            planted.Distinct().Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"Failpoint\.IsPlanted\(""([^""]+)""\)")]
    private static partial Regex Planted();

    private static string Named<T>(string test) => $"{typeof(T).FullName}.{test}";
}
