using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StoreFlow.Tests.Deploy;

/// <summary>
/// A real Caddy, nginx or HAProxy with the configuration from <c>deploy/</c>: its name, ports and certificate are changed for the
/// test, and nothing else.
/// </summary>
internal sealed class ReverseProxy : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Process _process;
    private readonly Task<string> _said;

    private ReverseProxy(
        string program, int port, Func<TestFolder, string[]> arguments, Dictionary<string, string>? environment = null)
    {
        Address = new($"https://localhost:{port}");
        var start = new ProcessStartInfo(program, arguments(_folder))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.Path,
            Environment = { ["XDG_DATA_HOME"] = _folder.Path, ["XDG_CONFIG_HOME"] = _folder.Path, ["HOME"] = _folder.Path },
        };
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _ = _process.StandardOutput.ReadToEndAsync();
        _said = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Where its callers find it.</summary>
    public Uri Address { get; }

    /// <summary>Starts a proxy in front of a server. Skips the test where the program is missing and not required.</summary>
    /// <param name="name">
    /// <c>caddy</c>, <c>nginx</c>, <c>haproxy</c>, or <c>bare nginx</c>: one that tells nothing about its callers.
    /// </param>
    /// <param name="server">Where the server listens.</param>
    public static async Task<ReverseProxy> Start(string name, Uri server)
    {
        var program = name switch { "caddy" => "/usr/bin/caddy", "haproxy" => "/usr/sbin/haproxy", _ => "/usr/sbin/nginx" };
        Skip.IfNot(
            File.Exists(program) || Environment.GetEnvironmentVariable("STOREFLOW_PROXIES") == "required",
            $"There is no {program}. On Debian: apt-get install caddy nginx-light haproxy");
        var port = FreePort.Find();
        var proxy = name switch
        {
            "caddy" => new ReverseProxy(program, port, folder => Caddy(folder, port, server)),
            "haproxy" => new ReverseProxy(program, port, folder => HaProxy(folder, port), HaProxyNodes(port, server)),
            "nginx" => new ReverseProxy(program, port, folder => Nginx(folder, NginxServers(folder, port, server))),
            _ => new ReverseProxy(program, port, folder => Nginx(folder, BareNginxServer(folder, port, server))),
        };
        using var client = proxy.Client();
        await Eventually.Holds(
            async () =>
            {
                Assert.False(proxy._process.HasExited, proxy._process.HasExited ? await proxy._said : "");
                try
                {
                    using var answer = await client.GetAsync("/healthz");
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false; // it does not listen yet
                }
            },
            $"{name} does not pass requests on.");
        return proxy;
    }

    /// <summary>A client that takes the proxy's own certificate.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    })
    { BaseAddress = Address };

    private static string[] Caddy(TestFolder folder, int port, Uri server)
    {
        var site = Deployed("Caddyfile", ("shop.example {", $"localhost:{port} {{\n\ttls internal"), ("127.0.0.1:8080", server.Authority));
        return
        [
            "run", "--adapter", "caddyfile", "--config",
            folder.Write("Caddyfile", $"{{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}}\n{site}"),
        ];
    }

    private static string NginxServers(TestFolder folder, int port, Uri server)
    {
        WriteCertificate(folder);
        return Deployed(
            "nginx.conf",
            ("listen 80;", $"listen 127.0.0.1:{FreePort.Find()};"), ("listen [::]:80;", ""),
            ("listen 443 ssl", $"listen 127.0.0.1:{port} ssl"), ("listen [::]:443 ssl http2;", ""),
            ("server_name shop.example;", "server_name localhost;"),
            ("/etc/letsencrypt/live/shop.example", folder.Path),
            ("127.0.0.1:8080", server.Authority));
    }

    private static string BareNginxServer(TestFolder folder, int port, Uri server)
    {
        WriteCertificate(folder);
        return $$"""
            server {
                listen 127.0.0.1:{{port}} ssl;
                ssl_certificate {{folder.Path}}/fullchain.pem;
                ssl_certificate_key {{folder.Path}}/privkey.pem;
                location / { proxy_pass http://{{server.Authority}}; }
            }
            """;
    }

    private static string[] Nginx(TestFolder folder, string servers)
    {
        var temporary = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }
            .Select(kind => $"{kind}_temp_path {folder.Path}/{kind};\n"));
        var file = folder.Write("main.conf", $$"""
            daemon off;
            worker_processes 1;
            pid {{folder.Path}}/nginx.pid;
            error_log stderr;
            {{(Environment.UserName == "root" ? "user root;" : "")}}
            events { }
            http {
            access_log off;
            {{temporary}}
            {{servers}}
            }
            """);
        return ["-p", folder.Path, "-e", "stderr", "-c", file];
    }

    private static string[] HaProxy(TestFolder folder, int port)
    {
        WriteCertificate(folder);
        var parts = new[] { "fullchain.pem", "privkey.pem" }.Select(part => File.ReadAllText(Path.Combine(folder.Path, part)));
        var both = folder.Write("both.pem", string.Join('\n', parts));
        var configuration = Deployed(
            "cluster/haproxy.cfg",
            ("bind \"127.0.0.1:${STOREFLOW_PORT-8080}\"", $"bind 127.0.0.1:{port} ssl crt {both} alpn h2,http/1.1"),
            ("\"${STOREFLOW_HAPROXY_SOCKET-/run/haproxy/admin.sock}\"", Path.Combine(folder.Path, "admin.sock")));
        return ["-db", "-f", folder.Write("haproxy.cfg", configuration)];
    }

    /// <summary>The first node is the server, and the others are not there.</summary>
    private static Dictionary<string, string> HaProxyNodes(int port, Uri server) => new()
    {
        ["STOREFLOW_PORT"] = $"{port}",
        ["STOREFLOW_NODE1"] = $"{server.Port}",
        ["STOREFLOW_NODE2"] = $"{FreePort.Find()}",
        ["STOREFLOW_NODE3"] = $"{FreePort.Find()}",
    };

    private static string Deployed(string name, params (string Theirs, string Ours)[] changes)
    {
        var text = File.ReadAllText(Source.Path($"deploy/{name}"));
        foreach (var (theirs, ours) in changes)
        {
            Assert.Contains(theirs, text, StringComparison.Ordinal);
            text = text.Replace(theirs, ours, StringComparison.Ordinal);
        }
        return text;
    }

    private static void WriteCertificate(TestFolder folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        folder.Write("fullchain.pem", certificate.ExportCertificatePem());
        folder.Write("privkey.pem", key.ExportPkcs8PrivateKeyPem());
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }
}
