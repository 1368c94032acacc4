namespace StoreFlow.Infrastructure;

/// <summary>
/// While writes fail, tries one each second, so that the end of the trouble shows even where nobody writes; keeps the log of both.
/// Ends the process within two seconds of the database's files being removed, renamed or replaced.
/// </summary>
internal sealed class WriteProbe(SqliteDatabase database, ILogger<WriteProbe> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        string? known = null;
        using var timer = new PeriodicTimer(Period);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (database.FilesGone is { } gone)
            {
                log.LogCritical("{Gone}", gone);
                await ProbeAsync();                                      // the writer carries the log into the file
                await Task.Delay(Period, CancellationToken.None);   // so that the log's last line is written and /readyz can still say why
                FailedSync.Leave();
            }
            if (database.Trouble is { } trouble)
            {
                if (trouble != known)
                    log.LogError("Writes are refused. {Trouble}", trouble);
                known = trouble;
                await ProbeAsync();
            }
            if (known is not null && database.Trouble is null)
            {
                log.LogWarning("The database takes writes again.");
                known = null;
            }
        }
    }

    private async Task ProbeAsync()
    {
        try
        {
            await database.ProbeAsync();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The writer has taken note of it.
        }
    }
}
