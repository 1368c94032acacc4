using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Infrastructure.Hosting;

/// <summary>The one number of a release is the same wherever somebody reads it.</summary>
public sealed class VersionTests(StoreFlowApp app) : IClassFixture<StoreFlowApp>
{
    [Fact]
    public async Task The_command_line_says_it_and_needs_no_data_directory()
    {
        var (exit, said, _) = await StoreFlowProcess.Run("", "--version");
        Assert.Equal((0, ProductVersion.Number), (exit, said.Trim()));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/login")]
    [InlineData("/shop/1")]
    public async Task The_pages_say_it(string path)
    {
        using var client = app.As(null);
        Assert.Contains($"StoreFlow {ProductVersion.Number}</footer>", await client.GetStringAsync(path));
    }

    [Fact]
    public void The_list_of_changes_begins_with_it()
    {
        var headings = File.ReadAllLines(Source.Path("CHANGELOG.md")).Where(line => line.StartsWith("## [", StringComparison.Ordinal));
        Assert.StartsWith($"## [{ProductVersion.Number}]", headings.First(heading => heading != "## [Unreleased]"));
        Assert.Matches(@"^\d+\.\d+\.\d+$", ProductVersion.Number);
    }
}
