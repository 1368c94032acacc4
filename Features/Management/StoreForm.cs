using StoreFlow.Features.Languages;
using StoreFlow.Features.ManageStores;
using StoreFlow.Features.Orders;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Management;

/// <summary>A store as the fields of a form, and back.</summary>
internal static class StoreForm
{
    private const string Closed = "hours|closed";

    /// <summary>The fields of a store as it is.</summary>
    public static Dictionary<string, string?> Fields(StaffTexts texts, ManageStoresModule.View store)
    {
        var fields = new Dictionary<string, string?>
        {
            ["name"] = store.Name,
            ["address"] = store.Address,
            ["phone"] = store.Phone,
            ["time_zone"] = store.TimeZone,
            ["currency"] = store.Currency,
            ["active"] = Flag(store.Active),
            ["preparation_minutes"] = $"{store.PreparationMinutes}",
            ["dispatch_cutoff"] = store.DispatchCutoff,
            ["asks_for_code"] = Flag(store.AsksForCode),
            ["not_collected_days"] = $"{store.NotCollectedDays}",
            ["lock_minutes"] = $"{store.LockMinutes}",
            ["own_language"] = store.Languages[0],
            ["always"] = Flag(store.OpeningHours is null),
            ["dates"] = string.Join('\n', (store.OpeningHours ?? new Dictionary<string, IReadOnlyList<string>>())
                .Where(day => !OpeningHours.Weekdays.Contains(day.Key)).OrderBy(day => day.Key, StringComparer.Ordinal)
                .Select(day => $"{day.Key} {(day.Value.Count == 0 ? texts[Closed] : string.Join(", ", day.Value))}")),
        };
        foreach (var language in Language.All)
            fields[$"speaks.{language.Code}"] = Flag(store.Languages.Contains(language.Code));
        foreach (var day in OpeningHours.Weekdays)
        {
            fields[$"leaves.{day}"] = Flag(store.DispatchDays.Contains(day));
            fields[$"opening_hours.{day}"] = string.Join(", ", store.OpeningHours?.GetValueOrDefault(day) ?? []);
        }
        return fields;

        static string Flag(bool yes) => yes ? "true" : "false";
    }

    /// <summary>What was typed, as the API takes it: what was not typed is left out.</summary>
    /// <param name="form">The form.</param>
    /// <param name="version">The version that the form shows.</param>
    public static StoreBody Body(EditForm form, long version)
    {
        var body = new StoreBody
        {
            Name = form.Changed("name")?.Trim(),
            Currency = form.Changed("currency")?.Trim().ToUpperInvariant(),
            Active = form.ChangedFlag("active"),
            PreparationMinutes = Number(form, "preparation_minutes"),
            DispatchCutoff = form.Changed("dispatch_cutoff"),
            DispatchDays = OpeningHours.Weekdays.Any(day => form.IsTyped($"leaves.{day}"))
                ? [.. OpeningHours.Weekdays.Where(day => form[$"leaves.{day}"] == "true")] : null,
            AsksForCode = form.ChangedFlag("asks_for_code"),
            NotCollectedDays = Number(form, "not_collected_days"),
            LockMinutes = Number(form, "lock_minutes"),
            Languages = Languages(form),
            Version = version,
        };
        if (form.IsTyped("address"))
            body.Address = form["address"];
        if (form.IsTyped("phone"))
            body.Phone = form["phone"];
        if (form.IsTyped("time_zone"))
            body.TimeZone = form["time_zone"].Trim() is { Length: > 0 } zone ? zone : null;
        if (form.IsTyped("always") || form.IsTyped("dates") || OpeningHours.Weekdays.Any(day => form.IsTyped($"opening_hours.{day}")))
            body.OpeningHours = form["always"] == "true" ? null : Hours(form);
        return body;
    }

    // The store's own language first; it speaks that one, whatever its box says.
    private static List<string?>? Languages(EditForm form) =>
        form.IsTyped("own_language") || Language.All.Any(language => form.IsTyped($"speaks.{language.Code}"))
            ? [form["own_language"], .. Language.All.Select(language => language.Code)
                .Where(other => other != form["own_language"] && form[$"speaks.{other}"] == "true")]
            : null;

    // What cannot be read is sent as it is, and refused at its field.
    private static Dictionary<string, List<string?>?> Hours(EditForm form)
    {
        var hours = OpeningHours.Weekdays.ToDictionary(day => day, day => Spans(form[$"opening_hours.{day}"]));
        foreach (var line in form["dates"].Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split([' ', ':'], 2, StringSplitOptions.TrimEntries);
            hours[parts[0]] = Spans(parts.ElementAtOrDefault(1) is { } rest && !IsClosed(rest) ? rest : "");
        }
        return hours;
    }

    // The word of any language: the page may speak one, and its reader another.
    private static bool IsClosed(string text) => StaffTexts.All.Any(texts =>
        string.Equals(texts[Closed], text, StringComparison.OrdinalIgnoreCase));

    private static List<string?>? Spans(string text) =>
        [.. text.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(span => string.Join('-', span.Replace(" ", "").Replace('–', '-').Split('-').Select(time => time.Length == 4
                ? $"0{time}" : time)))];

    // What is no number is refused as one out of its bounds.
    private static long? Number(EditForm form, string field) =>
        form.IsTyped(field) ? long.TryParse(form[field].Trim(), out var number) ? number : -1 : null;

    /// <summary>Days without a field of their own stand among the other days; the days of parcels are seven fields.</summary>
    public static Refusal AtItsFields(Refusal refusal) => refusal.Errors.Count == 0 ? refusal
        : Refusal.Invalid(refusal.Errors.GroupBy(error => FieldOf(error.Key)).ToDictionary(field => field.Key, field =>
            field.First().Value));

    private static string FieldOf(string field) =>
        field == "dispatch_days" ? "leaves.mon"
        : field == "languages" ? "own_language"
        : field.StartsWith("opening_hours.", StringComparison.Ordinal)
            && !OpeningHours.Weekdays.Contains(field["opening_hours.".Length..].Split('[')[0]) ? "dates"
        : field;

    /// <summary>A weekday in words.</summary>
    public static string NameOf(StaffTexts texts, string day) => day switch
    {
        "mon" => texts["Monday"],
        "tue" => texts["Tuesday"],
        "wed" => texts["Wednesday"],
        "thu" => texts["Thursday"],
        "fri" => texts["Friday"],
        "sat" => texts["Saturday"],
        _ => texts["Sunday"],
    };
}
