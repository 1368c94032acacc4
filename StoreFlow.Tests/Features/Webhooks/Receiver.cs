using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace StoreFlow.Tests.Features.Webhooks;

/// <summary>A program of the merchant that takes web hooks.</summary>
public sealed class Receiver : Listener<Receiver.Message>
{
    /// <param name="Id">The header <c>webhook-id</c>.</param>
    /// <param name="Timestamp">The header <c>webhook-timestamp</c>.</param>
    /// <param name="Signature">The header <c>webhook-signature</c>.</param>
    /// <param name="Body">The body as it came.</param>
    public sealed record Message(string Id, string Timestamp, string Signature, string Body)
    {
        public JsonElement Json { get; } = JsonDocument.Parse(Body).RootElement;

        public JsonElement Data => Json.GetProperty("data");

        public long Order => Data.Number("order_id");

        /// <summary>Such as <c>OrderStatusUpdated 2</c>: the event, and the order's version from then on.</summary>
        public string Told => $"{Json.Text("type")} {Data.Number("version")}";
    }

    private Receiver() : base("/hook")
    {
    }

    public string Url => $"{Origin}/hook";

    public static async Task<Receiver> Start()
    {
        var receiver = new Receiver();
        await receiver.StartAsync();
        return receiver;
    }

    protected override async Task<Message> ReadAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        return new(
            request.Headers["webhook-id"].ToString(), request.Headers["webhook-timestamp"].ToString(),
            request.Headers["webhook-signature"].ToString(), await reader.ReadToEndAsync());
    }
}
