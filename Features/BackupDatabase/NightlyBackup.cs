using System.Diagnostics;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.BackupDatabase;

/// <summary>
/// Makes a copy of the database each night by itself. A night on which the machine was off or asleep is made up for within a minute
/// or two of the start. One that fails is tried again an hour later.
/// </summary>
internal sealed class NightlyBackup(
    Backups backups, Settings settings, TimeProvider clock, ILogger<NightlyBackup> log) : BackgroundService
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        if (!backups.AreMade)
            return;
        // Not a timer for the next night: machines sleep, and clocks are set.
        using var timer = new PeriodicTimer(BetweenLooks, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                if (backups.IsDue())
                    await MakeAsync(cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                NoteFailure(fault is IOException or UnauthorizedAccessException
                    ? fault.Message
                    : $"{fault.GetType().Name}: {fault.Message}");
            }
        }
    }

    private async Task MakeAsync(CancellationToken cancellationToken)
    {
        backups.Folder.Prepare();
        backups.Folder.RemoveUnfinished();
        var now = clock.Now();
        var (exit, said) = await RunCommandAsync(backups.Folder.Nightly(now), cancellationToken);
        if (exit != 0)
        {
            NoteFailure(said);
            backups.Folder.Thin(clock.LocalTimeZone);
            return;
        }
        backups.Succeeded(now);
        log.LogInformation("{Backup}", said);
        backups.Folder.Thin(clock.LocalTimeZone);
    }

    private void NoteFailure(string why)
    {
        backups.Failed(clock.Now(), why);
        log.LogWarning("The nightly backup failed and is tried again in an hour. {Why}", why);
    }

    /// <summary>
    /// Runs StoreFlow's own <c>backup</c> in a process of its own: it has the lowest priority, and takes neither the server's memory
    /// nor its locks.
    /// </summary>
    private async Task<(int Exit, string Said)> RunCommandAsync(string file, CancellationToken cancellationToken)
    {
        var start = OwnProgram();
        start.ArgumentList.Add("backup");
        start.ArgumentList.Add(file);
        start.ArgumentList.Add($"--StoreFlow:DataDirectory={settings.DataFolder}");
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        try
        {
            var (output, error) =
                (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
            var said = $"{await error}{await output}".ReplaceLineEndings(" ").Trim();
            return (process.ExitCode, said.Length > 0 ? said : $"The command backup ended with exit code {process.ExitCode}.");
        }
        catch (OperationCanceledException)
        {
            process.Kill(); // the server stops; the next copy removes what is left of this one
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>The program as it was published, or <c>dotnet StoreFlow.dll</c>.</summary>
    private static ProcessStartInfo OwnProgram()
    {
        var assembly = typeof(NightlyBackup).Assembly;
        var running = Environment.ProcessPath;
        return running is not null && Path.GetFileNameWithoutExtension(running) == assembly.GetName().Name
            ? new(running)
            : new(running is not null && Path.GetFileNameWithoutExtension(running) == "dotnet" ? running : "dotnet", [assembly.Location]);
    }
}
