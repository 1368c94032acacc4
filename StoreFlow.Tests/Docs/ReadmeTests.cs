using System.Text.RegularExpressions;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Docs;

/// <summary>What the README and the pages behind it say outside the tour is true too.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = Repository.Read("README.md");

    [Fact]
    public void Its_table_of_refusals_has_every_code_with_its_status()
    {
        var rows = Row().Matches(Repository.Read("docs/api.md")).SelectMany(row =>
            row.Groups[1].Value.Split(", ").Zip(Code().Matches(row.Groups[2].Value).Select(code => code.Groups[1].Value)));
        Assert.Equal(
            Enum.GetValues<Reason>().Select(reason => ($"{reason.Http().Status}", Names.Of(reason))).Order(),
            rows.Order());
    }

    [Fact]
    public void Its_table_of_settings_has_every_setting_with_its_default()
    {
        var defaults = new Settings();
        var settings = typeof(Settings).GetProperties()
            .Where(property => property.CanWrite)
            .SelectMany(property => property.PropertyType.Namespace == typeof(Settings).Namespace
                ? property.PropertyType.GetProperties().Where(inner => inner.CanWrite).Select(inner =>
                    ($"{property.Name}:{inner.Name}", Default(inner.Name, inner.GetValue(property.GetValue(defaults)))))
                : [(property.Name, Default(property.Name, property.GetValue(defaults)))]);
        var rows = SettingRow().Matches(Repository.Read("docs/configure.md")).Select(row =>
            (row.Groups[1].Value, row.Groups[2].Value.ToLowerInvariant()));
        Assert.Equal(settings.Order(), rows.Order());

        static string Default(string name, object? value) => (name switch
        {
            nameof(Settings.DataDirectory) => "`data` in Development",
            "Directory" => "`backups` in the data directory",
            _ => value is null or IReadOnlyList<string> ? "none" : $"{value}",
        }).ToLowerInvariant();
    }

    [Fact]
    public void Its_links_lead_to_files_that_exist() =>
        Assert.All(Link().Matches(Readme), link =>
            Assert.True(File.Exists(Path.Combine(Repository.Folder, link.Groups[1].Value)), link.Value));

    [GeneratedRegex(@"^\| (\d{3}(?:, \d{3})*) \| ((?:`\w+`(?:, )?)+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(\w+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^\| `StoreFlow:([\w:]+)` \| (.*?) \|", RegexOptions.Multiline)]
    private static partial Regex SettingRow();

    [GeneratedRegex(@"\]\((?!http)([^)]+)\)")]
    private static partial Regex Link();
}
