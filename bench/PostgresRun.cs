namespace StoreFlow.Bench;

/// <summary>
/// PostgreSQL beside SQLite: the same steps on one node and on three, and <c>pgbench</c> as the yardstick. All run at once and are loaded
/// in turns of a few seconds, so the drift of the machine meets all alike. Each has a database of its own, filled alike.
/// </summary>
/// <param name="program">The build.</param>
/// <param name="folder">Where the databases are made.</param>
/// <param name="report">Takes the figures.</param>
/// <param name="orders">How many pending orders each database has; divisible by the connections of <c>pgbench</c>.</param>
/// <param name="seconds">How long each measurement takes.</param>
/// <param name="warmUp">How long each server is warmed up.</param>
/// <param name="processors">Those of PostgreSQL, as <c>taskset -c</c> takes them; null for those of all.</param>
internal sealed class PostgresRun(
    StoreFlowServer program, string folder, Report report, int orders, int seconds, WarmUp warmUp, string? processors)
{
    private const int Compared = 32; // connections
    private const int MostStores = 100;
    private const string Sqlite = "SQLite";
    private const string OneNode = "1 node";
    private const string ThreeNodes = "3 nodes";

    private static readonly int[] StoreCounts = [1, 10, MostStores];
    private static readonly int[] AllConnections = [1, 8, Compared, 128];

    /// <param name="Name">What the report calls it.</param>
    /// <param name="Nodes">Its servers.</param>
    /// <param name="Steps">The steps that are left to take in its database.</param>
    /// <param name="WarmUp">How long it is warmed up, in seconds.</param>
    private sealed record Contender(string Name, IReadOnlyList<ServerProcess> Nodes, StepRequests Steps, double WarmUp);

    /// <summary>The whole run, or a brief one with few orders.</summary>
    public static Task RunAsync(StoreFlowServer program, string folder, Report report, bool quick, string? processors) => quick
        ? new PostgresRun(program, folder, report, orders: 16_000, seconds: 1, new(4, 4), processors).RunAsync(turns: 1)
        : new PostgresRun(program, folder, report, orders: 96_000, seconds: 3, new(12, 40), processors).RunAsync(turns: 4);

    private async Task RunAsync(int turns)
    {
        AddGoals();
        report.AddNote(
            $"Each database has {orders:N0} pending orders. pgbench has {PgBench.Connections} connections, as many as one node lets write "
            + $"at once. {Sharing}; server CPU is that of the nodes, without PostgreSQL's.");
        using var postgres = PostgresServer.Start(Path.Combine(folder, "postgres"), processors);
        foreach (var stores in StoreCounts)
            await MeasureAsync(postgres, stores, turns);
    }

    private string Sharing => processors is null
        ? "Client, nodes and PostgreSQL share the processors"
        : $"PostgreSQL runs on processor {processors}, client and nodes on {Environment.ProcessorCount} other";

    private async Task MeasureAsync(PostgresServer postgres, int stores, int turns)
    {
        Console.Error.WriteLine(Many(stores, "store"));
        var seed = Path.Combine(folder, "seed");
        var file = await SeededFile.CreatePendingAsync(program, seed, orders, stores);
        string[] databases = ["one_node", "three_nodes", "yardstick"];
        await FillAsync(postgres, seed, databases);
        var contenders = new List<Contender>();
        var listeners = new List<EventListener>();
        try
        {
            contenders.Add(new(
                Sqlite, [await program.StartOnCopyAsync(file, Path.Combine(folder, "live"))], new(file.PendingShuffled), warmUp.Sqlite));
            contenders.Add(await StartAsync(OneNode, 1, postgres.SettingOf(databases[0]), file));
            contenders.Add(await StartAsync(ThreeNodes, 3, postgres.SettingOf(databases[1]), file));
            foreach (var contender in contenders)
            {
                Console.Error.WriteLine($"  {contender.Name} warms up");
                listeners.Add(await EventListener.StartAsync(contender.Nodes[^1], file.Stores[0]));
                // Gently at first: a node that has just started opens its connections to PostgreSQL while it compiles itself.
                await new Load(contender.Nodes, 3, contender.Steps.WriteNext).WarmUpAsync(contender.WarmUp / 2, requests: 1_000);
                await new Load(contender.Nodes, Compared, contender.Steps.WriteNext).WarmUpAsync(contender.WarmUp);
            }
            var yardstick = new PgBench(postgres, databases[2], orders);
            for (var turn = 0; turn < turns; turn++)
                await TakeTurnAsync(contenders, yardstick, stores, isForward: turn % 2 == 0);
            foreach (var listener in listeners)
                await listener.DisposeAsync();
            listeners.Clear();
            for (var turn = 0; stores == 1 && turn < turns; turn++)
                foreach (var contender in contenders)
                    await MeasureEventsAsync(contender, file.Stores[0]);
        }
        finally
        {
            foreach (var listener in listeners)
                await listener.DisposeAsync();
            foreach (var node in contenders.SelectMany(contender => contender.Nodes))
                node.Dispose();
        }
        Array.ForEach(databases, postgres.DropDatabase);
        Directory.Delete(seed, recursive: true);
    }

    /// <summary>The file is moved by the server's own command, and copied by PostgreSQL.</summary>
    private async Task FillAsync(PostgresServer postgres, string seed, string[] databases)
    {
        postgres.MakeDatabase(databases[0]);
        await program.RunCommandAsync(seed, "move", "--to", postgres.SettingOf(databases[0]));
        postgres.Execute(databases[0], "VACUUM ANALYZE");
        foreach (var copy in databases.Skip(1))
            postgres.MakeDatabase(copy, template: databases[0]);
        postgres.Execute(databases[0], "CHECKPOINT"); // else the measurement would write these pages
    }

    private async Task<Contender> StartAsync(string name, int count, string database, SeededFile file)
    {
        var nodes = new List<ServerProcess>();
        try
        {
            for (var i = 0; i < count; i++)
                nodes.Add(await program.StartAsync(Path.Combine(folder, $"{name}-{i}"), ("StoreFlow__Database", database)));
            return new(name, nodes, new(file.PendingShuffled), count * warmUp.Node);
        }
        catch
        {
            nodes.ForEach(node => node.Dispose());
            throw;
        }
    }

    private async Task TakeTurnAsync(IReadOnlyList<Contender> contenders, PgBench yardstick, int stores, bool isForward)
    {
        foreach (var connections in stores == MostStores ? AllConnections : [Compared])
        {
            List<Func<Task>> measurements =
                [.. contenders.Select(contender => (Func<Task>)(() => MeasureStepsAsync(contender, stores, connections)))];
            if (connections == Compared)
                measurements.Add(() => Task.Run(() => report.Add(Yardstick(stores), "steps/s", yardstick.Measure(seconds))));
            if (!isForward)
                measurements.Reverse();
            foreach (var measureAsync in measurements)
                await measureAsync();
        }
    }

    private async Task MeasureStepsAsync(Contender contender, int stores, int connections)
    {
        var sample = await new Load(contender.Nodes, connections, contender.Steps.WriteNext).MeasureAsync(seconds);
        if (contender.Steps.IsUsedUp)
            throw new InvalidOperationException($"{contender.Name} has taken all its steps: this machine needs more orders.");
        report.Add(Steps(contender.Name, stores, connections), "steps/s", sample);
    }

    /// <summary>Where there are several nodes, the subscriber is on another one than the steps.</summary>
    private async Task MeasureEventsAsync(Contender contender, long store)
    {
        var (sample, _) = await EventLatency.MeasureAsync(contender.Nodes[0], contender.Nodes[^1], contender.Steps, store, 1, seconds);
        report.Add(Events(contender.Name), "/s", sample);
    }

    private void AddGoals()
    {
        foreach (var stores in StoreCounts)
        {
            report.AddGoal(Steps(OneNode, stores, Compared), new() { Least = 0.6, Over = Yardstick(stores) });
            report.AddGoal(Steps(ThreeNodes, stores, Compared), new() { Least = 1, Over = Steps(OneNode, stores, Compared) });
        }
        foreach (var name in new[] { OneNode, ThreeNodes })
            report.AddGoal(Events(name), new() { Most = 50, Of = sample => sample.P99, What = "p99 ms" });
    }

    private static string Steps(string name, int stores, int connections) =>
        $"{Many(stores, "store")}, {Many(connections, "connection")}, {name}";

    private static string Yardstick(int stores) => $"{Many(stores, "store")}, pgbench";

    private static string Events(string name) => $"events to 1 subscriber at {EventLatency.StepsPerSecond} steps/s, {name}";

    private static string Many(int count, string thing) => count == 1 ? $"1 {thing}" : $"{count} {thing}s";
}

/// <summary>
/// How many seconds a server takes steps before it is measured. A node on PostgreSQL takes fewer a second, so the JIT compiler takes
/// longer to be done with it, and nodes that share processors are warmed up together.
/// </summary>
internal sealed record WarmUp(double Sqlite, double Node);
