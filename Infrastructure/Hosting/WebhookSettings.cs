namespace StoreFlow.Infrastructure;

/// <summary>What web hooks may reach: the settings <c>StoreFlow:Webhooks:...</c>.</summary>
public sealed class WebhookSettings
{
    /// <summary>
    /// Web hooks may go to this machine and to its own network, and without HTTPS. For a receiver that is being written, or one that
    /// stands beside the server; who can set a web hook can then make the server call anything in that network.
    /// </summary>
    public bool AllowPrivateAddresses { get; init; }
}
