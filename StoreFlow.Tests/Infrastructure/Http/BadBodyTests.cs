using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace StoreFlow.Tests.Infrastructure;

/// <summary>Invalid bodies, sent to every route that reads one: refused by name, and nothing is left behind.</summary>
public sealed class BadBodyTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    private static readonly string[] NeedABody =
    [
        "POST /checkout", "POST /orders/{id}/ship", "PATCH /orders/{id}/tracking", "PATCH /orders/{id}/status",
        "POST /orders/{id}/override",
    ];

    private static readonly string[] CanDoWithout =
    [
        "POST /orders/{id}/accept", "POST /orders/{id}/start-preparation", "POST /orders/{id}/mark-ready",
        "POST /orders/{id}/complete", "POST /orders/{id}/start-packing", "POST /orders/{id}/mark-delivered",
    ];

    private static readonly string[] NoObjects = ["[]", "5", "\"text\"", "{", "{}x", "{'a':1}", "{\"version\":1,}", "\0"];

    public static TheoryData<string, string> UselessBodies()
    {
        var data = new TheoryData<string, string>();
        foreach (var route in NeedABody)
            foreach (var body in NoObjects.Concat(["", " ", "null"]))
                data.Add(route, body);
        foreach (var route in CanDoWithout)
            foreach (var body in NoObjects)
                data.Add(route, body);
        return data;
    }

    public static TheoryData<string> Routes() => [.. NeedABody, .. CanDoWithout];

    [Theory]
    [MemberData(nameof(UselessBodies))]
    public async Task A_body_that_is_no_JSON_object_is_refused(string route, string body) =>
        (await Refused(route, Json(body))).Is(400, "invalid_request", "body");

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_field_given_twice_is_refused(string route)
    {
        var field = route == "POST /checkout" ? "note" : "version";
        (await Refused(route, Json($$"""{"{{field}}":null,"{{field}}":null}"""))).Is(400, "invalid_request", field);
    }

    [Theory]
    [InlineData("POST /checkout", "note")]
    [InlineData("POST /orders/{id}/ship", "tracking_code")]
    [InlineData("PATCH /orders/{id}/tracking", "tracking_url")]
    [InlineData("PATCH /orders/{id}/status", "status")]
    [InlineData("POST /orders/{id}/override", "reason")]
    public async Task Half_a_character_and_bytes_that_are_no_UTF_8_are_refused(string route, string field)
    {
        (await Refused(route, Json($$"""{"{{field}}":"a\ud83d"}"""))).Is(400, "invalid_request", field);
        byte[] noUtf8 = [.. Encoding.UTF8.GetBytes($$"""{"{{field}}":"a"""), 0xC3, 0x28, 0xFF, .. "\"}"u8];
        (await Refused(route, Json(noUtf8))).Is(400, "invalid_request", field);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Bytes_that_are_no_text_at_all_are_refused(string route) =>
        (await Refused(route, Json([0xFF, 0xFE, (byte)'{', 0, (byte)'}', 0]))).Is(400, "invalid_request", "body");

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Ten_megabytes_are_refused(string route) =>
        (await Refused(route, Json(Encoding.UTF8.GetBytes("{}" + new string(' ', 10_000_000))))).Is(413, "too_large");

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task An_unknown_charset_is_refused(string route)
    {
        var content = Json("{}");
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json; charset=klingon");
        (await Refused(route, content)).Is(415, "unsupported_media_type");
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Another_kind_of_content_is_refused(string route)
    {
        (await Refused(route, new StringContent("{}", Encoding.UTF8, "text/plain"))).Is(415, "unsupported_media_type");
        (await Refused(route, new ByteArrayContent("{}"u8.ToArray()))).Is(415, "unsupported_media_type");
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Nesting_without_end_is_refused(string route) =>
        (await Refused(route, Json("{\"a\":" + new string('[', 5000) + new string(']', 5000) + "}"))).Is(400, "invalid_request");

    [Theory]
    [InlineData("POST /orders/{id}/accept", "version", "\"1\"")]
    [InlineData("POST /orders/{id}/accept", "version", "1.5")]
    [InlineData("POST /orders/{id}/accept", "version", "true")]
    [InlineData("POST /orders/{id}/accept", "version", "9223372036854775808")]
    [InlineData("POST /orders/{id}/ship", "tracking_code", "5")]
    [InlineData("POST /orders/{id}/ship", "tracking_url", "{}")]
    [InlineData("PATCH /orders/{id}/status", "status", "\"lost\"")]
    [InlineData("PATCH /orders/{id}/status", "status", "\"Accepted\"")]
    [InlineData("PATCH /orders/{id}/status", "status", "\"pending,accepted\"")]
    [InlineData("PATCH /orders/{id}/status", "status", "\"\"")]
    [InlineData("PATCH /orders/{id}/status", "status", "null")]
    [InlineData("PATCH /orders/{id}/status", "status", "1")]
    [InlineData("PATCH /orders/{id}/status", "status", "[\"accepted\"]")]
    [InlineData("POST /orders/{id}/override", "status", "\"refunded\"")]
    [InlineData("POST /orders/{id}/override", "reason", "12345")]
    [InlineData("POST /checkout", "store_id", "\"1\"")]
    [InlineData("POST /checkout", "fulfilment_type", "\"drone\"")]
    [InlineData("POST /checkout", "items", "{}")]
    [InlineData("POST /checkout", "items[0]", "[7]", "items")]
    [InlineData("POST /checkout", "customer", "\"Mia\"")]
    [InlineData("POST /checkout", "customer.name", "{\"name\":5}", "customer")]
    public async Task A_value_of_the_wrong_kind_is_refused_by_its_field(string route, string field, string value, string? within = null)
    {
        var answer = await Refused(route, Json($$"""{"{{within ?? field}}":{{value}}}"""));
        answer.Is(400, "invalid_request", field);
        Assert.DoesNotContain("valid JSON", answer.Body.Text("detail"));
    }

    [Theory]
    [InlineData("POST /orders/{id}/ship", "{\"status\":\"accepted\"}", "tracking_code")]
    [InlineData("PATCH /orders/{id}/tracking", "{\"version\":1}", "tracking_code")]
    [InlineData("PATCH /orders/{id}/status", "{\"tracking_code\":\"1Z-999\"}", "status")]
    [InlineData("PATCH /orders/{id}/status", "{\"status\":\"shipped\"}", "tracking_code")]
    [InlineData("POST /orders/{id}/override", "{\"tracking_code\":\"1Z-999\"}", "status")]
    [InlineData("POST /checkout", "{\"tracking_code\":\"1Z-999\"}", "items")]
    public async Task A_body_for_another_step_is_refused_by_what_it_lacks(string route, string body, string field) =>
        (await Refused(route, Json(body))).Is(400, "invalid_request", field);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(long.MaxValue)]
    public async Task A_version_that_is_not_the_orders_is_stale(long version)
    {
        foreach (var route in Scenarios.OrderRoutes.Where(route => !route.StartsWith("GET", StringComparison.Ordinal)))
            (await Refused(route, System.Net.Http.Json.JsonContent.Create(Scenarios.AnyStep(version)))).Is(409, "order_stale");
    }

    private async Task<(int Status, JsonElement Body)> Refused(string route, HttpContent content)
    {
        if (route == "POST /checkout")
            return await app.CheckoutRefused(content);
        var id = (await app.PendingOrder("shipping")).Number("id");
        var owner = app.As(StoreFlowApp.Owner);
        return await app.Refused(id, () => owner.Call(route, id, content));
    }

    private static ByteArrayContent Json(string text) => Json(Encoding.UTF8.GetBytes(text));

    private static ByteArrayContent Json(byte[] bytes) => new(bytes) { Headers = { ContentType = new("application/json") } };
}
