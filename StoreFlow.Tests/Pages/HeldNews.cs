using System.Collections.Concurrent;
using System.Text;
using Microsoft.Playwright;

namespace StoreFlow.Tests.Pages;

/// <summary>
/// A slow line to one device. A test can hold back what the server says, so that the person looks at what was true a moment
/// ago. What the person does still gets to the server at once.
/// </summary>
internal sealed class HeldNews
{
    private readonly ConcurrentQueue<(string Text, Action Pass)> _held = new();
    private readonly SemaphoreSlim _more = new(0);
    private volatile bool _holding;

    /// <summary>Call it before the page is opened.</summary>
    public static async Task<HeldNews> On(IPage page)
    {
        var line = new HeldNews();
        await page.RouteWebSocketAsync("**/_blazor**", browser =>
        {
            var server = browser.ConnectToServer();
            browser.OnMessage(frame => Pass(frame, server));
            server.OnMessage(frame =>
            {
                var isBeat = frame.Binary is { Length: <= 3 };
                // What comes while the held messages are sent must not overtake them: a real line keeps the order, and
                // Blazor relies on it.
                lock (line._held)
                {
                    if (line._holding && !isBeat)
                    {
                        line._held.Enqueue((Encoding.UTF8.GetString(frame.Binary ?? []), () => Pass(frame, browser)));
                        line._more.Release();
                    }
                    else
                    {
                        Pass(frame, browser);
                    }
                }
            });
        });
        return line;
    }

    public void Hold() => _holding = true;

    /// <summary>Waits until the server has said this. The person cannot see it yet.</summary>
    public async Task Arrived(string text)
    {
        while (!_held.Any(held => held.Text.Contains(text, StringComparison.Ordinal)))
            Assert.True(await _more.WaitAsync(TimeSpan.FromSeconds(30)), $"The server never said “{text}”.");
    }

    public void Release()
    {
        lock (_held)
        {
            _holding = false;
            while (_held.TryDequeue(out var held))
                held.Pass();
        }
    }

    private static void Pass(IWebSocketFrame frame, IWebSocketRoute to)
    {
        // A binary frame has a text as well, but not the other way round.
        if (frame.Binary is { } bytes)
            to.Send(bytes);
        else
            to.Send(frame.Text!);
    }
}
