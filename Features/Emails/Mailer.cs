using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using StoreFlow.Features.Deliveries;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Emails;

/// <summary>Hands e-mails to the mail server; without one they are kept as files. The server's password goes nowhere else.</summary>
internal sealed class Mailer(Settings settings)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PatienceToPart = TimeSpan.FromSeconds(2);

    // Read at each start, which refuses a file that cannot be read.
    private readonly X509Certificate2Collection _authorities = settings.Smtp.ReadAuthorities();

    /// <summary>Whether e-mails leave this machine.</summary>
    public bool HasServer => settings.Smtp.IsSet;

    /// <summary>The address that e-mails come from.</summary>
    public string From => settings.Smtp.From is { Length: > 0 } from ? from : "storeflow@localhost";

    /// <summary>An e-mail to one reader, with the head that all have.</summary>
    /// <param name="content">What it says.</param>
    /// <param name="sender">The sender's name.</param>
    /// <param name="to">The reader's address.</param>
    /// <param name="name">The reader's name; null where it has none.</param>
    /// <param name="replyTo">Where answers go; null for the sender's own address.</param>
    /// <param name="id">Stays the same over repeats.</param>
    /// <param name="now">The time.</param>
    public MimeMessage Make(
        EmailContent content, string sender, string to, string? name, string? replyTo, string id, DateTimeOffset now)
    {
        var message = new MimeMessage
        {
            Subject = content.Subject,
            Date = now,
            MessageId = $"{id}@{From[(From.LastIndexOf('@') + 1)..]}",
            Body = new MultipartAlternative
            {
                new TextPart("plain") { Text = content.Text },
                new TextPart("html") { Text = content.Html },
            },
        };
        message.From.Add(new MailboxAddress(EmailContent.OneLine(sender), From));
        message.To.Add(new MailboxAddress(name is null ? null : EmailContent.OneLine(name), to));
        if (replyTo is not null)
            message.ReplyTo.Add(new MailboxAddress(EmailContent.OneLine(sender), replyTo));
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        message.Headers.Add("X-Auto-Response-Suppress", "All"); // Exchange's own word for the same
        return message;
    }

    /// <summary>Tries once. A fault of the server or of the network is the result, not an exception.</summary>
    /// <param name="message">What to send.</param>
    /// <param name="file">The file's name where there is no server: the same for a repeat.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    public async Task<SendResult> SendAsync(MimeMessage message, string file, CancellationToken cancellationToken)
    {
        if (!HasServer)
            return await KeepAsync(message, file, cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        // Whether a certificate was taken back is not asked, as with web hooks: many authorities have nobody who would answer.
        using var smtp = new SmtpClient { CheckCertificateRevocation = false };
        if (_authorities.Count > 0)
            smtp.ServerCertificateValidationCallback = IsTrusted;
        try
        {
            await ConnectAsync(smtp, patience.Token);
            await smtp.SendAsync(message, patience.Token);
            await PartAsync(smtp);
            return new((int)SmtpStatusCode.Ok);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, $"The mail server did not answer within {Patience.TotalSeconds:0} seconds.");
        }
        catch (Exception fault) when (fault is SmtpCommandException or SocketException or IOException or ProtocolException
            or SslHandshakeException or AuthenticationException or NotSupportedException or ServiceNotConnectedException)
        {
            return SmtpFaults.Read(fault);
        }
    }

    private async Task ConnectAsync(SmtpClient smtp, CancellationToken cancellationToken)
    {
        await smtp.ConnectAsync(settings.Smtp.Host!, settings.Smtp.UsedPort, settings.Smtp.Tls switch
        {
            "tls" => SecureSocketOptions.SslOnConnect,
            "none" => SecureSocketOptions.None,
            _ => SecureSocketOptions.StartTls,
        }, cancellationToken);
        if (settings.Smtp.User is { Length: > 0 } user)
            await smtp.AuthenticateAsync(user, settings.Smtp.Password!, cancellationToken);
    }

    // The server has the message: what goes wrong with the goodbye is no fault of it.
    private static async Task PartAsync(SmtpClient smtp)
    {
        using var patience = new CancellationTokenSource(PatienceToPart);
        try
        {
            await smtp.DisconnectAsync(quit: true, patience.Token);
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException or ProtocolException or CommandException)
        {
            // It is closed with the client.
        }
    }

    /// <summary>The machine's authorities, or those of the setting. The name has to be the server's in any case.</summary>
    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors is SslPolicyErrors.None)
            return true;
        if (errors is not SslPolicyErrors.RemoteCertificateChainErrors || certificate is null)
            return false;
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var link in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            own.ChainPolicy.ExtraStore.Add(link.Certificate);
        return own.Build(X509CertificateLoader.LoadCertificate(certificate.GetRawCertData()));
    }

    /// <summary>The whole file or none: it gets its name once it is on the disk.</summary>
    private async Task<SendResult> KeepAsync(MimeMessage message, string file, CancellationToken cancellationToken)
    {
        try
        {
            PrivateFiles.MakeFolder(settings.MailFolder);
            var path = Path.Combine(settings.MailFolder, $"{file}.eml");
            await using (var stream = PrivateFiles.Open($"{path}.part", FileMode.Create, FileShare.None))
            {
                await message.WriteToAsync(stream, cancellationToken);
                stream.Flush(flushToDisk: true);
            }
            DurableFiles.Move($"{path}.part", path);
            return new(null);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new(null, string.Create(CultureInfo.InvariantCulture, $"The file could not be written: {fault.Message}"));
        }
    }
}
