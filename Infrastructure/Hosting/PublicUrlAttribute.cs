using System.ComponentModel.DataAnnotations;

namespace StoreFlow.Infrastructure;

/// <summary>The address under which the server is reached: scheme and host, and a path where a proxy gives it one.</summary>
internal sealed class PublicUrlAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext context) =>
        value is not string { Length: > 0 } text || IsUsable(text)
            ? ValidationResult.Success
            : new($"StoreFlow:{context.MemberName} must be a web address, as in https://orders.shop.example.");

    private static bool IsUsable(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.Host.Length > 0
        && uri is { UserInfo: "", Query: "", Fragment: "" }
        && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '"' or '<' or '>' or '\\');
}
