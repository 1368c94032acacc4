using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace StoreFlow.Bench;

/// <summary>A mail server on this machine that takes every e-mail at once, and notes when the first of each subject came.</summary>
internal sealed class MailReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, long> _arrived = new();
    private readonly Task _listening;

    public MailReceiver()
    {
        _listener.Start();
        _listening = ListenAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>When the first e-mail whose subject has these words came, as <see cref="Stopwatch.GetTimestamp"/> tells.</summary>
    public async Task<long> ArrivalOfAsync(string words)
    {
        while (true)
        {
            foreach (var (subject, at) in _arrived)
                if (subject.Contains(words, StringComparison.Ordinal))
                    return at;
            await Task.Delay(1);
        }
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
                _ = TalkAsync(await _listener.AcceptTcpClientAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    // RFC 5321, as far as a client needs it that is never refused.
    private async Task TalkAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            using var reader = new StreamReader(stream);
            await using var writer = new StreamWriter(stream) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 bench");
            while (await reader.ReadLineAsync() is { } line)
            {
                if (line == "DATA")
                {
                    await writer.WriteLineAsync("354 go on");
                    var subject = await TakeAsync(reader);
                    _arrived.TryAdd(subject, Stopwatch.GetTimestamp());
                }
                await writer.WriteLineAsync(line == "QUIT" ? "221 bye" : "250 ok");
                if (line == "QUIT")
                    return;
            }
        }
    }

    private static async Task<string> TakeAsync(StreamReader reader)
    {
        var subject = "";
        while (await reader.ReadLineAsync() is { } line && line != ".")
            if (subject.Length == 0 && line.StartsWith("Subject: ", StringComparison.Ordinal))
                subject = line;
        return subject;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _listening;
        _stopping.Dispose();
    }
}
