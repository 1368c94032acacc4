using StoreFlow.Features.Languages;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Management;

/// <summary>
/// What somebody types into a form, beside what was there. Only what differs is sent; where somebody else saved meanwhile, what
/// was typed stays, and what the other saved is shown beside it.
/// </summary>
public sealed class EditForm
{
    private Dictionary<string, string> _base;
    private readonly Dictionary<string, string> _typed;

    /// <param name="fields">The fields as they are.</param>
    public EditForm(IReadOnlyDictionary<string, string?> fields)
    {
        _base = fields.ToDictionary(field => field.Key, field => field.Value ?? "");
        _typed = new(_base);
    }

    /// <summary>What somebody else saved in fields that were typed in here.</summary>
    public Dictionary<string, string> Theirs { get; } = [];

    /// <summary>What is wrong, by field, as the rules say it in English.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; private set; } = new Dictionary<string, string[]>();

    /// <summary>Why it was not saved, in the page's language; empty where nothing is wrong.</summary>
    public string Problem { get; private set; } = "";

    public string this[string field]
    {
        get => _typed.GetValueOrDefault(field, "");
        set => _typed[field] = value;
    }

    /// <summary>Whether anything differs from what was there.</summary>
    public bool IsChanged => _typed.Keys.Any(IsTyped);

    /// <summary>The field where it differs from what was there, else null.</summary>
    public string? Changed(string field) => IsTyped(field) ? this[field] : null;

    public bool IsTyped(string field) => this[field] != _base.GetValueOrDefault(field, "");

    /// <summary>The field as yes or no where it differs from what was there.</summary>
    public bool? ChangedFlag(string field) => IsTyped(field) ? this[field] == "true" : null;

    /// <summary>Shows a refusal at its fields; null for none. What was typed stays.</summary>
    public void Show(StaffTexts texts, Refusal? refusal)
    {
        if (refusal is null)
        {
            (Errors, Problem) = (new Dictionary<string, string[]>(), "");
            return;
        }
        // opening_hours.mon[0] is told at opening_hours.mon.
        Errors = refusal.Errors.GroupBy(error => error.Key.Split('[')[0]).ToDictionary(field => field.Key, field => field.First().Value);
        var why = texts.Sentence(refusal.Detail);
        Problem = refusal.Errors.Count > 0 ? texts["It is not saved yet. {0}", why] : why;
    }

    /// <summary>Refuses what was typed before it is sent.</summary>
    public void Show(StaffTexts texts, string field, string sentence) => Show(texts, Refusal.Invalid(field, sentence));

    /// <summary>Takes over what somebody else saved, except where something was typed: there it is shown beside.</summary>
    public void Rebase(IReadOnlyDictionary<string, string?> fresh)
    {
        var before = _base;
        _base = fresh.ToDictionary(field => field.Key, field => field.Value ?? "");
        foreach (var (name, now) in _base)
            if (this[name] == before.GetValueOrDefault(name, ""))
                this[name] = now;
            else if (now != before.GetValueOrDefault(name, ""))
                Theirs[name] = now;
    }
}
