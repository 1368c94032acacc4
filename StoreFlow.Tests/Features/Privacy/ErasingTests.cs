using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Dapper;

namespace StoreFlow.Tests.Features.Privacy;

/// <summary>An owner gives out and erases what is kept about a customer: everywhere, for good, and nothing else.</summary>
public sealed class ErasingTests : IDisposable
{
    private readonly StoppedClockApp _app = new();
    private readonly HttpClient _owner;

    public ErasingTests() => _owner = _app.As(StoreFlowApp.Owner);

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task What_is_erased_is_nowhere_any_more_while_money_steps_and_sequences_stay()
    {
        var parcel = await Quillfeather("shipping", "accept", "start-packing", "ship", "mark-delivered");
        var pickup = await Quillfeather("pickup", "accept", "start-preparation", "mark-ready", "complete");
        var cancelled = await Quillfeather("pickup", "override", "cancel");
        await _app.OrderIn("completed");
        long[] ids = [parcel.Id, pickup.Id, cancelled.Id];
        var (kept, before) = (await Kept(ids), await Told(parcel, pickup, cancelled));
        string[] all = ["Quill Street", "zoe@quill", "Quillhaven", "QUILL-TRACK", "Quill rang", "Quill asked", "47114711"];
        foreach (var personal in all)
            Assert.Contains(personal, before, StringComparison.OrdinalIgnoreCase); // else the rest proves nothing

        var (status, answer) = await _owner.Post("/merchant/customers/erase", new { order_ids = ids, confirm = true });

        Assert.Equal((200, 3, 0), (status, answer.Number("erased"), answer.GetProperty("refused").GetArrayLength()));
        Assert.Contains("Backups", answer.Text("still_kept"), StringComparison.Ordinal);
        var after = await Told(parcel, pickup, cancelled);
        Assert.DoesNotContain("quill", after, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("47114711", after, StringComparison.Ordinal); // the phone number
        Assert.Equal(kept, await Kept(ids));
        Assert.Empty((await _owner.Get("/stores/1/orders?q=quillfeather")).Body.GetProperty("orders").EnumerateArray());
        Assert.Empty((await Find(new { email = "zoe@quill.example" })).GetProperty("orders").EnumerateArray());
        var page = await _app.As(null).GetStringAsync($"/track/{pickup.PublicId}");
        Assert.Contains("were erased on", page, StringComparison.Ordinal);
        Assert.DoesNotContain("To collect it", page, StringComparison.Ordinal);
        var (_, view) = await _app.As(null).Get($"/customer/{pickup.PublicId}/order");
        Assert.Equal(JsonValueKind.Null, view.GetProperty("pickup_code").ValueKind);
        await FilesLose("quill");
        var (exit, said, _) = await StoreFlowProcess.Run(_app.Folder, "verify");
        Assert.True(exit == 0, said);
    }

    [Fact]
    public async Task A_request_that_is_sent_again_gets_the_same_order_without_the_data()
    {
        var customer = _app.As(null);
        customer.DefaultRequestHeaders.Add("Idempotency-Key", "once");
        var (_, placed) = await customer.Post("/checkout", Body("pickup"));
        var id = (await Find(new { reference = placed.Text("reference") })).GetProperty("orders")[0].Number("id");
        Assert.Equal(200, (await _owner.Post($"/orders/{id}/cancel", new { reason = "customer_asked" })).Status);
        var export = await Export(new { reference = placed.Text("reference") });
        Assert.Equal("Zoe", export.GetProperty("orders")[0].GetProperty("kept_answers")[0].GetProperty("answer").Text("first_name"));

        await Erase(id);

        var (status, again) = await customer.Post("/checkout", Body("pickup"));
        Assert.Equal((201, placed.Text("public_id"), "erased"), (status, again.Text("public_id"), again.Text("first_name")));
        Assert.DoesNotContain("Zoe", again.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_customer_is_found_by_any_form_of_their_number_and_given_all_that_is_kept()
    {
        var pickup = await Quillfeather("pickup", "override", "cancel");
        await _app.PendingOrder();
        var elsewhere = (await _app.As(null).Post("/checkout", Body("pickup", store: 2))).Body;

        foreach (var person in new object[]
            {
                new { email = "ZOE@quill.example" }, new { phone = "0049 40 4711 4711" }, new { phone = "040 47114711" },
                new { phone = "+49 (40) 4711-4711" },
            })
        {
            var found = (await Find(person)).GetProperty("orders");
            Assert.Equal([elsewhere.Text("reference"), pickup.Reference], found.EnumerateArray().Select(order => order.Text("reference")));
        }
        var (status, answer) = await _owner.Post("/merchant/customers/export", new { email = "zoe@quill.example" });
        Assert.Equal((200, 2), (status, answer.GetProperty("orders").GetArrayLength()));
        var first = answer.GetProperty("orders")[1];
        Assert.Equal("Quill rang twice", first.GetProperty("order").Text("note"));
        Assert.Equal(
            ["order_created", "status_overridden", "status_changed"],
            first.GetProperty("history").EnumerateArray().Select(entry => entry.Text("action")));
        Assert.Equal("Quill asked for it", first.GetProperty("history")[1].GetProperty("meta").Text("reason"));
        Assert.Equal(4, first.Text("pickup_code").Length);
        Assert.DoesNotContain("mia@example.com", answer.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_but_the_owner_reads_or_erases_and_a_rival_finds_nothing()
    {
        var order = await Quillfeather("pickup", "cancel");
        var person = new { email = "zoe@quill.example" };
        var erase = new { order_ids = new[] { order.Id, 999_999 }, confirm = true };
        foreach (var token in new[] { StoreFlowApp.Manager, StoreFlowApp.Staff })
        {
            Assert.Equal(403, (await _app.As(token).Post("/merchant/customers/find", person)).Status);
            Assert.Equal(403, (await _app.As(token).Post("/merchant/customers/export", person)).Status);
            Assert.Equal(403, (await _app.Refused(order.Id, () => _app.As(token).Post("/merchant/customers/erase", erase))).Status);
            Assert.Equal(403, (await _app.As(token).Patch("/merchant/privacy", new { erase_after_days = 1 })).Status);
        }
        var before = await _app.Traces(order.Id);
        var rival = _app.As(StoreFlowApp.Rival);
        Assert.Empty((await rival.Post("/merchant/customers/find", person)).Body.GetProperty("orders").EnumerateArray());
        Assert.Empty((await rival.Post("/merchant/customers/export", person)).Body.GetProperty("orders").EnumerateArray());
        var (_, answer) = await rival.Post("/merchant/customers/erase", erase);
        Assert.Equal(0, answer.Number("erased"));
        Assert.Equal(
            ["not_found There is no such order.", "not_found There is no such order."], // theirs and nobody's: the same
            answer.GetProperty("refused").EnumerateArray().Select(refused => $"{refused.Text("code")} {refused.Text("detail")}"));
        Assert.Equal(before, await _app.Traces(order.Id));
    }

    [Fact]
    public async Task What_is_unfinished_or_not_confirmed_stays_and_what_is_erased_is_not_erased_twice()
    {
        var open = await _app.OrderIn("ready");
        var done = await _app.OrderIn("completed");
        var before = await _app.Traces(open.Number("id"));
        long[] ids = [open.Number("id"), done.Number("id")];

        await _app.Refused(done.Number("id"), () => _owner.Post("/merchant/customers/erase", new { order_ids = ids }));
        await _app.Refused(
            done.Number("id"), () => _owner.Post("/merchant/customers/erase", new { order_ids = Array.Empty<long>(), confirm = true }));
        var (_, first) = await _owner.Post("/merchant/customers/erase", new { order_ids = ids, confirm = true });
        var erased = await _app.Traces(done.Number("id"));
        _app.Time.Advance(TimeSpan.FromMinutes(1));
        var (_, second) = await _owner.Post("/merchant/customers/erase", new { order_ids = ids, confirm = true });

        Assert.Equal((1, "unfinished"), (first.Number("erased"), first.GetProperty("refused")[0].Text("code")));
        Assert.Equal(0, second.Number("erased"));
        Assert.Equal(
            ["unfinished", "already_erased"], second.GetProperty("refused").EnumerateArray().Select(refused => refused.Text("code")));
        Assert.Equal(before, await _app.Traces(open.Number("id")));
        Assert.Equal(erased, await _app.Traces(done.Number("id")));
        var log = (await _owner.Get("/merchant/log")).Body.GetProperty("entries").EnumerateArray()
            .Where(entry => entry.Text("action") == "erased").ToList();
        var entry = Assert.Single(log);
        Assert.Equal(("Olga", done.Text("reference")), (entry.Text("actor"), entry.GetProperty("changes")[0].Text("after")));
    }

    [Theory]
    [InlineData("{}", "email")]
    [InlineData("""{"email": "zoe"}""", "email")]
    [InlineData("""{"phone": "12345"}""", "phone")]
    [InlineData("""{"reference": "AB"}""", "reference")]
    public async Task A_person_has_to_be_named_well_enough(string body, string field)
    {
        var (status, problem) = await _owner.Post("/merchant/customers/find", JsonDocument.Parse(body).RootElement);
        Assert.Equal(400, status);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.GetRawText());
    }

    [Fact]
    public async Task A_copy_of_the_order_that_a_program_keeps_is_not_the_answer_any_more()
    {
        var order = await _app.OrderIn("completed");
        await Erase(order.Number("id"));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/orders/{order.Number("id")}");
        request.Headers.TryAddWithoutValidation("If-None-Match", $"\"{order.Number("version")}\"");
        using var answer = await _owner.SendAsync(request);
        Assert.Equal(200, (int)answer.StatusCode);
    }

    private async Task Erase(long id)
    {
        var (_, answer) = await _owner.Post("/merchant/customers/erase", new { order_ids = new[] { id }, confirm = true });
        Assert.Equal(1, answer.Number("erased"));
    }

    private async Task<JsonElement> Find(object person)
    {
        var (status, found) = await _owner.Post("/merchant/customers/find", person);
        Assert.Equal(200, status);
        return found;
    }

    private async Task<JsonElement> Export(object person) => (await _owner.Post("/merchant/customers/export", person)).Body;

    private static Dictionary<string, object?> Body(string type, long store = 1)
    {
        var body = Scenarios.CheckoutBody(type, store, "Zoe Quillfeather");
        body["customer"] = new { name = "Zoe Quillfeather", email = "zoe@quill.example", phone = "+49 40 47114711" };
        body["note"] = "Quill rang twice";
        if (type == "shipping")
            body["shipping"] = new
            {
                method = "standard",
                name = "Ada Quillfeather",
                address = new
                {
                    line1 = "Quill Street 5",
                    line2 = "Quill yard",
                    city = "Quillhaven",
                    region = "Quillshire",
                    postal_code = "QUILL 1",
                    country = "DE",
                },
            };
        return body;
    }

    /// <summary>An order of a customer by that name, through these steps, each with something personal where it takes text.</summary>
    private async Task<(long Id, string PublicId, string Reference)> Quillfeather(string type, params string[] steps)
    {
        var (status, placed) = await _app.As(null).Post("/checkout", Body(type));
        Assert.Equal(201, status);
        var id = (await Find(new { reference = placed.Text("public_id") })).GetProperty("orders")[0].Number("id");
        foreach (var step in steps)
        {
            var (taken, problem) = await _owner.Post($"/orders/{id}/{step}", step switch
            {
                "ship" => new { tracking_code = "QUILL-TRACK-1", tracking_url = "https://carrier.example/quill" },
                "mark-ready" => new { shelf = "Quill shelf" },
                "override" => new { status = "accepted", reason = "Quill asked for it" },
                "cancel" => new { reason = "other", note = "Quill called" },
                _ => null,
            });
            Assert.True(taken == 200, problem.GetRawText());
        }
        return (id, placed.Text("public_id"), placed.Text("reference"));
    }

    /// <summary>Everything that anybody can read about these orders.</summary>
    private async Task<string> Told(params (long Id, string PublicId, string Reference)[] orders)
    {
        var told = new List<string>();
        foreach (var (id, publicId, _) in orders)
        {
            told.Add(await _app.Traces(id));
            told.Add((await _app.As(null).Get($"/customer/{publicId}/order")).Body.GetRawText());
            told.Add(await _app.As(null).GetStringAsync($"/track/{publicId}"));
            told.Add((await Export(new { reference = publicId })).GetRawText());
        }
        told.Add((await _owner.Get("/stores/1/orders?limit=200")).Body.GetRawText());
        told.Add(await _owner.GetStringAsync("/merchant/stores/1/orders.csv"));
        told.Add((await _owner.Get("/merchant/log")).Body.GetRawText());
        told.Add((await _owner.Get("/merchant/export")).Body.GetRawText());
        using var stream = await EventStreamClient.OfStore(_app, 1, after: 0);
        var last = _app.LatestSequence();
        for (var at = 0L; at < last;)
        {
            var heard = (await stream.NextOrEnd())!;
            told.Add(heard.Payload.GetRawText());
            at = heard.Id ?? at;
        }
        return string.Join("\n", told);
    }

    /// <summary>What an erasing must leave as it is.</summary>
    private async Task<string> Kept(long[] ids)
    {
        using var db = _app.OpenDatabase();
        string[] queries =
        [
            """
            SELECT id, public_id, store_id, fulfilment_type, status, shipping_status, version, currency, subtotal, shipping_cost,
                   total, shipping_method, country, created_at, accepted_at, started_at, ready_at, completed_at, cancelled_at,
                   cancel_reason, pickup_at, promised_at, source, own_courier
              FROM orders
             ORDER BY id
            """,
            "SELECT order_id, position, product_id, sku, name, unit_price, quantity FROM order_items ORDER BY order_id, position",
            """
            SELECT id, store_id, sequence, user_id, entity_id, action, version, json_extract(meta, '$.old_status') AS old,
                   json_extract(meta, '$.new_status') AS new, created_at
              FROM audit_log
             ORDER BY id
            """,
        ];
        var rows = queries.SelectMany(sql => db.Query(sql)).Select(row => string.Join('|', (IDictionary<string, object>)row));
        var day = StoppedClockApp.Start.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return string.Join("\n", rows.Append($"{ids.Length}")
            .Append((await _owner.Get($"/stores/1/figures?from={day}&to={day}")).Body.GetRawText()));
    }

    /// <summary>Waits until a text is in no byte of the database and its write-ahead log. Another process reads.</summary>
    private async Task FilesLose(string text)
    {
        await Eventually.Holds(() =>
        {
            _app.Time.Advance(TimeSpan.FromMinutes(1));
            using var db = _app.OpenDatabase();
            return !db.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM erasing_leftovers)");
        }, "The leftovers of erasing stay.");
        if (TestDatabase.IsPostgres)
        {
            using var db = _app.OpenDatabase();
            Assert.Empty(TestDatabase.TablesWith(db, text));
            return;
        }
        foreach (var file in new[] { "storeflow.db", "storeflow.db-wal" })
        {
            using var grep = Process.Start(new ProcessStartInfo("grep", ["-a", "-i", "-c", text, Path.Combine(_app.Folder, file)])
            {
                RedirectStandardOutput = true,
            })!;
            Assert.Equal("0", (await grep.StandardOutput.ReadToEndAsync()).Trim());
        }
    }
}
