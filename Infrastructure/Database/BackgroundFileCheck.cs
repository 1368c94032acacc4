namespace StoreFlow.Infrastructure;

/// <summary>
/// Reads a file that is too large to be read before the start once the server runs. Damage ends the server: with each
/// write it would grow, and the backup get older.
/// </summary>
internal sealed class BackgroundFileCheck(Database database, IHostApplicationLifetime lifetime, ILogger<BackgroundFileCheck> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stop) => new FileInfo(database.File).Length <= StartupFileCheck.SmallFile
        ? Task.CompletedTask
        : Task.Factory.StartNew(() => Check(stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Check(CancellationToken stop)
    {
        // A host that is told to stop while it starts takes that for a failure.
        WaitHandle.WaitAny([lifetime.ApplicationStarted.WaitHandle, stop.WaitHandle]);
        try
        {
            StartupFileCheck.IsWhole(database.File, stop);
        }
        catch (UnusableException fault) when (!stop.IsCancellationRequested)
        {
            log.LogCritical("{Why}", fault.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
        catch (Exception fault)
        {
            if (!stop.IsCancellationRequested)
                log.LogError(fault, "The file could not be read as a whole.");
        }
    }
}
