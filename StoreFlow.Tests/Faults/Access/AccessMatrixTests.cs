using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using StoreFlow.Features.LiveUpdates;

namespace StoreFlow.Tests.Faults.Access;

/// <summary>
/// Everybody × every route of the server, page and hub method × own, foreign and unknown: one table that a reviewer reads,
/// made by calling each. Routes come from the server itself, so a new one changes the table, or fails until somebody says
/// what it is to be asked for.
/// </summary>
public sealed partial class AccessMatrixTests : IDisposable
{
    // Open to everyone: there the id itself is the key, or nothing belongs to anyone.
    private static readonly string[] Open =
    [
        "/checkout", "/customer/", "/healthz", "/readyz", "/openapi/", "/hubs/", "/login", "/logout", "/shop/", "/track/",
        "/stores/{id}/catalogue", "/setup/", "/link/", "/tablet/lock", "/tablet/unlock", "/cloudprnt/",
    ];

    private readonly StoreFlowApp _app = new();
    private readonly StringBuilder _table = new();
    private readonly List<string> _wrong = [];
    private int _cells;

    public void Dispose() => _app.Dispose();

    /// <param name="Short">As the table shows it.</param>
    /// <param name="Whole">Status, headers and body without what differs from one request to the next.</param>
    private sealed record Answer(string Short, string Whole);

    [Fact]
    public async Task Who_gets_what()
    {
        var orders = new Dictionary<long, (long Id, string PublicId)>();
        foreach (var store in new long[] { 1, 2, 3 })
        {
            var order = await _app.OrderIn("accepted", store: store);
            orders[store] = (order.Number("id"), order.Text("public_id"));
        }
        var callers = await Caller.All(_app);
        var before = Everything();

        // Signing out comes last: after it the caller has no session.
        var routes = ServerRoutes.Of(_app)
            .OrderBy(route => route is "POST /logout" or "POST /tablet/lock")
            .ThenBy(route => route.Split(' ')[^1], StringComparer.Ordinal)
            .ThenBy(route => route, StringComparer.Ordinal);
        foreach (var route in routes)
            await Ask(route, Thing.Of(route, orders), callers, (thing, caller) => SendOnceFree(route, thing, caller, orders.Values));
        var methods = typeof(LiveUpdatesHub)
            .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method.GetBaseDefinition() == method);
        var withoutCookie = callers.Where(caller => caller.Cookie is null).ToList();
        foreach (var method in methods)
        {
            var route = method.Name switch
            {
                "SubscribeStore" => "HUB /stores/{id}",
                "SubscribeCustomer" => "HUB /customer/{public_id}",
                var name => throw new InvalidOperationException($"Say who may call {name}."),
            };
            await Ask(route, Thing.Of(route, orders), withoutCookie, (thing, caller) => Invoke(method.Name, thing, caller));
        }

        Assert.Equal(before, Everything());
        Assert.Empty(_wrong);
        var nobody = string.Join(", ", callers.Where(caller => caller.IsNobody).Select(caller => caller.Name));
        Snapshots.Match($"{_cells} cells. Nobody: {nobody}.\n\n{_table}", "AccessMatrix");
    }

    private async Task Ask(string route, IReadOnlyList<Thing> things, List<Caller> callers, Func<Thing, Caller, Task<Answer>> ask)
    {
        var isOpen = Open.Any(open => route[route.IndexOf('/')..].StartsWith(open, StringComparison.Ordinal))
            || route.EndsWith(" /", StringComparison.Ordinal);
        var answers = new Dictionary<(string Thing, string Caller), Answer>();
        foreach (var thing in things)
        {
            foreach (var caller in callers)
                answers[(thing.Name, caller.Name)] = await ask(thing, caller);
            _cells += callers.Count;
            var told = callers.GroupBy(caller => answers[(thing.Name, caller.Name)].Short);
            var cells = string.Join("; ", told.Select(same => $"{same.Key}: {Names([.. same], callers)}"));
            _table.Append($"{route,-48} {thing.Name,-7} -> {cells}\n");
        }
        if (isOpen)
            return;
        foreach (var caller in callers)
            foreach (var thing in things)
            {
                var answer = answers[(thing.Name, caller.Name)];
                // What is not theirs gets exactly the answer of what does not exist. A token that is no longer valid gets
                // exactly the answer of one that never was.
                if (caller.IsNobody || thing.Store is { } store && !caller.Stores.Contains(store))
                {
                    var like = caller.IsNobody && caller.Token is not null ? "no such token" : caller.Name;
                    Expect(answer.Whole == answers[(things[^1].Name, like)].Whole, "tells that it is there");
                }
                if (caller.IsNobody)
                    Expect(NobodysAnswer().IsMatch(answer.Short), "is not asked who they are");
                else if (route.EndsWith("/override", StringComparison.Ordinal) && !caller.IsOwner)
                    Expect(answer.Short == "403 forbidden", "may override");
                else if (route.Contains("/merchant/", StringComparison.Ordinal) && caller.Name.Contains("staff", StringComparison.Ordinal))
                    Expect(answer.Short == "403 forbidden", "manages something");
                else if (IsForOwner(route) && !caller.IsOwner)
                    Expect(answer.Short == "403 forbidden", "manages what is the owner's");
                else if (route == "GET /stores/{id}/figures" && caller.Name.Contains("staff", StringComparison.Ordinal))
                    Expect(answer.Short == "403 forbidden", "sees the figures");
                else if (thing.Store is { } own && caller.Stores.Contains(own))
                    Expect(!RefusedAnswer().IsMatch(answer.Short), "is kept from what is theirs");

                void Expect(bool holds, string otherwise)
                {
                    if (!holds)
                        _wrong.Add($"{route}, {thing.Name}: {caller.Name} {otherwise}: {answer.Short}");
                }
            }
    }

    private static bool IsForOwner(string route) =>
        route is "POST /merchant/stores" or "POST /merchant/users" or "PATCH /merchant/users/{id}" or "POST /merchant/users/{id}/link"
            or "GET /merchant/log" or "GET /merchant/export"
        || route.Contains("/merchant/tokens", StringComparison.Ordinal)
        || route.Contains("/merchant/customers", StringComparison.Ordinal) || route.Contains("/merchant/privacy", StringComparison.Ordinal)
        || route.Contains(" /webhooks", StringComparison.Ordinal)
        || route.Contains("/emails", StringComparison.Ordinal) && !route.Contains("dashboard", StringComparison.Ordinal);

    /// <summary>The names of some callers, with one word for all of them and one for those who are nobody to the shop.</summary>
    private static string Names(List<Caller> some, List<Caller> all) =>
        some.Count == all.Count ? "everybody"
        : string.Join(", ", all.Where(caller => caller.IsNobody).All(some.Contains)
            ? some.Where(caller => !caller.IsNobody).Select(caller => caller.Name).Prepend("nobody")
            : some.Select(caller => caller.Name));

    // An order has ten streams. The server may not have noticed yet that those of the callers before are closed.
    private async Task<Answer> SendOnceFree(
        string route, Thing thing, Caller caller, IEnumerable<(long Id, string PublicId)> orders)
    {
        var answer = await Send(route, thing, caller, orders);
        await Eventually.Holds(
            async () => !answer.Short.StartsWith("429", StringComparison.Ordinal)
                || !(answer = await Send(route, thing, caller, orders)).Short.StartsWith("429", StringComparison.Ordinal),
            "The streams of the callers before are still open.");
        return answer;
    }

    private async Task<Answer> Send(string route, Thing thing, Caller caller, IEnumerable<(long Id, string PublicId)> orders)
    {
        var method = route switch { "/hubs/orders/negotiate" => "POST", ['/', ..] => "GET", _ => route.Split(' ')[0] };
        using var request = new HttpRequestMessage(new(method), thing.Path);
        if (method is "POST" or "PATCH" or "PUT")
            request.Content = route switch
            {
                "POST /login" => new FormUrlEncodedContent(
                    [new("email", $"{caller.Name.Replace(' ', '-')}@demo.example"), new("password", "wrong")]),
                // A caller who may do this is told what is missing.
                "POST /checkout" => HttpExtensions.ContentOf(new { }),
                "POST /merchant/stores/{id}/products.csv" => new StringContent("sku,name,price\n", null, "text/csv"),
                "POST /account" or "POST /link/{secret}" or "POST /setup/{code}" or "POST /tablet" or "POST /tablet/unlock" =>
                    new FormUrlEncodedContent([]),
                _ when route.StartsWith("POST /shop", StringComparison.Ordinal)
                    || route.StartsWith("POST /dashboard", StringComparison.Ordinal) => new FormUrlEncodedContent([]),
                // A caller who may do this is told that the version is stale.
                _ => HttpExtensions.ContentOf(Scenarios.AnyStep(version: 999)),
            };
        caller.Sign(request);
        // Without a drain time the client closes an event stream at once, and the next caller finds its place free.
        using var handler = new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            ResponseDrainTimeout = TimeSpan.Zero,
        };
        using var client = new HttpClient(handler)
        {
            BaseAddress = _app.Address,
        };
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var (status, type) = ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType);
        Assert.InRange(status, 200, 499);
        var body = type == "text/event-stream" ? "" : await answer.Content.ReadAsStringAsync();
        if (type == "text/html")
        {
            // A staff page is empty until its circuit has asked who is there. The tests of the board check what comes then.
            var isOwnTicket = thing.Path.EndsWith("/ticket", StringComparison.Ordinal)
                && thing.Store is { } store && caller.Stores.Contains(store);
            foreach (var order in orders.Where(_ => !thing.Path.StartsWith("/track", StringComparison.Ordinal) && !isOwnTicket))
                Assert.DoesNotContain($"{order.PublicId[..4]}-{order.PublicId[4..8]}", body);
            body = "page";
        }
        var shown = answer.Headers.Location is { } there ? $" {there.OriginalString.Split('?')[0]}"
            : type == "application/problem+json" && body.Length > 0 ? $" {JsonDocument.Parse(body).RootElement.Text("code")}"
            : type switch { "text/html" => " page", "text/event-stream" => " events", _ => "" };
        var headers = answer.Headers.Concat(answer.Content.Headers)
            .Where(header => header.Key is not ("Date" or "Set-Cookie" or "Location"))
            .Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
        return new($"{status}{shown}", $"{status}{shown}\n{string.Join('\n', headers)}\n{TraceId().Replace(body, "")}");
    }

    private async Task<Answer> Invoke(string method, Thing thing, Caller caller)
    {
        await using var client = await LiveClient.Connect(_app, caller.Token);
        object argument = method == "SubscribeStore" ? long.Parse(thing.Path.Split('/')[^1]) : thing.Path.Split('/')[^1];
        try
        {
            await client.Connection.InvokeCoreAsync<object>(method, [argument]);
            return new("listens", "listens");
        }
        catch (HubException refused)
        {
            var told = refused.Message.Split("HubException: ")[^1];
            return new(told.Split(':')[0], told);
        }
    }

    /// <summary>All that a request could leave behind.</summary>
    private string Everything()
    {
        using var db = _app.OpenDatabase();
        string[] tables =
        [
            "orders", "order_items", "audit_log", "idempotency_keys", "users", "store_assignments", "products", "stores",
                "shipping_methods",
            "merchants", "merchant_log", "one_time_links", "devices", "printers", "deliveries",
        ];
        // When a token was used last may change: it is no trace of what was asked.
        return string.Join('\n', tables.Append("api_tokens").SelectMany(table => db.Query(table == "api_tokens"
                ? "SELECT id, user_id, name, token_hash, expires_at, revoked_at FROM api_tokens" : $"SELECT * FROM {table}")
            .Select(row => string.Join('|', ((IDictionary<string, object?>)row).Values))));
    }

    [GeneratedRegex("^(401( |$)|302 /login|unauthenticated)")]
    private static partial Regex NobodysAnswer();

    [GeneratedRegex("^(401|403|404|not_found|unauthenticated)")]
    private static partial Regex RefusedAnswer();

    [GeneratedRegex("00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]")]
    private static partial Regex TraceId();
}
