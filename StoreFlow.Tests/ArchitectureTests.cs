using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Carter;
using NetArchTest.Rules;

namespace StoreFlow.Tests;

/// <summary>The architecture rules (section 7 of the contract). Dependencies are read from the compiled types.</summary>
public sealed partial class ArchitectureTests
{
    private const string Features = "StoreFlow.Features.";
    private const string Orders = $"{Features}Orders";

    /// <summary>The nouns of what a merchant manages, which know those of the orders.</summary>
    private const string Merchants = $"{Features}Merchants";

    /// <summary>The nouns of what is sent to others, and the relay that sends it.</summary>
    private const string Deliveries = $"{Features}Deliveries";

    /// <summary>What customers read, and which language that is; managed stores know it.</summary>
    private const string Languages = $"{Features}Languages";

    /// <summary>The folders of Features other than the nouns: each is a slice.</summary>
    private static readonly string[] Slices = [.. typeof(Program).Assembly.GetTypes()
        .Select(type => type.Namespace ?? "")
        .Where(name => name.StartsWith(Features, StringComparison.Ordinal) && name is not (Orders or Merchants or Deliveries or Languages))
        .Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The one change of an order that is no step: triggers let it set marks, and nothing else.</summary>
    private const string Erasing = "Features/Privacy/Erasing.cs";

    private static readonly string[] Steps =
    [
        "AcceptOrder", "CancelOrder", "ChangePromise", "CompleteOrder", "CorrectTracking", "MarkDelivered", "MarkReady",
        "OverrideStatus", "ShipOrder", "StartPacking", "StartPreparation",
    ];

    /// <summary>PATCH takes every step, the pages use what other slices can do, and Setup adds all slices to the server.</summary>
    private static readonly string[] KnowOthers =
        [.. new[] { "ChangeStatus", "Dashboard", "Home", "Management", "Setup", "Storefront" }.Select(slice => Features + slice)];

    [Fact]
    public void A_slice_knows_no_other_slice()
    {
        Assert.Empty(Steps.Select(step => Features + step).Concat(KnowOthers).Except(Slices)); // else the rule has nothing to look at
        Assert.All(Slices.Except(KnowOthers), slice => AssertKnowsNone(slice, [.. Slices.Where(other => other != slice)]));
    }

    [Fact]
    public void Orders_knows_no_slice() => AssertKnowsNone(Orders, [.. Slices, Merchants, Deliveries, Languages]);

    [Fact]
    public void Merchants_knows_no_slice() => AssertKnowsNone(Merchants, [.. Slices, Deliveries]);

    [Fact]
    public void Languages_knows_no_slice() => AssertKnowsNone(Languages, [.. Slices, Merchants, Deliveries]);

    [Fact]
    public void Deliveries_knows_no_slice() => AssertKnowsNone(Deliveries, [.. Slices, Merchants]);

    [Fact]
    public void Infrastructure_knows_no_feature() =>
        AssertKnowsNone("StoreFlow.Infrastructure", [.. Slices, Orders, Merchants, Deliveries, Languages]);

    private static void AssertKnowsNone(string inside, string[] others)
    {
        var result = Types.InAssembly(typeof(Program).Assembly)
            .That().ResideInNamespaceMatching($"^{Regex.Escape(inside)}$")
            .ShouldNot().HaveDependencyOnAny(others)
            .GetResult();
        Assert.Empty(result.FailingTypeNames ?? []);
    }

    [Fact]
    public void Every_feature_lives_in_the_namespace_of_its_folder() =>
        Assert.All(Source.Files.Where(file => file.Key.StartsWith("Features/", StringComparison.Ordinal)), file =>
            Assert.Contains(
                $"namespace StoreFlow.{Path.GetDirectoryName(file.Key)!.Replace('\\', '.').Replace('/', '.')};",
                file.Value,
                StringComparison.Ordinal));

    [Fact]
    public void Nothing_lies_loose_beside_the_folders() =>
        Assert.DoesNotContain(Source.Files.Keys, file => file.Split('/') is ["Features" or "Infrastructure", _]);

    [Fact]
    public void Every_slice_with_routes_is_in_the_list_of_slices() =>
        Assert.Equal(
            typeof(Program).Assembly.GetTypes()
                .Where(type => type.IsAssignableTo(typeof(ICarterModule)))
                .OrderBy(type => type.FullName, StringComparer.Ordinal),
            StoreFlow.Features.Setup.Slices.WithRoutes.OrderBy(type => type.FullName, StringComparer.Ordinal));

    [Fact]
    public void Only_the_steps_change_an_order_each_by_one_guarded_update()
    {
        var updates = Source.Files
            .SelectMany(file => Update().Matches(file.Value).Select(update => (File: file.Key, Sql: update.Value)))
            .Where(update => !update.File.StartsWith("Migrations/", StringComparison.Ordinal))
            .ToList();
        Assert.Single(updates, update => update.File == Erasing);
        updates.RemoveAll(update => update.File == Erasing);
        Assert.Equal(
            Steps.Select(step => $"Features/{step}/{step}Module.cs"),
            updates.Select(update => update.File).Order(StringComparer.Ordinal));
        Assert.All(updates, update => Assert.Matches(
            @"version = version \+ 1\s+WHERE id = @id AND version = @version\s+RETURNING \{Order.Columns\}\s+""""""", update.Sql));
    }

    [Fact]
    public void A_step_never_opens_a_transaction_and_never_writes_an_audit_row_by_hand() =>
        Assert.All(Steps, step => AssertKnowsNone(Features + step,
            ["StoreFlow.Infrastructure.Database", $"{Orders}.AuditLog", "System.Data", "Dapper"]));

    /// <summary>With a bare parameter as its limit, SQLite parses the whole query again each time, to plan for its value.</summary>
    [Fact]
    public void No_limit_is_a_bare_parameter() => Assert.Empty(Source.FilesWith("LIMIT @"));

    [Fact]
    public void The_audit_log_is_written_in_one_place_and_copied_by_one_migration() =>
        Assert.Equal(["Features/Orders/AuditLog.cs", "Migrations/M0011_AuditActions.cs"], Source.FilesWith("INTO audit_log"));

    [Fact]
    public void Orders_are_made_in_one_place() => Assert.Equal(["Features/Checkout/Placing.cs"], Source.FilesWith("INTO orders"));

    [Fact]
    public void Only_the_database_opens_connections() =>
        Assert.Equal(["Infrastructure/Database/Sqlite/SqliteDatabase.cs"], Source.FilesWith("new CachingConnection("));

    [Fact]
    public void Only_the_database_is_asked_for_a_connection() =>
        Assert.Equal(
            [
                "Infrastructure/Database/Sqlite/DatabaseFile.cs",
                "Infrastructure/Database/Sqlite/Migrator.cs",
                "Infrastructure/Database/Sqlite/SqliteDatabase.cs",
                "Infrastructure/Database/Sqlite/StartupFileCheck.cs",
            ],
            Source.Files
                .Where(file => Regex.IsMatch(file.Value, @"\bSqliteDatabase\.Open\(|=> Open\(File\)|\bnew Migrator\b"))
                .Select(file => file.Key).Order(StringComparer.Ordinal));

    [Fact]
    public void Only_the_writer_and_the_commands_begin_a_transaction() =>
        Assert.Equal(
            [
                "Infrastructure/Database/Postgres/PostgresCommands.cs",
                "Infrastructure/Database/Postgres/PostgresDatabase.cs",
                "Infrastructure/Database/Sqlite/DatabaseFile.cs",
                "Infrastructure/Database/Sqlite/Writer.cs",
            ],
            Source.Files
                .Where(file => Regex.IsMatch(
                    file.Value,
                    @"BEGIN (IMMEDIATE|EXCLUSIVE|DEFERRED|TRANSACTION)|""BEGIN""|BeginTransaction|TransactionScope|SAVEPOINT"))
                .Select(file => file.Key).Order(StringComparer.Ordinal));

    [Fact]
    public void The_time_comes_from_the_TimeProvider() =>
        Assert.All(Source.Files.Values, text =>
            Assert.DoesNotMatch(@"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b|'now'|CURRENT_TIMESTAMP", text));

    [Fact]
    public void A_method_that_returns_a_task_ends_in_Async_unless_a_framework_or_the_contract_names_it() =>
        Assert.Equal(
            ["LiveUpdatesHub.SubscribeCustomer", "LiveUpdatesHub.SubscribeStore"],
            from type in typeof(Program).Assembly.GetTypes()
            where type.Namespace?.StartsWith("StoreFlow.", StringComparison.Ordinal) == true
                && !type.IsDefined(typeof(CompilerGeneratedAttribute)) && !type.IsSubclassOf(typeof(Delegate))
            from method in type.GetMethods(
                BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            where IsTask(method.ReturnType) && method.GetBaseDefinition() == method && !method.IsSpecialName
                && !method.Name.Contains('<') && !method.Name.EndsWith("Async", StringComparison.Ordinal)
            let name = $"{type.Name}.{method.Name}"
            orderby name
            select name);

    private static bool IsTask(Type type) => typeof(Task).IsAssignableFrom(type) || type == typeof(ValueTask)
        || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>));

    [GeneratedRegex(@"UPDATE\s+(OR\s+\w+\s+)?orders\b.*?""""""", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Update();
}
