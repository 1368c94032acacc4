using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace StoreFlow.Tests.Postgres;

/// <summary>
/// The line between one node and PostgreSQL, which can be cut as a network is: connections stay open, new ones seem to come about, and
/// nothing arrives, not even the end of a connection.
/// </summary>
internal sealed class CuttableLine : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly NpgsqlConnectionStringBuilder _server;

    private TaskCompletionSource<bool>? _cut; // completed with whether what waited arrives
    private Awaited? _awaited;

    private sealed record Awaited(byte[] Text, TaskCompletionSource Sent);

    /// <param name="setting">The connection string of the database.</param>
    public CuttableLine(string setting)
    {
        _server = new(setting);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>The connection string that leads over this line.</summary>
    public string Setting => new NpgsqlConnectionStringBuilder(_server.ToString())
    {
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
    }.ToString();

    public void Cut() => Volatile.Write(ref _cut, new(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Cuts the line as soon as a node sends a text, which does not arrive either.</summary>
    /// <returns>Done when it was sent.</returns>
    public Task CutAt(string text)
    {
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _awaited, new(Encoding.ASCII.GetBytes(text), sent));
        return sent.Task;
    }

    /// <summary>Bytes arrive again.</summary>
    /// <param name="delivers">Whether those arrive that were sent meanwhile. If not, their connections end.</param>
    public void Mend(bool delivers) => Interlocked.Exchange(ref _cut, null)?.SetResult(delivers);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = CarryAsync(await _listener.AcceptSocketAsync(_over.Token));
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task CarryAsync(Socket node)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (node)
            try
            {
                if (!await PassesAsync())
                    return;
                await server.ConnectAsync(_server.Host!, _server.Port, _over.Token);
                (node.NoDelay, server.NoDelay) = (true, true);
                await await Task.WhenAny(PassAsync(node, server), PassAsync(server, node));
            }
            catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // One side has ended the connection: the other one's ends with it.
            }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        try
        {
            var bytes = new byte[16 * 1024];
            while (true)
            {
                var count = await from.ReceiveAsync(bytes, _over.Token);
                CutWhereAwaited(bytes.AsSpan(0, count));
                if (!await PassesAsync() || count == 0)
                    return;
                for (var sent = 0; sent < count;)
                    sent += await to.SendAsync(bytes.AsMemory(sent, count - sent), _over.Token);
            }
        }
        catch (SocketException)
        {
            await PassesAsync(); // that a connection was ended does not arrive either
        }
    }

    private void CutWhereAwaited(ReadOnlySpan<byte> bytes)
    {
        if (Volatile.Read(ref _awaited) is not { } awaited || bytes.IndexOf(awaited.Text) < 0
            || Interlocked.CompareExchange(ref _awaited, null, awaited) != awaited)
            return;
        Cut();
        awaited.Sent.SetResult();
    }

    /// <summary>Whether what was sent arrives, once that is certain.</summary>
    private Task<bool> PassesAsync() => Volatile.Read(ref _cut)?.Task.WaitAsync(_over.Token) ?? Task.FromResult(true);

    public void Dispose()
    {
        _over.Cancel();
        _listener.Dispose();
    }
}
