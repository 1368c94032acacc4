using System.Text.Json;
using System.Text.RegularExpressions;

namespace StoreFlow.Tests.Docs;

/// <summary>Programs can rely on the API's description: a strict compiler, two linters, and the events as they really come.</summary>
public sealed partial class ConnectTests(StoreFlowApp app, SampleShop shop) : IClassFixture<StoreFlowApp>, IClassFixture<SampleShop>
{
    [SkippableFact]
    public async Task The_sample_compiles_strictly_without_a_cast_and_a_wrong_one_does_not()
    {
        await shop.CompileAsync(await Description());

        Assert.NotEmpty(SampleShop.Scripts);
        Assert.All(SampleShop.Scripts, script =>
        {
            var text = File.ReadAllText(script);
            Assert.DoesNotContain("@ts-", text);
            Assert.DoesNotMatch(Cast(), Comment().Replace(text, ""));
        });

        const string types = """
            import type { components } from './api';
            type Schemas = components['schemas'];
            declare const order: Schemas['CustomerView'];
            declare const event: Schemas['CustomerEvent'];
            declare const entry: Schemas['OrderHistoryEntry'];
            declare const problem: Schemas['Problem'];

            """;
        var said = await shop.FaultsOfAsync(
            types + """
                export const total: number = order.total;
                export const accepted: string | null = order.accepted_at;
                export const version: number = event.data.version;
                export const link: string | null = event.event === 'ShippingUpdated' ? event.data.tracking_url : null;
                export const old: unknown = entry.meta['old_status'];
                export const sentence: string | undefined = problem.errors?.['items']?.[0];
                """,
            types + "export const wrong = order.status === 'colected';",
            types + "export const wrong: string = order.accepted_at;",
            types + "export const wrong: Schemas['CheckoutBodyItem'] = { product_id: 1 };");
        // What is always sent needs no question mark, an event's name says what it carries. The others are refused.
        Assert.Equal("", said[0]);
        Assert.Contains("TS2367", said[1]);
        Assert.Contains("TS2322", said[2]);
        Assert.Contains("TS2741", said[3]);
    }

    [SkippableTheory]
    [InlineData("spectral", "lint", "--ruleset", ".spectral.yaml", "--fail-severity", "hint", "--display-only-failures")]
    [InlineData("redocly", "lint", "--config", "redocly.yaml", "--format", "json")]
    public async Task A_linter_finds_nothing(string linter, params string[] arguments)
    {
        const string linters = "StoreFlow.Tests/Docs/linters";
        var packages = await Npm.PackagesOf(linters);
        using var folder = new TestFolder();
        foreach (var rules in new[] { ".spectral.yaml", "redocly.yaml" })
            folder.Write(rules, Repository.Read($"{linters}/{rules}"));
        folder.Write("v1.json", await Description());

        var (exit, said) = await Npm.RunAsync(packages, folder.Path, linter, [.. arguments, "v1.json"]);
        Assert.True(exit == 0, said);
        if (linter == "redocly")
            Assert.Contains("\"problems\": []", said);

        // The linter does look: without its licence and a path's parameter the document is not in order.
        folder.Write("v1.json", (await Description()).Replace("\"contact\"", "\"x-contact\"").Replace("\"license\"", "\"x-license\""));
        (exit, said) = await Npm.RunAsync(packages, folder.Path, linter, [.. arguments, "v1.json"]);
        Assert.Contains(linter == "redocly" ? "info-license" : "info-contact", said);
    }

    [Fact]
    public async Task A_lock_file_names_no_registry()
    {
        foreach (var folder in new[] { "docs/web-shop", "StoreFlow.Tests/Docs/linters" })
            Assert.DoesNotContain("\"resolved\"", await File.ReadAllTextAsync(Path.Combine(Repository.Folder, folder,
                "package-lock.json")));
    }

    /// <summary>Every field of every event that a store and a customer hear of an order's whole way, and of no other.</summary>
    [Fact]
    public async Task An_event_has_the_fields_of_its_schema()
    {
        var document = await ApiDocument.Of(app);
        using var store = await EventStreamClient.OfStore(app, 1);
        var order = await app.PendingOrder("shipping");
        using var customer = await EventStreamClient.Open(app, $"/customer/{order.Text("public_id")}/order/events");
        var owner = app.As(StoreFlowApp.Owner);
        await owner.Patch($"/orders/{order.Number("id")}/promise", new { ready_in_minutes = 90 });
        await app.Step(order, "accept");
        await app.Step(order, "ship");

        string[] names = ["OrderCreated", "PromiseUpdated", "OrderStatusUpdated", "OrderStatusUpdated", "ShippingUpdated"];
        var heard = await store.Next(names.Length);
        Assert.Equal(names, heard.Select(one => one.Name));
        Assert.All(heard, one => AssertDescribed("StoreEvent", one));
        heard = await customer.Next(names.Length);
        Assert.Equal(["order", .. names[1..]], heard.Select(one => one.Name));
        Assert.All(heard, one => AssertDescribed("CustomerEvent", one));

        void AssertDescribed(string schema, EventStreamClient.Received one)
        {
            var described = document.Schema(schema).GetProperty("oneOf").EnumerateArray()
                .Single(choice => choice.GetProperty("properties").GetProperty("event").Text("const") == one.Name);
            Assert.True(one.Id is not null);
            var payload = document.Schema(described.GetProperty("properties").GetProperty("data").Text("$ref").Split('/')[^1]);
            var fields = one.Payload.EnumerateObject().Select(field => field.Name).ToList();
            Assert.Equal(fields, payload.GetProperty("properties").EnumerateObject().Select(property => property.Name));
            Assert.Equal(fields.Order(), Required(payload).Order());
        }
    }

    /// <summary>
    /// An answer's schema has no field that may be missing, except those of a problem, and of what a printer is offered: Star's protocol
    /// says which field is there.
    /// </summary>
    [Fact]
    public async Task What_is_sent_is_required()
    {
        var document = await ApiDocument.Of(app);
        var bodies = document.Operations
            .Where(operation => operation.Body is not null)
            .SelectMany(operation => Reach(document, operation.Body!.Value.GetProperty("schema")))
            .ToHashSet();
        var answers = document.Operations
            .SelectMany(operation => operation.Answers)
            .SelectMany(answer => Reach(document, answer.Json.GetProperty("schema")))
            .ToHashSet();
        foreach (var name in answers)
        {
            var schema = document.Schema(name);
            if (!schema.TryGetProperty("properties", out var properties))
                continue;
            var optional = properties.EnumerateObject().Select(property => property.Name).Except(Required(schema)).ToList();
            Assert.True(
                optional.Count == 0 || name is "Problem" or "CloudPrntOffer",
                $"{name} does not say of {string.Join(", ", optional)} that it is always sent. "
                + (bodies.Contains(name) ? "It is taken in a body, too: give the answer a type of its own." : ""));
        }
        Assert.Equal(["errors", "current", "next_opening"], document.Schema("Problem").GetProperty("properties").EnumerateObject()
            .Select(property => property.Name).Except(Required(document.Schema("Problem"))));
        Assert.Equal(["jobReady"], Required(document.Schema("CloudPrntOffer")));
    }

    [Fact]
    public async Task A_route_of_the_staff_takes_a_token_or_the_pages_own_session()
    {
        var document = await ApiDocument.Of(app);
        var schemes = document.Root.GetProperty("components").GetProperty("securitySchemes");
        Assert.Equal(("http", "bearer"), (schemes.GetProperty("bearer").Text("type"), schemes.GetProperty("bearer").Text("scheme")));
        var session = schemes.GetProperty("session");
        Assert.Equal(("apiKey", "cookie", "storeflow"), (session.Text("type"), session.Text("in"), session.Text("name")));
        Assert.All(document.Operations.Where(operation => operation.ForStaff), operation => Assert.Equal(
            operation.Path.StartsWith("/cloudprnt/", StringComparison.Ordinal) ? ["printer"] : ["bearer", "session"],
            operation.Json.GetProperty("security").EnumerateArray().SelectMany(need => need.EnumerateObject().Select(one => one.Name))));
        Assert.Contains("For the owner.", document.Find("OverrideStatus").Json.Text("description"));
        Assert.Contains("For a manager or the owner.", document.Find("GetFigures").Json.Text("description"));
        Assert.Contains("For anyone", document.Find("Checkout").Json.Text("description"));
    }

    private async Task<string> Description() => await app.As(null).GetStringAsync("/openapi/v1.json");

    private static IEnumerable<string> Required(JsonElement schema) =>
        schema.TryGetProperty("required", out var required) ? required.EnumerateArray().Select(name => name.GetString()!) : [];

    /// <summary>The names of the schemas to which this one leads.</summary>
    private static HashSet<string> Reach(ApiDocument document, JsonElement schema, HashSet<string>? names = null)
    {
        names ??= [];
        foreach (Match reference in Reference().Matches(schema.GetRawText()))
            if (names.Add(reference.Groups[1].Value))
                Reach(document, document.Schema(reference.Groups[1].Value), names);
        return names;
    }

    [GeneratedRegex(@"//.*|/\*\*.*?\*/")]
    private static partial Regex Comment();

    // "import type * as" and "as const" are no casts; "as any", "<any>" and "!" after a value are.
    [GeneratedRegex(@"(?<!\* )\bas (?!const\b)\w|<any>|\bany\b|[\w\])]!(?!=)")]
    private static partial Regex Cast();

    [GeneratedRegex("\"\\$ref\": ?\"#/components/schemas/(\\w+)\"")]
    private static partial Regex Reference();
}
