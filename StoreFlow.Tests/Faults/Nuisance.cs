using System.Net.Sockets;

namespace StoreFlow.Tests.Faults;

/// <summary>What an attacker or a bad client does. Each is done when the server has ended it.</summary>
internal static class Nuisance
{
    /// <summary>Sends a header one letter at a time. The server cuts it off, however patient the sender is.</summary>
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

    /// <summary>
    /// Sends a body at some 260 bytes a second, just more than the server demands, until told to stop or cut off.
    /// </summary>
    public static async Task Drip(RawConnection connection, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await connection.Say(new string(' ', 130));
                await Task.WhenAny(Task.Delay(500, stop));
            }
        }
        catch (IOException)
        {
            // Cut off.
        }
    }

    /// <summary>
    /// Does one of these again and again, on many connections from one address, until told to stop. A connection that the
    /// server closes comes back a second later.
    /// </summary>
    public static Task Crowd(
        Uri address, string from, int connections, Func<RawConnection, CancellationToken, Task> nuisance, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    using var connection = await RawConnection.Open(address, from);
                    await Task.WhenAny(nuisance(connection, stop), Task.Delay(Timeout.Infinite, stop));
                }
                catch (Exception fault) when (fault is IOException or SocketException)
                {
                    // Refused, or closed.
                }
                await Task.WhenAny(Task.Delay(1000, stop)); // comes back once a second
            }
        }));

    /// <summary>A body of 100 KB, with its length given or in chunks. It is refused, and cut off where the sender goes on.</summary>
    public static async Task SendFarTooMuch(Uri address, bool chunked)
    {
        using var connection = await RawConnection.Open(address);
        await connection.Say("POST /checkout HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: 100000\r\n\r\n"));
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
