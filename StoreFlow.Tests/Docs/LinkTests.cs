using System.Text.RegularExpressions;

namespace StoreFlow.Tests.Docs;

/// <summary>A file that a page of the documentation links to exists.</summary>
public sealed partial class LinkTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/promises.md")]
    [InlineData("docs/performance.md")]
    [InlineData("docs/connect.md")]
    [InlineData("docs/api.md")]
    [InlineData("docs/configure.md")]
    [InlineData("docs/operate.md")]
    [InlineData("docs/grow.md")]
    [InlineData("docs/push.md")]
    public void Every_link_to_a_file_leads_to_one(string page)
    {
        var links = Link().Matches(Repository.Read(page))
            .Select(link => link.Groups[1].Value)
            .Where(link => !link.Contains("://", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(links);
        var folder = Path.GetDirectoryName(page)!;
        Assert.All(links, link => Assert.NotEmpty(Repository.Read(Path.GetRelativePath(".", Path.Combine(folder, link)))));
    }

    [GeneratedRegex(@"\]\(([^)#\s]+)\)")]
    private static partial Regex Link();
}
