using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StoreFlow.Infrastructure;

/// <summary>Through which mail server e-mails leave: the settings <c>StoreFlow:Smtp:...</c>.</summary>
public sealed class SmtpSettings : IValidatableObject
{
    private const string Section = "StoreFlow:Smtp";

    /// <summary>The mail server. Left out, nothing leaves: e-mails are kept as files in the data directory.</summary>
    public string? Host { get; init; }

    /// <summary>Left out, the usual one: 587, with <c>tls</c> 465, with <c>none</c> 25.</summary>
    [Range(1, 65535, ErrorMessage = Section + ":Port must be a whole number from {1} to {2}.")]
    public int? Port { get; init; }

    public string? User { get; init; }
    public string? Password { get; init; }

    /// <summary>The address that e-mails come from. The name beside it is the store's.</summary>
    public string? From { get; init; }

    /// <summary>
    /// <c>starttls</c>: encrypted after a greeting; <c>tls</c>: from the first byte; <c>none</c>: not at all, for a mail server on
    /// this machine.
    /// </summary>
    [RegularExpression("starttls|tls|none", ErrorMessage = Section + ":Tls must be starttls, tls or none.")]
    public string Tls { get; init; } = "starttls";

    /// <summary>A file (PEM) of certificates that are trusted beside the machine's: the authority of one's own network.</summary>
    public string? CaFile { get; init; }

    /// <summary>Whether there is a mail server.</summary>
    public bool IsSet => Host is { Length: > 0 };

    /// <summary><see cref="Port"/>, or the usual one.</summary>
    public int UsedPort => Port ?? Tls switch
    {
        "tls" => 465,
        "none" => 25,
        _ => 587,
    };

    /// <summary>The certificates of <see cref="CaFile"/>; none without.</summary>
    public X509Certificate2Collection ReadAuthorities()
    {
        var certificates = new X509Certificate2Collection();
        if (CaFile is { Length: > 0 })
            certificates.ImportFromPemFile(Path.GetFullPath(CaFile, ProgramFolder.Path));
        return certificates;
    }

    /// <summary>What is wrong between the settings. No sentence has the password in it.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsSet && (User ?? Password ?? CaFile) is not null || !IsSet && Port is not null)
            yield return new($"{Section}:Host is missing: the other settings of {Section} say nothing without it.");
        if (IsSet && From is not { Length: > 0 })
            yield return new($"{Section}:From is missing: the address that e-mails come from.");
        if (From is { Length: > 0 } && !IsAddress(From))
            yield return new($"{Section}:From must be an e-mail address, as in orders@shop.example.");
        if (User is { Length: > 0 } != Password is { Length: > 0 })
            yield return new($"{Section}:User and {Section}:Password belong together: one of them is missing.");
        if (IsSet && Tls == "none" && !IsThisMachine(Host!))
            yield return new($"{Section}:Tls cannot be none for {Host}: only a mail server on this machine is reached without encryption.");
        if (WhyAuthoritiesCannotBeRead() is { } why)
            yield return new($"{Section}:CaFile cannot be read: {why}");
    }

    private static bool IsAddress(string text)
    {
        var fields = new Fields();
        return fields.Email("from", text) == text && fields.Refusal is null;
    }

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);

    private string? WhyAuthoritiesCannotBeRead()
    {
        try
        {
            return CaFile is { Length: > 0 } && ReadAuthorities().Count == 0 ? "there is no certificate in it." : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return fault.Message;
        }
    }
}
