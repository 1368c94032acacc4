using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace StoreFlow.Tests.Features.Printers;

/// <summary>A printer that asks as Star's CloudPRNT Protocol Guide says: POST, GET, DELETE, each when a test wants it.</summary>
internal sealed class SimulatedPrinter(StoreFlowApp app, string path, string user, string password)
{
    private const string Mac = "mac=00:11:62:12:34:56";

    /// <summary>What came out of it.</summary>
    public List<string> Printed { get; } = [];

    /// <summary>Asks, fetches, prints and confirms, as long as there is something.</summary>
    public async Task Work()
    {
        while (await Offered() is { } token)
        {
            Printed.Add(await Fetch(token));
            Assert.Equal(200, await Confirm(token, "200%20OK"));
        }
    }

    /// <summary>Asks; the token of the ticket that it is offered, or null.</summary>
    public async Task<string?> Offered(string status = "200%20OK", bool isPrinting = false)
    {
        var (code, body) = await Poll(status, isPrinting);
        Assert.Equal(200, code);
        if (!body.GetProperty("jobReady").GetBoolean())
            return null;
        Assert.Equal("text/plain", body.GetProperty("mediaTypes")[0].GetString());
        return body.Text("jobToken");
    }

    public async Task<(int Status, JsonElement Body)> Poll(string status = "200%20OK", bool isPrinting = false)
    {
        using var request = Request(HttpMethod.Post, path);
        request.Content = new StringContent(
            $$"""
            {"status":"23 6 0 0 0 0 0 0 0","printerMAC":"00:11:62:12:34:56","uniqueID":null,"statusCode":"{{status}}",
             "printingInProgress":{{(isPrinting ? "true" : "false")}},"clientAction":null}
            """, Encoding.UTF8, "application/json");
        using var answer = await app.As(null).SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, JsonDocument.Parse(text).RootElement);
    }

    /// <summary>Fetches a ticket, which comes as text and with a cut.</summary>
    public async Task<string> Fetch(string? token)
    {
        using var request = Request(HttpMethod.Get, $"{path}?{Mac}&type=text%2Fplain{(token is null ? "" : $"&token={token}")}");
        using var answer = await app.As(null).SendAsync(request);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("partial; feed=true", answer.Headers.GetValues("X-Star-Cut").Single());
        return await answer.Content.ReadAsStringAsync();
    }

    public async Task<int> TryFetch(string token, string type = "text%2Fplain")
    {
        using var request = Request(HttpMethod.Get, $"{path}?{Mac}&type={type}&token={token}");
        using var answer = await app.As(null).SendAsync(request);
        return (int)answer.StatusCode;
    }

    public async Task<int> Confirm(string? token, string code)
    {
        using var request = Request(HttpMethod.Delete, $"{path}?{Mac}&code={code}{(token is null ? "" : $"&token={token}")}");
        using var answer = await app.As(null).SendAsync(request);
        return (int)answer.StatusCode;
    }

    private HttpRequestMessage Request(HttpMethod method, string address) => new(method, address)
    {
        Headers =
        {
            Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))),
        },
    };
}
