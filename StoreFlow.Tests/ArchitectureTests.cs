using System.Text.RegularExpressions;
using Carter;

namespace StoreFlow.Tests;

/// <summary>The rules of the house (section 6 of the contract) that a reviewer would otherwise have to watch over.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>The folders of Features: each a slice.</summary>
    private static readonly string[] Slices = [.. Source.Files.Keys
        .Where(file => file.StartsWith("Features/", StringComparison.Ordinal) && file.Count(c => c == '/') == 2)
        .Select(SliceOf).Distinct().Order(StringComparer.Ordinal)];

    private static readonly string[] Steps =
    [
        "AcceptOrder", "CompleteOrder", "CorrectTracking", "MarkDelivered", "MarkReady", "OverrideStatus", "ShipOrder", "StartPacking", "StartPreparation",
    ];

    /// <summary>The one door to all steps, and the pages, which show and do what the other slices can.</summary>
    private static readonly string[] KnowOthers = ["ChangeStatus", "Dashboard", "Home", "Storefront"];

    [Fact]
    public void A_slice_knows_no_other_slice()
    {
        Assert.Empty(Steps.Concat(KnowOthers).Except(Slices)); // else the rule would have nothing to look at
        var known =
            from file in Source.Files
            where file.Key.Count(c => c == '/') == 2 && file.Key.StartsWith("Features/", StringComparison.Ordinal)
            let slice = SliceOf(file.Key)
            where !KnowOthers.Contains(slice)
            from other in Slices
            where other != slice && Regex.IsMatch(file.Value, $@"\b({other}Module\b|Features\.{other}\b|{other}\.\w)")
            select $"{file.Key} knows {other}";
        Assert.Empty(known);
    }

    [Fact]
    public void A_slice_lives_in_the_namespace_of_its_folder() =>
        Assert.All(Source.Files.Where(file => file.Key.StartsWith("Features/", StringComparison.Ordinal)), file =>
            Assert.Contains($"namespace StoreFlow.{Path.GetDirectoryName(file.Key)!.Replace('\\', '.').Replace('/', '.')};", file.Value, StringComparison.Ordinal));

    [Fact]
    public void Every_slice_with_routes_is_in_the_list_of_slices() =>
        Assert.Equal(
            typeof(Program).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(ICarterModule))).OrderBy(type => type.FullName, StringComparer.Ordinal),
            StoreFlow.Features.Slices.WithRoutes.OrderBy(type => type.FullName, StringComparer.Ordinal));

    [Fact]
    public void Only_the_steps_change_an_order_each_by_one_guarded_update()
    {
        var updates = Source.Files
            .SelectMany(file => Update().Matches(file.Value).Select(update => (File: file.Key, Sql: update.Value)))
            .Where(update => !update.File.StartsWith("Migrations/", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(Steps.Select(step => $"Features/{step}/{step}Module.cs"), updates.Select(update => update.File).Order(StringComparer.Ordinal));
        Assert.All(updates, update => Assert.Matches(@"version = version \+ 1\s+WHERE id = @id AND version = @version\s+RETURNING \*\s+""""""", update.Sql));
        Assert.All(updates, update => Assert.Contains(nameof(StoreFlow.Features.Transition), Source.Files[update.File], StringComparison.Ordinal));
    }

    [Fact]
    public void A_step_never_opens_a_transaction_and_never_writes_an_audit_row_by_hand() =>
        Assert.All(Steps, step => Assert.DoesNotMatch(@"\b(Database|Audit\.|DbConnection|Execute)", Source.Files[$"Features/{step}/{step}Module.cs"]));

    /// <summary>Bound to a bare parameter, SQLite parses the whole query again each time, to plan for its value.</summary>
    [Fact]
    public void No_limit_is_a_bare_parameter() => Assert.Empty(Source.FilesWith("LIMIT @"));

    [Fact]
    public void The_audit_log_is_written_in_one_place() => Assert.Equal(["Features/Audit.cs"], Source.FilesWith("INTO audit_log"));

    [Fact]
    public void Orders_are_made_in_one_place() => Assert.Equal(["Features/Checkout/CheckoutModule.cs"], Source.FilesWith("INTO orders"));

    [Fact]
    public void Only_the_database_opens_connections() =>
        Assert.Equal(["Infrastructure/Database.cs"], Source.FilesWith("new CachingConnection("));

    [Fact]
    public void Only_the_database_is_asked_for_a_connection() =>
        Assert.Equal(
            ["Infrastructure/Database.cs", "Infrastructure/DatabaseFile.cs", "Infrastructure/FileCheck.cs", "Infrastructure/Migrator.cs"],
            Source.Files.Where(file => Regex.IsMatch(file.Value, @"\bDatabase\.Open\(|=> Open\(File\)|\bnew Migrator\b")).Select(file => file.Key).Order(StringComparer.Ordinal));

    [Fact]
    public void Only_the_writer_and_the_commands_begin_a_transaction() =>
        Assert.Equal(
            ["Infrastructure/DatabaseFile.cs", "Infrastructure/Writer.cs"],
            Source.Files
                .Where(file => Regex.IsMatch(file.Value, @"BEGIN (IMMEDIATE|EXCLUSIVE|DEFERRED|TRANSACTION)|""BEGIN""|BeginTransaction|TransactionScope|SAVEPOINT"))
                .Select(file => file.Key).Order(StringComparer.Ordinal));

    [Fact]
    public void The_time_comes_from_the_TimeProvider() =>
        Assert.All(Source.Files.Values, text => Assert.DoesNotMatch(@"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b|'now'|CURRENT_TIMESTAMP", text));

    private static string SliceOf(string file) => file.Split('/')[1];

    [GeneratedRegex(@"UPDATE\s+(OR\s+\w+\s+)?orders\b.*?""""""", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Update();
}
