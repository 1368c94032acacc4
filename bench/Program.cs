using System.CommandLine;
using StoreFlow.Bench;

if (args is [Ceiling.Command, .. var rest])
{
    Ceiling.Serve(rest);
    return 0;
}

// The client's answers are taken up by the thread that waits for its sockets, without a detour over the thread pool.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

var scale = new Option<bool>("--scale") { Description = "Measure at 10 thousand, 100 thousand and 1 million orders, in 1 store and in 200; takes half an hour." };
var quick = new Option<bool>("--quick") { Description = "Measure once and shortly: for a look, not for the record." };
var json = new Option<FileInfo?>("--json") { Description = "Write the figures to this file, too." };
var server = new Option<FileInfo>("--server")
{
    Description = "The server to measure, for instance a published one.",
    DefaultValueFactory = _ => new FileInfo(StoreFlowServer.Built),
};
var folder = new Option<DirectoryInfo>("--folder")
{
    Description = "Where the databases are made for the while; on the disk that is to be measured.",
    DefaultValueFactory = _ => new DirectoryInfo(Path.GetTempPath()),
};
var command = new RootCommand("Measures StoreFlow on this machine, which should have nothing else to do.") { scale, quick, json, server, folder };
command.SetAction(async (given, _) =>
{
    if (given.GetRequiredValue(server) is not { Exists: true } program)
    {
        Console.Error.WriteLine($"There is no {given.GetRequiredValue(server).FullName}. Build it first: dotnet build -c Release");
        return 1;
    }
    var work = Directory.CreateDirectory(Path.Combine(given.GetRequiredValue(folder).FullName, $"storeflow-bench-{Environment.ProcessId}"));
    try
    {
        var report = new Report();
        report.Note(Machine.Describe(work.FullName));
        var (repetitions, seconds) = given.GetValue(quick) ? (1, 1.0) : (3, 2.5);
        var target = new StoreFlowServer(program.FullName);
        await (given.GetValue(scale)
            ? new Scale(target, work.FullName, report, seconds).Run(repetitions)
            : new MainRun(target, work.FullName, report, seconds).Run(repetitions));
        Console.WriteLine(report.Markdown());
        if (given.GetValue(json) is { } file)
            await File.WriteAllTextAsync(file.FullName, report.Json());
        return 0;
    }
    finally
    {
        work.Delete(recursive: true);
    }
});
return await command.Parse(args).InvokeAsync();
