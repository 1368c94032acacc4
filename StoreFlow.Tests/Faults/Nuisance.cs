namespace StoreFlow.Tests.Faults;

/// <summary>What one does who means no good, or cannot do better; each is done when the server has had enough of it.</summary>
internal static class Nuisance
{
    /// <summary>A header, a letter at a time: cut off by the server, however patient the sender is.</summary>
    public static async Task DripHeaders(Uri address)
    {
        using var connection = await RawConnection.Open(address);
        await connection.Say("GET /stores/1/catalogue HTTP/1.1\r\nHost: x\r\nX-Slow: ");
        var answer = connection.HearAll();
        while (!answer.IsCompleted)
        {
            try
            {
                await connection.Say("a");
            }
            catch (IOException)
            {
                break; // cut off already
            }
            await Task.WhenAny(answer, Task.Delay(250));
        }
        Assert.True(await answer is "" || (await answer).StartsWith("HTTP/1.1 408", StringComparison.Ordinal), await answer);
    }

    /// <summary>A body of 100 KB, with its length said or in chunks: refused, and cut off where the sender goes on.</summary>
    public static async Task SendFarTooMuch(Uri address, bool chunked)
    {
        using var connection = await RawConnection.Open(address);
        await connection.Say("POST /checkout HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: 100000\r\n\r\n"));
        var answer = connection.HearAll();
        try
        {
            for (var i = 0; i < 100; i++)
                await connection.Say((chunked ? "3e8\r\n" : "") + new string(' ', 1000) + (chunked ? "\r\n" : ""));
        }
        catch (IOException)
        {
            // Cut off already.
        }
        Assert.True(await answer is "" || (await answer).StartsWith("HTTP/1.1 413", StringComparison.Ordinal), await answer);
    }
}
