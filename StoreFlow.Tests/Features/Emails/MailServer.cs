using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MimeKit;
using StoreFlow.Tests.Docs;

namespace StoreFlow.Tests.Features.Emails;

/// <summary>
/// npm's <c>smtp-server</c> on a real port, with a certificate of an authority that nobody knows. The readers' names say how it
/// answers: <c>gone</c>, <c>full</c>, <c>grey</c>, <c>busy</c>, <c>silent</c>, <c>junk</c>.
/// </summary>
public sealed class MailServer : IDisposable
{
    private const string Folder = "StoreFlow.Tests/Features/Emails/mail-server";

    public const string Password = "pass-Zk81-word";

    private readonly DirectoryInfo _files;
    private readonly ConcurrentQueue<JsonElement> _lines = new();
    private readonly ConcurrentQueue<Mail> _mails = new();
    private readonly Process _process;

    private MailServer(Process process, DirectoryInfo files) => (_process, _files) = (process, files);

    public int Port { get; private set; }

    /// <summary>The authority's certificate.</summary>
    public string CaFile => Path.Combine(_files.FullName, "ca.pem");

    /// <summary>A message as it was handed over.</summary>
    public sealed record Mail(string From, string To, string? User, bool IsSecure, long At, MimeMessage Message);

    public IReadOnlyList<Mail> Mails => [.. _mails];

    /// <summary>The server's settings by which it sends here.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["StoreFlow:Smtp:Host"] = "localhost",
        ["StoreFlow:Smtp:Port"] = $"{Port}",
        ["StoreFlow:Smtp:User"] = "shop",
        ["StoreFlow:Smtp:Password"] = Password,
        ["StoreFlow:Smtp:From"] = "orders@shop.example",
        ["StoreFlow:Smtp:CaFile"] = CaFile,
    };

    /// <summary>How often somebody tried to sign in.</summary>
    public int SignIns => _lines.Count(line => line.TryGetProperty("signed_in", out _));

    public static async Task<MailServer> Start(string mode = "starttls")
    {
        var packages = await Npm.PackagesOf(Folder);
        var files = Directory.CreateTempSubdirectory("storeflow-mail-");
        MakeCertificates(files.FullName);
        var process = Process.Start(new ProcessStartInfo(
            "node",
            [
                Path.Combine(Repository.Folder, Folder, "serve.js"), packages, Path.Combine(files.FullName, "key.pem"),
                Path.Combine(files.FullName, "server.pem"), mode, Password,
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var server = new MailServer(process, files);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } json)
                server.Take(JsonDocument.Parse(json).RootElement);
        };
        process.BeginOutputReadLine();
        await Eventually.Holds(() => !server._lines.IsEmpty, "The mail server does not start.");
        server.Port = (int)server._lines.First().Number("port");
        return server;
    }

    private void Take(JsonElement line)
    {
        if (line.TryGetProperty("message", out var message))
            _mails.Enqueue(new(
                line.Text("from"), line.GetProperty("to")[0].GetString()!,
                line.GetProperty("user").ValueKind is JsonValueKind.String ? line.Text("user") : null,
                line.GetProperty("secure").GetBoolean(), line.Number("at"),
                MimeMessage.Load(new MemoryStream(message.GetBytesFromBase64()))));
        else
            _lines.Enqueue(line);
    }

    private static void MakeCertificates(string folder)
    {
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var ca = new CertificateRequest("CN=Nobody's authority", caKey, HashAlgorithmName.SHA256);
        ca.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var (from, until) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        using var authority = ca.CreateSelfSigned(from, until);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, from, until, [1, 2, 3, 4]);

        File.WriteAllText(Path.Combine(folder, "ca.pem"), authority.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "server.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        _files.Delete(recursive: true);
    }
}
