using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace StoreFlow.Tests.Docs;

/// <summary>The sample of <c>docs/web-shop</c>, compiled against a server's own description and served from another origin.</summary>
public sealed class SampleShop : IAsyncLifetime
{
    private const string Folder = "docs/web-shop";

    private readonly TestFolder _built = new();
    private WebApplication? _site;
    private string _packages = "";

    /// <summary>Another origin than the server's: another name of the same machine, which browsers take for another site.</summary>
    public string Origin => $"http://localhost:{new Uri(_site!.Urls.Single()).Port}";

    /// <summary>The same shop under a name that the server does not know.</summary>
    public string UnknownOrigin => _site!.Urls.Single();

    /// <summary>Where the shop calls.</summary>
    public Uri? Server { get; set; }

    public static IReadOnlyList<string> Scripts =>
        [.. Directory.GetFiles(Path.Combine(Repository.Folder, Folder), "*.ts").Where(file => !file.EndsWith(".d.ts")).Order()];

    /// <summary>Makes the types and compiles the scripts, once; fails with what the compiler says.</summary>
    public async Task CompileAsync(string openApi)
    {
        if (_packages.Length > 0)
            return;
        _packages = await Npm.PackagesOf(Folder);
        foreach (var file in Scripts.Append(Path.Combine(Repository.Folder, Folder, "tsconfig.json")))
            File.Copy(file, Path.Combine(_built.Path, Path.GetFileName(file)));
        Directory.CreateSymbolicLink(Path.Combine(_built.Path, "node_modules"), _packages);
        _built.Write("v1.json", openApi);
        await RunAsync("openapi-typescript", "v1.json", "-o", "api.d.ts");
        await RunAsync("tsc", "--strict");
    }

    /// <summary>Compiles a script that is expected to be wrong, and answers what the compiler says.</summary>
    public async Task<string> FaultOfAsync(string script)
    {
        var file = _built.Write("wrong.ts", script);
        var (exit, said) = await Npm.RunAsync(_packages, _built.Path, "tsc", "--strict", "--noEmit");
        File.Delete(file);
        return exit == 0 ? "" : said;
    }

    /// <summary>Serves what is compiled.</summary>
    public async Task ServeAsync()
    {
        if (_site is not null)
            return;
        _site = LoopbackServer.Make();
        _site.MapGet("/{file}", (string file) => Path.GetExtension(file) switch
        {
            ".html" => Results.Text(
                Repository.Read($"{Folder}/{file}").Replace("http://localhost:5080", Server!.GetLeftPart(UriPartial.Authority)),
                    "text/html"),
            _ when file == "signalr.js" => Results.File(
                Path.Combine(_packages, "@microsoft", "signalr", "dist", "browser", "signalr.js"), "text/javascript"),
            ".js" => Results.File(Path.Combine(_built.Path, file), "text/javascript"),
            _ => Results.NotFound(),
        });
        await _site.StartAsync();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_site is not null)
            await _site.DisposeAsync();
        _built.Dispose();
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        var (exit, said) = await Npm.RunAsync(_packages, _built.Path, program, arguments);
        Assert.True(exit == 0, said);
    }
}
