using System.Diagnostics;
using System.Text.RegularExpressions;

namespace StoreFlow.Tests.Docs;

/// <summary>The README's tour can be pasted into a shell and works on a fresh server, and its answers are the real ones.</summary>
public sealed partial class ReadmeTourTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [SkippableFact]
    public async Task The_tour_ends_with_both_orders_done_and_answers_as_it_shows()
    {
        Skip.IfNot(Exists("bash") && Exists("curl"), "The tour needs bash and curl.");
        var tour = Tour().Match(Repository.Read("README.md")).Value;
        var commands = string.Join('\n', Block().Matches(tour)
            .Where(block => block.Groups[1].Value == "bash")
            .Select(block => block.Groups[2].Value));

        var output = Readable(await Bash(commands.Replace("http://localhost:5080", app.Address.ToString().TrimEnd('/'))));

        var staff = app.As(StoreFlowApp.Staff);
        Assert.Equal("completed", (await staff.Get("/orders/1")).Body.Text("status"));
        Assert.Equal("delivered", (await staff.Get("/orders/2")).Body.Text("status"));

        var at = 0;
        var lines = Block().Matches(tour)
            .Where(block => block.Groups[1].Value == "json")
            .SelectMany(block => block.Groups[2].Value.Trim().Split('\n'));
        foreach (var line in lines)
        {
            var parts = Readable(line).Split("...", StringSplitOptions.RemoveEmptyEntries)
                .Select(part => part.Trim(','))
                .Where(part => part.Length > 1);
            foreach (var part in parts)
            {
                var found = output.IndexOf(part, at, StringComparison.Ordinal);
                Assert.True(found >= 0, $"The README shows\n{part}\nof\n{line}\nbut the server answered\n{output[at..]}");
                at = found + part.Length;
            }
        }
    }

    private static async Task<string> Bash(string script)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-eu", "-o", "pipefail"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NO_PROXY"] = "*" },
        })!;
        var (output, errors) = (bash.StandardOutput.ReadToEndAsync(), bash.StandardError.ReadToEndAsync());
        await bash.StandardInput.WriteAsync(script);
        bash.StandardInput.Close();
        await bash.WaitForExitAsync();
        Assert.True(bash.ExitCode == 0, await errors);
        return await output;
    }

    private static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>The text without what differs from run to run.</summary>
    private static string Readable(string text) => Random().Replace(text, "?");

    [GeneratedRegex("^## A tour with curl$.*?(?=^## )", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Tour();

    [GeneratedRegex("^```(bash|json)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(
        @"\b[0-9A-HJKMNP-TV-Z]{26}\b|(?<=""reference"":"")[^""]+|" +
        @"(?<=already accepted this order )[^.]+|\d{4}-\d\d-\d\dT[\d:.]+Z")]
    private static partial Regex Random();
}
