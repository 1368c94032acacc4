using System.CommandLine;
using StoreFlow.Bench;

if (args is [Ceiling.Command, .. var rest])
{
    Ceiling.Serve(rest);
    return 0;
}

// The client's answers are taken up by the thread that waits for its sockets, without a detour over the thread pool.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

var server = new Option<FileInfo?>("--server") { Description = "The StoreFlow.dll to measure; left out, this repository's is published first.", Recursive = true };
var folder = new Option<DirectoryInfo>("--folder")
{
    Description = "Where the databases are made for the while; on the disk that is to be measured.",
    DefaultValueFactory = _ => new DirectoryInfo(Path.GetTempPath()),
    Recursive = true,
};
var scale = new Option<bool>("--scale") { Description = "Measure at 10 thousand, 100 thousand and 1 million orders, in 1 store and in 200; takes half an hour." };
var quick = new Option<bool>("--quick") { Description = "Measure once and shortly: for a look, not for the record." };
var json = new Option<FileInfo?>("--json") { Description = "Write the figures to this file, too." };
var kind = new Argument<string>("kind").AcceptOnlyFromAmong(Profile.Kinds);
var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 32 };
var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 30 };

var profile = new Command("profile", "Keep one kind of load up while a profiler looks on.") { kind, connections, seconds };
profile.SetAction((given, _) => In(given, (program, work) =>
    new Profile(program, work, given.GetValue(connections), given.GetValue(seconds)).Run(given.GetRequiredValue(kind))));

var measure = new RootCommand("Measures StoreFlow on this machine, which should have nothing else to do.") { server, folder, scale, quick, json, profile };
measure.SetAction((given, _) => In(given, async (program, work) =>
{
    var report = new Report();
    report.Note(Machine.Describe(work));
    var (repetitions, length) = given.GetValue(quick) ? (1, 1.0) : (3, 2.5);
    await (given.GetValue(scale)
        ? new Scale(program, work, report, length).Run(repetitions)
        : new MainRun(program, work, report, length).Run(repetitions));
    Console.WriteLine(report.Markdown());
    if (given.GetValue(json) is { } file)
        await File.WriteAllTextAsync(file.FullName, report.Json());
}));
return await measure.Parse(args).InvokeAsync();

async Task<int> In(ParseResult given, Func<StoreFlowServer, string, Task> action)
{
    var program = given.GetValue(server);
    if (program is { Exists: false })
    {
        Console.Error.WriteLine($"There is no {program.FullName}.");
        return 1;
    }
    var work = Directory.CreateDirectory(Path.Combine(given.GetRequiredValue(folder).FullName, $"storeflow-bench-{Environment.ProcessId}"));
    try
    {
        await action(program is null ? await StoreFlowServer.Publish(Path.Combine(work.FullName, "server")) : new(program.FullName), work.FullName);
        return 0;
    }
    finally
    {
        work.Delete(recursive: true);
    }
}
