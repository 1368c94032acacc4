using StoreFlow.Features.Emails;
using StoreFlow.Infrastructure;

namespace StoreFlow.Features.Management;

/// <summary>Which e-mails a store sends, and the words of one, as the fields of forms and back.</summary>
internal static class EmailForm
{
    /// <summary>The fields of what the store sends now.</summary>
    public static Dictionary<string, string?> Fields(EmailsModule.View view)
    {
        var fields = view.Messages.ToDictionary(message => Names.Of(message.Kind), string? (message) => message.Chosen ? "true" : "false");
        fields["shop_address"] = view.ShopAddress;
        return fields;
    }

    /// <summary>What has been changed.</summary>
    public static EmailsModule.Body ToChange(EditForm form, EmailsModule.View view)
    {
        var names = view.Messages.Select(message => Names.Of(message.Kind)).ToList();
        return new(
            ShopAddress: form.Changed("shop_address"),
            Messages: names.Any(form.IsTyped) ? [.. names.Where(name => form[name] == "true")] : null);
    }

    /// <summary>The fields of a message's words.</summary>
    public static Dictionary<string, string?> Fields(EmailsModule.Message message) => new()
    {
        [SubjectOf(message.Kind)] = message.Subject,
        [TextOf(message.Kind)] = message.Text,
    };

    /// <summary>The words that were typed.</summary>
    public static EmailsModule.Body ToWords(EditForm form, EmailKind kind) =>
        ToWords(kind, new(form[SubjectOf(kind)], form[TextOf(kind)]));

    /// <summary>The usual words instead of the store's own.</summary>
    public static EmailsModule.Body ToUsualWords(EmailKind kind) => ToWords(kind, null);

    public static string SubjectOf(EmailKind kind) => $"wordings.{Names.Of(kind)}.subject";

    public static string TextOf(EmailKind kind) => $"wordings.{Names.Of(kind)}.text";

    private static EmailsModule.Body ToWords(EmailKind kind, EmailsModule.Words? words) =>
        new(Wordings: new Dictionary<string, EmailsModule.Words?> { [Names.Of(kind)] = words });
}
