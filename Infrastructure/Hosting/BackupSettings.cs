using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace StoreFlow.Infrastructure;

/// <summary>When and where the server makes its nightly copy: the settings <c>StoreFlow:Backup:...</c>.</summary>
public sealed class BackupSettings
{
    internal const string Never = "never";

    /// <summary>
    /// The folder of the copies, which has to exist. Left out, it is <c>backups</c> in the data directory. Each data directory needs
    /// one of its own.
    /// </summary>
    public string? Directory { get; init; }

    /// <summary>When the nightly copy is made, by this machine's clock, as <c>HH:mm</c>; <c>never</c> for no nightly copies.</summary>
    [RegularExpression(@"([01]\d|2[0-3]):[0-5]\d|" + Never, ErrorMessage = "StoreFlow:Backup:At must be a time such as 03:30, or never.")]
    public string At { get; init; } = "03:30";

    /// <summary>The time of <see cref="At"/>; null where no nightly copies are made.</summary>
    public TimeSpan? Time => At == Never ? null : TimeSpan.ParseExact(At, @"hh\:mm", CultureInfo.InvariantCulture);
}
