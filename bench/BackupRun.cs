using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace StoreFlow.Bench;

/// <summary>Whether a backup slows the steps: 500 a second on a large file, without a backup and then during one.</summary>
internal sealed class BackupRun(StoreFlowServer program, string folder, Report report, double seconds)
{
    private const int StepsPerSecond = 500;
    private const int Connections = 16;
    private const double LongestStep = 250; // milliseconds

    /// <param name="orders">How many orders the file has.</param>
    /// <param name="seed">The folder of the file: where there is none, it is made and stays.</param>
    /// <param name="repetitions">How often it is measured.</param>
    public async Task RunAsync(int orders, string seed, int repetitions)
    {
        var file = await SeededFile.CreateMostlyOpenAsync(program, seed, orders, stores: 2);
        await Task.Run(() => AddStartTimes(file.Path));
        report.AddNote($"The file has {orders:N0} orders and {new FileInfo(file.Path).Length / 1e6:N0} MB.");
        for (var i = 0; i < repetitions; i++)
            await MeasureAsync(file);
        foreach (var when in new[] { "without a backup", "during a backup", "after a backup" })
            report.AddGoal(Longest(when), new() { Most = LongestStep });
    }

    /// <summary>
    /// The seeded orders lack a column that older schemas do not have, and a backup is made of sound orders only. The triggers would
    /// ask for a new version.
    /// </summary>
    private static void AddStartTimes(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        var triggers = new List<(string Name, string Sql)>();
        const string Sql = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'orders'";
        using (var command = new SqliteCommand(Sql, connection))
        using (var reader = command.ExecuteReader())
            while (reader.Read())
                triggers.Add((reader.GetString(0), reader.GetString(1)));
        connection.Execute("BEGIN");
        foreach (var (name, _) in triggers)
            connection.Execute($"DROP TRIGGER {name}");
        connection.Execute("""
            UPDATE orders
               SET started_at = (SELECT a.created_at FROM audit_log a WHERE a.entity_id = orders.id AND a.version = 3)
             WHERE status IN ('completed', 'delivered') AND started_at IS NULL
            """);
        foreach (var (_, sql) in triggers)
            connection.Execute(sql);
        connection.Execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private async Task MeasureAsync(SeededFile file)
    {
        var live = Path.Combine(folder, "live");
        using var server = await program.StartOnCopyAsync(file, live);
        var steps = new StepRequests(file.PendingShuffled);
        await new Load(server, 8, steps.WriteNext).WarmUpAsync(seconds: 12, requests: 20_000);
        await StepsAsync(server, steps, "without a backup", Task.Delay(TimeSpan.FromSeconds(seconds)));

        var backup = Path.Combine(folder, "backup.db");
        File.Delete(backup);
        var longestLog = 0L;
        var watch = Stopwatch.StartNew();
        var making = program.RunCommandAsync(live, "backup", backup);
        await StepsAsync(server, steps, "during a backup", making, () =>
            longestLog = Math.Max(longestLog, new FileInfo(Path.Combine(live, $"{StoreFlowServer.FileName}-wal")).Length));
        report.Add("backup", "s", new(watch.Elapsed.TotalSeconds));
        report.Add("backup, size", "MB", new(new FileInfo(backup).Length / 1e6));
        report.Add("backup, longest write-ahead log", "MB", new(longestLog / 1e6));
        await StepsAsync(server, steps, "after a backup", Task.Delay(TimeSpan.FromSeconds(seconds)));
        report.Add("memory of the server, peak", "MB", new(server.PeakMegabytes));
        File.Delete(backup);
    }

    /// <summary>
    /// Takes steps at the steady rate until the task ends. A step's time begins when its turn was, so one that had to wait for an
    /// earlier one counts that wait too.
    /// </summary>
    private async Task StepsAsync(ServerProcess server, StepRequests steps, string when, Task until, Action? eachSecond = null)
    {
        var (histogram, longest, count) = (Latency.NewHistogram(), 0.0, 0);
        var open = new List<Connection>();
        var cpu = server.CpuTime;
        var start = Stopwatch.GetTimestamp();
        try
        {
            for (var i = 0; i < Connections; i++)
                open.Add(await Connection.OpenAsync(server.Port));
            var next = -1;
            await Task.WhenAll(open.Select(connection => Task.Run(async () =>
            {
                var request = new byte[1024];
                while (!until.IsCompleted)
                {
                    var turn = Interlocked.Increment(ref next);
                    var due = start + (long)(turn * (double)Stopwatch.Frequency / StepsPerSecond);
                    if (turn % StepsPerSecond == 0)
                        eachSecond?.Invoke();
                    if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is { Ticks: > 0 } wait)
                    {
                        await Task.Delay(wait);
                        due = Stopwatch.GetTimestamp(); // the timer wakes late by up to two milliseconds
                    }
                    if (await connection.ExchangeAsync(request.AsMemory(0, steps.WriteNext(request))) != 200)
                        throw new InvalidOperationException("A step was refused.");
                    var now = Stopwatch.GetTimestamp();
                    lock (histogram)
                    {
                        histogram.Record(due, now);
                        longest = Math.Max(longest, Stopwatch.GetElapsedTime(due, now).TotalMilliseconds);
                        count++;
                    }
                }
            })));
        }
        finally
        {
            open.ForEach(connection => connection.Dispose());
        }
        await Task.Yield();     // leave the socket thread: the caller may block
        await until;
        cpu = server.CpuTime - cpu;
        report.Add(
            $"steps, {when}", "steps/s",
            histogram.ToSample(count / Stopwatch.GetElapsedTime(start).TotalSeconds, cpu.TotalMicroseconds / count));
        report.Add(Longest(when), "ms", new(longest));
    }

    private static string Longest(string when) => $"longest step, {when}";
}
