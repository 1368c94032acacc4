namespace StoreFlow.Infrastructure;

/// <summary>
/// Reads a file that is too large to be read before the start once the server runs. Damage ends the server: with each
/// write it would grow, and the backup get older.
/// </summary>
internal sealed class BackgroundFileCheck(Database database, IHostApplicationLifetime lifetime, ILogger<BackgroundFileCheck> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken cancellationToken) => new FileInfo(database.File).Length <= StartupFileCheck.SmallFile
        ? Task.CompletedTask
        : Task.Factory.StartNew(() => Check(cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Check(CancellationToken cancellationToken)
    {
        // A host that is told to stop while it starts takes that for a failure.
        WaitHandle.WaitAny([lifetime.ApplicationStarted.WaitHandle, cancellationToken.WaitHandle]);
        try
        {
            StartupFileCheck.IsWhole(database.File, cancellationToken);
        }
        catch (UnusableException fault) when (!cancellationToken.IsCancellationRequested)
        {
            log.LogCritical("{Why}", fault.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
        catch (Exception fault)
        {
            if (!cancellationToken.IsCancellationRequested)
                log.LogError(fault, "The file could not be read as a whole.");
        }
    }
}
