using System.Net.Sockets;
using System.Text.RegularExpressions;
using MailKit.Net.Smtp;
using MailKit.Security;
using StoreFlow.Features.Deliveries;

namespace StoreFlow.Features.Emails;

/// <summary>Whose fault it is that an e-mail was not taken: the reader's address, this message, or the way to the mail server.</summary>
internal static partial class SmtpFaults
{
    /// <summary>How long a store's e-mails wait where the server says that it gets too many.</summary>
    private static readonly TimeSpan TooMany = TimeSpan.FromMinutes(2);

    public static SendResult Read(Exception fault) => fault switch
    {
        SmtpCommandException answer => Read((int)answer.StatusCode, answer.ErrorCode, Words(answer.Message)),
        AuthenticationException => new(535, "The mail server refused the user and the password of the settings."),
        SslHandshakeException => new(null, "The mail server's certificate cannot be trusted, or it speaks no TLS."),
        NotSupportedException when fault.Message.Contains("SMTPUTF8", StringComparison.Ordinal) =>
            new(null, "The mail server takes no addresses with such letters.", IsFinal: true, IsOfMessage: true),
        NotSupportedException => new(null, "The mail server offers no encryption, or no way to sign in that is known here."),
        SocketException socket => new(null, socket.SocketErrorCode is SocketError.HostNotFound
            ? "There is no mail server of that name."
            : $"No connection to the mail server: {socket.SocketErrorCode}."),
        _ => new(null, "The mail server closed the connection without an answer."),
    };

    private static SendResult Read(int status, SmtpErrorCode code, string words) => code switch
    {
        _ when status == 421 || status < 500 && IsRate().IsMatch(words) =>
            new(status, $"The mail server wants a pause: {status} {words}", TooMany),
        SmtpErrorCode.RecipientNotAccepted
            when status is 550 or 551 or 553 || status >= 500 && words.StartsWith("5.1.", StringComparison.Ordinal) =>
            new(status, $"The address was refused: {status} {words}", IsFinal: true, IsOfMessage: true),
        SmtpErrorCode.RecipientNotAccepted when status is 552 or < 500 =>
            new(status, $"The address was refused for now: {status} {words}", IsOfMessage: true),
        SmtpErrorCode.MessageNotAccepted when status >= 500 =>
            new(status, $"The message was refused: {status} {words}", IsFinal: true, IsOfMessage: true),
        SmtpErrorCode.MessageNotAccepted => new(status, $"The message was refused for now: {status} {words}", IsOfMessage: true),
        SmtpErrorCode.SenderNotAccepted => new(status, $"The mail server refused the sender's address: {status} {words}"),
        _ => new(status, $"The mail server answered: {status} {words}"),
    };

    /// <summary>What the server said, in one line that is not too long.</summary>
    private static string Words(string said) =>
        EmailContent.OneLine(said) is var line && line.Length > 200 ? $"{line[..200]}…" : line;

    [GeneratedRegex(@"^4\.7\.28|\brate\b|too many|too fast", RegexOptions.IgnoreCase)]
    private static partial Regex IsRate();
}
