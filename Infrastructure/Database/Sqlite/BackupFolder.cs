using System.Globalization;
using System.Text.RegularExpressions;

namespace StoreFlow.Infrastructure;

/// <summary>
/// The folder of the server's own copies, their names and how long each is kept. The names tell the time, in UTC. Only files with such
/// a name are ever deleted.
/// </summary>
internal sealed partial class BackupFolder
{
    private const int Days = 14;
    private const int Weeks = 8;
    private const int Migrations = 3;
    private const string Stamp = "yyyyMMdd-HHmmss'Z'";

    private readonly bool _isOwn;

    public BackupFolder(Settings settings)
    {
        Path = settings.BackupFolder;
        _isOwn = settings.Backup.Directory is not { Length: > 0 };
    }

    /// <summary>The full path of the folder.</summary>
    public string Path { get; }

    /// <summary>An instant as the names have it.</summary>
    public static string ToStamp(DateTimeOffset now) => now.UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture);

    /// <summary>
    /// Makes sure that the folder is there. One that was set is never made: where a disk is not mounted, the copies would end up on
    /// the disk that they are to protect from.
    /// </summary>
    /// <exception cref="UnusableException">It is not there.</exception>
    public void Prepare()
    {
        if (_isOwn)
            PrivateFiles.MakeFolder(Path);
        else if (!Directory.Exists(Path))
            throw new UnusableException(
                $"There is no folder {Path}. Make it, or mount the disk that it is on, or set StoreFlow:Backup:Directory to another.");
    }

    public string Nightly(DateTimeOffset now) => System.IO.Path.Combine(Path, $"storeflow-{ToStamp(now)}.db");

    public string BeforeMigration(long to, DateTimeOffset now) =>
        System.IO.Path.Combine(Path, string.Create(CultureInfo.InvariantCulture, $"before-migration-to-{to}-{ToStamp(now)}.db"));

    /// <summary>When each nightly copy was made, newest first.</summary>
    public IReadOnlyList<DateTimeOffset> Made() =>
        [.. Find(Nightly()).Select(copy => copy.MadeAt).OrderDescending()];

    /// <summary>Deletes what killed or failed copies have left. Nobody makes a copy here while this runs.</summary>
    public void RemoveUnfinished()
    {
        foreach (var file in Files().Where(file => Unfinished().IsMatch(System.IO.Path.GetFileName(file))))
            File.Delete(file);
    }

    /// <summary>
    /// Keeps the newest copy of each of 14 days and of each of 8 weeks, and the newest of those that are not sound.
    /// </summary>
    /// <param name="zone">Whose days and weeks.</param>
    public void Thin(TimeZoneInfo zone)
    {
        var copies = Find(Nightly()).OrderByDescending(copy => copy.MadeAt).ToList();
        var kept = Newest(Days, copy => Day(copy))
            .Concat(Newest(Weeks, copy =>
                ISOWeek.ToDateTime(ISOWeek.GetYear(Day(copy)), ISOWeek.GetWeekOfYear(Day(copy)), DayOfWeek.Monday)))
            .ToHashSet();
        foreach (var (file, _) in copies.Where(copy => !kept.Contains(copy)))
            File.Delete(file);
        foreach (var (file, _) in Find(UnsoundNightly()).OrderByDescending(copy => copy.MadeAt).Skip(1))
            File.Delete(file);

        DateTime Day((string, DateTimeOffset MadeAt) copy) => TimeZoneInfo.ConvertTime(copy.MadeAt, zone).Date;

        IEnumerable<(string, DateTimeOffset)> Newest(int most, Func<(string, DateTimeOffset), DateTime> span) =>
            copies.GroupBy(span).Take(most).Select(group => group.First());
    }

    /// <summary>Keeps the last three of the copies from before a migration.</summary>
    public void ThinMigrations()
    {
        foreach (var (file, _) in Find(MigrationCopy()).OrderByDescending(copy => copy.MadeAt).Skip(Migrations))
            File.Delete(file);
    }

    private IEnumerable<string> Files() => Directory.Exists(Path) ? Directory.EnumerateFiles(Path) : [];

    private List<(string File, DateTimeOffset MadeAt)> Find(Regex name)
    {
        var found = new List<(string, DateTimeOffset)>();
        foreach (var file in Files())
            if (name.Match(System.IO.Path.GetFileName(file)) is { Success: true } match
                && DateTimeOffset.TryParseExact(
                    match.Groups["stamp"].Value, Stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var madeAt))
                found.Add((file, madeAt));
        return found;
    }

    [GeneratedRegex(@"\Astoreflow-(?<stamp>\d{8}-\d{6}Z)\.db\z")]
    private static partial Regex Nightly();

    [GeneratedRegex(@"\Astoreflow-(?<stamp>\d{8}-\d{6}Z)\.db\.unsound\z")]
    private static partial Regex UnsoundNightly();

    [GeneratedRegex(@"\Abefore-migration-to-\d+-(?<stamp>\d{8}-\d{6}Z)\.db\z")]
    private static partial Regex MigrationCopy();

    [GeneratedRegex(@"\A(storeflow|before-migration-to-\d+)-\d{8}-\d{6}Z\.db\.new(-journal|-wal|-shm)?\z")]
    private static partial Regex Unfinished();
}
