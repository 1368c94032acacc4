using System.Collections.Concurrent;
using System.Diagnostics;
using Polly;
using Polly.CircuitBreaker;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Deliveries;

/// <summary>
/// Sends deliveries: one at a time for each destination, and the destinations beside each other. Ends after the one that is being sent
/// where another node takes over.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="clock">The time.</param>
/// <param name="channels">How each kind is reached.</param>
/// <param name="log">The server's log.</param>
/// <param name="ended">Called when a destination has nothing more that is due.</param>
internal sealed class DeliverySender(
    Database database, TimeProvider clock, IReadOnlyDictionary<DestinationKind, IChannel> channels, ILogger log, Action ended)
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<long, Task> _workers = new();
    private readonly ConcurrentDictionary<long, ResiliencePipeline<SendResult>> _breakers = new();
    private readonly ConcurrentDictionary<long, DateTimeOffset> _pausedUntil = new();

    /// <summary>Has each destination worked off that has something due.</summary>
    /// <returns>When the next is due, within a time.</returns>
    public DateTimeOffset Start(DateTimeOffset now, TimeSpan within, CancellationToken cancellationToken)
    {
        var next = now + within;
        foreach (var (destination, kind, at) in database.Read(Delivery.Waiting))
        {
            if (channels[kind].IsFetched)
                continue;
            var due = _pausedUntil.TryGetValue(destination, out var paused) && paused > at ? paused : at;
            if (due > now)
                next = due < next ? due : next;
            else if (!_workers.TryGetValue(destination, out var worker) || worker.IsCompleted)
                _workers[destination] = Task.Run(() => WorkAsync(destination, cancellationToken), CancellationToken.None);
        }
        return next;
    }

    /// <summary>Forgets all pauses: the clock that they go by has been set back.</summary>
    public void ForgetPauses()
    {
        _pausedUntil.Clear();
        _breakers.Clear();
    }

    /// <summary>Ends when what is being sent has ended.</summary>
    public Task StoppedAsync() => Task.WhenAll(_workers.Values);

    private async Task WorkAsync(long id, CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested && database.OwnsBackgroundWork
                && database.Read(db => Delivery.NextDue(db, id, clock.Now())) is { } delivery
                && database.Read(db => Destination.Find(db, id)) is { } destination
                && await TryAsync(channels[destination.Kind], destination, delivery, cancellationToken))
            {
                // There may be more.
            }
        }
        catch (BrokenCircuitException broken)
        {
            Pause(id, broken.RetryAfter ?? AfterFault);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            log.LogError(fault, "Deliveries to destination {Destination} stopped; they go on in a minute. Nothing is lost.", id);
            Pause(id, AfterFault);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        finally
        {
            _workers.TryRemove(id, out _);
            ended();
        }
    }

    private void Pause(long id, TimeSpan pause) => _pausedUntil[id] = clock.Now() + pause;

    /// <summary>Tries once, and writes down what came of it.</summary>
    /// <returns>Whether the next one may follow at once.</returns>
    private async Task<bool> TryAsync(IChannel channel, Destination destination, Delivery delivery, CancellationToken cancellationToken)
    {
        var (began, watch) = (clock.Now(), Stopwatch.GetTimestamp());
        Failpoint.Reach("delivering");
        var result = await _breakers.GetOrAdd(destination.Id, _ => Breaker()).ExecuteAsync(
            async stopping => await SendAsync(channel, destination, delivery, stopping), cancellationToken);
        Failpoint.Reach("delivered");
        DeliveryMetrics.Tried(destination.Kind, arrived: result.Fault is null);
        await RecordAsync(channel, destination, delivery, result, new()
        {
            BeganAt = began,
            Milliseconds = (long)Stopwatch.GetElapsedTime(watch).TotalMilliseconds,
            Answer = result.Answer,
            Fault = result.Fault,
        });
        if (result is { After: { } asked, IsOfMessage: false } && Retries.Asked(asked) is var pause && pause > TimeSpan.Zero)
        {
            Pause(destination.Id, pause);
            return false;
        }
        // Here and not by a pause of the destination: that one ends only when the relay looks again.
        var rest = TimeSpan.FromTicks(Math.Min((began + channel.Spacing - clock.Now()).Ticks, channel.Spacing.Ticks));
        if (rest > TimeSpan.Zero)
            await Task.Delay(rest, clock, cancellationToken);
        return !result.IsGone;
    }

    // A fault of ours is a try like any other: it is shown, and tried again after a pause.
    private async Task<SendResult> SendAsync(
        IChannel channel, Destination destination, Delivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            return await channel.SendAsync(destination, delivery, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            log.LogError(fault, "Delivery {Delivery} could not be sent.", delivery.MessageId);
            return new(null, "A fault of this server. Its log says which.");
        }
    }

    private Task RecordAsync(
        IChannel channel, Destination destination, Delivery delivery, SendResult result, Delivery.Attempt attempt)
    {
        // Who wants nothing more is switched off; what it refused waits there, for the day on which it is switched on again.
        var again = result.Fault is null || result.IsFinal ? null : result.IsGone ? clock.Now() : Retries.Next(
            delivery.FirstTriedAt ?? attempt.BeganAt, clock.Now(),
            Retries.Pause(delivery.Attempts + 1, Random.Shared.NextDouble(), result.After));
        var status = result.Fault is null ? DeliveryStatus.Sent : again is null ? DeliveryStatus.Failed : DeliveryStatus.Waiting;
        return database.WriteAsync(db =>
        {
            if (delivery.Record(db, attempt, status, again, result.IsOfMessage)
                && result.IsGone && Destination.Find(db, destination.Id) is { Active: true })
            {
                Destination.SwitchOff(db, destination.Id, result.Fault);
                channel.SwitchedOff(db, destination, result.Fault!, clock.Now());
            }
            return true;
        });
    }

    // A receiver from which nothing comes back is left alone for a minute at a time, instead of each waiting delivery in turn.
    private ResiliencePipeline<SendResult> Breaker() => new ResiliencePipelineBuilder<SendResult> { TimeProvider = clock }
        .AddCircuitBreaker(new()
        {
            ShouldHandle = tried => ValueTask.FromResult(tried.Outcome.Result is { Fault: not null, IsOfMessage: false }),
            FailureRatio = 1,
            MinimumThroughput = 10,
            SamplingDuration = TimeSpan.FromMinutes(5),
            BreakDuration = TimeSpan.FromMinutes(1),
        })
        .Build();
}
