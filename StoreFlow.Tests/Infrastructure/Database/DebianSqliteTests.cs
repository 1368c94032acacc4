using System.Diagnostics;

namespace StoreFlow.Tests.Infrastructure;

/// <summary>
/// Debian's own <c>sqlite3</c> can use the database (3.40 in Debian 12, older than the one that StoreFlow brings): an owner
/// reads the orders and copies the file with it.
/// </summary>
public sealed class DebianSqliteTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    private const string Program = "/usr/bin/sqlite3";

    [SkippableFact]
    public async Task It_reads_the_orders()
    {
        var order = (await app.OrderIn("accepted")).Number("id");
        Assert.Equal("accepted|1", await RunAsync(
            $"SELECT o.status, count(i.order_id) FROM orders o JOIN order_items i ON i.order_id = o.id WHERE o.id = {order}"));
        Assert.Equal("status_changed", await RunAsync(
            $"SELECT action FROM audit_log WHERE entity_id = {order} ORDER BY version DESC LIMIT 1"));
    }

    [SkippableTheory]
    [InlineData("VACUUM INTO '{0}'")]
    [InlineData(".backup '{0}'")]
    public async Task It_copies_the_file_and_verify_finds_the_copy_sound(string command)
    {
        await app.OrderIn("ready");
        await app.OrderIn("shipped", "shipping");
        using var copy = new TestFolder();

        Assert.Equal("", await RunAsync(string.Format(command, copy.Database)));

        var (exit, said, error) = await StoreFlowProcess.Run(copy.Path, "verify");
        Assert.True(exit == 0, said + error);
    }

    private async Task<string> RunAsync(string command)
    {
        Skip.IfNot(
            File.Exists(Program) || Environment.GetEnvironmentVariable("STOREFLOW_SQLITE3") == "required", $"There is no {Program}.");
        var start = new ProcessStartInfo(Program, ["-bail", Path.Combine(app.Folder, "storeflow.db"), command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(process.ExitCode == 0, await error);
        return (await output).Trim();
    }
}
