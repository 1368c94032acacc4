using StoreFlow.Tests.Features.Emails;
using StoreFlow.Tests.Features.Push;

namespace StoreFlow.Tests.Faults;

/// <summary>Somebody who gets e-mails and messages about an order, with what they must have got by now.</summary>
internal sealed class ToldCustomer(MailServer mail, PushService push, string address) : IDisposable
{
    private readonly List<string> _mails = [];
    private readonly List<string> _messages = [];

    public Browser Browser { get; } = new(push.Origin);

    /// <summary>Where e-mails go: nobody else has it.</summary>
    public string Address => address;

    public long Order { get; private set; }

    private string Reference { get; set; } = "";

    /// <summary>What came: an e-mail is known by its <c>Message-ID</c>, a message by its topic and its words.</summary>
    public sealed record Got(string Id, string Told);

    public List<Got> Mails =>
        [.. mail.Mails.Where(one => one.To == address).Select(one => new Got(one.Message.MessageId!, one.Message.Subject!))];

    public List<Got> Messages =>
        [.. push.HeardBy(Browser).Select(one => new Got(one.Headers["Topic"], Browser.Read(one.Body).Text("body")))];

    public bool HasEverything => Has(Mails, _mails) && Has(Messages, _messages);

    public void Ordered(long order, string reference, string store)
    {
        (Order, Reference) = (order, reference);
        _mails.Add($"Your order {reference} at {store}");
    }

    /// <summary>The step is acknowledged: from now on they must be told of it.</summary>
    public void Moved(string step, string store)
    {
        switch (step)
        {
            case "accept":
                _mails.Add($"{store} has accepted your order {Reference}");
                break;
            case "mark-ready":
                Told("is ready", "is ready.");
                break;
            case "ship":
                Told("is on its way", "has shipped.");
                break;
            case "cancel":
                Told("was cancelled", "was cancelled.");
                break;
            case "complete" or "mark-delivered":
                _mails.Add($"Your order {Reference}: thank you");
                break;
        }
    }

    /// <summary>Checks that everything came, in order, and nothing else. What came again came before the next.</summary>
    public void Check(List<Got> mails, List<Got> messages)
    {
        Assert.Equal(_mails, WithoutRepeats(mails).Select(one => one.Told));
        Assert.Equal(_messages, WithoutRepeats(messages).Select(one => one.Told));
        Assert.Equal(_mails.Count, mails.Select(one => one.Id).Distinct().Count());
        Assert.True(messages.Select(one => one.Id).Distinct().Count() <= 1); // the topic is the order's
    }

    public void Dispose() => Browser.Dispose();

    private void Told(string mailed, string message)
    {
        _mails.Add($"Your order {Reference} {mailed}");
        _messages.Add($"Your order {Reference} {message}");
    }

    private static bool Has(List<Got> got, List<string> all) => got.Distinct().Count() >= all.Count;

    private static IEnumerable<Got> WithoutRepeats(List<Got> got) => got.Where((one, i) => i == 0 || one != got[i - 1]);
}
