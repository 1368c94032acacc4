using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace StoreFlow.Tests.Infrastructure.Hosting;

/// <summary>A step can be followed from its request to its event by a collector that OpenTelemetry's own variable names.</summary>
public sealed class TraceTests : IDisposable
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private readonly TestFolder _folder = TestFolder.WithDemoShop();

    [Fact]
    public async Task A_step_is_one_trace_from_the_request_to_the_event()
    {
        var port = FreePort.Find();
        using var collector = new Collector(port);
        await using var server = StoreFlowProcess.Serve(_folder.Path, "Development", start =>
        {
            start.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{port}";
            start.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
            start.Environment["OTEL_BSP_SCHEDULE_DELAY"] = "100"; // milliseconds
            start.Environment["OTEL_METRIC_EXPORT_INTERVAL"] = "200"; // milliseconds
        });
        using var staff = await server.As(StoreFlowApp.Staff);
        var (_, order) = await staff.Post("/checkout", new
        {
            store_id = 1,
            fulfilment_type = "pickup",
            items = new[] { new { product_id = 1, quantity = 1 } },
            customer = new { name = "Traced Person", email = "traced@example.com" },
        });
        var publicId = order.Text("public_id");
        using var stream = await EventStreamClient.Open(await server.As(StoreFlowApp.Staff), $"/customer/{publicId}/order/events");
        Assert.Equal(200, (await staff.Get($"/customer/{publicId}/order?secret=in-the-query")).Status);
        staff.DefaultRequestHeaders.Add("traceparent", $"00-{TraceId}-b7ad6b7169203331-01");
        Assert.Equal(200, (await staff.Post("/orders/1/accept")).Status);

        // Spans end one by one, and each carries the trace's id: the request, the step, its write and its event.
        var id = Encoding.Latin1.GetString(Convert.FromHexString(TraceId));
        await Eventually.Holds(
            () => collector.Text("/v1/traces").Split(id).Length - 1 >= 4 && collector.Text("/v1/metrics").Contains("storeflow.steps"),
            "The collector has not got the whole step.");
        var traces = collector.Text("/v1/traces");
        Assert.All(
            ["POST /orders/{id}/accept", "POST /checkout", "step", "write", "announce", "storeflow"],
            name => Assert.Contains(name, traces));
        Assert.All([publicId, "Traced", "traced@", "in-the-query", "demo-staff"], personal => Assert.DoesNotContain(personal, traces));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Takes what is exported and keeps it as text, one byte a letter.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly ConcurrentQueue<(string Path, string Body)> _taken = new();

        public Collector(int port)
        {
            _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            _listener.Start();
            _ = TakeAsync();
        }

        public string Text(string path) => string.Concat(_taken.Where(taken => taken.Path == path).Select(taken => taken.Body));

        private async Task TakeAsync()
        {
            try
            {
                while (true)
                {
                    var call = await _listener.GetContextAsync();
                    using var body = new StreamReader(call.Request.InputStream, Encoding.Latin1);
                    _taken.Enqueue((call.Request.Url!.AbsolutePath, await body.ReadToEndAsync()));
                    call.Response.Close();
                }
            }
            catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        public void Dispose() => _listener.Close();
    }
}
