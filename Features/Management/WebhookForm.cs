using StoreFlow.Features.Webhooks;

namespace StoreFlow.Features.Management;

/// <summary>A web hook as the fields of a form, and back.</summary>
internal static class WebhookForm
{
    /// <summary>The fields of a web hook as it is; of a new one where there is none.</summary>
    public static Dictionary<string, string?> Fields(WebhooksModule.View? webhook, IEnumerable<long> stores)
    {
        var fields = new Dictionary<string, string?>
        {
            ["url"] = webhook?.Url,
            ["all_stores"] = Flag(webhook is null or { StoreIds: null }),
        };
        foreach (var name in WebhookRules.Events)
            fields[$"event.{name}"] = Flag(webhook?.Events.Contains(name) != false);
        foreach (var store in stores)
            fields[$"store.{store}"] = Flag(webhook?.StoreIds?.Contains(store) == true);
        return fields;
    }

    /// <summary>What to add.</summary>
    public static WebhooksModule.NewBody ToNew(EditForm form, IEnumerable<long> stores) =>
        new(form["url"], EventsOf(form), IsForAll(form) ? null : StoresOf(form, stores));

    /// <summary>What has been changed.</summary>
    public static WebhooksModule.Body ToChange(EditForm form, IReadOnlyCollection<long> stores, long version)
    {
        var storesTyped = form.IsTyped("all_stores") || stores.Any(store => form.IsTyped($"store.{store}"));
        return new(
            form.Changed("url"),
            WebhookRules.Events.Any(name => form.IsTyped($"event.{name}")) ? EventsOf(form) : null,
            storesTyped && !IsForAll(form) ? StoresOf(form, stores) : null,
            storesTyped && IsForAll(form) ? true : null,
            Version: version);
    }

    /// <summary>Whether it takes the events of every store.</summary>
    public static bool IsForAll(EditForm form) => form["all_stores"] == "true";

    private static List<string> EventsOf(EditForm form) => [.. WebhookRules.Events.Where(name => form[$"event.{name}"] == "true")];

    private static List<long> StoresOf(EditForm form, IEnumerable<long> stores) =>
        [.. stores.Where(store => form[$"store.{store}"] == "true")];

    private static string Flag(bool value) => value ? "true" : "false";
}
