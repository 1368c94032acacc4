using System.Data.Common;
using System.Diagnostics;

namespace StoreFlow.Infrastructure;

/// <summary>A queued write and the task that its caller awaits.</summary>
internal abstract class QueuedWrite
{
    public Exception? Fault { get; set; }

    /// <summary>When it was queued, as <see cref="Stopwatch"/> tells.</summary>
    public long QueuedAt { get; } = Stopwatch.GetTimestamp();

    /// <summary>Its part of the caller's trace, from the queue to the disk; null where nobody traces.</summary>
    public Activity? Trace { get; init; }

    public abstract void Work(DbConnection connection);

    public abstract void Acknowledge();

    public abstract void Fail(Exception fault);

    protected void EndTrace()
    {
        if (Trace is null)
            return;
        Trace.Stop();
        Activity.Current = null; // stopping it has made the caller's activity that of the writer's thread
    }
}

internal sealed class QueuedWrite<T>(Func<DbConnection, T> work) : QueuedWrite
{
    // Asynchronous continuations: the writer's thread goes on writing, whatever its callers do next.
    private readonly TaskCompletionSource<T> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Answer => _source.Task;

    public override void Work(DbConnection connection) => _result = work(connection);

    public override void Acknowledge()
    {
        EndTrace();
        if (Fault is null)
            _source.SetResult(_result!);
        else
            _source.SetException(Fault);
    }

    public override void Fail(Exception fault)
    {
        Trace?.SetStatus(ActivityStatusCode.Error);
        EndTrace();
        _source.SetException(Fault ?? fault);
    }
}
