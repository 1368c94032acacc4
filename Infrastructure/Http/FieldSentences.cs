namespace StoreFlow.Infrastructure;

/// <summary>What <see cref="Fields"/> say of a field that cannot be used; other languages have a text for each.</summary>
internal static class FieldSentences
{
    public const string Needed = "This is needed.";
    public const string TooShort = "This needs at least {0} characters.";
    public const string TooLong = "This is longer than {0} characters.";
    public const string Unprintable = "This has characters in it that cannot be shown.";
    public const string NotEmail = "This is not an e-mail address.";
    public const string NumberFrom = "This has to be a whole number, {0} or more.";
    public const string NumberBetween = "This has to be a whole number from {0} to {1}.";
    public const string OneOf = "This has to be one of: {0}.";
}
