using System.Data.Common;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace StoreFlow.Tests;

/// <summary>
/// The real server on a real port with a real database of its own, holding the demo shop: store 1 and 2 of
/// Corner Market (staff works in store 1 only), store 3 of its rival.
/// </summary>
public class StoreFlowApp : WebApplicationFactory<Program>
{
    public const string Owner = "demo-owner";
    public const string Manager = "demo-manager";
    public const string Staff = "demo-staff";
    public const string Rival = "demo-rival";

    private readonly Lazy<Uri> _address;

    // All clients share its connections. If each call had its own client, thousands of connections would stay open.
    private readonly SocketsHttpHandler _connections =
        new() { UseCookies = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };

    public StoreFlowApp()
    {
        UseKestrel(0);
        _address = new(() =>
        {
            StartServer();
            return ClientOptions.BaseAddress;
        });
    }

    /// <summary>The folder of this app's database. It is deleted with the app.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("storeflow-").FullName;

    public Uri Address => _address.Value;

    /// <summary>This app with its server running, for tests that use more than the server's address.</summary>
    public StoreFlowApp Started()
    {
        _ = Address;
        return this;
    }

    /// <summary>The clock that the server reads. A test that moves the clock brings its own.</summary>
    protected virtual TimeProvider Clock => TimeProvider.System;

    /// <summary>Settings beside the data directory, for instance <c>StoreFlow:LiveBuffer</c>.</summary>
    protected virtual Dictionary<string, string> Settings => [];

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        // By a clock of its own a server makes the demo shop itself, at that clock's time.
        TestDatabase.Make(Folder, demo: Clock == TimeProvider.System);
        if (TestDatabase.SettingOf(Folder) is { } database)
            builder.UseSetting("StoreFlow:Database", database);
        builder.UseEnvironment("Development");
        builder.UseSetting("StoreFlow:DataDirectory", Folder);
        builder.UseSetting("Logging:LogLevel:Default", "Warning");
        foreach (var (key, value) in Settings)
            builder.UseSetting(key, value);
        builder.ConfigureServices(services => services.AddSingleton(Clock));
    }

    /// <summary>A client that sends this token; null for a stranger.</summary>
    public HttpClient As(string? token)
    {
        var client = new HttpClient(_connections, disposeHandler: false) { BaseAddress = Address };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A test's own connection to the server's database, without any of the server's rules.</summary>
    public DbConnection OpenDatabase()
    {
        Started();
        return TestDatabase.Open(Folder);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _connections.Dispose();
        base.Dispose(disposing);
        if (disposing)
            TestDatabase.Remove(Folder);
        if (disposing && Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}

public static class HttpExtensions
{
    /// <summary>Sends and reads the JSON of the answer, whatever its status.</summary>
    public static async Task<(int Status, JsonElement Body)> Send(
        this HttpClient client, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = ContentOf(body) };
        // Asks before it sends a megabyte, as curl does: a server that refuses closes the connection on a client that goes on.
        request.Headers.ExpectContinue = request.Content?.Headers.ContentLength > 1024 * 1024;
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    /// <summary>The body to send: content unchanged, anything else as JSON.</summary>
    internal static HttpContent? ContentOf(object? body) => body as HttpContent ?? (body is null ? null : JsonContent.Create(body));

    public static Task<(int Status, JsonElement Body)> Post(this HttpClient client, string path, object? body = null) =>
        client.Send(HttpMethod.Post, path, body);

    public static Task<(int Status, JsonElement Body)> Patch(this HttpClient client, string path, object? body = null) =>
        client.Send(HttpMethod.Patch, path, body);

    public static Task<(int Status, JsonElement Body)> Get(this HttpClient client, string path) => client.Send(HttpMethod.Get, path);

    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;

    public static long Number(this JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
