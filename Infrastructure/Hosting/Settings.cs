using System.ComponentModel.DataAnnotations;
using System.Net;

namespace StoreFlow.Infrastructure;

/// <summary>All settings of StoreFlow, as the README lists them: the configuration's section <c>StoreFlow</c>.</summary>
public sealed class Settings
{
    internal const string Section = "StoreFlow";

    /// <summary>
    /// The folder of the database. A relative one is taken from the <see cref="ProgramFolder"/>.
    /// <c>appsettings.Development.json</c> sets it for Development. Elsewhere there is no default: the data would lie in the
    /// program's folder, and the next publish would carry it along.
    /// </summary>
    public string? DataDirectory { get; init; }

    /// <summary>
    /// A PostgreSQL connection string, as in <c>Host=db;Database=storeflow;Username=storeflow;Password=...</c>. Left out, orders are kept
    /// in an SQLite file in the data directory.
    /// </summary>
    public string? Database { get; init; }

    /// <summary>
    /// Everybody comes over HTTPS, also where the proxy does not say so. Off, each request is what it says it is, and a shop
    /// on its own network works without HTTPS.
    /// </summary>
    public bool Https { get; init; }

    /// <summary>
    /// The origins of web shops that may call the customers' routes and the hub from a browser, as in <c>https://shop.example</c>:
    /// a list, or one text with blanks or commas between.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; private set; } = [];

    /// <summary>
    /// The reverse proxies on other machines, which are believed about their callers' addresses: addresses or networks, as in
    /// <c>192.168.1.5, 10.0.0.0/8</c>. One on this machine is believed without.
    /// </summary>
    [Proxies]
    public string? TrustedProxies { get; init; }

    /// <summary>
    /// What a program that reads <c>/metrics</c> has to send as its bearer token. Left out, only programs on this machine may read it.
    /// </summary>
    [StringLength(200, MinimumLength = 16, ErrorMessage = Section + ":MetricsToken must have 16 to 200 characters.")]
    public string? MetricsToken { get; init; }

    /// <summary>Checkouts of one address in a minute. Staff and this machine itself are not limited.</summary>
    [Limit]
    public int CheckoutsPerMinute { get; init; } = 60;

    /// <summary>Lookups of orders that are not there, of one address in a minute.</summary>
    [Limit]
    public int UnknownIdsPerMinute { get; init; } = 30;

    /// <summary>Open connections. A tenth more is kept for staff and health checks.</summary>
    [Limit]
    public int Connections { get; init; } = 1000;

    /// <summary>Connections of one address, and requests at once of one that comes through a proxy.</summary>
    [Limit]
    public int ConnectionsPerAddress { get; init; } = 200;

    /// <summary>Event streams and hub connections of one address.</summary>
    [Limit]
    public int LivePerAddress { get; init; } = 50;

    /// <summary>Event streams and hub connections of one member of staff.</summary>
    [Limit]
    public int LivePerPerson { get; init; } = 20;

    /// <summary>WebSockets of all. A tenth more is kept for staff.</summary>
    [Limit]
    public int WebSockets { get; init; } = 500;

    /// <summary>Announcements that a live client may be behind before it is disconnected, to resume.</summary>
    [Limit]
    public int LiveBuffer { get; init; } = 1024;

    /// <summary>Writes that may wait before more are refused as busy.</summary>
    [Limit]
    public int WriteQueue { get; init; } = 4096;

    /// <summary>Writes that wait together share one commit. Off, each has a commit of its own.</summary>
    public bool SharedCommits { get; init; } = true;

    /// <summary>The nightly copies.</summary>
    public BackupSettings Backup { get; init; } = new();

    /// <summary>Which receivers web hooks may reach.</summary>
    public WebhookSettings Webhooks { get; init; } = new();

    /// <summary>Through which mail server e-mails leave.</summary>
    public SmtpSettings Smtp { get; init; } = new();

    /// <summary>
    /// Under which address customers and staff reach this server, as in <c>https://orders.shop.example</c>: for links in e-mails.
    /// Left out, e-mails have no links.
    /// </summary>
    [PublicUrl]
    public string? PublicUrl { get; init; }

    /// <summary><see cref="PublicUrl"/> with a path behind it; null where it is not set.</summary>
    public string? LinkTo(string path) => PublicUrl is { Length: > 0 } address ? $"{address.TrimEnd('/')}{path}" : null;

    /// <summary>The folder of the e-mails that do not leave.</summary>
    public string MailFolder => PrivateFiles.MailIn(DataFolder);

    /// <summary>How customers' browsers are told.</summary>
    public PushSettings Push { get; init; } = new();

    /// <summary>The full path of the folder that the server's own copies go to.</summary>
    public string BackupFolder => Backup.Directory is { Length: > 0 } folder
        ? Path.GetFullPath(folder, ProgramFolder.Path)
        : PrivateFiles.BackupsIn(DataFolder);

    /// <summary>The full path of <see cref="DataDirectory"/>.</summary>
    /// <exception cref="UnusableException">It is not set.</exception>
    public string DataFolder => DataDirectory is { Length: > 0 } folder
        ? Path.GetFullPath(folder, ProgramFolder.Path)
        : throw new UnusableException(
            "StoreFlow does not know where to keep its data. Set the folder by the environment variable " +
            "StoreFlow__DataDirectory=/srv/storeflow or the argument --StoreFlow:DataDirectory=/srv/storeflow.");

    /// <summary>The networks of <see cref="TrustedProxies"/>; a single address is a network of one.</summary>
    public IReadOnlyList<IPNetwork> ProxyNetworks =>
        [.. ProxyNames(TrustedProxies).Select(name => NetworkOf(name) ?? throw new UnusableException($"{name} is no network."))];

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="UnusableException">There is no setting of a name, or it cannot have its value.</exception>
    public static Settings Of(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        RefuseUnknown(section, typeof(Settings));
        RefuseUnknown(section.GetSection(nameof(Backup)), typeof(BackupSettings));
        RefuseUnknown(section.GetSection(nameof(Webhooks)), typeof(WebhookSettings));
        RefuseUnknown(section.GetSection(nameof(Smtp)), typeof(SmtpSettings));
        RefuseUnknown(section.GetSection(nameof(Push)), typeof(PushSettings));
        try
        {
            var settings = section.Get<Settings>() ?? new();
            settings.AllowedOrigins = WebOrigins.Read(section.GetSection(nameof(AllowedOrigins)));
            Validator.ValidateObject(settings, new ValidationContext(settings), validateAllProperties: true);
            Validator.ValidateObject(settings.Backup, new ValidationContext(settings.Backup), validateAllProperties: true);
            Validator.ValidateObject(settings.Smtp, new ValidationContext(settings.Smtp), validateAllProperties: true);
            Validator.ValidateObject(settings.Push, new ValidationContext(settings.Push), validateAllProperties: true);
            return settings;
        }
        // The first says which setting cannot be read as what, the second which is out of its limits.
        catch (Exception fault) when (fault is InvalidOperationException or ValidationException)
        {
            throw new UnusableException(fault.Message, fault);
        }
    }

    private static void RefuseUnknown(IConfigurationSection section, Type type)
    {
        var names = type.GetProperties().Where(property => property.CanWrite).Select(property => property.Name).ToList();
        if (section.Value is { Length: > 0 })
            throw new UnusableException($"{section.Path} is not a setting itself. It has: {string.Join(", ", names)}.");
        if (section.GetChildren().FirstOrDefault(child => !names.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw new UnusableException($"StoreFlow has no setting {unknown.Path}. It has: {string.Join(", ", names)}.");
    }

    private sealed class LimitAttribute : RangeAttribute
    {
        public LimitAttribute() : base(1, 1_000_000) => ErrorMessage = Section + ":{0} must be a whole number from {1} to {2}.";
    }

    private static string[] ProxyNames(string? list) => (list ?? "").Split(
        [',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Null where it is neither an address nor a network, or a network so wide that everybody is in it.</summary>
    private static IPNetwork? NetworkOf(string name)
    {
        if (IPNetwork.TryParse(name, out var network))
            return network.PrefixLength == 0 ? null : network;
        // An address in full: IPAddress also takes 10.1 for 10.0.0.1.
        return IPAddress.TryParse(name, out var address) && (name.Contains(':') || name.Count(sign => sign == '.') == 3)
            ? new(address, address.GetAddressBytes().Length * 8)
            : null;
    }

    private sealed class ProxiesAttribute : ValidationAttribute
    {
        protected override ValidationResult? IsValid(object? value, ValidationContext context) =>
            ProxyNames(value as string).FirstOrDefault(name => NetworkOf(name) is null) is { } wrong
                ? new($"{Section}:{context.MemberName} takes addresses and networks, as in 192.168.1.5, 10.0.0.0/8, "
                    + $"and \"{wrong}\" is neither.")
                : ValidationResult.Success;
    }
}
