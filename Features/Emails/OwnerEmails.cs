using StoreFlow.Features.Languages;

namespace StoreFlow.Features.Emails;

/// <summary>E-mails to the people who run the shop, about no order.</summary>
internal static class OwnerEmails
{
    /// <summary>Shows that e-mails arrive.</summary>
    public static EmailContent Test(string store) => EmailContent.Render(
        new(
            "A test of the e-mails of {store}",
            """
            This is a test. If you read it, e-mails of {store} arrive.

            Answers go to the shop's address, where one is set.
            """),
        new Dictionary<string, string> { ["store"] = store }, isForShop: true, Language.English);

    /// <summary>To an owner: a web hook has not worked for a day.</summary>
    public static EmailContent WebhookFails(string url, string since, string? link) => EmailContent.Render(
        new(
            "A web hook has failed for a day",
            """
            Nothing has arrived at {url} since {since}.

            StoreFlow goes on trying: each message for three days. The page “Web hooks” says why it fails. What is not tried yet waits.

            {link}
            """),
        new Dictionary<string, string> { ["url"] = url, ["since"] = since, ["link"] = link ?? "" }, isForShop: true, Language.English);

    /// <summary>To an owner: a web hook was switched off because its receiver wanted nothing more.</summary>
    public static EmailContent WebhookEnded(string url, string? link) => EmailContent.Render(
        new(
            "A web hook was switched off",
            """
            {url} answered 410: it wants nothing more. StoreFlow sends nothing there now.

            What it misses waits. Switched on again on the page “Web hooks”, it gets that, or only what happens from then on.

            {link}
            """),
        new Dictionary<string, string> { ["url"] = url, ["link"] = link ?? "" }, isForShop: true, Language.English);
}
