using System.Text;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Faults;

/// <summary>StoreFlow does not run on a version of SQLite that is known to lose pages.</summary>
public sealed class SqliteBuildTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData("3.40.1", false)]
    [InlineData("3.44.5", false)]
    [InlineData("3.44.6", true)]
    [InlineData("3.45.0", false)]
    [InlineData("3.50.6", false)]
    [InlineData("3.50.7", true)]
    [InlineData("3.51.2", false)]
    [InlineData("3.51.3", true)]
    [InlineData("3.52.0", false)]
    [InlineData("3.53.0", true)]
    [InlineData("4.0.0", true)]
    public void A_version_is_safe_or_has_a_reason_why_not(string version, bool safe) =>
        Assert.Equal(safe, SqliteBuild.Fault(Version.Parse(version)) is null);

    [SkippableFact]
    public async Task A_server_that_finds_an_unsafe_SQLite_says_so_and_makes_no_file()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "The program is taken apart as it is laid out on Linux.");
        var program = ProgramWithSqlite("3.51.2");
        var data = Path.Combine(_folder.Path, "data");
        await using var server = StoreFlowProcess.Serve(data, "Production", start => start.ArgumentList[0] = program);

        Assert.Equal(1, await server.Exit());
        Assert.Contains("This program came with SQLite 3.51.2, which can lose committed pages", server.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Said, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(data, "storeflow.db")));
    }

    /// <summary>A copy of the program whose SQLite reports another version.</summary>
    private string ProgramWithSqlite(string version)
    {
        using var any = new Microsoft.Data.Sqlite.SqliteConnection();
        Assert.Equal(version.Length, any.ServerVersion.Length);
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory))
            if (Path.GetFileName(file).StartsWith("StoreFlow.", StringComparison.Ordinal))
                File.Copy(file, Path.Combine(_folder.Path, Path.GetFileName(file)));    // where the program finds itself
            else
                File.CreateSymbolicLink(Path.Combine(_folder.Path, Path.GetFileName(file)), file);
        foreach (var library in Directory.EnumerateFiles(AppContext.BaseDirectory, "libe_sqlite3.so", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(library);
            var copy = Path.Combine(_folder.Path, Path.GetRelativePath(AppContext.BaseDirectory, library));
            var (own, other) = (Encoding.ASCII.GetBytes($"{any.ServerVersion}\0"), Encoding.ASCII.GetBytes($"{version}\0"));
            for (int at; (at = bytes.AsSpan().IndexOf(own)) >= 0;)
                other.CopyTo(bytes, at);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, bytes);
        }
        return Path.Combine(_folder.Path, "StoreFlow.dll");
    }

    public void Dispose() => _folder.Dispose();
}
