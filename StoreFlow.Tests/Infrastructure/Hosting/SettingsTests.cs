using Microsoft.Extensions.Configuration;
using StoreFlow.Infrastructure;

namespace StoreFlow.Tests.Infrastructure.Hosting;

/// <summary>A setting that StoreFlow does not have, or cannot have, is refused at the start, by the server and by commands.</summary>
public sealed class SettingsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData("WebSockets", "0", "StoreFlow:WebSockets must be a whole number from 1 to 1000000.")]
    [InlineData("LiveBuffer", "many", "'many' at 'StoreFlow:LiveBuffer'")]
    [InlineData("Https", "yes", "'yes' at 'StoreFlow:Https'")]
    [InlineData("AllowedOrigins", "https://shop.example/path", "StoreFlow:AllowedOrigins has \"https://shop.example/path\"")]
    [InlineData("AllowedOrigins", "https://shop.example, *", "StoreFlow:AllowedOrigins has \"*\", which is not an origin.")]
    [InlineData("AllowedOrigins", "ftp://shop.example", "Write scheme, host and port only, as in https://shop.example.")]
    [InlineData("AllowedOrigins__0", "shop.example", "StoreFlow:AllowedOrigins has \"shop.example\", which is not an origin.")]
    [InlineData("Backup__At", "25:99", "StoreFlow:Backup:At must be a time such as 03:30, or never.")]
    [InlineData("Backup__Folder", "/backup", "StoreFlow has no setting StoreFlow:Backup:Folder. It has: Directory, At.")]
    [InlineData("Backup", "/backup", "StoreFlow:Backup is not a setting itself. It has: Directory, At.")]
    [InlineData("TrustedProxies", "10.0.0.0/33", "as in 192.168.1.5, 10.0.0.0/8, and \"10.0.0.0/33\" is neither.")]
    [InlineData("TrustedProxies", "192.168.1.5, proxy.example", "and \"proxy.example\" is neither.")]
    [InlineData("TrustedProxies", "0.0.0.0/0", "and \"0.0.0.0/0\" is neither.")]
    [InlineData("TrustedProxies", "10.1", "and \"10.1\" is neither.")]
    [InlineData("MetricsToken", "too-short", "StoreFlow:MetricsToken must have 16 to 200 characters.")]
    [InlineData("Push__Contact", "shop@example.com", "StoreFlow:Push:Contact must be as in mailto:shop@example.com or https://")]
    [InlineData("Push__Key", "x", "StoreFlow has no setting StoreFlow:Push:Key. It has: Contact, AllowPrivateAddresses.")]
    [InlineData("WebSocket", "5", "StoreFlow has no setting StoreFlow:WebSocket. It has: DataDirectory, Database, Https,")]
    public async Task The_server_and_a_command_say_what_is_wrong_and_change_nothing(string name, string value, string sentence)
    {
        await using var server = StoreFlowProcess.Serve(
            _folder.Path, "Production", start => start.Environment[$"StoreFlow__{name}"] = value);
        Assert.NotEqual(0, await server.Exit());
        Assert.Contains(sentence, server.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Said, StringComparison.Ordinal);

        var (exit, _, error) = await StoreFlowProcess.Run(
            _folder.Path, start => start.Environment[$"StoreFlow__{name}"] = value, "token", "list", "--user", "nobody");
        Assert.NotEqual(0, exit);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("https://shop.example", "https://shop.example")]
    [InlineData("https://a.example,http://localhost:3000", "https://a.example http://localhost:3000")]
    [InlineData("  https://A.example:443/ ; https://a.example\thttps://bücher.example ",
        "https://a.example https://xn--bcher-kva.example")]
    [InlineData("http://[::1]:8080 http://127.0.0.1", "http://[::1]:8080 http://127.0.0.1")]
    [InlineData("", "")]
    public void Origins_may_stand_in_one_text_or_in_a_list(string text, string expected)
    {
        Assert.Equal(expected, Read([new("StoreFlow:AllowedOrigins", text)]));
        var list = text.Split([' ', ',', ';', '\t'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected, Read([.. list.Select((one, i) => KeyValuePair.Create($"StoreFlow:AllowedOrigins:{i}", (string?)one))]));

        static string Read(KeyValuePair<string, string?>[] values) => string.Join(' ', Settings.Of(
            new ConfigurationBuilder().AddInMemoryCollection(values).Build()).AllowedOrigins);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("https://user@shop.example")]
    [InlineData("https://shop.example?x")]
    [InlineData("https://shop.example#x")]
    [InlineData("https://*.shop.example")]
    [InlineData("https://")]
    [InlineData("//shop.example")]
    [InlineData("javascript:alert(1)")]
    public void What_is_no_origin_is_refused(string text) => Assert.Contains("is not an origin", Assert.Throws<UnusableException>(() =>
        Settings.Of(new ConfigurationBuilder().AddInMemoryCollection([new("StoreFlow:AllowedOrigins:0", text)]).Build())).Message);

    [Fact]
    public void Every_number_has_limits()
    {
        foreach (var property in typeof(Settings).GetProperties().Where(property => property.PropertyType == typeof(int)))
            Assert.Throws<UnusableException>(() => Settings.Of(new ConfigurationBuilder()
                .AddInMemoryCollection([new($"StoreFlow:{property.Name}", "-1")])
                .Build()));
    }

    public void Dispose() => _folder.Dispose();
}
