using System.ComponentModel.DataAnnotations;

namespace StoreFlow.Infrastructure;

/// <summary>How customers' browsers are told of their orders: the settings <c>StoreFlow:Push:...</c>.</summary>
public sealed class PushSettings
{
    /// <summary>
    /// Where a push service reaches those who run this server, as in <c>mailto:shop@example.com</c> or <c>https://shop.example/contact</c>.
    /// Left out, it is the owner's e-mail address.
    /// </summary>
    [StringLength(200, ErrorMessage = "StoreFlow:Push:Contact must have 200 characters or less.")]
    [RegularExpression(
        @"mailto:[^\s@<>""]+@[^\s@<>""]+|https://[^\s<>""]+",
        ErrorMessage = "StoreFlow:Push:Contact must be as in mailto:shop@example.com or https://shop.example/contact.")]
    public string? Contact { get; init; }

    /// <summary>
    /// Push services may be on this machine and in its own network, and without HTTPS. For tests only: any customer names the address.
    /// </summary>
    public bool AllowPrivateAddresses { get; init; }
}
