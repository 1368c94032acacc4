namespace StoreFlow.Infrastructure;

/// <summary>
/// Reads the whole database file while the server runs, where the file is too large to read before the start. Damage
/// stops the server: each further write would add to the damage and make the backup older.
/// </summary>
internal sealed class BackgroundFileCheck(
    SqliteDatabase database, IHostApplicationLifetime lifetime, ILogger<BackgroundFileCheck> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken cancellationToken) =>
        new FileInfo(database.File).Length <= StartupFileCheck.SmallFile
            ? Task.CompletedTask
            : Task.Factory.StartNew(
                () => Check(cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Check(CancellationToken cancellationToken)
    {
        // A host that is told to stop during its start reports that as a failure, so the start is waited for.
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
