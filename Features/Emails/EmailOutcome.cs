using StoreFlow.Features.Deliveries;

namespace StoreFlow.Features.Emails;

/// <summary>What has become of an e-mail.</summary>
public enum EmailOutcome
{
    /// <summary>It is to be sent, or tried again.</summary>
    Waiting,

    /// <summary>The mail server has it.</summary>
    Sent,

    /// <summary>There is no mail server: it lies in the data directory.</summary>
    KeptAsFile,
    NotSent,
}

internal static class EmailOutcomes
{
    // A mail server answers with a status; a file does not.
    public static EmailOutcome Of(SendResult result) =>
        result.Fault is not null ? EmailOutcome.NotSent : result.Answer is null ? EmailOutcome.KeptAsFile : EmailOutcome.Sent;

    public static EmailOutcome Of(DeliveryStatus status, Delivery.Attempt? last) => status switch
    {
        DeliveryStatus.Waiting => EmailOutcome.Waiting,
        DeliveryStatus.Failed => EmailOutcome.NotSent,
        _ => last?.Answer is null ? EmailOutcome.KeptAsFile : EmailOutcome.Sent,
    };
}
