using System.Data.Common;

namespace StoreFlow.Infrastructure;

/// <summary>A queued write and the task that its caller awaits.</summary>
internal abstract class QueuedWrite
{
    public Exception? Fault { get; set; }

    public abstract void Work(DbConnection connection);

    public abstract void Acknowledge();

    public abstract void Fail(Exception fault);
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
        if (Fault is null)
            _source.SetResult(_result!);
        else
            _source.SetException(Fault);
    }

    public override void Fail(Exception fault) => _source.SetException(Fault ?? fault);
}
