using System.Diagnostics;
using Dapper;
using Npgsql;

namespace StoreFlow.Infrastructure;

/// <summary>
/// Keeps this node in step with the others, over a connection of its own: hears of their commits, tells them of its own, looks each second
/// whatever it hears, and sees when the server goes away and comes back.
/// </summary>
internal sealed class PostgresNode(PostgresDatabase database, ILogger<PostgresNode> log) : BackgroundService
{
    private const string Channel = "storeflow_commits";
    private const int Period = 1000; // milliseconds
    private const int SilenceAllowed = 9000; // milliseconds; longer than PostgresOwnership trusts an answer

    private readonly string _node = Guid.NewGuid().ToString("N");
    private readonly SemaphoreSlim _commits = new(0);
    private readonly PostgresOwnership _ownership = new();
    private bool _isSessionNew; // it has not answered yet

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        database.Ownership = _ownership;
        database.CommittedHere += NoteCommit;
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        database.CommittedHere -= NoteCommit;
        await base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(KeepListeningAsync(cancellationToken), NotifyOthersAsync(cancellationToken));

    private void NoteCommit()
    {
        if (_commits.CurrentCount == 0)
            _commits.Release();
    }

    private async Task KeepListeningAsync(CancellationToken cancellationToken)
    {
        var isTold = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                _isSessionNew = true;
                await using var session = await OpenSessionAsync(cancellationToken);
                if (isTold)
                    log.LogWarning("PostgreSQL answers again.");
                isTold = false;
                await ListenAsync(session, cancellationToken);
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested && !_isSessionNew)
            {
                // This session may be all that is lost. Whether the server is away, the next one shows.
                log.LogWarning("A session of PostgreSQL was lost, and another is opened: {Why}", fault.Message);
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                database.NoteTrouble(fault);
                if (!isTold)
                    log.LogError("PostgreSQL cannot be reached: {Why} It is tried again each second.", fault.Message);
                isTold = true;
                await Task.Delay(Period, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            finally
            {
                _ownership.Lose(); // at a stop, too
            }
        }
    }

    private async Task ListenAsync(NpgsqlConnection session, CancellationToken cancellationToken)
    {
        session.Notification += (_, told) =>
        {
            if (told.Payload != _node)
                database.NoteNews();
        };
        // The connection of a node that stands still, or that is cut off behind a proxy, looks alive: only its silence tells the server.
        await session.ExecuteAsync($"LISTEN {Channel}; SET idle_session_timeout = {SilenceAllowed}");
        for (var looked = 0L; ;)
        {
            if (looked == 0 || Stopwatch.GetElapsedTime(looked).TotalMilliseconds >= Period)
            {
                _ownership.Renew(session);
                looked = Stopwatch.GetTimestamp();
                _isSessionNew = false;
                database.NoteServed();
                database.NoteNews();
            }
            await session.WaitAsync(TimeSpan.FromMilliseconds(Period), cancellationToken);
        }
    }

    /// <summary>
    /// A notification that is sent within a step would hold a lock of the whole server until the step's commit is on disk. So it is
    /// sent after the commit, once for all that came together. Where it is lost, the others look within a second.
    /// </summary>
    private async Task NotifyOthersAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var session = await OpenSessionAsync(cancellationToken);
                while (true)
                {
                    await _commits.WaitAsync(cancellationToken);
                    await session.ExecuteAsync("SELECT pg_notify(@Channel, @_node)", new { Channel, _node });
                }
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(Period, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Outside the pool, and given up within seconds by both ends where the line between them is dead.</summary>
    private async Task<NpgsqlConnection> OpenSessionAsync(CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false, CommandTimeout = 5, KeepAlive = 0 };
        settings.Options += " -c tcp_keepalives_idle=3 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=9000"
            + " -c idle_in_transaction_session_timeout=5000";
        var session = new NpgsqlConnection(settings.ToString());
        try
        {
            await session.OpenAsync(cancellationToken).WaitAsync(PostgresSource.Patience, cancellationToken);
            return session;
        }
        catch (Exception fault)
        {
            await session.DisposeAsync();
            if (fault is TimeoutException)
                throw PostgresFaults.NoAnswer();
            throw;
        }
    }
}
