using System.CommandLine;
using StoreFlow.Bench;

if (args is [KestrelCeiling.Command, .. var ceilingArgs])
{
    KestrelCeiling.Serve(ceilingArgs);
    return 0;
}

// Answers continue on the thread that waits for the sockets: the client needs less of the machine.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

var server = new Option<FileInfo?>("--server")
{
    Description = "The StoreFlow.dll to measure. Without it, this repository is published first.",
};
OptionValidation.AcceptExistingOnly(server!);
var folder = new Option<DirectoryInfo>("--folder")
{
    Description = "Where the databases are made and deleted again: on the disk that is to be measured.",
    DefaultValueFactory = _ => new DirectoryInfo(Path.GetTempPath()),
    Recursive = true,
};
var quick = new Option<bool>("--quick") { Description = "Measure once and briefly: for a look, not for the record.", Recursive = true };
var json = new Option<FileInfo?>("--json") { Description = "Write the figures to this file too.", Recursive = true };
var scale = new Option<bool>("--scale") { Description = "Measure 10 thousand to 1 million orders in 1 and 200 stores: half an hour." };
var postgres = new Option<bool>("--postgres") { Description = "Measure PostgreSQL with one and three nodes beside SQLite: 17 minutes." };
postgres.Validators.Add(given =>
{
    if (PostgresServer.Programs is null)
        given.AddError("PostgreSQL with pgbench is not installed: apt install postgresql.");
});
var processors = new Option<string?>("--postgres-cpus")
{
    Description = "The processors of PostgreSQL, as taskset takes them. Start this program by taskset on others.",
};

var root = new RootCommand("Measures StoreFlow on this machine, which should have nothing else to do.")
{
    server,
    folder,
    quick,
    json,
    scale,
    postgres,
    processors,
};
root.SetAction((given, _) => InFolderAsync(given, async work =>
{
    var report = new Report();
    report.AddNote(Machine.Describe(work));
    report.AddNote("Each figure is the median of its repetitions, each ratio the median of the repetitions' own.");
    var (repetitions, seconds, warmUp) = given.GetValue(quick) ? (1, 1.0, 4.0) : (3, 2.5, 12.0);
    var program = await ServerAsync(given.GetValue(server), work);
    await (given.GetValue(scale) ? new ScaleRun(program, work, report, seconds).RunAsync(repetitions)
        : given.GetValue(postgres) ? PostgresRun.RunAsync(program, work, report, given.GetValue(quick), given.GetValue(processors))
        : new MainRun(program, work, report, seconds, warmUp).RunAsync(repetitions));
    await PrintAsync(given, report.ToMarkdown(), report.ToJson());
}));

var oldBuild = new Option<FileInfo>("--old") { Description = "The StoreFlow.dll of the old build.", Required = true }.AcceptExistingOnly();
var newBuild = new Option<FileInfo>("--new") { Description = "The StoreFlow.dll of the new build.", Required = true }.AcceptExistingOnly();
var turns = new Option<int>("--turns") { DefaultValueFactory = _ => 12 };
var compare = new Command("compare", "Measure two published builds in turns.") { oldBuild, newBuild, turns };
compare.SetAction((given, _) => InFolderAsync(given, async work =>
{
    var (count, seconds, warmUp) = given.GetValue(quick) ? (3, 1.0, 4.0) : (given.GetValue(turns), 2.0, 12.0);
    var (before, after) = (given.GetRequiredValue(oldBuild), given.GetRequiredValue(newBuild));
    var comparison = await new CompareRun(new(before.FullName), new(after.FullName), work, seconds, warmUp).RunAsync(count);
    await PrintAsync(given, $"{comparison.ToMarkdown()}\n{Machine.Describe(work)}", comparison.ToJson());
}));
root.Add(compare);

root.Add(Measuring("figures", "Measure the figures of a year.", async (given, program, work, report) =>
{
    await new FiguresRun(program, work, report, 10).RunAsync(given.GetValue(quick) ? 1 : 3);
}));

var size = new Option<int>("--orders") { DefaultValueFactory = _ => 1_000_000 };
var seed = new Option<DirectoryInfo?>("--seed")
{
    Description = "Keep the file of orders in this folder, and take it from there the next time.",
};
root.Add(Measuring("backup", "Measure steps while a backup is made.", async (given, program, work, report) =>
{
    var (repetitions, seconds) = given.GetValue(quick) ? (1, 10.0) : (3, 20.0);
    await new BackupRun(program, work, report, seconds)
        .RunAsync(given.GetValue(size), given.GetValue(seed)?.FullName ?? Path.Combine(work, "seed"), repetitions);
}, size, seed));

root.Add(Measuring("card", "Measure how long a new order takes onto a board, in Chromium.", async (given, program, work, report) =>
{
    var (repetitions, orders) = given.GetValue(quick) ? (1, 30) : (3, 100);
    await new CardRun(program, work, report).RunAsync(repetitions, orders);
}));

const string OfWebhooks = "Measure how soon web hooks come, how fast they catch up, and what they cost the steps.";
root.Add(Measuring("webhooks", OfWebhooks, async (given, program, work, report) =>
{
    var (repetitions, seconds, orders) = given.GetValue(quick) ? (1, 2.0, 20) : (4, 4.0, 50);
    await new HookRun(program, work, report, seconds).RunAsync(repetitions, orders);
}));

root.Add(Measuring("emails", "Measure how soon e-mails are handed to a mail server.", async (given, program, work, report) =>
{
    var (repetitions, orders) = given.GetValue(quick) ? (1, 20) : (4, 50);
    await new MailRun(program, work, report).RunAsync(repetitions, orders);
}));

var kind = new Argument<string>("kind").AcceptOnlyFromAmong(ProfileRun.Kinds);
var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 32 };
var length = new Option<int>("--seconds") { DefaultValueFactory = _ => 30 };
var profile = new Command("profile", "Keep up one kind of load for a profiler.") { kind, server, connections, length };
profile.SetAction((given, _) => InFolderAsync(given, async work =>
{
    var program = await ServerAsync(given.GetValue(server), work);
    await new ProfileRun(program, work, given.GetValue(connections), given.GetValue(length)).RunAsync(given.GetRequiredValue(kind));
}));
root.Add(profile);

return await root.Parse(args).InvokeAsync();

// A command that measures one build and prints its report.
Command Measuring(
    string name, string description, Func<ParseResult, StoreFlowServer, string, Report, Task> measureAsync, params Option[] options)
{
    var command = new Command(name, description) { server };
    foreach (var option in options)
        command.Add(option);
    command.SetAction((given, _) => InFolderAsync(given, async work =>
    {
        var report = new Report();
        report.AddNote(Machine.Describe(work));
        await measureAsync(given, await ServerAsync(given.GetValue(server), work), work, report);
        await PrintAsync(given, report.ToMarkdown(), report.ToJson());
    }));
    return command;
}

async Task<StoreFlowServer> ServerAsync(FileInfo? program, string work) =>
    program is null ? await StoreFlowServer.PublishAsync(Path.Combine(work, "server")) : new(program.FullName);

async Task PrintAsync(ParseResult given, string markdown, string figures)
{
    Console.WriteLine(markdown);
    if (given.GetValue(json) is { } file)
        await File.WriteAllTextAsync(file.FullName, figures);
}

async Task<int> InFolderAsync(ParseResult given, Func<string, Task> action)
{
    var work = given.GetRequiredValue(folder).CreateSubdirectory($"storeflow-bench-{Environment.ProcessId}");
    try
    {
        await action(work.FullName);
        return 0;
    }
    finally
    {
        work.Delete(recursive: true);
    }
}
