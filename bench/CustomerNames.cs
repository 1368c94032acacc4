namespace StoreFlow.Bench;

/// <summary>Customers' names, made of syllables: so many different ones that a search by name finds few.</summary>
internal static class CustomerNames
{
    private static readonly string[] Starts =
        ["Ka", "Mi", "No", "Sa", "Te", "Lu", "Ra", "El", "Jo", "Vi", "Da", "Pe", "Hu", "Be", "Ga", "Or"];
    private static readonly string[] Middles =
        ["ra", "li", "no", "ve", "sta", "mi", "do", "ku", "re", "la", "che", "bi", "to", "wa", "ne", "ssi"];
    private static readonly string[] Ends =
        ["n", "s", "rt", "lla", "ck", "ma", "va", "ng", "th", "sen", "ro", "di", "x", "mann", "que", "ssa"];

    public static string FullName(Random random) => $"{OneOf(Starts, random)}{OneOf(Ends, random)} {LastName(random)}";

    public static string LastName(Random random) =>
        $"{OneOf(Starts, random)}{OneOf(Middles, random)}{OneOf(Middles, random)}{OneOf(Ends, random)}";

    private static string OneOf(string[] syllables, Random random) => syllables[random.Next(syllables.Length)];
}
